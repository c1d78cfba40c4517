// A real peer of another make: Python with pyzmq, and nothing of ours.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { difference, isMasqueradeError, type MaskedArray, maskedArray, multiply } from "@masquerade/core";
import {
  blockSource,
  memoryStore,
  receiveBlocks,
  sendBlocks,
  type ZeroMqLike,
  zeroMqChannel,
} from "@masquerade/transport";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Pair } from "zeromq";

const python = process.env["MASQUERADE_PY2"] ?? "";
const folder = mkdtempSync(join(tmpdir(), "masquerade-zeromq-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => {
  expect(existsSync(python), "MASQUERADE_PY2 names a Python").toBe(true);
  const options = ["--quiet", "--disable-pip-version-check", "--target", folder];
  const { status, stderr } = spawnSync(python, ["-m", "pip", "install", ...options, "pyzmq==27.1.0"], {
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
}, 120_000);

const value = maskedArray(
  Array.from({ length: 5000 }, (_, i) => i),
  { mask: Array.from({ length: 5000 }, (_, i) => i % 7 === 0), dtype: "float64" },
).reshape([50, 100]) as MaskedArray;

describe("ZeroMQ", () => {
  it("to Python and back", async () => {
    const [there, back] = [new Pair(), new Pair()];
    for (const socket of [there, back]) await socket.bind("tcp://127.0.0.1:*");
    const peer = spawn(
      python,
      [
        fileURLToPath(new URL("support/peer.py", import.meta.url)),
        there.lastEndpoint as string,
        back.lastEndpoint as string,
      ],
      { env: { ...process.env, PYTHONPATH: folder }, stdio: ["ignore", "pipe", "pipe"] },
    );
    let said = "";
    peer.stdout.on("data", (chunk) => {
      said += chunk;
    });
    peer.stderr.on("data", (chunk) => {
      said += chunk;
    });
    const ended = new Promise((resolve) => peer.on("exit", resolve));
    const source = blockSource(value as never, { blockBytes: 4000 });
    const sent = await sendBlocks(zeroMqChannel(there as unknown as ZeroMqLike), source);
    expect(sent).toMatchObject({ blocks: 20, sent: 20 });
    const store = memoryStore();
    await receiveBlocks(zeroMqChannel(back as unknown as ZeroMqLike), store);
    expect(await ended, said).toBe(0);
    expect(said.trim()).toBe(`float64 (50, 100) 715 ${(value.sum() as number).toFixed(1)}`);
    const doubled = value.with({ data: multiply(value.data as never, 2) as never });
    expect(difference((await store.value()) as never, doubled as never)).toBeUndefined();
  });

  it("ends in a typed error when nobody is there", async () => {
    const socket = new Pair();
    await socket.bind("tcp://127.0.0.1:*");
    const channel = zeroMqChannel(socket as unknown as ZeroMqLike, { timeout: 200 });
    const error: unknown = await sendBlocks(channel, blockSource(value as never)).catch((e: unknown) => e);
    expect(isMasqueradeError(error, "SOURCE_CLOSED")).toBe(true);
  });
});
