/** 2 to the power (exponent - 25), what one step of the fraction is worth at each biased exponent from 1 to 30. */
const steps: readonly number[] = /* @__PURE__ */ Array.from({ length: 31 }, (_, e) => 2 ** (e - 25));

/** The value of IEEE 754 binary16 bits. */
export function float16ToNumber(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const magnitude =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction === 0
          ? Number.POSITIVE_INFINITY
          : Number.NaN
        : (1024 + fraction) * (steps[exponent] as number);
  return bits & 0x8000 ? -magnitude : magnitude;
}

const value: Float64Array = /* @__PURE__ */ new Float64Array(1);
const words: Uint32Array = /* @__PURE__ */ new Uint32Array(value.buffer);
const HIGH: 0 | 1 = /* @__PURE__ */ (() => (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0))();

/** Bits of the nearest binary16, ties to even, as NumPy casts float64 to float16 (NaN becomes the quiet NaN 0x7e00 with its sign lost). */
export function numberToFloat16(x: number): number {
  value[0] = x;
  const high = words[HIGH] as number;
  const low = words[1 - HIGH] as number;
  const sign = (high >>> 16) & 0x8000;
  const exponent = ((high >>> 20) & 0x7ff) - 1023;
  if (exponent === 1024) return (high & 0xfffff) === 0 && low === 0 ? sign | 0x7c00 : 0x7e00;
  if (exponent > 15) return sign | 0x7c00;
  if (exponent < -14) return sign | roundEven(Math.abs(x) * 2 ** 24);
  const rest = high & 0x3ff;
  const kept = ((exponent + 15) << 10) | ((high >>> 10) & 0x3ff);
  const up = rest > 0x200 || (rest === 0x200 && (low !== 0 || (kept & 1) === 1));
  // A carry out of the fraction raises the exponent, up to infinity.
  return sign | (up ? kept + 1 : kept);
}

function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
