import { Complex, type PlainValue, Tuple } from "@masquerade/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatLiteral, parseLiteral } from "../src/index.ts";

/** Text as CPython 3.11 writes it with repr(), and the value it stands for. */
const written: readonly (readonly [text: string, value: PlainValue])[] = [
  ["None", null],
  ["True", true],
  ["False", false],
  ["0", 0n],
  ["-12345678901234567890", -12345678901234567890n],
  ["1.0", 1],
  ["-0.0", -0],
  ["1e-05", 1e-5],
  ["0.0001", 0.0001],
  ["1e+16", 1e16],
  ["1234567890123456.0", 1234567890123456],
  ["5e-324", 5e-324],
  ["1.7976931348623157e+308", Number.MAX_VALUE],
  ["'it'", "it"],
  ['"it\'s"', "it's"],
  ["'it\\'s \"q\"'", 'it\'s "q"'],
  ["'a\\\\b\\n\\t\\r\\x00\\x7f'", "a\\b\n\t\r\0\x7f"],
  [
    "'caf\u00e9 \\xa0\\xad\\u200b\\u2028 \u6e29 \ud83c\udf0a\\U000e0001\\ud800'",
    "caf\u00e9 \u00a0\u00ad\u200b\u2028 \u6e29 \ud83c\udf0a\u{e0001}\ud800",
  ],
  ["b'\\x00a\\'\"\\xff\\n'", Uint8Array.of(0, 97, 39, 34, 255, 10)],
  ["()", new Tuple([])],
  ["(1,)", new Tuple([1n])],
  [
    "[1, (2.0, 'x'), {'k': [None], 3: b''}]",
    [
      1n,
      new Tuple<PlainValue>([2, "x"]),
      new Map<PlainValue, PlainValue>([
        ["k", [null]],
        [3n, new Uint8Array(0)],
      ]),
    ],
  ],
];

describe("Python literals", () => {
  it.each(written)("%s", (text, value) => {
    expect(formatLiteral(value)).toBe(text);
    expect(parseLiteral(text)).toEqual(value);
    expect(parseLiteral(new TextEncoder().encode(text.replace("\\ud800", "")))).toEqual(
      typeof value === "string" ? value.replace("\ud800", "") : value,
    );
  });

  it("reads what Python 2 wrote, and spaces where they may stand", () => {
    expect(parseLiteral("(3L, u'a')", { python2: true })).toEqual(new Tuple<PlainValue>([3n, "a"]));
    expect(parseLiteral(" [ 1 ,\n(2 , ) ,\t] \n")).toEqual([1n, new Tuple([2n])]);
    expect(parseLiteral(Uint8Array.of(0x27, 0xe9, 0x27), { encoding: "latin-1" })).toBe("é");
  });

  it.each([
    ["", 0], ["(1)", 2], ["[1,,2]", 3], ["[,]", 1], ["{1, 2}", 2], ["{'a': 1, 'a': 2}", 12], ["'a' 'b'", 4], ["1 + 2", 2], ["+1", 0],
    ["- 1", 0], ["--1", 0], ["01", 0], ["0x10", 0], ["1_000", 0], ["1.", 0], [".5", 0], ["1j", 0], ["3L", 0], ["1e5e", 0], ["nan", 0], ["inf", 0],
    ["r'a'", 0], ["'a", 0], ["'a\nb'", 0], ["'\\q'", 1], ["'\\x1'", 1], ["'\\U00110000'", 1], ["b'\\u0041'", 2], ["b'\u0100'", 1],
    ["[1", 2], ["[1)", 2], ["{'a' 1}", 5], ["{[]: 1}", 3], ["1 2", 2], ["'é' x", 5], ["f'{1}'", 0], ["None()", 4], ["'''a'''", 2], ["lambda: 1", 0],
  ])("%j is refused at byte %i", (text, offset) => {
    expect(() => parseLiteral(text, { format: "x", offset: 100 })).toThrow(
      expect.objectContaining({ code: "FORMAT_MALFORMED", format: "x", offset: 100 + offset }),
    );
  }); // biome-ignore format: a table

  it("refuses bytes that are no UTF-8", () => {
    expect(() => parseLiteral(Uint8Array.of(0x27, 0xff, 0x27))).toThrow(
      expect.objectContaining({ code: "FORMAT_MALFORMED" }),
    );
  });

  it("keeps its limits, and needs no stack for depth", { timeout: 60_000 }, () => {
    expect(() => parseLiteral("[".repeat(1e6))).toThrow(expect.objectContaining({ limit: "maxDepth" }));
    expect(() => parseLiteral("9".repeat(5000))).toThrow(expect.objectContaining({ limit: "maxDigits" }));
    const deep = 200_000;
    let value = parseLiteral("[".repeat(deep) + "]".repeat(deep), { limits: { maxDepth: deep } });
    let levels = 0;
    for (; Array.isArray(value); value = value[0] ?? null) levels++;
    expect(levels).toBe(deep);
  });

  it("what has no literal is refused", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, new Complex(1, 2)])
      expect(() => formatLiteral(value)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    const self: PlainValue[] = [];
    self.push(self);
    expect(() => formatLiteral(self)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });

  it("reads back whatever it writes", { timeout: 60_000 }, () => {
    const scalar = fc.oneof(
      fc.constantFrom<PlainValue>(null, true, false),
      fc.bigInt(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: "binary" }),
      fc.uint8Array(),
    );
    const { tree } = fc.letrec<{ tree: PlainValue }>((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        scalar,
        fc.array(tie("tree")),
        fc.array(tie("tree")).map((items) => new Tuple(items)),
        fc.array(fc.tuple(fc.string(), tie("tree"))).map((items) => new Map(items)),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(parseLiteral(formatLiteral(value))).toEqual(value);
      }),
    );
  });
});
