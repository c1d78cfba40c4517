// Decimal text of floats as bytes: shortest when written, exact when read, against the engine's own.
import { DecimalReader, writeFloat32, writeFloat64, writeInteger } from "@masquerade/core";
import { describe, expect, inject, test } from "vitest";

const text = new TextDecoder();
const buffer = new Uint8Array(64);
const written = (write: (out: Uint8Array, at: number, value: number) => number, value: number): string =>
  text.decode(buffer.subarray(3, write(buffer, 3, value)));

describe("writeFloat64", () => {
  test.each([
    [0, "0"],
    [-0, "-0.0"],
    [1, "1"],
    [-1.5, "-1.5"],
    [0.1, "0.1"],
    [1e15, "1000000000000000"],
    [1e16, "1e+16"],
    [123456789012345680, "1.2345678901234568e+17"],
    [0.000001, "0.000001"],
    [1.5e-7, "1.5e-7"],
    [5e-324, "5e-324"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [2 ** -1022, "2.2250738585072014e-308"],
    [0.30000000000000004, "0.30000000000000004"],
    [999999999999999.9, "999999999999999.9"],
  ])("%d is %s", (value, want) => {
    expect(written(writeFloat64, value)).toBe(want);
  });
});

test("writeFloat32 is shortest for 24 bits", () => {
  expect(
    [0.1, 16777216, 3.4028234663852886e38, 1e-45, 1 / 3].map((v) => written(writeFloat32, Math.fround(v))),
  ).toEqual(["0.1", "16777216", "3.4028235e+38", "1e-45", "0.33333334"]);
});

test("writeInteger", () => {
  for (const n of [0, 9, 10, 99, 100, 4294967295, 4294967296, 42949672960001, 9007199254740991, -9007199254740991, -7])
    expect(written(writeInteger, n)).toBe(String(n));
});

test("what is written is read as the same number, and as the engine reads it", () => {
  const reader = new DecimalReader();
  const words = new Uint32Array(2);
  const value = new Float64Array(words.buffer);
  let x = inject("seed") | 1;
  const next = (): number => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x;
  };
  for (let i = 0; i < 50_000; i++) {
    words[0] = next();
    words[1] = next();
    const v = value[0] as number;
    if (!Number.isFinite(v)) continue;
    const end = writeFloat64(buffer, 0, v);
    const back = reader.read(buffer, 0, end);
    if (!Object.is(back, v) || !Object.is(Number(text.decode(buffer.subarray(0, end))), v) || reader.end !== end)
      expect([v, back]).toEqual([v, v]);
  }
});

test.each(["", "-", ".5", "5.", "1e", "1e+", "01", "-01", "+1", "1.e5", "x"])("%j is no number", (literal) => {
  const reader = new DecimalReader();
  const bytes = new TextEncoder().encode(literal);
  reader.read(bytes, 0, bytes.length);
  expect(reader.ok).toBe(false);
});
