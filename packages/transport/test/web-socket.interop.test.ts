// A real Chromium: arrays to a page and from it, over WebSocket, and to it in the body of an HTTP response.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { arange, array, difference, isMasqueradeError, type MaskedArray, maskedArray } from "@masquerade/core";
import {
  blockSource,
  blocksBody,
  memoryStore,
  receiveBlocks,
  sendBlocks,
  type WebSocketLike,
  webSocketChannel,
} from "@masquerade/transport";
import { type Browser, chromium, type Page } from "playwright";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";

const value = maskedArray(arange(50_000), {
  mask: Array.from({ length: 50_000 }, (_, i) => i % 10 === 0),
  dtype: "float64",
  fillValue: -7,
}) as MaskedArray;
const source = blockSource(value as never, { blockBytes: 8192, codec: "deflate" });
let script = "";
const http = createServer(async (request, response) => {
  if (request.url === "/blocks") await pipeline(Readable.fromWeb(blocksBody(source) as never), response);
  else if (request.url === "/page.js") response.writeHead(200, { "content-type": "text/javascript" }).end(script);
  else
    response
      .writeHead(200, { "content-type": "text/html" })
      .end('<!doctype html><title>blocks</title><script type="module" src="/page.js"></script>');
});
const sockets = new WebSocketServer({ server: http });
let browser: Browser;
let page: Page;
let at = "";

beforeAll(async () => {
  const built = await rolldown({
    input: fileURLToPath(new URL("support/page.mjs", import.meta.url)),
    resolve: { conditionNames: ["@masquerade/source", "browser", "import", "default"] },
    platform: "browser",
    logLevel: "silent",
  });
  const { output } = await built.generate({ format: "esm", codeSplitting: false });
  script = output[0].code;
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  at = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  page = await browser.newPage();
  await page.goto(`http://${at}/`);
  await page.waitForFunction("'receiveFrom' in globalThis");
});
afterAll(async () => {
  await browser?.close();
  sockets.close();
  http.close();
});

const call = async (text: string): Promise<Record<string, unknown>> => (await page.evaluate(text)) as never;
const channelOf = (socket: unknown): Promise<Awaited<ReturnType<typeof webSocketChannel>>> =>
  webSocketChannel(socket as WebSocketLike);

describe("a page", () => {
  it("receives a masked array over WebSocket", async () => {
    const sending = once(sockets, "connection").then(async ([socket]) => sendBlocks(await channelOf(socket), source));
    const seen = await call(`receiveFrom("ws://${at}")`);
    const sent = await sending;
    expect(seen).toEqual({
      blocks: sent.blocks,
      digest: sent.digest,
      shape: [50_000],
      masked: true,
      sum: value.sum(),
      beneath: 0,
      fill: -7,
    });
  });

  it("sends one", async () => {
    const store = memoryStore();
    const receiving = once(sockets, "connection").then(async ([socket]) =>
      receiveBlocks(await channelOf(socket), store),
    );
    const sent = await call(`sendTo("ws://${at}", 10000)`);
    expect(await receiving).toEqual({ blocks: sent["blocks"], received: sent["sent"], digest: sent["digest"] });
    const want = array(
      Array.from({ length: 10_000 }, (_, i) => i),
      "int32",
    );
    expect(difference((await store.value()) as never, want as never)).toBeUndefined();
  });

  it("that goes away is a typed error for who sends to it", async () => {
    const other = await browser.newPage();
    await other.goto(`http://${at}/`);
    await other.waitForFunction("'receiveFrom' in globalThis");
    const endless = blockSource(arange(4_000_000) as never, { blockBytes: 1024 });
    const sending = once(sockets, "connection").then(async ([socket]) =>
      sendBlocks(await channelOf(socket), endless, {
        onProgress: (done) => {
          if (done === 50) void other.close();
        },
      }).catch((error: unknown) => error),
    );
    void other.evaluate(`receiveFrom("ws://${at}")`).catch(() => {});
    expect(isMasqueradeError(await sending, "SOURCE_CLOSED", "SOURCE_IO")).toBe(true);
  });

  it("reads the body of a response", async () => {
    expect(await call(`fetchFrom("http://${at}/blocks")`)).toMatchObject({
      shape: [50_000],
      masked: true,
      sum: value.sum(),
    });
    expect(await call("bodyOf(1000)")).toBe(499_500n);
  });
});
