// Other people's JSON: written on request with its losses, recognised when reading.
import { json } from "@masquerade/adapter-json";
import {
  difference,
  dtypes,
  describe as headerOf,
  isMaskedArray,
  MaskedArray,
  NdArray,
  nomask,
} from "@masquerade/core";
import { describe, expect, test } from "vitest";

const codec = await json.codec();
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const decode = (source: string, options = {}): NdArray | MaskedArray =>
  codec.decode(new TextEncoder().encode(source), options) as NdArray | MaskedArray;
const f8 = (values: readonly number[], shape: readonly number[]): NdArray<"float64"> =>
  new NdArray({ dtype: dtypes.simple("float64"), shape, storage: Float64Array.from(values) });
const bools = (values: readonly number[], shape: readonly number[]): NdArray<"bool"> =>
  new NdArray({ dtype: dtypes.simple("bool"), shape, storage: Uint8Array.from(values) });
const i8 = (values: readonly bigint[], shape: readonly number[]): NdArray<"int64"> =>
  new NdArray({ dtype: dtypes.simple("int64"), shape, storage: BigInt64Array.from(values) });
const sample = new MaskedArray({ data: f8([1, 0, 2.5, 4], [2, 2]), mask: bools([0, 1, 0, 0], [2, 2]) });
const wide = new MaskedArray({ data: i8([2n ** 60n + 1n, 0n, -3n], [3]), mask: bools([0, 1, 0], [3]) });

describe("written", () => {
  test("plain: what ma.tolist() gives", () => {
    expect(text(codec.encode(sample, { dialect: "plain", indent: 0 }))).toBe("[[1.0,null],[2.5,4.0]]\n");
  });
  test("data and mask", () => {
    const array = sample.with({ fillValue: f8([-9], []) as NdArray });
    expect(JSON.parse(text(codec.encode(array, { dialect: "data-mask" })))).toEqual({
      data: [
        [1, 0],
        [2.5, 4],
      ],
      mask: [
        [false, true],
        [false, false],
      ],
      fill_value: -9,
    });
  });
  test("CoverageJSON", () => {
    const array = sample.with({ data: sample.data.with({ dims: ["y", "x"] }) });
    expect(JSON.parse(text(codec.encode(array, { dialect: "coverage" })))).toEqual({
      type: "NdArray",
      dataType: "float",
      axisNames: ["y", "x"],
      shape: [2, 2],
      values: [1, null, 2.5, 4],
    });
    const nan = f8([Number.NaN], [1]);
    expect(() => codec.encode(nan, { dialect: "coverage" })).toThrow(/no NaN/);
  });
  test("JData", () => {
    const array = new NdArray({
      dtype: dtypes.simple("float32"),
      shape: [1, 2],
      storage: Float32Array.of(1.5, Number.NaN),
    });
    expect(JSON.parse(text(codec.encode(array, { dialect: "jdata" })))).toEqual({
      _ArrayType_: "single",
      _ArraySize_: [1, 2],
      _ArrayData_: [1.5, "_NaN_"],
    });
    expect(() => codec.encode(sample, { dialect: "jdata" })).toThrow(/mask/);
  });
});

describe("back again, or announced", () => {
  const arrays = [
    sample,
    wide,
    f8([1, 2, 3], [3]),
    i8([1n, -(2n ** 63n)], [2, 1]),
    f8([Number.NaN, Number.POSITIVE_INFINITY, -0], [3]),
    f8([], [0]),
    f8([7], []),
    new MaskedArray({ data: f8([1, 2], [2]) }),
    new MaskedArray({ data: f8([1, 2], [2]), mask: bools([0, 0], [2]), fillValue: f8([5], []) as NdArray }),
    new NdArray({ dtype: dtypes.simple("uint8"), shape: [2], storage: Uint8Array.of(1, 255) }),
    bools([1, 0], [2]),
  ];
  test.each(["plain", "data-mask", "coverage", "jdata"] as const)("%s", (dialect) => {
    let kept = 0;
    for (const array of arrays) {
      const losses = json.losses(headerOf(array), { dialect });
      let bytes: Uint8Array;
      try {
        bytes = codec.encode(array, { dialect });
      } catch (error) {
        expect((error as { code: string }).code).toBe("CAPABILITY_MISSING");
        continue;
      }
      expect(losses.filter((l) => l.grade === "content")).toEqual([]);
      const back = codec.decode(bytes) as NdArray | MaskedArray;
      const hidden = (a: NdArray | MaskedArray): NdArray | MaskedArray =>
        isMaskedArray(a) && a.mask !== nomask && losses.some((l) => l.id === "hidden-values")
          ? a.with({ data: cleared(a) })
          : a;
      expect(difference(hidden(array), hidden(back))).toBeUndefined();
      kept++;
    }
    expect(kept).toBeGreaterThan(3);
  });
});

/** The data with zeros beneath the mask. */
function cleared(array: MaskedArray): NdArray {
  const data = array.data.copy();
  const bits = array.maskArray().toBytes("C");
  bits.forEach((bit, i) => {
    if (bit === 0) return;
    const index: number[] = [];
    let rest = i;
    for (const n of [...data.shape].reverse()) {
      index.unshift(rest % n);
      rest = Math.floor(rest / n);
    }
    data.set(index, (data.dtype.kind === "int64" ? 0n : 0) as never);
  });
  return data;
}

describe("read", () => {
  test("lists of numbers, texts and truth values", () => {
    expect(decode("[1, 2.0, null]")).toMatchObject({ dtype: { kind: "float64" } });
    expect((decode("[9007199254740993, 2]") as NdArray<"int64">).at(0)).toBe(9007199254740993n);
    expect(decode("[18446744073709551615]").dtype.kind).toBe("uint64");
    expect(decode('["ab", "c"]').dtype).toMatchObject({ kind: "str", itemsize: 8 });
    expect(decode("[true, null]")).toMatchObject({ dtype: { kind: "bool" } });
    expect(decode("[[1, 2], [3, 4]]", { descr: "<f4" }).dtype.kind).toBe("float32");
    expect(decode('["2020-01-01", null]', { descr: "datetime64[D]" }).at(0)).toBe(18262n);
  });
  test("a mask by hand", () => {
    const read = decode('{"data": [1, 2, 3], "mask": [false, true, false], "units": "K"}') as MaskedArray;
    expect(read.maskArray().toBytes()).toEqual(Uint8Array.of(0, 1, 0));
    expect((decode('{"data": [1, 2], "mask": false}') as MaskedArray).mask).toBe(nomask);
  });
  test.each([
    ["[[1, 2], [3]]", /not all of one shape/],
    ["[1, true]", /several types/],
    ["[{}]", /objects are no elements/],
    ['{"a": 1}', /no array in it/],
    ['{"_ArrayType_": "int8", "_ArraySize_": [1000000000], "_ArrayData_": [1]}', /fewer/],
    ['{"_ArrayType_": "int8", "_ArraySize_": [1], "_ArrayZipType_": "zlib", "_ArrayZipData_": ""}', /packed/],
    ['{"type": "NdArray", "dataType": "float", "shape": [3], "values": [1]}', /flat list of 3/],
    ["[1e]", /no number/],
  ])("%s", (source, message) => {
    expect(() => decode(source)).toThrow(message);
  });
});
