// masq on files of 5 GB (or MASQUERADE_LARGE_BYTES): a header is quick and small, everything else streams. Each command is a process of its own.
import { closeSync, openSync, statSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { dtypes } from "@masquerade/core";
import { writeNpyHeader } from "@masquerade/numpy";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { build, scratch } from "./support/masq.ts";
import { type Measured, measured } from "./support/measured.ts";

// Longer than what the other tests of commands may take.
vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 1_800_000 });

const bytes = Number(process.env["MASQUERADE_LARGE_BYTES"] ?? 5e9);
const columns = 1000;
const rows = Math.floor(bytes / 8 / columns);
const folder = scratch();
const npy = join(folder, "large.npy");

/** A header: the time of a second process of Node, and no more memory than that takes with a codec. */
const HEADER = { cpu: 1, peak: 100e6 };
/** Two files compared piece by piece. */
const DIFF = 250e6;
/** Blocks under way, both sides' buffers, and what the runtime keeps of them. */
const STREAM = 320e6;

/** A file of zeros that take no place on the disk, but for what `fill` puts there; `data`: where the elements begin. */
function write(path: string, fill: (file: number, data: number) => void): void {
  const header = writeNpyHeader({ dtype: dtypes.simple("float64"), shape: [rows, columns] });
  const file = openSync(path, "w");
  writeSync(file, header);
  truncateSync(path, header.length + rows * columns * 8);
  fill(file, header.length);
  closeSync(file);
}

beforeAll(() => {
  build();
  write(npy, (file, data) => {
    const last = Float64Array.from({ length: columns }, (_, i) => i);
    writeSync(file, last, 0, columns * 8, data + (rows - 1) * columns * 8);
  });
});

const exiting = measured(folder);
const masq = (...argv: string[]): Promise<Measured> => exiting(0, ...argv);

const shape = `(${rows}, ${columns})`;

describe("5 GB", () => {
  it("npy: inspected", async () => {
    const { out, cpu, peak } = await masq("inspect", npy);
    expect(out).toContain(`<f8 ${shape}`);
    expect(cpu).toBeLessThan(HEADER.cpu);
    expect(peak).toBeLessThan(HEADER.peak);
  });

  it.each(["h5", "mmdpickle"])("%s: converted by blocks, inspected", async (ending) => {
    const out = join(folder, `large.${ending}`);
    const made = await masq("convert", npy, out);
    expect(made.err).toContain("everything is kept");
    expect(made.peak).toBeLessThan(STREAM);
    expect(statSync(out).size).toBeGreaterThanOrEqual(rows * columns * 8);
    const told = await masq("inspect", out);
    expect(told.out).toContain(`<f8 ${shape}`);
    expect(told.cpu).toBeLessThan(HEADER.cpu);
    expect(told.peak).toBeLessThan(HEADER.peak);
    const last = await masq("slice", `${out}[-1, -3:]`, "--json");
    expect(JSON.parse(last.out)).toMatchObject({ values: [columns - 3, columns - 2, columns - 1] });
    // Against the other format, both by pieces.
    for (const option of ["--hidden", "--bits"]) {
      const compared = await masq("diff", npy, out, option);
      expect(compared.out).toBe("");
      expect(compared.peak).toBeLessThan(DIFF);
    }
    truncateSync(out, 0);
  });

  it("npy: compared with another that differs at both ends", async () => {
    const other = join(folder, "other.npy");
    write(other, (file, data) => {
      writeSync(file, Float64Array.of(0.25), 0, 8, data);
      const last = Float64Array.from({ length: columns }, (_, i) => (i === columns - 1 ? 0.5 : i));
      writeSync(file, last, 0, columns * 8, data + (rows - 1) * columns * 8);
    });
    const { out, peak } = await exiting(1, "diff", npy, other, "--atol", "1e-9");
    const farthest = `farthest at (${rows - 1}, ${columns - 1}): ${columns - 1} against 0.5`;
    expect(out).toBe(`2 other values; ${farthest}\n`);
    expect(peak).toBeLessThan(DIFF);
    expect((await exiting(1, "diff", npy, other, "--bits")).out).toContain("element 0 ");
    truncateSync(other, 0);
  });

  it("npy: statistics and quantiles", async () => {
    const { out, peak } = await masq("stats", npy, "--json");
    const [{ stats }] = (JSON.parse(out) as { arrays: [{ stats: Record<string, unknown> }] }).arrays;
    expect(stats).toMatchObject({
      count: rows * columns,
      masked: 0,
      min: 0,
      max: columns - 1,
      quantiles: { "0.5": 0 },
    });
    expect(stats["mean"]).toBeCloseTo((columns * (columns - 1)) / 2 / (rows * columns), 12);
    expect(peak).toBeLessThan(STREAM);
  });

  it("npy: a part, cast, by blocks", async () => {
    const out = join(folder, "part.npy");
    const { err, peak } = await masq("convert", npy, out, "--slice", "::-1, ::2", "--astype", "float32", "--verify");
    expect(err).toContain("no visible value changed");
    expect(err).toContain("read back: identical, bit for bit");
    expect(peak).toBeLessThan(STREAM);
    expect((await masq("slice", `${out}[0, 1:3]`, "--json")).out).toContain("[2,4]");
  });
});
