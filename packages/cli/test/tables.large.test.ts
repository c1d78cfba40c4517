// masq on tables of text of 2 GB (or MASQUERADE_LARGE_BYTES), ours and other people's. Each command is a process of its own.
import { closeSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { dtypes } from "@masquerade/core";
import { writeNpyHeader } from "@masquerade/numpy";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { build, root, scratch } from "./support/masq.ts";
import { type Measured, measured } from "./support/measured.ts";

// Longer than what the other tests of commands may take.
vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 1_800_000 });

const bytes = Number(process.env["MASQUERADE_LARGE_BYTES"] ?? 2e9);
const columns = 100;
/** A number takes some 18.6 bytes of text. */
const rows = Math.floor(bytes / 18.6 / columns);
const arrayBytes = rows * columns * 8;
const folder = scratch();
const at = (name: string): string => join(folder, name);
const exiting = measured(folder);
const masq = (...argv: string[]): Promise<Measured> => exiting(0, ...argv);

/** The header of a table and few of its rows. */
const LITTLE = 100e6;
/** Blocks under way, both sides' buffers, and what the runtime keeps of them. */
const STREAM = 250e6;
/** What there may be beside an array that is loaded. */
const BESIDE = 160e6;

const valueAt = (i: number): number => Math.sin(i) * 1e3;

function writeNpy(path: string, shape: readonly [number, number]): void {
  const file = openSync(path, "w");
  writeSync(file, writeNpyHeader({ dtype: dtypes.simple("float64"), shape }));
  const block = new Float64Array(2 ** 17);
  const size = shape[0] * shape[1];
  for (let done = 0; done < size; done += block.length) {
    const count = Math.min(block.length, size - done);
    for (let i = 0; i < count; i++) block[i] = valueAt(done + i);
    writeSync(file, block, 0, count * 8);
  }
  closeSync(file);
}

/** Whether two files have the same bytes. */
function same(a: string, b: string): boolean {
  const files = [openSync(a, "r"), openSync(b, "r")] as const;
  const [x, y] = [Buffer.alloc(2 ** 22), Buffer.alloc(2 ** 22)];
  try {
    if (statSync(a).size !== statSync(b).size) return false;
    for (;;) {
      const n = readSync(files[0], x);
      if (n !== readSync(files[1], y) || !x.subarray(0, n).equals(y.subarray(0, n))) return false;
      if (n === 0) return true;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}

beforeAll(() => {
  build();
  writeNpy(at("large.npy"), [rows, columns]);
  writeNpy(at("wide.npy"), [1, Math.floor((rows * columns) / 4)]);
});

describe("CSV of 2 GB", () => {
  it("written by blocks, and back, bit for bit", async () => {
    const made = await masq("convert", at("large.npy"), at("large.csv"));
    expect(made.err).toContain("everything is kept");
    expect(made.peak).toBeLessThan(STREAM);
    expect(Math.abs(statSync(at("large.csv")).size / bytes - 1)).toBeLessThan(0.05);
    const back = await masq("convert", at("large.csv"), at("back.npy"));
    expect(back.peak).toBeLessThan(STREAM);
    expect(same(at("large.npy"), at("back.npy"))).toBe(true);
  });

  it("inspected, its first rows, its last: without its numbers", async () => {
    const told = await masq("inspect", at("large.csv"));
    expect(told.out).toContain(`<f8 (${rows}, ${columns})`);
    expect(told.peak).toBeLessThan(LITTLE);
    const head = await masq("head", "-n", "1", "--json", at("large.csv"));
    expect(JSON.parse(head.out).values[0].slice(0, 3)).toEqual([0, 1, 2].map(valueAt));
    expect(head.peak).toBeLessThan(LITTLE);
    const last = await masq("slice", "--json", `${at("large.csv")}[-1, -2:]`);
    expect(JSON.parse(last.out).values).toEqual([rows * columns - 2, rows * columns - 1].map(valueAt));
    expect(last.peak).toBeLessThan(STREAM);
  });

  it("statistics, and compared with what it was made of", async () => {
    const stats = await masq("stats", "--quantiles", "none", "--json", at("large.csv"));
    const [{ stats: found }] = JSON.parse(stats.out).arrays;
    expect(found).toMatchObject({ count: rows * columns, masked: 0, nan: 0 });
    expect(found.std).toBeCloseTo(1e3 / Math.SQRT2, 0);
    expect(stats.peak).toBeLessThan(STREAM);
    const compared = await masq("diff", "--bits", at("large.npy"), at("large.csv"));
    expect(compared.out).toBe("");
    expect(compared.peak).toBeLessThan(STREAM);
  });

  it("without our header: types by one pass, then as any other", async () => {
    await masq("convert", at("large.npy"), at("bare.csv"), "--bare", "--lossy");
    const told = await masq("inspect", at("bare.csv"));
    expect(told.out).toContain(`<f8 (${rows}, ${columns})`);
    expect(told.peak).toBeLessThan(LITTLE);
    const back = await masq("convert", at("bare.csv"), at("back.npy"), "--force");
    expect(back.peak).toBeLessThan(STREAM);
    expect(same(at("large.npy"), at("back.npy"))).toBe(true);
  });

  it.each(["large.csv", "bare.csv"])("loaded (%s): little more than the array", async (name) => {
    const child = measured(folder, join(root, "packages/cli/test/support/load-child.mjs"));
    const { out, peak } = await child(0, at(name));
    expect(JSON.parse(out).shape).toEqual([rows, columns]);
    let expected = 0;
    for (let i = 0; i < rows * columns; i++) expected += valueAt(i);
    expect(JSON.parse(out).sum).toBe(expected);
    expect(peak).toBeLessThan(arrayBytes + BESIDE);
  });

  it("a row of a quarter of it, by parts of the row", async () => {
    const made = await masq("convert", at("wide.npy"), at("wide.csv"));
    expect(made.peak).toBeLessThan(STREAM);
    const back = await masq("convert", at("wide.csv"), at("narrow.npy"));
    expect(back.peak).toBeLessThan(STREAM);
    expect(same(at("wide.npy"), at("narrow.npy"))).toBe(true);
  });
});
