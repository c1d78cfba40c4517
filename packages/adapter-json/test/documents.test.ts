// What is peculiar to JSON: errors that say line, column and path, limits, order of members, hidden values, layout.
import { json } from "@masquerade/adapter-json";
import {
  arrayFromBytes,
  type Bundle,
  Complex,
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

const codec = await json.codec();
const utf8 = new TextEncoder();
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const decode = (source: string, options = {}): NdArray | MaskedArray | Bundle =>
  codec.decode(utf8.encode(source), options);
const f8 = (values: readonly number[], shape: readonly number[] = [values.length]): NdArray =>
  new NdArray({ dtype: dtypes.simple("float64"), shape, storage: Float64Array.from(values) }) as NdArray;
const bools = (values: readonly number[], shape: readonly number[] = [values.length]): NdArray<"bool"> =>
  new NdArray({ dtype: dtypes.simple("bool"), shape, storage: Uint8Array.from(values) });

function failure(source: string, options = {}): { code: string; message: string } {
  try {
    decode(source, options);
  } catch (e) {
    if (isMasqueradeError(e)) return { code: e.code, message: e.message };
    throw e;
  }
  return { code: "", message: "nothing thrown" };
}

const good = {
  format: '"masked-array"',
  version: "1",
  dtype: '"<f8"',
  shape: "[2, 2]",
  mask: '"nulls"',
  data: "[[1, null], [2, 3]]",
  hidden: "[4]",
};
const document = (changes: Record<string, string | undefined> = {}): string =>
  `{\n${Object.entries({ ...good, ...changes })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  "${name}": ${value}`)
    .join(",\n")}\n}`;

describe("each rule broken once: code, line, column and path", () => {
  test.each<[what: string, source: string, code: string, message: RegExp]>([
    ["no version", document({ version: undefined }), "FORMAT_MALFORMED", /line 1, column 1: there is no "version"/],
    ["another version", document({ version: "2" }), "FORMAT_VERSION", /line 3, column 14.*version 2 is not known/],
    ["version no number", document({ version: '"1"' }), "FORMAT_MALFORMED", /line 3, column 14, version: 1 expected/],
    [
      "another format",
      document({ format: '"zarr"' }),
      "FORMAT_MALFORMED",
      /line 2, column 13, format: "masked-array" expected/,
    ],
    ["no dtype", document({ dtype: undefined }), "FORMAT_MALFORMED", /there is no "dtype"/],
    ["dtype no dtype", document({ dtype: "3" }), "FORMAT_MALFORMED", /line 4, column 12.*dtype/],
    ["unknown dtype", document({ dtype: '"<q9"' }), "FORMAT_MALFORMED", /dtype/],
    ["no shape", document({ shape: undefined }), "FORMAT_MALFORMED", /there is no "shape"/],
    ["negative shape", document({ shape: "[2, -2]" }), "FORMAT_MALFORMED", /shape/],
    ["fractional shape", document({ shape: "[2, 2.5]" }), "FORMAT_MALFORMED", /shape/],
    ["no data", document({ data: undefined, hidden: undefined }), "FORMAT_MALFORMED", /there is no "data"/],
    ["unknown member", document({ fillvalue: "3" }), "FORMAT_MALFORMED", /line 9, column 16: "fillvalue" is no member/],
    [
      "mask state",
      document({ mask: '"yes"' }),
      "FORMAT_MALFORMED",
      /line 6, column 11, mask: one of "nulls", "nomask" expected/,
    ],
    ["order", document({ order: '"K"' }), "FORMAT_MALFORMED", /order: one of "C", "F" expected/],
    ["hard mask", document({ hard_mask: "1" }), "FORMAT_MALFORMED", /hard_mask: must be boolean/],
    ["dims", document({ dims: '["x", 1]' }), "FORMAT_MALFORMED", /dims\[1\]: must be string/],
    ["too few dims", document({ dims: '["x"]' }), "FORMAT_MALFORMED", /1 names in dims for 2 dimensions/],
    ["attrs", document({ attrs: "[]" }), "FORMAT_MALFORMED", /attrs: must be object/],
    ["subclass", document({ subclass: '"quaternion"' }), "FORMAT_MALFORMED", /subclass/],
    ["nulls under nomask", document({ mask: '"nomask"', hidden: undefined }), "FORMAT_MALFORMED", /data has nulls/],
    [
      "text in floats",
      document({ data: '[[1, "x"], [2, 3]]' }),
      "FORMAT_MALFORMED",
      /line 7, column 16, data\[0\]\[1\]: a number/,
    ],
    [
      "too few entries",
      document({ data: "[[1, null], [2]]" }),
      "FORMAT_MALFORMED",
      /data\[1\].*1 entries, the shape wants 2/,
    ],
    ["too many entries", document({ data: "[[1, null, 5], [2, 3]]" }), "FORMAT_MALFORMED", /more entries than the 2/],
    ["too flat", document({ data: "[1, null, 2, 3]" }), "FORMAT_MALFORMED", /data\[0\]: \[ expected, found "1"/],
    ["too few hidden", document({ hidden: "[]" }), "FORMAT_MALFORMED", /line 8, column 14, hidden: hidden has fewer/],
    ["too many hidden", document({ hidden: "[4, 5]" }), "FORMAT_MALFORMED", /hidden has more/],
    ["masked hidden", document({ hidden: "[null]" }), "FORMAT_MALFORMED", /hidden/],
    ["masked fill value", document({ fill_value: "null" }), "FORMAT_MALFORMED", /fill value is not masked/],
    [
      "a member twice",
      document().replace('"mask"', '"version"'),
      "FORMAT_MALFORMED",
      /version: this member comes twice/,
    ],
    ["leading zero", document({ data: "[[01, null], [2, 3]]" }), "FORMAT_MALFORMED", /no number of JSON's grammar/],
    ["a point first", document({ data: "[[.5, null], [2, 3]]" }), "FORMAT_MALFORMED", /no number/],
    ["a point last", document({ data: "[[1., null], [2, 3]]" }), "FORMAT_MALFORMED", /no number/],
    ["no exponent", document({ data: "[[1e, null], [2, 3]]" }), "FORMAT_MALFORMED", /no number/],
    ["hexadecimal", document({ data: "[[0x10, null], [2, 3]]" }), "FORMAT_MALFORMED", /comma/],
    ["a bare NaN", document({ data: "[[NaN, null], [2, 3]]" }), "FORMAT_MALFORMED", /no number/],
    ["a trailing comma", document({ data: "[[1, null], [2, 3,]]" }), "FORMAT_MALFORMED", /data\[1\]/],
    ["something after it", `${document()} {}`, "FORMAT_MALFORMED", /line 9, column 3: nothing more expected/],
    ["the end missing", document().slice(0, -2), "FORMAT_TRUNCATED", /the file ends here/],
    ["a byte order mark", `\ufeff${document()}`, "FORMAT_MALFORMED", /byte order mark/],
    [
      "a bundle without entries",
      '{"format": "masked-array", "version": 1, "bundle": "dict"}',
      "FORMAT_MALFORMED",
      /"entries"/,
    ],
    [
      "a bundle of what",
      '{"format": "masked-array", "version": 1, "bundle": "set", "entries": {}}',
      "FORMAT_MALFORMED",
      /bundle: one of/,
    ],
    ["an unknown tag", document({ attrs: '{"a": {"$set": []}}' }), "FORMAT_MALFORMED", /no tag/],
  ])("%s", (_, source, code, message) => {
    const found = failure(source);
    expect(found.message).toMatch(message);
    expect(found.code).toBe(code);
    expect(found.message).not.toContain("\n");
    expect(found.message.length).toBeLessThanOrEqual(500);
  });
});

describe("limits", () => {
  const deep = (n: number): string => document({ attrs: `{"a": ${"[".repeat(n)}${"]".repeat(n)}}` });
  test("depth", () => {
    expect(failure(deep(90)).message).toBe("nothing thrown");
    expect(failure(deep(200))).toMatchObject({ code: "LIMIT_EXCEEDED", message: /maxDepth/ as never });
    expect(failure(deep(1_000_000)).code).toBe("LIMIT_EXCEEDED");
    expect(failure("[".repeat(1_000_000)).code).toBe("LIMIT_EXCEEDED");
  });
  test("arrays within attributes within arrays", () => {
    const nested = '{"dtype": "<f8", "shape": [], "data": 1, "attrs": {"a": {"$array": '.repeat(150);
    const source = `{"format": "masked-array", "version": 1, ${nested.slice(1)}null${"}}}".repeat(150)}`;
    expect(["LIMIT_EXCEEDED", "FORMAT_MALFORMED"]).toContain(failure(source).code);
  });
  test("digits", () => {
    const digits = "1".repeat(5000);
    expect(failure(document({ data: `[[${digits}, null], [2, 3]]` })).code).toBe("LIMIT_EXCEEDED");
    expect(failure(document({ attrs: `{"a": {"$int": "${digits}"}}` })).code).toBe("LIMIT_EXCEEDED");
    expect(failure(document({ dtype: '"<i8"', data: `[["${digits}", null], [2, 3]]` })).code).toBe("LIMIT_EXCEEDED");
  });
  test("sizes that the file does not have are refused before anything is allocated", () => {
    for (const shape of ["[1000000000]", "[4294967296, 4294967296]", "[1000000, 0, 1000000000000]"])
      expect(failure(document({ shape, hidden: undefined })).message).toMatch(/shape|maxBytes/);
    expect(
      failure(
        document({
          dtype: '"|S100000000"',
          shape: "[12]",
          data: '["a                              "]',
          hidden: undefined,
        }),
      ).message,
    ).toMatch(/fewer/);
    expect(failure(document(), { limits: { maxBytes: 16 } }).message).toMatch(/maxBytes/);
    expect(
      failure(document({ attrs: `{"a": "${"x".repeat(500)}"}` }), { limits: { maxMetadataBytes: 100 } }).message,
    ).toMatch(/maxMetadataBytes/);
  });
  test("__proto__ is a name like any other", () => {
    const read = decode(document({ attrs: '{"__proto__": {"polluted": 1}, "constructor": 2}' })) as MaskedArray;
    expect([...read.attrs.keys()]).toEqual(["__proto__", "constructor"]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(
      failure(`{"format": "masked-array", "version": 1, "__proto__": {}, "dtype": "<f8", "shape": [0], "data": []}`)
        .message,
    ).toMatch(/no member/);
  });
});

describe("the shape of a file", () => {
  test("the example of the documentation", () => {
    const array = new MaskedArray({
      data: f8([1.5, 2.25, 3, Number.NaN, Number.NEGATIVE_INFINITY, -0], [2, 3]),
      mask: bools([0, 1, 0, 0, 0, 0], [2, 3]),
      fillValue: f8([1e20], []),
    });
    const bytes = codec.encode(array);
    expect(text(bytes)).toBe(
      [
        "{",
        '  "format": "masked-array",',
        '  "version": 1,',
        '  "dtype": "<f8",',
        '  "shape": [2, 3],',
        '  "mask": "nulls",',
        '  "fill_value": 1e+20,',
        '  "data": [',
        "    [1.5, null, 3],",
        '    ["NaN", "-Infinity", -0.0]',
        "  ],",
        '  "hidden": [2.25]',
        "}",
        "",
      ].join("\n"),
    );
    expect(text(codec.encode(array, { indent: 0 }))).toBe(
      '{"format":"masked-array","version":1,"dtype":"<f8","shape":[2,3],"mask":"nulls","fill_value":1e+20,"data":[[1.5,null,3],["NaN","-Infinity",-0.0]],"hidden":[2.25]}\n',
    );
  });
  test("members in any order: as a tool that sorts them leaves a file", () => {
    const array = new MaskedArray({ data: f8([1, 2, 3]), mask: bools([0, 1, 0]), fillValue: f8([7], []) });
    const parsed = JSON.parse(text(codec.encode(array))) as Record<string, unknown>;
    for (const names of [Object.keys(parsed).sort(), Object.keys(parsed).reverse()]) {
      const sorted = JSON.stringify(Object.fromEntries(names.map((name) => [name, parsed[name]])));
      expect(difference(array, decode(sorted))).toBeUndefined();
      expect(json.sniff(utf8.encode(sorted))).toBe("yes");
    }
  });
  test("what was written by hand: no mask member, nulls only", () => {
    const read = decode('{"format": "masked-array", "version": 1, "dtype": "<i4", "shape": [3], "data": [1, null, 3]}');
    expect(isMaskedArray(read) && read.maskArray().toBytes()).toEqual(Uint8Array.of(0, 1, 0));
    expect(
      isMaskedArray(decode('{"format": "masked-array", "version": 1, "dtype": "<i4", "shape": [1], "data": [1]}')),
    ).toBe(false);
  });
  test("a whole record may be null", () => {
    const read = decode(
      '{"format": "masked-array", "version": 1, "dtype": [["a", "|i1"], ["b", "|i1", [2]]], "shape": [2], "data": [null, {"a": 1, "b": [2, null]}]}',
    ) as MaskedArray;
    expect(read.maskArray().toBytes()).toEqual(Uint8Array.of(1, 1, 1, 0, 0, 1));
  });
  test("hidden values stay out on request, and that is announced", () => {
    const array = new MaskedArray({ data: f8([1, 12345, 3]), mask: bools([0, 1, 0]) });
    const bytes = codec.encode(array, { hidden: "drop" });
    expect(text(bytes)).not.toContain("12345");
    expect(json.losses(headerOf(array), { hidden: "drop" }).map((l) => [l.id, l.grade])).toEqual([
      ["hidden-values", "trait"],
    ]);
    expect((codec.decode(bytes) as MaskedArray).data.toC()).toEqual(Float64Array.of(1, 0, 3));
    expect(() => codec.encode(array, { hidden: "drop", exact: true })).toThrow(/values beneath the mask/);
  });
  test("precision is a loss of content", () => {
    const array = f8([Math.PI, 1e-7 / 3]);
    expect(() => codec.encode(array, { precision: 3 })).toThrow(/precision/);
    expect(JSON.parse(text(codec.encode(array, { precision: 3, lossy: ["precision"] }))).data).toEqual([3.14, 3.33e-8]);
  });
  test("nomask, all false and plain stay three things", () => {
    const data = f8([1, 2]);
    const states = [data, new MaskedArray({ data }), new MaskedArray({ data, mask: bools([0, 0]) })].map((a) =>
      codec.decode(codec.encode(a)),
    );
    expect(isMaskedArray(states[0])).toBe(false);
    expect((states[1] as MaskedArray).mask).toBe(nomask);
    expect((states[2] as MaskedArray).mask).not.toBe(nomask);
  });
  test("a None is tagged, so that it is not masked", () => {
    const data = new NdArray({
      dtype: dtypes.object(),
      shape: [3],
      storage: [null, 1n, new Complex(1, -0)],
    }) as NdArray;
    const array = new MaskedArray({ data, mask: bools([0, 1, 0]) });
    const bytes = codec.encode(array);
    expect(JSON.parse(text(bytes)).data).toEqual([{ $none: true }, null, { $complex: [1, -0] }]);
    expect(difference(array, codec.decode(bytes))).toBeUndefined();
  });
  test("strings with any character, lone surrogates and pairs of them", () => {
    const points = [
      0x61, 0, 0x62, 0xd83d, 0xde00, 0x1f600, 0xdc00, 0xffff, 0x2028, 0x22, 0x5c, 0x7f, 0x110000, 0x41, 0x41, 0x41,
    ];
    const array = arrayFromBytes(new Uint8Array(Uint32Array.from(points).buffer), dtypes.str(4), [4]) as NdArray;
    const bytes = codec.encode(array);
    expect(difference(array, codec.decode(bytes))).toBeUndefined();
    expect(() => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))).not.toThrow();
  });
  test("a title that is bytes comes back as bytes", () => {
    const dtype = dtypes.struct([{ name: "a", dtype: dtypes.simple("int8"), title: Uint8Array.of(104, 105) }]);
    const array = new NdArray({ dtype, shape: [1], storage: Uint8Array.of(5) }) as NdArray;
    const back = codec.decode(codec.encode(array)) as NdArray<"struct">;
    expect(back.dtype.fields[0]?.title).toEqual(Uint8Array.of(104, 105));
  });
  test("long rows are wrapped", () => {
    const lines = text(codec.encode(f8(Array.from({ length: 200 }, (_, i) => i / 3)))).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(130);
  });
});
