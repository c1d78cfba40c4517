// The layout for netCDF readers: what it says is missing, what it refuses, and that the array comes back as it was.
import { hdf5 } from "@masquerade/adapter-hdf5";
import {
  type AnyArray,
  array,
  Bundle,
  describe as describeValue,
  difference,
  dtypes,
  isBundle,
  isMaskedArray,
  type MaskedArray,
  maskedArray,
  NdArray,
  zeros,
} from "@masquerade/core";
import { expect, test } from "vitest";

const codec = await hdf5.codec();
const cf = { layout: "cf" } as const;

/** What is in the file, whatever our own attributes say of it. */
async function seen(bytes: Uint8Array, reader: "h5py" | "netcdf4"): Promise<AnyArray> {
  const all = (await codec.decode(bytes, { reader })) as Bundle;
  return all.get("data") as AnyArray;
}

test("where no fill value is set and NumPy's is taken, one that is free is chosen", async () => {
  const value = maskedArray([999999, 1, -2147483648], { dtype: "int32", mask: [false, true, false] });
  const bytes = await codec.encode(value as never, cf);
  expect((await seen(bytes, "h5py")).data).toEqual(Int32Array.of(999999, -2147483647, -2147483648));
  const back = (await codec.decode(bytes)) as MaskedArray;
  expect(back.fillValue).toBeUndefined();
  expect(back.toString()).toBe(value.toString());
});

test("valid elements equal to netCDF's default fill value are not taken for missing", async () => {
  const usual = 9.969209968386869e36;
  const plain = array([1, usual, 3]);
  const unmasked = maskedArray([1, usual, 3]);
  const filled = maskedArray([1, usual, 3], { fillValue: 3 });
  for (const value of [plain, unmasked, filled] as unknown as AnyArray[]) {
    const bytes = await codec.encode(value, cf);
    const there = (await seen(bytes, "netcdf4")) as MaskedArray;
    expect(isMaskedArray(there)).toBe(true);
    expect([...there.maskArray().flat()]).toEqual([false, false, false]);
    expect(difference(value, await codec.decode(bytes))).toBeUndefined();
  }
});

test("a _FillValue that the array's own attributes name is left to them", async () => {
  const value = array([1, 2], "float64").with({ attrs: new Map([["_FillValue", 2]]) }) as unknown as AnyArray;
  const bytes = await codec.encode(value, cf);
  expect(difference(value, await codec.decode(bytes))).toBeUndefined();
  expect([...((await seen(bytes, "netcdf4")) as MaskedArray).maskArray().flat()]).toEqual([false, true]);
});

test("no free value: the error says so", async () => {
  const all = Array.from({ length: 256 }, (_, i) => i);
  const mask = [...all.map(() => false), true];
  const value = maskedArray([...all, 0], { dtype: "uint8", mask });
  await expect(codec.encode(value as never, cf)).rejects.toThrow(/no value of its dtype is free/);
});

test.each([
  ["float16", dtypes.simple("float16")],
  ["longdouble", dtypes.longdouble("x87", 16)],
  ["datetime64", dtypes.datetime64("s")],
  ["void", dtypes.opaque(3)],
  ["records with texts", dtypes.struct([{ name: "s", dtype: dtypes.bytes(3) }])],
])("%s, which netCDF does not have, is refused", async (_, dtype) => {
  const value = zeros(dtype as never, [2]) as unknown as AnyArray;
  expect(hdf5.losses(describeValue(value), cf).map((one) => one.id)).toEqual(["dtype"]);
  await expect(codec.encode(value, cf)).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
  await expect(codec.encode(value)).resolves.toBeInstanceOf(Uint8Array);
});

test("provenance is said on request, and is no attribute of the value", async () => {
  const value = new Bundle({
    entries: [["t", array([1, 2]) as never]],
    attrs: new Map<string, string>([["creator", "somebody"]]),
  });
  const options = { provenance: true, source: "pickle", created: "2020-01-02T03:04:05Z" };
  const bytes = await codec.encode(value, options);
  expect(bytes).toEqual(await codec.encode(value, options));
  expect(difference(value, await codec.decode(bytes))).toBeUndefined();
  const raw = await codec.decode(bytes, { reader: "h5py" });
  const attrs = isBundle(raw) ? Object.fromEntries(raw.attrs) : {};
  expect(attrs).toMatchObject({
    creator: "somebody",
    creator_version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    source_format: "pickle",
    file_time: "2020-01-02T03:04:05Z",
  });
  const plain = await codec.encode(value);
  expect((await codec.decode(plain, { reader: "h5py" })) as Bundle).not.toHaveProperty("attrs.source_format");
  await expect(codec.encode(value, { created: "yesterday" })).rejects.toMatchObject({ code: "OPTION_INVALID" });
});

test("attributes keep their dtypes", async () => {
  const scalar = (dtype: "int8" | "uint64" | "float32"): NdArray => zeros(dtype, []) as unknown as NdArray;
  const attrs = new Map<string, never>(
    Object.entries({
      big: new NdArray({ dtype: dtypes.simple("int32", "big"), shape: [], storage: Int32Array.of(-5) }),
      bytes: array(["a", "bc"], dtypes.bytes(3)),
      float32: scalar("float32"),
      int: 5n,
      int8: scalar("int8"),
      list: ["a", "", "ü"],
      mixed: ["a", 1n, [2.5]],
      number: 2.5,
      record: zeros(
        dtypes.struct([
          { name: "x", dtype: dtypes.simple("float32") },
          { name: "y", dtype: dtypes.bytes(2), shape: [2] },
        ]),
        [2],
      ),
      uint64: scalar("uint64"),
    }) as never,
  );
  const value = (array([1, 2]) as unknown as NdArray).with({ attrs });
  expect(difference(value, await codec.decode(await codec.encode(value)))).toBeUndefined();
});
