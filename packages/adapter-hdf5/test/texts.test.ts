// Texts of varying length: what stands for missing, NULs within, writing by blocks; and hidden values dropped, of every dtype.
import { hdf5 } from "@masquerade/adapter-hdf5";
import { coveringSet } from "@masquerade/conformance";
import {
  type AnyArray,
  array,
  describe as describeValue,
  difference,
  dtypes,
  fromBytes,
  headerOf,
  isMaskedArray,
  lazyFromArray,
  type MaskedArray,
  maskedArray,
  memorySink,
  NdArray,
  nomask,
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

test.each(["nexus", "values-mask", "cf"] as const)(
  "no value beneath a mask is in a file of the layout %s, if they are dropped",
  async (layout) => {
    let dropped = 0;
    const kinds = new Map<string, number>();
    for (const { name, array } of coveringSet(hdf5.capabilities.kinds)) {
      if (!isMaskedArray(array) || array.mask === nomask || array.size === 0) continue;
      const losses = hdf5.losses(describeValue(array), { layout });
      // Three arrays of each kind.
      const seen = (kinds.get(array.dtype.kind) ?? 0) + 1;
      if (seen > 3 || losses.some((one) => one.grade === "content")) continue;
      kinds.set(array.dtype.kind, seen);
      const bytes = await codec.encode(array, { layout, hidden: "drop" }).catch(() => undefined);
      // A fill value that valid elements have, with cf.
      if (bytes === undefined) continue;
      const back = (await codec.decode(bytes)) as MaskedArray;
      dropped++;
      // What is there instead: the fill value, where the mask is; the rest is as it was.
      const fill = layout === "cf" && array.fillValue === undefined ? back : array;
      expect(
        difference(fill.filled(), back.data.copy(back.order).with({ attrs: new Map(), dims: undefined }) as never),
        name,
      ).toBeUndefined();
    }
    expect(dropped).toBeGreaterThan(layout === "cf" ? 15 : 50);
  },
);

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

test("records come back aligned, and as np.record, where they were", async () => {
  const inner = dtypes.struct(
    [
      { name: "a", dtype: dtypes.simple("int8") },
      { name: "b", dtype: dtypes.simple("float64") },
    ],
    { aligned: true },
  );
  const outer = dtypes.struct(
    [
      { name: "x", dtype: dtypes.simple("int16") },
      { name: "in", dtype: inner, shape: [2] },
    ],
    { record: true },
  );
  for (const dtype of [inner, outer]) {
    const value = new NdArray({
      dtype,
      shape: [2],
      storage: new Uint8Array(2 * dtype.itemsize),
    }) as unknown as AnyArray;
    expect(hdf5.losses(describeValue(value))).toEqual([]);
    const back = (await codec.decode(await codec.encode(value))) as NdArray;
    expect(back.dtype).toEqual(dtype);
  }
});
