/** Decimal digits of binary floating-point numbers, exactly: the shortest that read back the same, and any number of them. */

/** `d.ddd * 10 ** exponent`: the digits without a point, no zero in front (but for zero itself, "0"). */
export interface Digits {
  readonly digits: string;
  readonly exponent: number;
}

/** A finite magnitude as an integer times a power of two. */
export interface Binary {
  readonly mantissa: bigint;
  readonly exponent: number;
  /** Whether the next smaller number is half as far as the next larger one (powers of two, but for the smallest). */
  readonly uneven: boolean;
}

export const zeroDigits: Digits = { digits: "0", exponent: 0 };

const bitLength = (n: bigint): number => {
  const hex = n.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0] as string, 16)));
};

/** The exponent of the first decimal digit: floor(log10(numerator / denominator)). */
function decimalExponent(numerator: bigint, denominator: bigint): number {
  let k = Math.floor((bitLength(numerator) - bitLength(denominator)) * Math.LOG10E * Math.LN2);
  const reaches = (exponent: number): boolean =>
    exponent >= 0
      ? numerator >= denominator * 10n ** BigInt(exponent)
      : numerator * 10n ** BigInt(-exponent) >= denominator;
  while (!reaches(k)) k--;
  while (reaches(k + 1)) k++;
  return k;
}

const fraction = ({ mantissa, exponent }: Binary): [numerator: bigint, denominator: bigint] =>
  exponent >= 0 ? [mantissa << BigInt(exponent), 1n] : [mantissa, 1n << BigInt(-exponent)];

/**
 * The fewest digits that lie nearer to this number than to its neighbours (ties allowed for even mantissas), and among those
 * the nearest. G. L. Steele and J. L. White, "How to print floating-point numbers accurately" (1990); as NumPy's dragon4.
 */
export function shortestDigits(value: Binary): Digits {
  if (value.mantissa === 0n) return zeroDigits;
  const even = (value.mantissa & 1n) === 0n;
  let [rest, scale] = fraction(value);
  const first = decimalExponent(rest, scale);
  // Everything times four, so that half the smaller gap is a whole number.
  rest *= 4n;
  let below = value.exponent >= 0 ? 1n << BigInt(value.exponent) : 1n;
  scale *= 4n;
  if (!value.uneven) below *= 2n;
  if (first >= 0) scale *= 10n ** BigInt(first);
  else {
    rest *= 10n ** BigInt(-first);
    below *= 10n ** BigInt(-first);
  }
  let above = value.uneven ? below * 2n : below;
  let digits = "";
  for (;;) {
    const digit = rest / scale;
    rest -= digit * scale;
    const low = even ? rest <= below : rest < below;
    const high = even ? rest + above >= scale : rest + above > scale;
    if (!low && !high) {
      digits += digit;
      rest *= 10n;
      below *= 10n;
      above *= 10n;
      continue;
    }
    const middle = rest * 2n - scale;
    const up = low === high ? middle > 0n || (middle === 0n && (digit & 1n) === 1n) : high;
    return carried(BigInt(digits + digit) + (up ? 1n : 0n), digits.length + 1, first);
  }
}

/** Digits from an integer that should have `length` of them, or one more after a carry. */
function carried(n: bigint, length: number, exponent: number): Digits {
  const text = String(n);
  const digits = text.replace(/0+$/, "");
  return { digits: digits === "" ? "0" : digits, exponent: exponent + text.length - length };
}

/**
 * The value rounded (ties to even) to `places` digits after the point; negative: to tens, hundreds.
 * Trailing zeros are dropped.
 */
export function roundedDigits(value: Binary, places: number): Digits {
  let [numerator, denominator] = fraction(value);
  if (places >= 0) numerator *= 10n ** BigInt(places);
  else denominator *= 10n ** BigInt(-places);
  let n = numerator / denominator;
  const middle = (numerator - n * denominator) * 2n - denominator;
  if (middle > 0n || (middle === 0n && (n & 1n) === 1n)) n += 1n;
  if (n === 0n) return zeroDigits;
  const text = String(n);
  return { digits: text.replace(/0+$/, ""), exponent: text.length - 1 - places };
}

/** The exponent of a value's first digit. */
export function firstExponent(value: Binary): number {
  const [numerator, denominator] = fraction(value);
  return decimalExponent(numerator, denominator);
}

const scratch = /* @__PURE__ */ new DataView(new ArrayBuffer(8));

/** A finite float64's magnitude. `digits`: bits of the significand of the type it stands for, `least`: exponent of its last bit. */
export function binaryOf(value: number, digits = 53, least = -1074): Binary {
  scratch.setFloat64(0, Math.abs(value));
  const raw = scratch.getBigUint64(0);
  const biased = Number(raw >> 52n);
  const tail = raw & 0xfffffffffffffn;
  const mantissa = biased === 0 ? tail : tail | 0x10000000000000n;
  const exponent = Math.max(biased, 1) - 1075;
  if (digits === 53 || mantissa === 0n) return { mantissa, exponent, uneven: tail === 0n && biased > 1 };
  // In the narrower type's own terms: its mantissa decides about ties.
  const shift = Math.max(53 - digits, least - exponent);
  const narrow = mantissa >> BigInt(shift);
  return { mantissa: narrow, exponent: exponent + shift, uneven: tail === 0n && exponent + shift > least };
}
