// Added in place: arrays grow along an axis, others are added, and whenever the writing stops the file is as it was or as it was to be.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hdf5 } from "@masquerade/adapter-hdf5";
import {
  type AnyArray,
  Bundle,
  concatenate,
  type DType,
  difference,
  dtypes,
  fromBytes,
  isBundle,
  MaskedArray,
  NdArray,
} from "@masquerade/core";
import { fromFile } from "@masquerade/core/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Disk } from "./support/disk.ts";
import { masked, sample } from "./support/samples.ts";

const codec = await hdf5.codec();
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-hdf5-append-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function appended(
  before: AnyArray | Bundle,
  more: AnyArray | Bundle,
  options: object,
): Promise<AnyArray | Bundle> {
  const disk = new Disk(await codec.encode(before, options));
  await codec.append?.(disk, more, options);
  return await codec.decode(disk.bytes);
}

describe("growing", () => {
  test.each([
    ["along the first axis", { resizable: [0] }, [5, 4], [3, 4], 0],
    ["many rows of small chunks", { resizable: [0], chunks: [2, 3] }, [7, 4], [30, 4], 0],
    ["compressed", { resizable: [0], chunks: [4, 4], gzip: 1, shuffle: true, checksum: true }, [6, 5], [6, 5], 0],
    ["along another axis", { resizable: [1], axis: 1, chunks: [2, 3] }, [5, 4], [5, 9], 1],
    ["from nothing", { resizable: [0] }, [0, 4], [3, 4], 0],
    ["by nothing", { resizable: [0] }, [4, 4], [0, 4], 0],
    ["values and mask", { resizable: [0], layout: "values-mask" }, [5, 4], [3, 4], 0],
    ["cf", { resizable: [0], layout: "cf" }, [5, 4], [3, 4], 0],
  ] as const)("%s", async (_, options, first, second, axis) => {
    for (const make of [sample, masked]) {
      const [a, b] = [make(first, 1), make(second, 100)];
      const want = await codec.decode(await codec.encode(concatenate([a, b] as never, axis) as AnyArray, options));
      expect(difference(want, await appended(a, b, options))).toBeUndefined();
    }
  });

  test("without the values beneath the mask, if they are dropped", async () => {
    const [a, b] = [masked([4, 3], 0), masked([3, 3], 700)];
    const disk = new Disk(await codec.encode(a, { resizable: [0], hidden: "drop" }));
    await codec.append?.(disk, b, { hidden: "drop" });
    const found = (await codec.decode(disk.bytes)) as MaskedArray;
    expect(found.shape).toEqual([7, 3]);
    const hidden = Buffer.from(new Float64Array([701]).buffer);
    expect(b.at(0, 1)).not.toBe(701);
    expect(Buffer.from(disk.bytes).includes(hidden)).toBe(false);
  });

  test("texts of varying length, missing ones too, and those of one length", async () => {
    const of = (texts: readonly (string | null)[], dtype: DType): AnyArray =>
      new NdArray({ dtype, shape: [texts.length], storage: [...texts] as never }) as AnyArray;
    const plain = dtypes.stringDType();
    const withMissing = dtypes.stringDType({ naObject: { value: null } });
    const cases = [
      [of(["a", "é", ""], plain), of(["long ".repeat(2000), "b"], plain)],
      [of(["a", null], withMissing), of([null, "c"], withMissing)],
      [of(["a\0b", "cde"], plain), of(["f", "g\0h"], plain)],
    ] as const;
    for (const [a, b] of cases)
      for (const gzip of [undefined, 1]) {
        const found = await appended(a, b, { resizable: [0], gzip });
        expect(difference(concatenate([a, b] as never) as AnyArray, found as AnyArray)).toBeUndefined();
      }
    const fixed = new Disk(await codec.encode(cases[2][0], { resizable: [0] }));
    const before = fixed.bytes.slice();
    await expect(codec.append?.(fixed, of(["too long"], plain))).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    const varying = new Disk(await codec.encode(cases[0][0], { resizable: [0] }));
    const was = varying.bytes.slice();
    await expect(codec.append?.(varying, of(["a\0b"], plain))).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    expect([Buffer.compare(fixed.bytes, before), Buffer.compare(varying.bytes, was)]).toEqual([0, 0]);
  });

  test("ten times, with dimension scales that grow along and an array that is new", async () => {
    const options = { resizable: [0], chunks: undefined, gzip: 1 };
    const part = (k: number): Bundle =>
      new Bundle({
        entries: [
          ["time", sample([3], k * 3, ["time"])],
          ["t", masked([3, 2], k * 6, ["time", "y"])],
          ["deep", new Bundle({ entries: [["u", sample([3, 2], k * 6, ["step", "y"])]] })],
        ],
      });
    const disk = new Disk(await codec.encode(part(0), options));
    for (let k = 1; k < 10; k++) await codec.append?.(disk, part(k), options);
    const extra = new Bundle({ entries: [["deep", new Bundle({ entries: [["new", masked([2], 5)]] })]] });
    await codec.append?.(disk, extra);
    const value = await codec.decode(disk.bytes);
    if (!isBundle(value)) throw new Error("no bundle");
    const all = (name: string): AnyArray =>
      concatenate(Array.from({ length: 10 }, (_, k) => part(k).get(name)) as never) as AnyArray;
    for (const name of ["time", "t", "deep/u"])
      expect(difference(bare(all(name)), bare(value.get(name) as AnyArray)), name).toBeUndefined();
    expect((value.get("t") as MaskedArray).data.dims).toEqual(["time", "y"]);
    expect(difference(masked([2], 5), value.get("deep/new") as AnyArray)).toBeUndefined();
  });

  test("a file of one array becomes one of several when another is added", async () => {
    const value = await appended(sample([2], 0), new Bundle({ entries: [["b", sample([3], 1)]] }), {});
    expect(isBundle(value) && value.names).toEqual(["data", "b"]);
  });

  test("a file on disk", async () => {
    const path = join(folder, "disk.h5");
    await writeFile(path, await codec.encode(masked([4, 3], 0), { resizable: [0] }));
    await using file = await fromFile(path, { mode: "r+" });
    await codec.append?.(file, masked([2, 3], 12));
    const back = (await codec.decode(new Uint8Array(await readFile(path)))) as MaskedArray;
    expect(back.shape).toEqual([6, 3]);
  });
});

const bare = (array: AnyArray): AnyArray => {
  const data = (array instanceof MaskedArray ? array.data : array).with({ dims: undefined }) as NdArray;
  return array instanceof MaskedArray ? (array.with({ data }) as MaskedArray) : data;
};

describe("interrupted", () => {
  test("after any byte, the file is as it was or as it was to be; the next append mends it", async () => {
    const [a, b] = [masked([4, 3], 0), masked([3, 3], 12)];
    const before = await codec.encode(a, { resizable: [0], chunks: [2, 3] });
    const whole = new Disk(before);
    await codec.append?.(whole, b);
    const after = await codec.decode(whole.bytes);
    const written = whole.bytes.length - before.length + 48;
    let asItWas = 0;
    for (let most = 0; most <= written + 24; most += most < 30 || most > written - 60 ? 3 : 97) {
      const disk = new Disk(before, most);
      const failed = await codec.append?.(disk, b).then(
        () => false,
        () => true,
      );
      // The superblock is overwritten in one piece, within one sector: a machine writes it or does not.
      if (failed && disk.bytes.subarray(0, 48).some((byte, i) => byte !== before[i])) continue;
      const found = await codec.decode(disk.bytes);
      expect(difference(failed ? a : after, found), `after ${most} bytes`).toBeUndefined();
      if (!failed) continue;
      asItWas++;
      disk.left = Number.POSITIVE_INFINITY;
      await codec.append?.(disk, b);
      expect(difference(after, await codec.decode(disk.bytes)), `mended after ${most} bytes`).toBeUndefined();
    }
    expect(asItWas).toBeGreaterThan(40);
  });
});

describe("refused, and nothing written", () => {
  const file = new Bundle({
    entries: [
      ["t", masked([4, 3], 0)],
      ["plain", sample([4], 0)],
      ["g", new Bundle({ entries: [["x", sample([1], 0)]] })],
    ],
  });
  const cases: readonly (readonly [string, AnyArray | Bundle, string])[] = [
    ["an array without a name", sample([1], 0), "OPTION_INVALID"],
    ["another shape", new Bundle({ entries: [["t", masked([4, 2], 0)]] }), "SHAPE_MISMATCH"],
    ["another rank", new Bundle({ entries: [["t", masked([3], 0)]] }), "SHAPE_MISMATCH"],
    ["another dtype", new Bundle({ entries: [["t", sample([1, 3], 0).astype("float32") as never]] }), "DTYPE_MISMATCH"],
    ["a mask where the file has none", new Bundle({ entries: [["plain", masked([2], 0)]] }), "CAPABILITY_MISSING"],
    ["a group over an array", new Bundle({ entries: [["t", new Bundle({ entries: [] })]] }), "OPTION_INVALID"],
    ["an array over a group", new Bundle({ entries: [["g", sample([1], 0)]] }), "OPTION_INVALID"],
    ["the mask of another", new Bundle({ entries: [["t_mask", sample([1], 0)]] }), "OPTION_INVALID"],
  ];
  test.each(cases)("%s", async (_, more, code) => {
    const disk = new Disk(await codec.encode(file, { resizable: [0] }));
    const before = disk.bytes.slice();
    await expect(codec.append?.(disk, more)).rejects.toMatchObject({ code });
    expect(Buffer.compare(disk.bytes, before)).toBe(0);
  });
  test("arrays that cannot grow, and sources that cannot be written", async () => {
    const bytes = await codec.encode(sample([4], 0));
    await expect(codec.append?.(new Disk(bytes), sample([1], 0))).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    await expect(codec.append?.(fromBytes(bytes), sample([1], 0))).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });
});
