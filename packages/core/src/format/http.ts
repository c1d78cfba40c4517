import { AbortedError, isMasqueradeError, SourceError, throwIfAborted } from "../errors.ts";

/** Where and how a file is fetched. */
export interface Fetching {
  readonly url: URL;
  /** The URL as messages show it: without credentials and query, which may be secrets. */
  readonly shown: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  readonly retries: number;
  /** Milliseconds. */
  readonly retryDelay: number;
}

/** What tells one version of a file from another. */
export interface Validator {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

/** Bytes allocated on a server's word alone. */
const BELIEVED = 2 ** 24;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
  readonly validator: Validator;
}

export interface Asking {
  readonly method?: "GET" | "HEAD";
  readonly range?: readonly [offset: number, length: number];
  /** An ETag; sent if it is a strong one, since weak ones do not identify bytes (RFC 9110, 13.1.5). */
  readonly ifRange?: string | undefined;
}

/** Statuses that mean "later, perhaps". */
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
/** Statuses that `use` of {@link request} gets to see. */
const EXPECTED: ReadonlySet<number> = new Set([200, 206, 412, 416]);

/**
 * One request, repeated when the network or the server fails for the moment, also while the body is being used. `use` must take what it
 * needs of the body: the rest is cancelled.
 */
export async function request<V>(
  how: Fetching,
  asking: Asking,
  signal: AbortSignal | undefined,
  use: (answer: Answer) => Promise<V>,
): Promise<V> {
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(signal);
    try {
      return await requestOnce(how, asking, signal, use);
    } catch (error) {
      throwIfAborted(signal);
      if (!(error instanceof Transient)) throw error;
      if (attempt >= how.retries)
        throw new SourceError("SOURCE_IO", `${how.shown}: ${error.message}`, { cause: error.cause });
      await pause(how.retryDelay * 2 ** attempt, signal);
    }
  }
}

/** Not for callers: a failure that may pass. */
class Transient extends Error {}

async function requestOnce<V>(
  how: Fetching,
  asking: Asking,
  signal: AbortSignal | undefined,
  use: (answer: Answer) => Promise<V>,
): Promise<V> {
  const headers = new Headers(how.headers);
  if (asking.range !== undefined) {
    const [offset, length] = asking.range;
    headers.set("Range", `bytes=${offset}-${offset + length - 1}`);
    if (asking.ifRange?.startsWith('"')) headers.set("If-Range", asking.ifRange);
  }
  // Not called as a method: browsers refuse a fetch whose `this` is not the window.
  const { fetch } = how;
  let response: Response;
  try {
    response = await fetch(how.url, { method: asking.method ?? "GET", headers, ...(signal && { signal }) });
  } catch (cause) {
    throw new Transient("the request failed", { cause });
  }
  const answer: Answer = {
    status: response.status,
    headers: response.headers,
    body: response.body,
    validator: {
      etag: response.headers.get("etag") ?? undefined,
      lastModified: response.headers.get("last-modified") ?? undefined,
    },
  };
  try {
    if (TRANSIENT.has(response.status)) throw new Transient(`the server answered ${response.status}`);
    if (!EXPECTED.has(response.status)) throw refusal(how, response.status);
    if (response.status === 206 && isEncoded(answer))
      throw new SourceError("SOURCE_RANGES", `${how.shown}: the server serves ranges of compressed content`);
    return await use(answer);
  } catch (error) {
    if (isMasqueradeError(error) || error instanceof Transient) throw error;
    throw new Transient("the connection broke", { cause: error });
  } finally {
    if (response.body !== null && !response.body.locked) await response.body.cancel().catch(() => {});
  }
}

function refusal(how: Fetching, status: number): SourceError {
  if (status === 404 || status === 410)
    return new SourceError("SOURCE_MISSING", `${how.shown} does not exist (status ${status})`);
  const denied = status === 401 || status === 403 ? "; it may need credentials in options.headers" : "";
  return new SourceError("SOURCE_IO", `${how.shown}: the server answered ${status}${denied}`);
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new AbortedError(signal?.reason));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Content-Encoding other than identity: lengths then speak of other bytes than the body has. */
function isEncoded(answer: Answer): boolean {
  const encoding = answer.headers.get("content-encoding");
  return encoding !== null && encoding !== "" && encoding.toLowerCase() !== "identity";
}

/** Content-Length, where it counts the bytes of the body. */
export function sizeHeader(answer: Answer): number | undefined {
  const text = answer.headers.get("content-length");
  return text === null || isEncoded(answer) || !/^\d{1,15}$/.test(text) ? undefined : Number(text);
}

/** Content-Range; `total` undefined where the server does not know it. Of "bytes * /N" (with 416) start and end are -1. */
export function contentRange(
  answer: Answer,
): { readonly start: number; readonly end: number; readonly total: number | undefined } | undefined {
  const match = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)$/i.exec(answer.headers.get("content-range") ?? "");
  if (match === null) return undefined;
  const number = (text: string | undefined): number => (text === undefined ? -1 : Number(text));
  return { start: number(match[1]), end: number(match[2]), total: match[3] === "*" ? undefined : number(match[3]) };
}

/** The body, at most `most` bytes of it; what comes after is cancelled. */
export async function readBody(answer: Answer, most: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  if (answer.body === null) return new Uint8Array(0);
  const reader = answer.body.getReader();
  // One buffer where the server announces what was asked for; a larger claim is believed as it comes true.
  const declared = sizeHeader(answer);
  const trusted = declared !== undefined && (declared === most || declared <= Math.min(most, BELIEVED));
  const whole = trusted ? new Uint8Array(declared) : undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    while (length < most) {
      const { done, value } = await reader.read();
      throwIfAborted(signal);
      if (done) break;
      const chunk = value.subarray(0, most - length);
      if (whole === undefined) chunks.push(chunk);
      else if (length + chunk.length <= whole.length) whole.set(chunk, length);
      else throw new SourceError("SOURCE_IO", "the server sent more than it announced");
      length += chunk.length;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (whole !== undefined) return length === whole.length ? whole : whole.subarray(0, length);
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
