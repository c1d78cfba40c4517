/**
 * Powers of ten as unevaluated sums of two doubles, `high + low`, with the high part also split in halves of 26 bits for exact products
 * (T. J. Dekker, "A floating-point technique for extending the available precision", 1971). Made on first use.
 */
export interface Powers {
  readonly high: Float64Array;
  /** What `high` lacks: together they are right to about 106 bits. */
  readonly low: Float64Array;
  readonly highUpper: Float64Array;
  readonly highLower: Float64Array;
}

/** The exponents the tables cover are -LARGEST to LARGEST; entry i is `10 ** (i - LARGEST)`. Within them no product here over- or underflows. */
export const LARGEST = 290;

/** 2 ** 27 + 1. */
export const SPLITTER = 134217729;

let made: Powers | undefined;

export function powersOfTen(): Powers {
  made ??= make();
  return made;
}

/** Powers of ten that a float64 holds exactly. */
export const exactTens: Float64Array = /* @__PURE__ */ Float64Array.from({ length: 23 }, (_, i) => 10 ** i);

function make(): Powers {
  const size = 2 * LARGEST + 1;
  const high = new Float64Array(size);
  const low = new Float64Array(size);
  const highUpper = new Float64Array(size);
  const highLower = new Float64Array(size);
  const bits = new DataView(new ArrayBuffer(8));
  let power = 1n;
  for (let e = 0; e <= LARGEST; e++, power *= 10n) {
    const up = Number(power);
    high[LARGEST + e] = up;
    low[LARGEST + e] = Number(power - BigInt(up));
    if (e === 0) continue;
    const down = Number(`1e-${e}`);
    bits.setFloat64(0, down);
    const raw = bits.getBigUint64(0);
    const exponent = Number(raw >> 52n) - 1075;
    const mantissa = (raw & 0xfffffffffffffn) | 0x10000000000000n;
    // 10 ** -e - mantissa * 2 ** exponent, to 80 bits of the unit in the last place.
    const rest = (((1n << BigInt(-exponent)) - mantissa * power) << 80n) / power;
    high[LARGEST - e] = down;
    low[LARGEST - e] = Number(rest) * 2 ** -80 * 2 ** exponent;
  }
  for (let i = 0; i < size; i++) {
    const value = high[i] as number;
    const c = SPLITTER * value;
    const upper = c - (c - value);
    highUpper[i] = upper;
    highLower[i] = value - upper;
  }
  return { high, low, highUpper, highLower };
}
