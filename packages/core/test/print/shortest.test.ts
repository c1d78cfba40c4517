import { float16ToNumber, numberToFloat16, shortestFloat16, shortestFloat32 } from "@masquerade/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binaryOf, shortestDigits } from "../../src/print/digits.ts";

/** By exact arithmetic: slow, and made another way than what is tested. */
function exact(value: number, bits: number, least: number): number {
  const { digits, exponent } = shortestDigits(binaryOf(value, bits, least));
  return Number(`${digits}e${exponent - digits.length + 1}`);
}

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);
const fromBits = (bits: number): number => {
  singleBits[0] = bits;
  return single[0] as number;
};

describe("shortest decimals", () => {
  it("of every float16 read back the same, and are the shortest", { timeout: 60_000 }, () => {
    const wrong: number[] = [];
    for (let bits = 1; bits < 0x7c00; bits++) {
      const decimal = Number(shortestFloat16(bits));
      if (numberToFloat16(decimal) !== bits || decimal !== exact(float16ToNumber(bits), 11, -24)) wrong.push(bits);
    }
    expect(wrong).toEqual([]);
    expect([0x8000, 0x7c00, 0xfc00, 0x7e00, 0xbc00].map(shortestFloat16)).toEqual([
      "0",
      "Infinity",
      "-Infinity",
      "NaN",
      "-1",
    ]);
  });

  it("of float32 read back the same, and are the shortest", { timeout: 60_000 }, () => {
    const wrong: number[] = [];
    const check = (bits: number): void => {
      const value = fromBits(bits);
      if (!(value > 0) || value === Number.POSITIVE_INFINITY) return;
      const decimal = Number(shortestFloat32(value));
      if (Math.fround(decimal) !== value || decimal !== exact(value, 24, -149)) wrong.push(value);
    };
    for (let exponent = 0; exponent < 255; exponent++) for (const near of [-1, 0, 1]) check(exponent * 0x800000 + near);
    for (let bits = 1; bits < 2000; bits++) check(bits);
    fc.assert(fc.property(fc.nat(0x7f7fffff), check), { numRuns: 2000 });
    expect(wrong).toEqual([]);
    expect(
      [0.1, 1e22, 16777216, 3.4028235e38, 1e-45, -0.3, Number.NaN].map((x) => shortestFloat32(Math.fround(x))),
    ).toEqual(["0.1", "1e+22", "16777216", "3.4028235e+38", "1e-45", "-0.3", "NaN"]);
  });

  it("of float64 by exact arithmetic are the engine's", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: 5e-324 }), (x) => {
        expect(exact(x, 53, -1074)).toBe(x);
        expect(shortestDigits(binaryOf(x)).digits).toBe(x.toExponential().replace(/e.*|\./g, ""));
      }),
    );
  });
});
