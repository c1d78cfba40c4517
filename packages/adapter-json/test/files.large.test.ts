// A JSON file, and its rows, of 2 GB, or MASQUERADE_LARGE_BYTES: written block by block, loaded, read by rows, converted. Each task runs in a process whose peak memory is measured.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const bytes = Number(process.env["MASQUERADE_LARGE_BYTES"] ?? 2e9);
const columns = 1000;
// Four elements of five take some 21 characters, the fifth `null` and a whole number beneath it.
const rows = Math.floor(bytes / 20.5 / columns);
const arrayBytes = rows * columns * 9;
const MIB = 2 ** 20;
/** What there may be beside the array: 242 MiB for 2 GB. */
const BESIDE = 128 * MIB + 0.06 * bytes;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-json-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe.each(["json", "ndjson"])("%s", (extension) => {
  async function child(task: string, most: number): Promise<Record<string, unknown>> {
    const script = join(import.meta.dirname, "support/large-child.mjs");
    const path = join(folder, `large.${extension}`);
    const { stdout } = await run(process.execPath, [script, task, path, String(rows), String(columns)]);
    const seen = JSON.parse(stdout) as Record<string, unknown> & { peakBytes: number };
    console.log(
      `${extension}, ${task}: peak ${Math.round(seen.peakBytes / MIB)} MiB, array ${Math.round(arrayBytes / MIB)} MiB`,
    );
    expect(seen.peakBytes).toBeLessThan(most);
    return seen;
  }

  test("written by blocks: a document within the array and 256 MiB, rows within 256 MiB", async () => {
    const { size } = await child("write", extension === "json" ? arrayBytes + BESIDE : 256 * MIB);
    expect(Math.abs((size as number) / bytes - 1)).toBeLessThan(0.2);
  });

  test("loaded: every bit right, no more than the array and 256 MiB", async () => {
    expect(await child("load", arrayBytes + BESIDE)).toMatchObject({ shape: [rows, columns], wrong: 0 });
  });

  test("rows here and there: 256 MiB, whatever the file", async () => {
    expect(await child("rows", 256 * MIB)).toMatchObject({ wrong: 0 });
  });

  test("converted block by block: 256 MiB, whatever the file", async () => {
    expect((await child("convert", 256 * MIB))["bytes"]).toBeGreaterThan(bytes / 2);
  });
});
