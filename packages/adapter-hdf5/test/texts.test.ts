// Texts of varying length: what stands for missing, NULs within, writing by blocks.
import { hdf5 } from "@masquerade/adapter-hdf5";
import {
  type AnyArray,
  array,
  describe as describeValue,
  difference,
  dtypes,
  fromBytes,
  headerOf,
  lazyFromArray,
  type MaskedArray,
  maskedArray,
  memorySink,
  NdArray,
} from "@masquerade/core";
import { expect, test } from "vitest";

const codec = await hdf5.codec();

async function again(value: AnyArray, options = {}): Promise<string | undefined> {
  return difference(value, await codec.decode(await codec.encode(value, options)));
}

test.each([
  ["None", null],
  ["NaN", Number.NaN],
  ["a text", "N/A"],
])("missing texts of a dtype with na_object %s", async (_, na) => {
  const dtype = dtypes.stringDType({ coerce: false, naObject: { value: na } });
  const value = new NdArray({ dtype, shape: [4], storage: ["a", null, "", "b"] }) as unknown as AnyArray;
  for (const options of [{}, { gzip: 1 }, { layout: "cf" }]) expect(await again(value, options)).toBeUndefined();
});

test("NULs within texts are kept where a fixed length keeps them for everybody, and refused where none does", async () => {
  expect(await again(array(["a\0b", "", "ü"], dtypes.stringDType()) as unknown as AnyArray)).toBeUndefined();
  const ends = array(["a\0b", "c\0"], dtypes.stringDType()) as unknown as AnyArray;
  await expect(codec.encode(ends)).rejects.toThrow(/element 1 ends with a NUL/);
});

test("masked texts with a fill value; hidden ones dropped on request", async () => {
  const value = maskedArray(["secret", "b"], {
    dtype: dtypes.stringDType(),
    mask: [true, false],
    fillValue: "none",
  }) as unknown as MaskedArray;
  for (const layout of ["nexus", "values-mask"] as const) {
    expect(await again(value, { layout })).toBeUndefined();
    const dropped = await codec.encode(value, { layout, hidden: "drop" });
    expect(new TextDecoder("latin1").decode(dropped)).not.toContain("secret");
    expect(((await codec.decode(dropped)) as MaskedArray).data.toArray()).toEqual(["none", "b"]);
  }
  expect(hdf5.losses(describeValue(value), { layout: "cf" }).map((one) => one.id)).toContain("mask");
});

test("written by blocks, read by slices", async () => {
  const texts = Array.from({ length: 1000 }, (_, i) => "x".repeat(i % 7) + i);
  const value = new NdArray({ dtype: dtypes.stringDType(), shape: [500, 2], storage: texts }) as unknown as AnyArray;
  const sink = memorySink();
  const writer = await codec.create?.(sink, headerOf(value), { gzip: 1 });
  for await (const block of lazyFromArray(value).blocks({ maxBytes: 3000 })) await writer?.write(block);
  await writer?.finish();
  expect(difference(value, await codec.decode(sink.bytes()))).toBeUndefined();
  const file = await codec.open?.(fromBytes(sink.bytes()), {});
  const part = (await file?.array().read("250:252, 1")) as NdArray;
  expect(part.toArray()).toEqual([texts[501], texts[503]]);
  await file?.[Symbol.asyncDispose]();
});
