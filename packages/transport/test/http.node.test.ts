import { once } from "node:events";
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { arange, difference, isMasqueradeError } from "@masquerade/core";
import { blockSource, blocksBody, blocksMediaType, readBlocksBody } from "@masquerade/transport";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const value = arange(20_000);
let made = 0;
const received: unknown[] = [];
const server = createServer(async (request, response) => {
  if (request.method === "POST") {
    received.push(await readBlocksBody(Readable.toWeb(request) as ReadableStream<Uint8Array>));
    response.writeHead(204).end();
    return;
  }
  const source = blockSource(value as never, { blockBytes: 4096 });
  const counted = { ...source, messages: (options: object) => source.messages({ ...options, onBlock: () => made++ }) };
  response.writeHead(200, { "content-type": blocksMediaType });
  const body = Readable.fromWeb(blocksBody(counted) as never);
  if (request.url === "/cut") {
    let chunks = 0;
    body.on("data", () => {
      if (++chunks === 20) response.destroy();
    });
  }
  await pipeline(body, response).catch(() => {});
});
let base = "";
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => {
  server.close();
});

describe("HTTP", () => {
  it("brings arrays in the body of a response", async () => {
    const response = await fetch(base);
    expect(response.headers.get("content-type")).toBe(blocksMediaType);
    expect(difference((await readBlocksBody(response.body)) as never, value as never)).toBeUndefined();
  });

  it("and in the body of a request", async () => {
    const body = blocksBody(blockSource(value as never, { codec: "deflate" }));
    const response = await fetch(base, { method: "POST", body, duplex: "half" } as RequestInit);
    expect(response.status).toBe(204);
    expect(difference(received.pop() as never, value as never)).toBeUndefined();
  });

  it("is a typed error where the body breaks off", async () => {
    const response = await fetch(`${base}/cut`);
    const error: unknown = await readBlocksBody(response.body).catch((e: unknown) => e);
    expect(isMasqueradeError(error, "SOURCE_IO", "FORMAT_TRUNCATED")).toBe(true);
  });

  it("makes nothing that nobody takes", async () => {
    const large = blockSource(arange(1_000_000) as never, { blockBytes: 65_536 });
    let blocks = 0;
    const body = blocksBody({
      ...large,
      messages: (options) => large.messages({ ...options, onBlock: () => blocks++ }),
    });
    const reader = body.getReader();
    for (let i = 0; i < 5; i++) await reader.read();
    expect(blocks).toBeLessThan(6);
    await reader.cancel();
    const stop = new AbortController();
    stop.abort();
    const error: unknown = await readBlocksBody(blocksBody(large), { signal: stop.signal }).catch((e: unknown) => e);
    expect(isMasqueradeError(error, "ABORTED")).toBe(true);
  });
});
