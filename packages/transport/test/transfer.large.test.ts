// A masked array of 3 GB, or MASQUERADE_LARGE_BYTES, between two processes over TCP: cut in the middle, resumed, and never in anybody's memory.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { blocks } from "@masquerade/adapter-protobuf";
import { type MaskedArray, masked } from "@masquerade/core";
import { fromFile } from "@masquerade/core/node";
import { afterAll, beforeAll, expect, test } from "vitest";

const bytes = Number(process.env["MASQUERADE_LARGE_BYTES"] ?? 3e9);
const columns = 1000;
const rows = Math.floor(bytes / 8 / columns);
/** Node itself takes 60 MB of it. */
const PEAK = 200e6;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-transfer-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Seen {
  readonly code?: string;
  readonly had?: number;
  readonly sent?: number;
  readonly received?: number;
  readonly blocks?: number;
  readonly digest?: number;
  readonly peakBytes: number;
}

/** A side, and the lines it says. */
function side(...args: readonly string[]): { readonly child: ChildProcess; readonly next: () => Promise<string> } {
  const script = fileURLToPath(new URL("support/transfer-child.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  return { child, next: async () => String((await lines.next()).value) };
}

/** A relay that cuts both sides after so many bytes. */
async function relay(port: number, most: number): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    let passed = 0;
    near.pipe(far);
    far.on("data", (chunk: Buffer) => {
      passed += chunk.length;
      if (!near.write(chunk)) {
        far.pause();
        near.once("drain", () => far.resume());
      }
      if (passed > most) {
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

async function transfer(path: string, most: number): Promise<readonly [sender: Seen, receiver: Seen]> {
  const sender = side("send", String(rows), String(columns), "none");
  const between = await relay(Number(await sender.next()), most);
  const receiver = side("receive", String(between.port), path);
  const seen = await Promise.all([sender.next(), receiver.next()]);
  between.close();
  const [a, b] = seen.map((line) => JSON.parse(line) as Seen) as [Seen, Seen];
  console.log(
    `peak memory: ${Math.round(a.peakBytes / 1e6)} MB to send, ${Math.round(b.peakBytes / 1e6)} MB to receive`,
  );
  expect(a.peakBytes).toBeLessThan(PEAK);
  expect(b.peakBytes).toBeLessThan(PEAK);
  return [a, b];
}

test("a transfer that is cut in the middle is resumed, in bounded memory on both sides", async () => {
  const path = join(folder, "received.mqb");
  const [sender, receiver] = await transfer(path, bytes / 2);
  expect(sender.code).toMatch(/^SOURCE_(CLOSED|IO)$/);
  expect(receiver.code).toBe("SOURCE_CLOSED");
  const begun = (await stat(path)).size;
  expect(begun).toBeGreaterThan(bytes * 0.4);

  const [sent, received] = await transfer(path, Number.POSITIVE_INFINITY);
  expect(sent.code).toBeUndefined();
  expect(received).toMatchObject({ blocks: sent.blocks, digest: sent.digest, received: sent.sent });
  expect(received.had).toBeGreaterThan((sent.blocks as number) * 0.4);
  expect((received.had as number) + (sent.sent as number)).toBe(sent.blocks);
  expect((await stat(path)).size).toBeGreaterThan(bytes);

  const source = await fromFile(path);
  const file = await (await blocks.codec()).open?.(source, {});
  for (const row of [0, 1, rows >> 1, rows - 1]) {
    const part = (await file?.array().read(`${row}:${row + 1}`)) as MaskedArray;
    const first = row * columns;
    for (const column of [0, 1, 10, 999]) {
      const n = first + column;
      expect(part.at(0, column)).toBe(n % 11 === 0 ? masked : n);
      expect(part.data.at(0, column)).toBe(n);
    }
  }
  await source[Symbol.asyncDispose]();
});
