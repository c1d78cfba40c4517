import { float16ToNumber, numberToFloat16 } from "@masquerade/core";
import { describe, expect, it } from "vitest";

describe("float16", () => {
  it("every number comes back with the same bits", () => {
    const wrong: number[] = [];
    for (let bits = 0; bits < 65536; bits++) {
      const x = float16ToNumber(bits);
      if (numberToFloat16(x) !== (Number.isNaN(x) ? 0x7e00 : bits)) wrong.push(bits);
    }
    expect(wrong).toEqual([]);
  });

  it("between two numbers the nearer is taken, halfway the even one", () => {
    const wrong: number[] = [];
    for (let bits = 0; bits < 0x7c00; bits++) {
      const next = bits === 0x7bff ? 65536 : float16ToNumber(bits + 1);
      const middle = (float16ToNumber(bits) + next) / 2;
      const even = bits % 2 === 1 ? bits + 1 : bits;
      if (numberToFloat16(middle) !== even || numberToFloat16(-middle) !== (even | 0x8000)) wrong.push(bits);
      if (numberToFloat16(middle * (1 + 2 ** -52)) !== bits + 1) wrong.push(bits);
      if (numberToFloat16(middle * (1 - 2 ** -52)) !== bits) wrong.push(bits);
    }
    expect(wrong).toEqual([]);
    expect(numberToFloat16(1e300)).toBe(0x7c00);
    expect(numberToFloat16(Number.NEGATIVE_INFINITY)).toBe(0xfc00);
    expect(numberToFloat16(5e-324)).toBe(0);
  });
});
