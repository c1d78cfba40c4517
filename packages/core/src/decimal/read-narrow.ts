import { decimalBinary } from "../dtype/decimal.ts";
import { numberToFloat16 } from "../dtype/float16.ts";

const double = /* @__PURE__ */ new DataView(new ArrayBuffer(8));

/** Bits of the significand, exponent of the last bit of the smallest number, and the largest number's exponent. */
const types = {
  float16: { bits: 11, least: -24, largest: 15 },
  float32: { bits: 24, least: -149, largest: 127 },
} as const;

/**
 * The float32 (as a number) or float16 (as bits) nearest to a decimal, given the float64 nearest to it. Rounding twice only
 * goes wrong where that float64 lies half-way between two neighbours; `text` is asked for the decimal then, and decides exactly.
 */
export function narrowFloat(kind: "float16" | "float32", nearest: number, text: () => string): number {
  const rounded = kind === "float32" ? Math.fround(nearest) : nearest;
  if (kind === "float32" ? rounded === nearest || Number.isNaN(nearest) : !Number.isFinite(nearest))
    return kind === "float32" ? rounded : numberToFloat16(nearest);
  const { bits, least, largest } = types[kind];
  double.setFloat64(0, nearest);
  const exponent = ((double.getUint16(0) >> 4) & 0x7ff) - 1023;
  const unit = 2 ** Math.max(exponent - bits + 1, least);
  const steps = Math.abs(nearest) / unit;
  if (steps - Math.floor(steps) !== 0.5) return kind === "float32" ? rounded : numberToFloat16(nearest);
  const found = decimalBinary(text(), bits, least);
  if (found === undefined) return kind === "float32" ? rounded : numberToFloat16(nearest);
  const magnitude = Number(found.mantissa) * 2 ** found.exponent;
  const value = (found.negative ? -1 : 1) * (magnitude >= 2 ** (largest + 1) ? Number.POSITIVE_INFINITY : magnitude);
  return kind === "float32" ? value : numberToFloat16(value);
}
