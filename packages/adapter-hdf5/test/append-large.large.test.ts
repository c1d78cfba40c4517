// What is added may be as large as memory: beside its own bytes an append holds the edge of what is there, and no more.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { hdf5 } from "@masquerade/adapter-hdf5";
import { Bundle } from "@masquerade/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { masked } from "./support/samples.ts";

const run = promisify(execFile);
const bytes = Number(process.env["MASQUERADE_LARGE_BYTES"] ?? 6e9) / 3;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-hdf5-append-large-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

test("an array that grows, and one that is new", { timeout: 900_000 }, async () => {
  const path = join(folder, "log.h5");
  const first = new Bundle({ entries: [["m", masked([300, 4096], 0)]] });
  await writeFile(path, await (await hdf5.codec()).encode(first, { resizable: [0], chunks: [256, 1024] }));
  const child = new URL("./support/append-large-child.mjs", import.meta.url).pathname;
  const { stdout } = await run(process.execPath, [child, path, String(bytes)]);
  const told = JSON.parse(stdout) as { [key in "peak" | "before" | "wrong" | "value" | "size"]: number } & {
    readonly seconds: number[];
  };
  const mb = (n: number): number => Math.round(n / 1e6);
  console.log(
    `${mb(told.value)} MB added twice: ${mb(told.peak - told.before)} MB beside them, seconds ${told.seconds}`,
  );
  expect(told.wrong).toBe(0);
  expect(told.size).toBeGreaterThan(2 * told.value);
  expect(told.peak - told.before).toBeLessThan(180e6 + told.value * 0.03);
});
