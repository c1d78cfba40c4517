import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, expect, describe as group, it } from "vitest";
import { type ByteSource, fromUrl, isMasqueradeError, readWhole, type UrlOptions } from "../src/index.ts";

const bytes = Uint8Array.from({ length: 50_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);
const later = bytes.map((b) => b ^ 1);

/** What the server does next; every test sets its own. */
interface Behaviour {
  readonly content?: Uint8Array;
  readonly etag?: string;
  readonly lastModified?: string;
  readonly ranges?: boolean;
  /** Content-Range says "*", and there is no Content-Length. */
  readonly unknownSize?: boolean;
  /** Answers with these statuses first. */
  readonly first?: number[];
  /** Cuts the body of the first so many answers. */
  cut?: number;
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => void;
}
let behaviour: Behaviour = {};
let requests: IncomingMessage[] = [];
let server: Server;
let base = "";

function serve(request: IncomingMessage, response: ServerResponse): void {
  requests.push(request);
  const { content = bytes, etag, lastModified, ranges = true, unknownSize = false, first = [] } = behaviour;
  if (behaviour.answer !== undefined) {
    behaviour.answer(request, response);
    return;
  }
  const status = first.shift();
  if (status !== undefined) {
    response.writeHead(status).end("later");
    return;
  }
  const head: Record<string, string> = {};
  if (etag !== undefined) head["ETag"] = etag;
  if (lastModified !== undefined) head["Last-Modified"] = lastModified;
  const asked = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  const current = request.headers["if-range"] === undefined || request.headers["if-range"] === etag;
  const cut = (part: Uint8Array): void => {
    if (behaviour.cut === undefined || behaviour.cut <= 0) response.end(part);
    else {
      behaviour.cut--;
      response.write(part.subarray(0, part.length >> 1), () => response.destroy());
    }
  };
  if (!ranges || asked === null || !current) {
    if (!unknownSize) head["Content-Length"] = String(content.length);
    response.writeHead(200, head);
    if (request.method === "HEAD") response.end();
    else cut(content);
    return;
  }
  const start = Number(asked[1]);
  const end = Math.min(Number(asked[2]), content.length - 1);
  const total = unknownSize ? "*" : String(content.length);
  if (start >= content.length) {
    response.writeHead(416, { ...head, "Content-Range": `bytes */${content.length}` });
    response.end();
    return;
  }
  const part = content.subarray(start, end + 1);
  if (!unknownSize) head["Content-Length"] = String(part.length);
  response.writeHead(206, { ...head, "Content-Range": `bytes ${start}-${end}/${total}` });
  cut(part);
}

beforeAll(async () => {
  server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  requests = [];
});

const at = (next: Behaviour, options: UrlOptions = {}): Promise<ByteSource> => {
  behaviour = next;
  return fromUrl(`${base}/data/s%20st.npy?x=1`, { retryDelay: 1, ...options });
};
const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    if (isMasqueradeError(error)) return error.code;
    throw error;
  }
  return "no error";
};

group("a file over HTTP", () => {
  it("is read by ranges; the head is kept", async () => {
    await using source = await at({ etag: '"v1"' }, { headers: { "X-Token": "t" }, headBytes: 100 });
    expect([source.size, source.name]).toEqual([50_000, "s st.npy"]);
    expect(await source.read(0, 100)).toEqual(bytes.subarray(0, 100));
    expect(await source.read(20, 30)).toEqual(bytes.subarray(20, 50));
    expect(requests).toHaveLength(1);
    expect(await source.read(90, 1000)).toEqual(bytes.subarray(90, 1090));
    expect(await source.read(49_999, 1)).toEqual(bytes.subarray(49_999));
    expect(requests.map((r) => [r.headers.range, r.headers["if-range"], r.headers["x-token"]])).toEqual([
      ["bytes=0-99", undefined, "t"],
      ["bytes=90-1089", '"v1"', "t"],
      ["bytes=49999-49999", '"v1"', "t"],
    ]);
    expect(await codeOf(() => source.read(49_999, 2))).toBe("SOURCE_SHORT");
    expect(await codeOf(() => source.read(-1, 2))).toBe("SOURCE_IO");
    await source[Symbol.asyncDispose]();
    expect(await codeOf(() => source.read(0, 1))).toBe("SOURCE_CLOSED");
  });
  it("may be small, or empty", async () => {
    expect((await at({ content: bytes.subarray(0, 10) })).size).toBe(10);
    const empty = await at({ content: new Uint8Array(0) });
    expect([empty.size, (await empty.read(0, 0)).length]).toEqual([0, 0]);
  });

  const changes: readonly (readonly [name: string, before: Behaviour, after: Behaviour])[] = [
    ["strong ETag", { etag: '"v1"' }, { etag: '"v2"', content: later }],
    ["weak ETag", { etag: 'W/"v1"' }, { etag: 'W/"v2"', content: later }],
    ["ETag lost", { etag: '"v1"' }, { content: later }],
    [
      "Last-Modified",
      { lastModified: "Mon, 01 Jan 2024 00:00:00 GMT" },
      { lastModified: "Mon, 01 Jan 2024 00:00:01 GMT", content: later },
    ],
    ["size", {}, { content: bytes.subarray(0, 40_000) }],
    ["size, beyond the new end", {}, { content: bytes.subarray(0, 20_000) }],
  ];
  it.each(changes)("that changes is an error: %s", async (_, before, after) => {
    const source = await at(before);
    expect(await source.read(30_000, 10)).toEqual(bytes.subarray(30_000, 30_010));
    behaviour = after;
    expect(await codeOf(() => source.read(30_000, 10))).toBe("SOURCE_CHANGED");
  });
  it("that does not change is none, whatever the validators are", async () => {
    for (const same of [{ etag: 'W/"v1"' }, { lastModified: "Mon, 01 Jan 2024 00:00:00 GMT" }, {}] as Behaviour[]) {
      const source = await at(same);
      expect(await source.read(30_000, 10)).toEqual(bytes.subarray(30_000, 30_010));
    }
    expect(requests.every((r) => r.headers["if-range"] === undefined)).toBe(true);
  });
});

group("servers that do less", () => {
  it("ignore ranges: the whole is taken once", async () => {
    const source = await at({ ranges: false });
    expect(source.size).toBe(50_000);
    expect(await source.read(30_000, 10)).toEqual(bytes.subarray(30_000, 30_010));
    expect(source.readSync?.(1, 2)).toEqual(bytes.subarray(1, 3));
    expect(requests).toHaveLength(1);
  });
  it("ignore ranges: not beyond the limit, declared or not", async () => {
    expect(await codeOf(() => at({ ranges: false }, { maxBytes: 49_999 }))).toBe("LIMIT_EXCEEDED");
    expect(await codeOf(() => at({ ranges: false, unknownSize: true }, { maxBytes: 49_999 }))).toBe("LIMIT_EXCEEDED");
    expect((await at({ ranges: false, unknownSize: true }, { maxBytes: 50_000 })).size).toBe(50_000);
  });
  it("compress on the fly: lengths are those of the content", async () => {
    const source = await at({
      answer: (_, response) => {
        const body = gzipSync(bytes);
        response.writeHead(200, { "Content-Encoding": "gzip", "Content-Length": String(body.length) }).end(body);
      },
    });
    expect(await source.read(49_990, 10)).toEqual(bytes.subarray(49_990));
  });
  it("serve ranges of compressed content: refused", async () => {
    const answer: Behaviour["answer"] = (_, response) =>
      response.writeHead(206, { "Content-Encoding": "gzip", "Content-Range": "bytes 0-9/100" }).end(gzipSync(bytes));
    expect(await codeOf(() => at({ answer }))).toBe("SOURCE_RANGES");
  });
  it("do not say the size in ranges: it is asked for", async () => {
    const source = await at({
      answer: (request, response) => {
        if (request.method === "HEAD") response.writeHead(200, { "Content-Length": "50000" }).end();
        else response.writeHead(206, { "Content-Range": "bytes 0-16383/*" }).end(bytes.subarray(0, 16_384));
      },
    });
    expect(source.size).toBe(50_000);
  });
  it("never say the size: it stays unknown, and the whole can be read", async () => {
    const source = await at({ unknownSize: true });
    expect(source.size).toBeUndefined();
    expect(await source.read(49_000, 1000)).toEqual(bytes.subarray(49_000));
    expect(await codeOf(() => source.read(49_000, 1001))).toBe("SOURCE_SHORT");
    expect(await codeOf(() => source.read(60_000, 1))).toBe("SOURCE_SHORT");
    expect(await readWhole(source, 50_000)).toEqual(bytes);
    expect(await codeOf(() => readWhole(source, 49_999))).toBe("LIMIT_EXCEEDED");
  });
  it("stop serving ranges", async () => {
    const source = await at({ etag: 'W/"v1"' });
    behaviour = { etag: 'W/"v1"', ranges: false };
    expect(await codeOf(() => source.read(30_000, 10))).toBe("SOURCE_RANGES");
  });
  it("send another range than asked for, or less than they say", async () => {
    const wrong = (start: number, length: number): Behaviour => ({
      answer: (_, response) =>
        response
          .writeHead(206, { "Content-Range": `bytes ${start}-${start + 99}/50000` })
          .end(bytes.subarray(0, length)),
    });
    expect(await codeOf(() => at(wrong(5, 100)))).toBe("SOURCE_RANGES");
    expect(await codeOf(() => at(wrong(0, 50)))).toBe("SOURCE_SHORT");
    const source = await at({});
    behaviour = wrong(30_001, 10);
    expect(await codeOf(() => source.read(30_000, 10))).toBe("SOURCE_RANGES");
    behaviour = wrong(30_000, 9);
    expect(await codeOf(() => source.read(30_000, 10))).toBe("SOURCE_SHORT");
  });
});

group("failures", () => {
  it("that pass are waited out", async () => {
    const source = await at({ first: [503, 429] });
    expect(source.size).toBe(50_000);
    expect(requests).toHaveLength(3);
    behaviour = { cut: 2 };
    expect(await source.read(30_000, 10_000)).toEqual(bytes.subarray(30_000, 40_000));
    expect(requests).toHaveLength(6);
  });
  it("that do not pass are errors", async () => {
    expect(await codeOf(() => at({ first: [500, 500] }, { retries: 1 }))).toBe("SOURCE_IO");
    expect(requests).toHaveLength(2);
    expect(await codeOf(() => at({ cut: 9 }, { retries: 1 }))).toBe("SOURCE_IO");
    expect(await codeOf(() => fromUrl("http://127.0.0.1:1/", { retries: 0 }))).toBe("SOURCE_IO");
    expect(await codeOf(() => at({ first: [404] }))).toBe("SOURCE_MISSING");
    expect(await codeOf(() => at({ first: [403] }))).toBe("SOURCE_IO");
    expect(await codeOf(() => fromUrl("not a url"))).toBe("SOURCE_IO");
    expect(await codeOf(() => at({}, { headBytes: 0 }))).toBe("OPTION_INVALID");
    expect(await codeOf(() => at({}, { retries: Number.NaN }))).toBe("OPTION_INVALID");
    expect(await codeOf(() => at({}, { headers: { "a b": "c" } }))).toBe("OPTION_INVALID");
  });
  it("do not show credentials and queries", async () => {
    const secret = fromUrl("http://user:hunter2@127.0.0.1:1/a/b.npy?signature=hunter2", { retries: 0 });
    await expect(secret).rejects.toThrow("http://127.0.0.1:1/a/b.npy: the request failed");
  });
  it("are ended by an abort, also while waiting", async () => {
    const waiting = new AbortController();
    const never = at({ answer: () => waiting.abort("enough") }, { signal: waiting.signal });
    expect(await codeOf(() => never)).toBe("ABORTED");
    const pausing = new AbortController();
    const paused = at(
      { answer: (_, response) => response.writeHead(503).end(() => setTimeout(() => pausing.abort(), 20)) },
      { signal: pausing.signal, retryDelay: 100_000 },
    );
    expect(await codeOf(() => paused)).toBe("ABORTED");
    const source = await at({});
    const reading = new AbortController();
    behaviour = {
      answer: (_, response) => {
        response.writeHead(206, { "Content-Range": "bytes 30000-30009/50000" });
        response.write(bytes.subarray(0, 5), () => reading.abort());
      },
    };
    expect(await codeOf(() => source.read(30_000, 10, reading.signal))).toBe("ABORTED");
  });
  it("of a fetch of the caller's own", async () => {
    const source = await at({}, { fetch: async () => new Response(bytes.subarray(0, 7), { status: 200 }) });
    expect(await source.read(0, 7)).toEqual(bytes.subarray(0, 7));
    expect(requests).toHaveLength(0);
  });
});
