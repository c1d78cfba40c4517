// What is peculiar to HDF5: layouts, storage, links between data and mask, and what is refused.
import { hdf5 } from "@masquerade/adapter-hdf5";
import {
  type AnyArray,
  Bundle,
  describe as describeValue,
  difference,
  dtypes,
  isBundle,
  isMasqueradeError,
  type MaskedArray,
  maskedArray,
  NdArray,
  zeros,
} from "@masquerade/core";
import { describe, expect, test } from "vitest";

const codec = await hdf5.codec();

const numbers = (): MaskedArray =>
  maskedArray(
    [
      [1.5, -2, 3],
      [4, 5, 6],
    ],
    {
      mask: [
        [false, true, false],
        [false, false, true],
      ],
      fillValue: -9,
    },
  ) as unknown as MaskedArray;

async function codeOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (e) {
    if (isMasqueradeError(e)) return e.code;
    throw e;
  }
  return "nothing thrown";
}

const bytesOf = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (i * 7919) >> 3);

describe("storage", () => {
  const array = new NdArray({
    dtype: dtypes.simple("int32"),
    shape: [40, 30, 5],
    storage: new Int32Array(bytesOf(24_000).buffer),
  }) as NdArray;
  test.each([
    ["contiguous", {}],
    ["chunks that do not fit the shape", { chunks: [7, 9, 2] }],
    ["more chunks than a node of the index has room for", { chunks: [2, 2, 1] }],
    ["gzip", { gzip: 6 }],
    ["gzip, shuffle and checksum", { gzip: 1, shuffle: true, checksum: true, chunks: [16, 16, 5] }],
    ["checksum alone, odd bytes", { checksum: true, chunks: [3, 3, 3] }],
  ])("%s", async (_, options) => {
    const back = (await codec.decode(await codec.encode(array, options))) as AnyArray;
    expect(difference(array, back)).toBeUndefined();
  });

  test("a damaged chunk with a checksum is refused", async () => {
    const bytes = await codec.encode(array, { checksum: true, chunks: [40, 30, 5] });
    const at = 5000;
    bytes[at] = (bytes[at] as number) ^ 1;
    expect(await codeOf(() => codec.decode(bytes))).toBe("FORMAT_CHECKSUM");
  });
});

describe("layouts", () => {
  test.each(["nexus", "values-mask"] as const)("%s keeps everything", async (layout) => {
    const bundle = new Bundle({
      entries: [
        ["t", numbers()],
        ["inner", new Bundle({ entries: [["u", numbers()]] })],
      ],
    });
    for (const value of [numbers(), bundle])
      expect(difference(value, await codec.decode(await codec.encode(value, { layout })))).toBeUndefined();
  });

  test("cf masks by _FillValue and announces the hidden values", async () => {
    const array = numbers();
    expect(hdf5.losses(describeValue(array), { layout: "cf" }).map((one) => one.id)).toEqual(["hidden-values"]);
    const back = (await codec.decode(await codec.encode(array, { layout: "cf" }))) as MaskedArray;
    expect(back.mask).not.toBe(undefined);
    expect(back.data.toArray()).toEqual([
      [1.5, -9, 3],
      [4, 5, -9],
    ]);
    expect(difference(array.maskArray() as never, back.maskArray() as never)).toBeUndefined();
    expect(back.fillValue?.at()).toBe(-9);
  });

  test("cf refuses a valid value that equals the fill value, and names one that is free", async () => {
    const array = maskedArray([1n, 7n, -128n], { mask: [true, false, false], dtype: "int8", fillValue: 7n } as never);
    await expect(codec.encode(array as never, { layout: "cf" })).rejects.toThrow(/equals the fill value 7.*-127/);
  });

  test("hidden values are dropped on request", async () => {
    const back = (await codec.decode(await codec.encode(numbers(), { hidden: "drop" }))) as MaskedArray;
    expect(back.data.toArray()).toEqual([
      [1.5, -9, 3],
      [4, 5, -9],
    ]);
  });

  test("masks: none gives the datasets as they are", async () => {
    const back = await codec.decode(await codec.encode(numbers()), { masks: "none" });
    expect(isBundle(back) && back.names).toEqual(["data", "data_mask"]);
  });
});

describe("refused", () => {
  test("a member named as another's mask", async () => {
    const bundle = new Bundle({
      entries: [
        ["t", numbers()],
        ["t_mask", numbers().data],
      ],
    });
    expect(await codeOf(() => codec.encode(bundle))).toBe("CAPABILITY_MISSING");
  });
  test("names HDF5 has no link for", async () => {
    for (const name of ["", ".", "a/b", "a\0b"])
      expect(await codeOf(() => codec.encode(new Bundle({ entries: [[name, numbers()]] })))).toBe("CAPABILITY_MISSING");
  });
  test("a record that reads as a complex number, and one whose fields overlap", async () => {
    const f8 = dtypes.simple("float64");
    const complex = dtypes.struct([
      { name: "r", dtype: f8 },
      { name: "i", dtype: f8 },
    ]);
    const overlapping = dtypes.struct([
      { name: "a", dtype: f8, offset: 0 },
      { name: "b", dtype: f8, offset: 4 },
    ]);
    for (const dtype of [complex, overlapping])
      expect(
        hdf5
          .losses(describeValue(new NdArray({ dtype, shape: [1], storage: new Uint8Array(dtype.itemsize) }) as never))
          .map((one) => one.id),
      ).toContain("dtype");
  });
  test("bytes behind the end, and every kind of option that does not exist", async () => {
    const bytes = await codec.encode(numbers());
    expect(await codeOf(() => codec.decode(new Uint8Array([...bytes, 0])))).toBe("FORMAT_MALFORMED");
    expect(await codeOf(() => codec.encode(numbers(), { layout: "other" } as never))).toBe("OPTION_INVALID");
  });
  test("an abort ends the reading, and the next file is read", async () => {
    const bytes = await codec.encode(numbers());
    expect(await codeOf(() => codec.decode(bytes, { signal: AbortSignal.abort() }))).toBe("ABORTED");
    const controller = new AbortController();
    const reading = codeOf(() => codec.decode(bytes, { signal: controller.signal }));
    controller.abort();
    expect(["ABORTED", "nothing thrown"]).toContain(await reading);
    expect(difference(numbers(), await codec.decode(bytes))).toBeUndefined();
  });
});

test("chunks and axes that are for no array are an error, not passed over", async () => {
  const one = zeros("int16", [2, 3, 4]);
  for (const options of [{ chunks: [2, 3] }, { resizable: [3] }])
    await expect(codec.encode(one, options)).rejects.toMatchObject({ code: "OPTION_INVALID" });
  const mixed = new Bundle({
    entries: [
      ["a", one],
      ["b", zeros("int16", [4])],
    ],
  });
  await expect(codec.encode(mixed, { chunks: [2], resizable: [2] })).resolves.toBeDefined();
});
