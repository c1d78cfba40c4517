// What is peculiar to ECSV: what stands in the file, empty texts, metadata, and files that are damaged.
import { ecsv } from "@masquerade/adapter-text";
import {
  type AnyArray,
  arrayFromBytes,
  type DType,
  difference,
  dtypes,
  isMasqueradeError,
  MaskedArray,
  maskDType,
  NdArray,
  type PlainValue,
  Tuple,
} from "@masquerade/core";
import { describe, expect, test } from "vitest";

const codec = await ecsv.codec();
const utf8 = new TextEncoder();
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const dtype = dtypes.struct([
  { name: "k", dtype: dtypes.simple("int16") },
  { name: "yes", dtype: dtypes.bytes(2) },
  { name: "m", dtype: dtypes.simple("float32"), shape: [2] },
]);

/** Two records, (1, "a", [0.5, 2]) and (258, "", [0.5, 2]), with the attributes of a table. */
function table(masked: readonly number[]): MaskedArray {
  const raw = new Uint8Array(dtype.itemsize * 2);
  const view = new DataView(raw.buffer);
  [1, 258].forEach((k, i) => {
    const at = i * dtype.itemsize;
    view.setInt16(at, k, true);
    raw[at + 2] = i === 0 ? 97 : 0;
    view.setFloat32(at + 4, 0.5, true);
    view.setFloat32(at + 8, 2, true);
  });
  const about = new Map<PlainValue, PlainValue>([["m", new Map<PlainValue, PlainValue>([["unit", "km / s"]])]]);
  const attrs = new Map<string, PlainValue>([
    ["telescope", "no"],
    ["list", [1n, 2, 1e300, -0, null, true, "12:30", "é\u0085"]],
    ["nested", new Map<PlainValue, PlainValue>([["y", new Tuple([Uint8Array.of(0, 255)])]])],
    ["__columns__", about],
  ]);
  const data = (arrayFromBytes(raw, dtype, [2]) as NdArray).with({ attrs });
  const mask = new NdArray({
    dtype: maskDType(dtype as DType) as DType<"struct">,
    shape: [2],
    storage: Uint8Array.from(masked),
  });
  return new MaskedArray({ data, mask });
}

describe("what is written", () => {
  test("columns, cells, metadata; an empty text has a column that says it is not missing", () => {
    const bytes = codec.encode(table([0, 0, 0, 0, 1, 0, 0, 1]));
    expect(text(bytes).split("\n")).toEqual([
      "# %ECSV 1.0",
      "# ---",
      "# delimiter: ','",
      "# datatype:",
      "# - {name: k, datatype: int16}",
      '# - {name: "yes", datatype: string}',
      '# - {name: "yes.mask", datatype: bool}',
      '# - {name: m, datatype: string, subtype: "float32[2]", unit: "km / s"}',
      "# meta: !!omap",
      '# - {telescope: "no"}',
      '# - {list: [1, 2.0, 1.0e+300, -0.0, null, true, "12:30", "é\\u0085"]}',
      '# - {nested: {"y": !!python/tuple [!!binary "AP8="]}}',
      "# - __serialized_columns__:",
      '#     "yes":',
      "#       __class__: astropy.table.column.MaskedColumn",
      '#       data: !astropy.table.SerializedColumn {name: "yes"}',
      '#       mask: !astropy.table.SerializedColumn {name: "yes.mask"}',
      "# - masquerade:",
      "#     version: 1",
      `#     dtype: "[('k', '<i2'), ('yes', '|S2'), ('m', '<f4', (2,))]"`,
      "#     shape: [2]",
      "#     mask: missing",
      "# schema: astropy-2.0",
      "k,yes,yes.mask,m",
      '1,a,False,"[0.5,2]"',
      '"","",False,"[0.5,null]"',
      "",
    ]);
  });
  test("masks as columns keep what is beneath, so that nothing is lost", () => {
    const array = table([1, 1, 0, 0, 1, 0, 0, 1]);
    for (const delimiter of [",", " "] as const) {
      const bytes = codec.encode(array, { mask: "columns", delimiter, exact: true });
      expect(difference(array, codec.decode(bytes) as AnyArray)).toBeUndefined();
    }
    expect(() => codec.encode(array, { exact: true })).toThrow(/beneath the mask/);
  });
  test("some columns only", () => {
    const part = codec.decode(codec.encode(table([1, 0, 0, 0, 0, 0, 0, 0])), { columns: ["m", "k"] }) as MaskedArray;
    expect(part.dtype).toMatchObject({ fields: [{ name: "m", shape: [2] }, { name: "k" }] });
    expect(part.maskArray().toBytes()).toEqual(Uint8Array.of(0, 0, 1, 0, 0, 0));
    expect(() => codec.decode(codec.encode(table([0, 0, 0, 0, 0, 0, 0, 0])), { columns: ["z"] })).toThrow(
      /no column "z"/,
    );
  });
});

/** A file of another program. */
const foreign = (columns: string, rows: string, meta = ""): Uint8Array =>
  utf8.encode(
    `# %ECSV 1.0\n# ---\n# datatype:\n${columns.replace(/^/gm, "# - ")}\n${meta}# schema: astropy-2.0\n${rows}`,
  );

function failure(bytes: Uint8Array): string {
  try {
    codec.decode(bytes);
  } catch (error) {
    if (isMasqueradeError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return "nothing thrown";
}

describe("other programs' files", () => {
  test("columns called y and 12, integers beyond 2 ** 53, an empty field", () => {
    const bytes = foreign(
      "{name: y, datatype: int64}\n{name: 12, datatype: string}",
      'y 12\n9007199254740993 "a b"\n"" ""\n',
    );
    const array = codec.decode(bytes) as MaskedArray;
    expect(array.data.at(0)).toEqual({ y: 9007199254740993n, 12: "a b" });
    expect(array.maskArray().toBytes()).toEqual(Uint8Array.of(0, 0, 1, 1));
  });
  test("metadata are attributes; names such as __proto__ are only names", () => {
    const meta = "# meta: {__proto__: {x: 1}, constructor: 2, when: 2020-01-01, unit: !astropy.units.Unit {unit: m}}\n";
    const { attrs } = codec.decode(foreign("{name: __proto__, datatype: int8}", "__proto__\n1\n", meta)) as NdArray;
    expect([...attrs.keys()]).toEqual(["__proto__", "constructor", "when", "unit"]);
    expect(attrs.get("when")).toBe("2020-01-01");
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });
  test.each<[string, Uint8Array, RegExp]>([
    ["another version", utf8.encode("# %ECSV 2.0\n# ---\n"), /FORMAT_VERSION/],
    ["no columns", utf8.encode("# %ECSV 1.0\n# ---\n# a: 1\na\n"), /datatype is a list/],
    ["no YAML", utf8.encode("# %ECSV 1.0\n# ---\n# datatype: [\na\n"), /FORMAT_MALFORMED.*the header/],
    ["a datatype that is none", foreign("{name: a, datatype: decimal}", "a\n1\n"), /"decimal" is no datatype/],
    [
      "names that differ",
      foreign("{name: a, datatype: int8}", "b\n1\n"),
      /line 6, column 1: "b" is not the column's name/,
    ],
    [
      "two columns of a name",
      foreign("{name: a, datatype: int8}\n{name: a, datatype: int8}", "a a\n1 1\n"),
      /same name/,
    ],
    ["a field too few", foreign("{name: a, datatype: int8}\n{name: b, datatype: int8}", "a b\n1\n"), /not 2 fields/],
    ["beyond the range", foreign("{name: a, datatype: int8}", "a\n128\n"), /line 7.*beyond the range of int8/],
    ["objects", foreign("{name: a, datatype: string, subtype: json}", "a\n{}\n"), /CAPABILITY_MISSING.*option columns/],
    ["lists of any length", foreign('{name: a, datatype: string, subtype: "int8[null]"}', "a\n[1]\n"), /any length/],
    [
      "cells of another shape",
      foreign('{name: a, datatype: string, subtype: "int8[2]"}', "a\n[1]\n"),
      /line 7.*not of shape \(2\)/,
    ],
    [
      "cells that are no JSON",
      foreign('{name: a, datatype: string, subtype: "int8[2]"}', 'a\n[1,x"\n'),
      /no JSON|not of shape|no int8/,
    ],
    [
      "a cell that is huge",
      foreign('{name: a, datatype: string, subtype: "int8[99999999,9999]"}', "a\n[]\n"),
      /larger than/,
    ],
    [
      "aliases that multiply",
      utf8.encode(
        `# %ECSV 1.0\n# ---\n# a: &a [1,1,1,1,1,1,1,1]\n${[..."bcdefghi"].map((c, i) => `# ${c}: &${c} [${`*${"abcdefgh"[i]},`.repeat(8).slice(0, -1)}]\n`).join("")}# datatype: []\n`,
      ),
      /FORMAT_MALFORMED/,
    ],
    ["brackets without end", utf8.encode(`# %ECSV 1.0\n# ---\n# a: ${"[".repeat(100_000)}\n`), /nested deeper/],
    ["keys without end", utf8.encode(`# %ECSV 1.0\n# ---\n# ${"- ".repeat(100_000)}\n`), /nested/],
  ])("%s", (_, bytes, message) => {
    expect(failure(bytes)).toMatch(message);
  });
});
