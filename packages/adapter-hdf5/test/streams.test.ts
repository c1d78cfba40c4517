// Written by blocks: what comes back is what was written at once, whatever the blocks, the storage and the layout.
import { hdf5 } from "@masquerade/adapter-hdf5";
import {
  type AnyArray,
  Bundle,
  type ByteSource,
  counting,
  difference,
  dtypes,
  fromBytes,
  describe as headerOfValue,
  isMaskedArray,
  MaskedArray,
  memorySink,
  NdArray,
  openDecoded,
  pipe,
  zeros,
} from "@masquerade/core";
import { describe, expect, test } from "vitest";

const codec = await hdf5.codec();

function sample(shape: readonly number[], dims?: readonly string[]): NdArray {
  const n = shape.reduce((a, b) => a * b, 1);
  const storage = Float64Array.from({ length: n }, (_, i) => Math.sin(i) * 1e3);
  return new NdArray({ dtype: dtypes.simple("float64"), shape, storage, dims }) as NdArray;
}

function masked(shape: readonly number[], dims?: readonly string[]): MaskedArray {
  const data = sample(shape, dims);
  const mask = zeros("bool", shape);
  for (let i = 0; i < mask.storage.length; i += 3) mask.storage[i] = 1;
  return new MaskedArray({ data, mask });
}

async function streamed(value: AnyArray | Bundle, options: object, maxBytes: number): Promise<Uint8Array> {
  const sink = memorySink();
  const writer = await codec.create?.(sink, headerOfValue(value), options);
  if (writer === undefined) throw new Error("no create");
  await pipe(openDecoded(value), writer, { maxBytes });
  return sink.bytes();
}

const storages = [
  ["contiguous", {}],
  ["chunks", { chunks: [7, 4, 3] }],
  ["filtered", { gzip: 1, shuffle: true, checksum: true, chunks: [5, 20, 2] }],
  ["resizable", { resizable: [0], gzip: 1 }],
  ["hidden values dropped", { hidden: "drop" }],
  ["values and mask", { layout: "values-mask", chunks: [40, 3, 3] }],
  ["cf", { layout: "cf" }],
] as const;

describe("create", () => {
  const bundle = new Bundle({
    entries: [
      ["time", sample([37], ["time"])],
      ["t", masked([37, 10, 3], ["time", "y", "x"])],
      [
        "deep",
        new Bundle({
          entries: [
            ["empty", sample([0, 4])],
            ["one", sample([])],
            ["f", sample([4, 6]).transpose()],
          ],
        }),
      ],
    ],
  });
  test.each(storages)("%s", async (_, options) => {
    const want = await codec.decode(await codec.encode(bundle, options));
    for (const maxBytes of [1, 1000, 1e9])
      expect(difference(want, await codec.decode(await streamed(bundle, options, maxBytes)))).toBeUndefined();
  });

  test("a sink that cannot go back gets the same file", async () => {
    const value = masked([30, 4]);
    const inner = memorySink();
    const { write, commit, abort } = inner;
    const sink = { position: 0, write, commit, abort };
    const writer = await codec.create?.(sink, headerOfValue(value));
    if (writer !== undefined) await pipe(openDecoded(value), writer, { maxBytes: 100 });
    expect(inner.bytes()).toEqual(await streamed(value, {}, 100));
  });

  test("cf finds a valid value that equals the fill value in the block that has it", async () => {
    const value = masked([30, 4]);
    value.data.storage[77] = 1e20;
    await expect(streamed(value, { layout: "cf" }, 100)).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
  });

  test("blocks of another array, place, shape or dtype are refused", async () => {
    const value = sample([6, 2]);
    const writer = await codec.create?.(memorySink(), headerOfValue(value));
    const block = { array: "", plane: "both", start: 0, value: sample([2, 2]) } as const;
    await expect(writer?.write({ ...block, array: "x" })).rejects.toMatchObject({ code: "INDEX_INVALID" });
    await expect(writer?.write({ ...block, start: 2 })).rejects.toMatchObject({ code: "INDEX_INVALID" });
    await expect(writer?.write({ ...block, value: sample([7, 2]) })).rejects.toMatchObject({ code: "INDEX_INVALID" });
    await expect(writer?.write({ ...block, value: sample([2, 3]) })).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
    const int8 = sample([2, 2]).astype("int8") as unknown as NdArray;
    await expect(writer?.write({ ...block, value: int8 })).rejects.toMatchObject({ code: "DTYPE_MISMATCH" });
  });
});

describe("open", () => {
  const shape = [300, 40, 5];
  const value = masked(shape);
  const selections = ["17", "::-7, 3", "5:9, ::13, -1", "..., 2", "250:, 39:0:-5, :", "None, 1:2"];
  test.each(storages.filter(([name]) => name !== "cf"))("slices of %s", async (_, options) => {
    const bytes = await codec.encode(value, options);
    const whole = (await codec.decode(bytes)) as MaskedArray;
    await using file = await codec.open?.(fromBytes(bytes));
    for (const selection of selections) {
      const got = await file?.array().read(selection);
      expect(difference(whole.slice(selection).copy(), got?.copy() as AnyArray), selection).toBeUndefined();
    }
  });

  test("a row of a compressed array costs its chunks and the index, not the file", async () => {
    const large = sample([4096, 512]);
    const bytes = await codec.encode(large, { gzip: 1, chunks: [64, 64] });
    const source = counting(fromBytes(bytes));
    await using file = await codec.open?.(source);
    const row = await file?.array().read("1000");
    expect(difference(large.slice("1000").copy(), row?.copy() as AnyArray)).toBeUndefined();
    expect(source.bytes).toBeLessThan(bytes.length / 40);
  });

  test("blocks are whole rows of chunks", async () => {
    const bytes = await codec.encode(value, { chunks: [16, 40, 5], gzip: 1 });
    await using file = await codec.open?.(fromBytes(bytes));
    const starts: number[] = [];
    for await (const block of file?.array().blocks({ maxBytes: 80_000 }) ?? []) {
      starts.push(block.start);
      expect(isMaskedArray(block.value)).toBe(true);
    }
    expect(starts.slice(0, 3)).toEqual([0, 48, 96]);
  });

  test("a source that does not know its size is read whole", async () => {
    const bytes = await codec.encode(value);
    const source: ByteSource = {
      size: undefined,
      read: async () => Promise.reject(new Error("not by parts")),
      readAll: async () => bytes,
      [Symbol.asyncDispose]: async () => {},
    };
    await using file = await codec.open?.(source);
    expect(difference(value, (await file?.array().read()) as AnyArray)).toBeUndefined();
  });
});
