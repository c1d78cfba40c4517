// Long doubles and dates from text and back, against what NumPy made of the same text (corpus/repr/scalars.json).
import { readFileSync } from "node:fs";
import { formatDatetime, LongDouble, parseDatetime, type TimeUnit } from "@masquerade/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const table = JSON.parse(readFileSync(new URL("../../../../corpus/repr/scalars.json", import.meta.url), "utf8")) as {
  readonly longdoubles: readonly (readonly [text: string, bytes: string, str: string, float64: string])[];
  readonly dates: readonly (readonly [text: string, unit: string, count: string])[];
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("long doubles", () => {
  it("are read, printed and narrowed as NumPy does it", { timeout: 60_000 }, () => {
    expect(table.longdoubles.length).toBeGreaterThan(300);
    for (const [text, bytes, str, float64] of table.longdoubles) {
      const value = LongDouble.parse(text);
      expect([text, hex(value.bytes.subarray(0, 10))]).toEqual([text, bytes]);
      expect(value.toString()).toBe(str);
      expect([text, value.toNumber()]).toEqual([text, Buffer.from(float64, "hex").readDoubleBE(0)]);
    }
  });

  it.each(["x87", "quad", "double"] as const)(
    "%s: what is printed reads back the same",
    { timeout: 60_000 },
    (layout) => {
      fc.assert(
        fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (bits) => {
          const bytes = new Uint8Array(layout === "double" ? 8 : 16);
          for (let i = 0, rest = bits; i < (layout === "x87" ? 10 : bytes.length); i++, rest >>= 8n)
            bytes[i] = Number(rest & 255n);
          // Significands without the integer bit are no numbers of x87's own making.
          if (layout === "x87")
            bytes[7] = (bytes[9] as number) % 128 === 0 && bytes[8] === 0 ? 1 : (bytes[7] as number) | 0x80;
          const value = new LongDouble(bytes, layout);
          if (value.classify().special !== undefined) return;
          expect(hex(LongDouble.parse(value.toString(), layout).bytes)).toBe(hex(bytes));
        }),
      );
    },
  );

  it("keep float64 exactly, and say what they are not", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.double(), (x) => {
        for (const layout of ["x87", "quad", "double", "double-double"] as const)
          expect(LongDouble.fromNumber(x, layout).toNumber()).toBe(x);
      }),
    );
    expect(LongDouble.fromNumber(2n ** 64n + 1n).toString()).toBe("1.8446744073709551616e+19");
    expect(LongDouble.parse("-inf").toString()).toBe("-inf");
    expect(LongDouble.parse("nan").toString()).toBe("nan");
    expect(LongDouble.parse("1e99999").toNumber()).toBe(Number.POSITIVE_INFINITY);
    expect(LongDouble.parse(`1${"0".repeat(5000)}e-5000`).toString()).toBe("1.0");
    for (const text of ["", ".", "e5", "1e", "0x10", "1_0", "one", "--1", "1 2"])
      expect(() => LongDouble.parse(text)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });
});

describe("dates", () => {
  it("are read as NumPy reads them", { timeout: 60_000 }, () => {
    expect(table.dates.length).toBeGreaterThan(200);
    for (const [text, name, count] of table.dates) {
      const [, digits, unit] = /^(\d*)(\w+)$/.exec(name) as unknown as [string, string, TimeUnit];
      expect([text, name, parseDatetime(text, unit, Number(digits || 1))]).toEqual([text, name, BigInt(count)]);
    }
  });

  it.each(["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"] as const)(
    "%s: what is printed reads back the same",
    (unit) => {
      fc.assert(
        fc.property(fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }), (count) => {
          const text = formatDatetime(count, unit);
          // C's %04d gives years before -999 and after 0 four digits at least, and those between three.
          expect(parseDatetime(text, unit)).toBe(count);
        }),
      );
    },
  );

  it("refuses what is no date, and what does not fit", () => {
    for (const text of [
      "2020-13",
      "2020-02-30",
      "2021-02-29",
      "2020-1-1",
      "2020-01-01T24",
      "2020-01-01T00:60",
      "yesterday",
      "2020-01-01T00:00:00+01:00",
      "2020-01-01T",
    ])
      expect(() => parseDatetime(text, "s")).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    expect(() => parseDatetime("2262-04-12", "ns")).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    expect(() => parseDatetime("2020", "generic")).toThrow(expect.objectContaining({ code: "DTYPE_MISMATCH" }));
    expect(() => formatDatetime(5n, "generic")).toThrow(expect.objectContaining({ code: "DTYPE_MISMATCH" }));
  });
});
