import { once } from "node:events";
import { difference, isMasqueradeError, type MaskedArray, maskedArray } from "@masquerade/core";
import {
  blockSource,
  memoryStore,
  receiveBlocks,
  sendBlocks,
  type WebSocketLike,
  webSocketChannel,
} from "@masquerade/transport";
import { afterAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

const value = maskedArray(
  Array.from({ length: 30_000 }, (_, i) => i),
  { mask: Array.from({ length: 30_000 }, (_, i) => i % 2 === 0), dtype: "int32" },
) as MaskedArray;
const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
const ready = once(server, "listening");
afterAll(() => server.close());
const url = async (): Promise<string> => {
  await ready;
  return `ws://127.0.0.1:${(server.address() as { port: number }).port}`;
};
const like = (socket: WebSocket): WebSocketLike => socket as unknown as WebSocketLike;

describe("WebSocket", () => {
  it("from a server to a client", async () => {
    const source = blockSource(value as never, { blockBytes: 2048 });
    const sending = once(server, "connection").then(async ([socket]) =>
      sendBlocks(await webSocketChannel(like(socket as WebSocket)), source),
    );
    const store = memoryStore();
    const received = await receiveBlocks(await webSocketChannel(like(new WebSocket(await url()))), store);
    expect(await sending).toEqual({ blocks: source.blocks, sent: source.blocks, digest: received.digest });
    expect(difference((await store.value()) as never, value as never)).toBeUndefined();
  });

  it("is a typed error on both sides when it is cut", async () => {
    const source = blockSource(value as never, { blockBytes: 512 });
    const sending = once(server, "connection").then(async ([socket]) =>
      sendBlocks(await webSocketChannel(like(socket as WebSocket)), source).catch((error: unknown) => error),
    );
    const socket = new WebSocket(await url());
    const error: unknown = await receiveBlocks(await webSocketChannel(like(socket)), memoryStore(), {
      onProgress: (done) => done === 30 && socket.terminate(),
    }).catch((e: unknown) => e);
    expect(isMasqueradeError(error, "SOURCE_CLOSED", "SOURCE_IO")).toBe(true);
    expect(isMasqueradeError(await sending, "SOURCE_CLOSED", "SOURCE_IO")).toBe(true);
  });

  it("refuses text", async () => {
    const sending = once(server, "connection").then(([socket]) => (socket as WebSocket).send("hello"));
    const channel = await webSocketChannel(like(new WebSocket(await url())));
    await sending;
    const error: unknown = await receiveBlocks(channel, memoryStore()).catch((e: unknown) => e);
    expect(isMasqueradeError(error, "SOURCE_IO")).toBe(true);
  });
});
