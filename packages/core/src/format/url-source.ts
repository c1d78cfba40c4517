import { LimitError, OptionError, SourceError, throwIfAborted } from "../errors.ts";
import { type Answer, contentRange, type Fetching, readBody, request, sizeHeader, type Validator } from "./http.ts";
import { defaultLimits } from "./limits.ts";
import { type ByteSource, checkRange, fromBytes } from "./source.ts";

/** How a URL is read. */
export interface UrlOptions {
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Used instead of the global fetch. */
  readonly fetch?: typeof fetch | undefined;
  /** Ends the opening; each read takes its own signal. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes asked for on opening, and kept: what recognising a format and reading its header needs. Default 16 KiB. */
  readonly headBytes?: number | undefined;
  /** Most bytes taken when a server ignores ranges and sends the whole. Default: `maxBytes` of the default limits. */
  readonly maxBytes?: number | undefined;
  /** How often a request is repeated after the network failed, or the server answered 408, 429 or 5xx. Default 2. */
  readonly retries?: number | undefined;
  /** Milliseconds before the first repetition; doubled each time. Default 250. */
  readonly retryDelay?: number | undefined;
}

/**
 * A file on an HTTP server, read by ranges. Every answer is compared with the first one (ETag, else Last-Modified, and the size): a file that
 * changes meanwhile is SOURCE_CHANGED. From a server that ignores ranges the whole is taken once, if it is no larger than `maxBytes`
 * (LimitError). Errors: SOURCE_MISSING (404, 410), SOURCE_IO (other failures), SOURCE_RANGES, SOURCE_SHORT. RFC 9110, sections 13 and 14.
 */
export async function fromUrl(url: string | URL, options: UrlOptions = {}): Promise<ByteSource> {
  const parsed = parse(url);
  checkNumbers(options);
  const how: Fetching = {
    url: parsed,
    shown: `${parsed.protocol}//${parsed.host}${parsed.pathname}`.slice(0, 200),
    headers: options.headers ?? {},
    fetch: options.fetch ?? fetch,
    retries: options.retries ?? 2,
    retryDelay: options.retryDelay ?? 250,
  };
  const headBytes = options.headBytes ?? 16_384;
  if (!Number.isSafeInteger(headBytes) || headBytes < 1)
    throw new OptionError("OPTION_INVALID", `headBytes is a positive integer, not ${headBytes}`, "headBytes");
  const maxBytes = options.maxBytes ?? defaultLimits.maxBytes;
  const name = nameOf(how.url);
  return await request(how, { range: [0, headBytes] }, options.signal, async (answer) => {
    if (answer.status === 416 && contentRange(answer)?.total === 0) return fromBytes(new Uint8Array(0), name);
    if (answer.status === 416) throw new SourceError("SOURCE_RANGES", `${how.shown}: the server refuses ranges`);
    if (answer.status === 200) return fromBytes(await takeAll(answer, how, maxBytes, options.signal), name);
    const range = contentRange(answer);
    if (range !== undefined && range.start !== 0)
      throw new SourceError("SOURCE_RANGES", `${how.shown}: the server sent another range than the one asked for`);
    const head = await readBody(answer, headBytes, options.signal);
    if (range !== undefined && head.length !== range.end + 1)
      throw new SourceError("SOURCE_SHORT", `${how.shown}: ${range.end + 1} bytes promised, ${head.length} came`);
    // A browser shows Content-Range of another origin only if that origin says so; Content-Length it always shows.
    const size = range?.total ?? (head.length < headBytes ? head.length : await askSize(how, options.signal));
    return rangeSource(how, name, { head, size, validator: answer.validator });
  });
}

/** Throws OptionError for numbers and headers that are none. */
function checkNumbers({ retries = 0, retryDelay = 0, maxBytes = 0, headers = {} }: UrlOptions): void {
  for (const [name, value] of Object.entries({ retries, retryDelay, maxBytes }))
    if (!(value >= 0)) throw new OptionError("OPTION_INVALID", `${name} is a non-negative number, not ${value}`, name);
  try {
    new Headers(headers);
  } catch {
    throw new OptionError("OPTION_INVALID", "headers has a name or a value that HTTP does not allow", "headers");
  }
}

function parse(url: string | URL): URL {
  try {
    const base = (globalThis as { readonly location?: { readonly href: string } }).location?.href;
    return new URL(url, base);
  } catch (cause) {
    throw new SourceError("SOURCE_IO", `"${String(url).slice(0, 100)}" is no URL`, { cause });
  }
}

/** Last part of the path, for choosing a format by extension. */
function nameOf(url: URL): string | undefined {
  const last = url.pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last) || undefined;
  } catch {
    return last;
  }
}

async function askSize(how: Fetching, signal: AbortSignal | undefined): Promise<number | undefined> {
  return await request(how, { method: "HEAD" }, signal, async (answer) => sizeHeader(answer)).catch(() => {
    throwIfAborted(signal);
    return undefined;
  });
}

async function takeAll(
  answer: Answer,
  how: Fetching,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const declared = sizeHeader(answer);
  const all = (declared ?? 0) > maxBytes ? undefined : await readBody(answer, maxBytes + 1, signal);
  if (all === undefined || all.length > maxBytes)
    throw new LimitError("maxBytes", `${how.shown} sends the file whole, and it is larger than ${maxBytes} bytes`);
  if (declared !== undefined && all.length !== declared)
    throw new SourceError("SOURCE_SHORT", `${how.shown}: ${declared} bytes promised, ${all.length} came`);
  return all;
}

interface Known {
  readonly head: Uint8Array;
  readonly size: number | undefined;
  readonly validator: Validator;
}

function rangeSource(how: Fetching, name: string | undefined, { head, size, validator }: Known): ByteSource {
  let closed = false;
  const where = how.shown;
  const demandOpen = (signal: AbortSignal | undefined): void => {
    throwIfAborted(signal);
    if (closed) throw new SourceError("SOURCE_CLOSED", `${where} is closed`);
  };
  const changed = (): SourceError => new SourceError("SOURCE_CHANGED", `${where} changed while it was being read`);
  /** Throws when an answer is not about the file that was opened. */
  const demandSame = (answer: Answer, total: number | undefined): void => {
    const tags = [validator.etag, answer.validator.etag];
    const dates = [validator.lastModified, answer.validator.lastModified];
    const differs = ([a, b]: (string | undefined)[]): boolean => a !== undefined && b !== undefined && a !== b;
    if (differs(tags) || (tags.includes(undefined) && differs(dates))) throw changed();
    if (size !== undefined && total !== undefined && total !== size) throw changed();
  };

  const fetchRange = async (offset: number, length: number, signal: AbortSignal | undefined): Promise<Uint8Array> =>
    await request(how, { range: [offset, length], ifRange: validator.etag }, signal, async (answer) => {
      const range = contentRange(answer);
      const whole = answer.status === 200;
      demandSame(answer, whole ? sizeHeader(answer) : range?.total);
      // With If-Range the whole means: not the file you know. Where nothing tells, the server has stopped serving ranges.
      if (whole && validator.etag?.startsWith('"') && answer.validator.etag === undefined) throw changed();
      if (whole) throw new SourceError("SOURCE_RANGES", `${where}: the server no longer serves ranges`);
      if (answer.status === 412 || (answer.status === 416 && size !== undefined)) throw changed();
      if (answer.status === 416)
        throw new SourceError("SOURCE_SHORT", `${where}: no ${length} bytes at ${offset}`, { offset, length });
      if (range !== undefined && range.start !== offset)
        throw new SourceError("SOURCE_RANGES", `${where}: the server sent another range than the one asked for`);
      const bytes = await readBody(answer, length, signal);
      if (bytes.length !== length)
        throw new SourceError("SOURCE_SHORT", `${where}: ${length} bytes wanted at ${offset}, ${bytes.length} came`, {
          offset,
          length,
        });
      return bytes;
    });

  return {
    size,
    name,
    async read(offset, length, signal) {
      demandOpen(signal);
      checkRange(offset, length, size);
      if (offset + length <= head.length) return head.subarray(offset, offset + length);
      return await fetchRange(offset, length, signal);
    },
    ...(size === undefined && {
      async readAll(maxBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
        demandOpen(signal);
        return await request(how, {}, signal, async (answer) => {
          demandSame(answer, undefined);
          return await takeAll(answer, how, maxBytes, signal);
        });
      },
    }),
    async [Symbol.asyncDispose]() {
      closed = true;
    },
  };
}
