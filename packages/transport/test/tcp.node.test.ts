import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect as netConnect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blocks } from "@masquerade/adapter-protobuf";
import { array, difference, fromBytes, isMasqueradeError, type MaskedArray, maskedArray } from "@masquerade/core";
import { fromFile } from "@masquerade/core/node";
import {
  type BlockSource,
  blockFileSource,
  blockSource,
  memoryStore,
  receiveBlocks,
  sendBlocks,
} from "@masquerade/transport";
import { connectTcp, fileStore, listenTcp } from "@masquerade/transport/node";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "masquerade-tcp-"));
afterAll(() => rmSync(folder, { recursive: true }));

const value = maskedArray(
  Array.from({ length: 40_000 }, (_, i) => i * 1.5),
  { mask: Array.from({ length: 40_000 }, (_, i) => i % 5 === 0), dtype: "float64", fillValue: -1 },
) as MaskedArray;
const source = blockSource(value as never, { blockBytes: 4096 });

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const codeOf = (error: unknown): string => (isMasqueradeError(error) ? error.code : `no code: ${String(error)}`);

/** A relay to a port that passes on so many bytes from the far end and then cuts both sides. */
async function relay(port: number, bytes: number): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createServer((near: Socket) => {
    const far = netConnect(port, "127.0.0.1");
    let passed = 0;
    near.on("data", (chunk: Buffer) => far.write(chunk));
    far.on("data", (chunk: Buffer) => {
      passed += chunk.length;
      near.write(chunk);
      if (passed > bytes) {
        near.destroy();
        far.destroy();
      }
    });
    for (const one of [near, far]) one.on("error", () => {});
    near.on("close", () => far.destroy());
    far.on("close", () => near.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as { port: number }).port, close: () => server.close() };
}

async function serve(from: BlockSource): Promise<{ port: number; sent: Promise<unknown>; close(): Promise<void> }> {
  const listener = await listenTcp({ port: 0 });
  const sent = listener.accept().then((channel) => sendBlocks(channel, from));
  sent.catch(() => {});
  return { port: listener.port, sent, close: () => listener.close() };
}

describe("TCP", () => {
  it("from a server to a client", async () => {
    const { port, sent, close } = await serve(source);
    const store = memoryStore();
    const received = await receiveBlocks(await connectTcp({ port }), store);
    expect(await sent).toEqual({ blocks: source.blocks, sent: source.blocks, digest: received.digest });
    expect(difference((await store.value()) as never, value as never)).toBeUndefined();
    await close();
  });

  it("from a client to a server, which serves several one after another", async () => {
    const listener = await listenTcp({ port: 0 });
    for (const one of [array([1, 2, 3], "int16"), array([4], "uint8")]) {
      const store = memoryStore();
      const [, sent] = await Promise.all([
        listener.accept().then((channel) => receiveBlocks(channel, store)),
        connectTcp({ port: listener.port }).then((channel) => sendBlocks(channel, blockSource(one as never))),
      ]);
      expect(sent.blocks).toBe(1);
      expect(difference((await store.value()) as never, one as never)).toBeUndefined();
    }
    await listener.close();
  });

  it("into a file: a connection that is cut is a typed error on both sides, and the next one brings the rest", async () => {
    const path = join(folder, "part.mqb");
    const first = await serve(source);
    const broken = await relay(first.port, 150_000);
    const store = await fileStore(path);
    const error = await failure(receiveBlocks(await connectTcp({ port: broken.port }), store));
    expect(codeOf(error)).toBe("SOURCE_CLOSED");
    expect(codeOf(await failure(first.sent))).toMatch(/^SOURCE_(CLOSED|IO)$/);
    const had = store.reading.have.size;
    expect(had).toBeGreaterThan(20);
    await store.close();
    broken.close();
    await first.close();

    // Another process: what is in the file is all it has. Half a message at its end is what a crash leaves.
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from([200, 100, 1, 2, 3])]));
    const again = await fileStore(path);
    expect(again.reading.have.size).toBe(had);
    const second = await serve(source);
    const received = await receiveBlocks(await connectTcp({ port: second.port }), again);
    const sent = await second.sent;
    expect(sent).toEqual({ blocks: source.blocks, sent: source.blocks - had, digest: received.digest });
    const target = join(folder, "whole.mqb");
    await again.moveTo(target);
    expect(readdirSync(folder)).toEqual(["whole.mqb"]);
    const codec = await blocks.codec();
    const bytes = new Uint8Array(readFileSync(target));
    expect(difference((await codec.decode(bytes)) as never, value as never)).toBeUndefined();
    // Nothing tells it from a file that came in one piece.
    expect(Buffer.compare(bytes, await codec.encode(value as never, { blockBytes: 4096 }))).toBe(0);
    await second.close();
  });

  it("passes a file of blocks on as it is, a grown one too, to a receiver that resumes", async () => {
    const codec = await blocks.codec();
    const bytes = await codec.encode(value as never, { codec: "zstd", blockBytes: 8192 });
    const file = await blockFileSource(fromBytes(bytes));
    const path = join(folder, "copy.mqb");
    const store = await fileStore(path);
    const { port, close } = await serve(file);
    await receiveBlocks(await connectTcp({ port }), store);
    expect(Buffer.compare(readFileSync(path), bytes)).toBe(0);
    await close();
    // What is complete already is asked for no more.
    const again = await fileStore(path);
    const second = await serve(file);
    expect(await receiveBlocks(await connectTcp({ port: second.port }), again)).toMatchObject({ received: 0 });
    expect(Buffer.compare(readFileSync(path), bytes)).toBe(0);
    await second.close();
    const open = await codec.open?.(await fromFile(path), {});
    expect(open?.names).toEqual([""]);
  });

  it("refuses what is no stream of blocks, without waiting for more", async () => {
    const server = createServer((socket) => socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const error = await failure(receiveBlocks(await connectTcp({ port }), memoryStore()));
    expect(codeOf(error)).toBe("FORMAT_MALFORMED");
    server.close();
  });

  it("gives up when nothing moves, when nobody listens, when it is told to", async () => {
    const listener = await listenTcp({ port: 0 });
    const silent = await failure(receiveBlocks(await connectTcp({ port: listener.port, timeout: 100 }), memoryStore()));
    expect(codeOf(silent)).toBe("SOURCE_CLOSED");
    const stop = new AbortController();
    const aborted = failure(
      connectTcp({ port: listener.port, signal: stop.signal }).then((channel) => receiveBlocks(channel, memoryStore())),
    );
    setTimeout(() => stop.abort(), 50);
    expect(codeOf(await aborted)).toBe("ABORTED");
    await listener.close();
    expect(codeOf(await failure(connectTcp({ port: listener.port })))).toBe("SOURCE_IO");
  });

  it("gives up in the middle of what has come already", async () => {
    const few = blockSource(value as never, { blockBytes: 80_000 }); // all of it is on its way before the receiver has had enough
    const { port, sent, close } = await serve(few);
    const enough = new AbortController();
    const store = memoryStore();
    const receiving = receiveBlocks(await connectTcp({ port, timeout: 0 }), store, {
      signal: enough.signal,
      onProgress: () => enough.abort(),
    });
    expect(codeOf(await failure(receiving))).toBe("ABORTED");
    expect(codeOf(await failure(sent))).toBe("SOURCE_IO"); // it was told why
    await close();
  });

  it("into a file that cannot take it ends the transfer, and the store with it", async () => {
    const store = await fileStore(join(folder, "full.mqb"));
    await store.close();
    const { port, sent, close } = await serve(source);
    expect(codeOf(await failure(receiveBlocks(await connectTcp({ port }), store)))).toBe("SOURCE_IO");
    expect(codeOf(await failure(sent))).toMatch(/^SOURCE_(IO|CLOSED)$/);
    // What was said to be there is not in the file: nothing goes on with this store.
    expect(codeOf(await failure(store.finish()))).toBe("SOURCE_IO");
    await close();
    rmSync(join(folder, "full.mqb"));
  });

  it("keeps away from a file that is something else", async () => {
    const path = join(folder, "notes.txt");
    writeFileSync(path, "not a transfer");
    expect(codeOf(await failure(fileStore(path)))).toBe("SOURCE_EXISTS");
    expect(readFileSync(path, "utf8")).toBe("not a transfer");
    rmSync(path);
  });
});
