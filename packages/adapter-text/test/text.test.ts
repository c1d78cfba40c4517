// What is peculiar to text: the header, the markers, quotes, other people's tables.
import { csv, tsv, txt } from "@masquerade/adapter-text";
import {
  type AnyArray,
  difference,
  dtypes,
  describe as headerOf,
  isMaskedArray,
  isMasqueradeError,
  MaskedArray,
  NdArray,
  nomask,
} from "@masquerade/core";
import { describe, expect, test } from "vitest";

const codecs = { csv: await csv.codec(), tsv: await tsv.codec(), txt: await txt.codec() };
const utf8 = new TextEncoder();
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const read = (source: string, options = {}): AnyArray => codecs.csv.decode(utf8.encode(source), options) as AnyArray;
const f8 = (values: readonly number[], shape: readonly number[] = [values.length]): NdArray<"float64"> =>
  new NdArray({ dtype: dtypes.simple("float64"), shape, storage: Float64Array.from(values) });
const bools = (values: readonly number[], shape: readonly number[] = [values.length]): NdArray<"bool"> =>
  new NdArray({ dtype: dtypes.simple("bool"), shape, storage: Uint8Array.from(values) });
const strings = (values: readonly string[], width: number): NdArray => {
  const storage = new Uint32Array(values.length * width);
  for (const [i, value] of values.entries())
    storage.set(
      Array.from(value, (c) => c.codePointAt(0) as number),
      i * width,
    );
  return new NdArray({ dtype: dtypes.str(width), shape: [values.length], storage }) as NdArray;
};

function failure(source: string, options = {}): string {
  try {
    read(source, options);
  } catch (e) {
    if (isMasqueradeError(e)) return `${e.code} ${e.message}`;
    throw e;
  }
  return "nothing thrown";
}

describe("what is written", () => {
  const array = new MaskedArray({
    data: f8([1.5, 99, 3, Number.NaN, Number.NEGATIVE_INFINITY, -0], [2, 3]),
    mask: bools([0, 1, 0, 0, 0, 0], [2, 3]),
    fillValue: f8([1e20], []) as NdArray,
  });
  test("CSV, the example of the documentation", () => {
    expect(text(codecs.csv.encode(array)).split("\n")).toEqual([
      "# masked-array 1 csv",
      "# dtype: '<f8'",
      "# shape: [2, 3]",
      "# mask: missing",
      '# missing: ""',
      "# fill_value_dtype: '<f8'",
      "# fill_value: 1e+20",
      `# np.genfromtxt("FILE", dtype='<f8', delimiter=",", skip_header=8, usemask=True, encoding="utf-8").reshape((2, 3))`,
      "1.5,,3",
      "nan,-inf,-0.0",
      "",
    ]);
  });
  test("white space needs a marker, and so does a column by itself", () => {
    expect(text(codecs.txt.encode(array))).toContain("\n1.5 -- 3\nnan -inf -0.0\n");
    const one = new MaskedArray({ data: f8([1, 2, 3]), mask: bools([1, 0, 1]) });
    expect(text(codecs.csv.encode(one))).toContain("\n--\n2\n--\n");
    expect(text(codecs.csv.encode(one, { missing: "NA" }))).toContain("\nNA\n2\nNA\n");
    expect(() => codecs.csv.encode(one, { missing: "" })).toThrow(/vanish/);
    expect(() => codecs.csv.encode(one, { missing: "a,b" })).toThrow(/quotes/);
  });
  test("values beneath the mask are never written, and that is announced", () => {
    expect(text(codecs.csv.encode(array))).not.toContain("99");
    expect(csv.losses(headerOf(array)).map((l) => [l.id, l.grade])).toEqual([["hidden-values", "trait"]]);
  });
  test("three dimensions in slices", () => {
    const cube = f8([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
    const bytes = codecs.txt.encode(cube);
    expect(text(bytes)).toContain("# slice [0, :, :]\n1 2\n3 4\n# slice [1, :, :]\n5 6\n7 8\n");
    expect(difference(cube, codecs.txt.decode(bytes) as NdArray)).toBeUndefined();
  });
  test("records are columns with names; sub-arrays and nested fields too", () => {
    const dtype = dtypes.struct([
      { name: "id", dtype: dtypes.simple("int16") },
      { name: "x y", dtype: dtypes.simple("float32") },
      { name: "m", dtype: dtypes.struct([{ name: "z", dtype: dtypes.simple("uint8"), shape: [2] }]) },
    ]);
    const data = new NdArray({ dtype, shape: [1], storage: new Uint8Array(dtype.itemsize).fill(1) }) as NdArray;
    const bytes = codecs.csv.encode(data);
    expect(text(bytes)).toContain("\nid,x y,m.z[0],m.z[1]\n257,2.3694278e-38,1,1\n");
    expect(difference(data, codecs.csv.decode(bytes) as NdArray)).toBeUndefined();
  });
  test("texts in quotes where they need them", () => {
    const words = ["plain", "a,b", 'say "hi"', "", "--", " x", "two\nlines", "#1", "é𝄞"];
    const array = strings(words, 9);
    const masked = new MaskedArray({ data: array, mask: bools([1, 0, 0, 0, 0, 0, 0, 0, 0]) });
    for (const codec of Object.values(codecs)) {
      expect(difference(array, codec.decode(codec.encode(array)) as NdArray)).toBeUndefined();
      const back = codec.decode(codec.encode(masked)) as MaskedArray;
      expect(back.maskArray().toBytes()).toEqual(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0));
    }
  });
  test("NaNs with other bits are noted in the header", () => {
    const odd = f8([1, Number.NaN, Number.NaN]);
    new BigUint64Array(odd.storage.buffer)[2] = 0xfff8dead0000beefn;
    const bytes = codecs.csv.encode(odd);
    expect(text(bytes)).toContain("# nan: 2.0.0=fff8dead0000beef\n");
    expect(difference(odd, codecs.csv.decode(bytes) as NdArray)).toBeUndefined();
  });
  test("bare: rows only, which is a loss of content", () => {
    const plain = f8([1, 2.5], [1, 2]);
    expect(() => codecs.csv.encode(plain, { bare: true })).toThrow(/dtype/);
    expect(text(codecs.csv.encode(plain, { bare: true, lossy: ["dtype"] }))).toBe("1,2.5\n");
  });
});

describe("our own files, damaged", () => {
  const good = text(codecs.csv.encode(f8([1, 2, 3, 4], [2, 2])));
  test.each<[string, string, string, RegExp]>([
    ["a field too many", "1,2", "1,2,3", /FORMAT_MALFORMED.*line 5, column \d+: more fields/],
    ["a field too few", "3,4", "3", /FORMAT_MALFORMED.*line 6, column 1: fewer fields/],
    ["a row too many", "3,4\n", "3,4\n5,6\n", /FORMAT_MALFORMED.*line 7.*more rows than the 4 elements/],
    ["a row too few", "3,4\n", "", /FORMAT_TRUNCATED.*2 elements, the shape wants 4/],
    ["no number", "3,4", "3,four", /FORMAT_MALFORMED.*line 6, column 3: "four" is no number/],
    ["a missing value", "3,4", "3,", /FORMAT_MALFORMED.*"" is no number/],
    ["no last newline", "3,4\n", "3,4", /FORMAT_TRUNCATED.*not finished/],
    ["another version", "array 1 csv", "array 2 csv", /FORMAT_VERSION/],
    ["another format", "array 1 csv", "array 1 tsv", /FORMAT_OTHER/],
    ["a huge shape", "[2, 2]", "[2000000000, 2000000000]", /LIMIT_EXCEEDED|more elements/],
    ["a shape that is none", "[2, 2]", "[2, -2]", /FORMAT_MALFORMED.*shape/],
    ["objects", "'<f8'", "'|O'", /FORMAT_MALFORMED.*object is no dtype of a table/],
    ["a quote not closed", "3,4", '3,"4', /FORMAT_TRUNCATED.*quote/],
    ["unknown lines", "# shape", "# shap", /FORMAT_MALFORMED.*not known/],
    ["a note about no NaN", "# np.", "# nan: 0.0.0=7ff8000000000001\n# np.", /FORMAT_MALFORMED.*NaN/],
  ])("%s", (_, from, to, message) => {
    expect(good).toContain(from);
    expect(failure(good.replace(from, to))).toMatch(message);
  });
  test("digits", () => {
    expect(failure(good.replace("3,4", `3,${"4".repeat(5000)}`))).toMatch(/LIMIT_EXCEEDED.*maxDigits/);
  });
});

describe("other people's tables", () => {
  const kindOf = (array: AnyArray): string => array.dtype.kind;
  test("numbers alone are a matrix", () => {
    expect(read("1,2\r\n3,4\r\n")).toMatchObject({ shape: [2, 2], dtype: { kind: "int64" } });
    expect(read("1,2\n3,4.5")).toMatchObject({ shape: [2, 2], dtype: { kind: "float64" } });
    expect((read("9007199254740993\n1\n") as NdArray<"int64">).at(0)).toBe(9007199254740993n);
  });
  test("columns with names are a record", () => {
    const array = read('id,name,ok,t\n1,"Smith, J",True,1.5\n2,Lee,False,NA\n') as MaskedArray;
    expect(array.dtype).toMatchObject({
      kind: "struct",
      fields: [{ name: "id" }, { name: "name" }, { name: "ok" }, { name: "t" }],
    });
    expect(array.data.at(0)).toEqual({ id: 1n, name: "Smith, J", ok: true, t: 1.5 });
    expect(array.maskArray().toBytes()).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1));
  });
  test("what pandas writes, whose index has no name, has names too", () => {
    const array = read(",a,b\n0,1.5,x\n1,,\n") as MaskedArray;
    expect(array.dtype).toMatchObject({ fields: [{ name: "f0" }, { name: "a" }, { name: "b" }] });
    expect(array.at(0)).toEqual({ f0: 0n, a: 1.5, b: "x" });
    expect(array.maskArray().toBytes()).toEqual(Uint8Array.of(0, 0, 0, 0, 1, 1));
    expect(read(",f0\n0,1\n").dtype).toMatchObject({ fields: [{ name: "" }, { name: "f0" }] });
    // Elsewhere, and in a table of one column, an empty field is a missing value.
    expect(kindOf(read("a,,b\n0,1,2\n"))).toBe("struct");
    expect((read("a,,b\n0,1,2\n") as MaskedArray).shape).toEqual([2]);
    expect(read(",1\n2,3\n").shape).toEqual([2, 2]);
  });
  test("missing values by option, a dtype by option", () => {
    const array = read("1,-999\n.5,+2.\n", { missing: ["-999"], descr: "<f4" }) as MaskedArray;
    expect(isMaskedArray(array) && array.mask !== nomask).toBe(true);
    expect([kindOf(array), array.at(1, 0), array.at(1, 1)]).toEqual(["float32", 0.5, 2]);
    expect(kindOf(read("a,1\nb,2\n", { descr: "[('k', '<U1'), ('v', '|u1')]" }))).toBe("struct");
    expect((read("2020-01-01,2021-02-03\n", { descr: "<M8[D]" }) as NdArray<"datetime64">).at(0, 0)).toBe(18262n);
    expect(read("1,2\n3,4\n", { names: true })).toMatchObject({ shape: [1], dtype: { kind: "struct" } });
  });
  test("what np.savetxt writes, and a byte order mark", () => {
    const array = codecs.txt.decode(
      utf8.encode("# time temp\n1.000000000000000000e+00 -2.5e-01\n  3 nan\n"),
    ) as NdArray;
    expect([...(array.toC() as Float64Array)]).toEqual([1, -0.25, 3, Number.NaN]);
    expect(read("\ufeff1,2\n")).toMatchObject({ shape: [1, 2] });
  });
  test.each<[string, RegExp]>([
    ["1,2\n3\n", /line 2, column 1: 1 fields in a table of 2 columns/],
    ["1,2\n3,4,5\n", /more fields than the 2/],
    ["", /FORMAT_TRUNCATED/],
    ["# nothing\n", /FORMAT_TRUNCATED/],
    ['"a\n', /quote/],
    ['"a"b,1\n', /delimiter expected/],
  ])("%j", (source, message) => {
    expect(failure(source)).toMatch(message);
  });
});
