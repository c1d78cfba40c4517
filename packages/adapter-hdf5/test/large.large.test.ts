// A dataset larger than memory is allowed to be: written by blocks, read by slices, in a process that never holds it.
import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const bytes = Number(process.env["MASQUERADE_LARGE_BYTES"] ?? 6e9);
/** 400 MB for 6 GB, and in proportion: the runtime and blocks under way take some 200 MB whatever the size, the index of chunks its share. */
const most = 220e6 + bytes * 0.03;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-hdf5-large-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

test.each([
  ["contiguous", {}],
  ["in chunks, growing", { chunks: [256, 1024], resizable: [0] }],
])("%s", { timeout: 900_000 }, async (name, options) => {
  const path = join(folder, `${name.slice(0, 4)}.h5`);
  const child = new URL("./support/large-child.mjs", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [child, path, String(bytes), JSON.stringify(options)]);
  const told = JSON.parse(stdout) as { rows: number; wrong: number; slices: number; peak: number; seconds: number[] };
  console.log(
    `${name}: ${(await stat(path)).size} bytes, peak RSS ${Math.round(told.peak / 1e6)} MB, seconds ${told.seconds}`,
  );
  expect((await stat(path)).size).toBeGreaterThan(bytes);
  expect(told.slices).toBeGreaterThan(20);
  expect(told.wrong).toBe(0);
  expect(told.peak).toBeLessThan(most);
  await rm(path);
});
