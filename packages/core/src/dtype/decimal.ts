const DECIMAL = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/;

/** Digits beyond which a decimal only says "a little more": more than any half-way point of binary128 has. */
const MOST_DIGITS = 12_000;

/**
 * The binary number nearest to decimal text, ties to even: a mantissa of at most `bits` bits times `2 ** exponent`, the exponent not
 * below `least`. Undefined when the text is no decimal number. The exponent is not bounded from above.
 */
export function decimalBinary(
  text: string,
  bits: number,
  least: number,
): { readonly negative: boolean; readonly mantissa: bigint; readonly exponent: number } | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole, decimals = "", power = "0"] = match as unknown as [string, string, string, string?, string?];
  const negative = sign === "-";
  const all = (whole + decimals).replace(/^0+/, "");
  let digits = all.slice(0, MOST_DIGITS);
  let tens = Number(power) - decimals.length + all.length - digits.length;
  if (digits === "") return { negative, mantissa: 0n, exponent: least };
  // What was cut off can only break a tie.
  if (/[1-9]/.test(all.slice(MOST_DIGITS))) {
    digits += "1";
    tens--;
  }
  const first = tens + digits.length;
  // Far beyond every layout's range: no need to raise ten to such a power.
  if (first < -6000) return { negative, mantissa: 0n, exponent: least };
  if (first > 6000) return { negative, mantissa: 1n << BigInt(bits - 1), exponent: 0x10000 };
  let numerator = BigInt(digits);
  let denominator = 1n;
  if (tens >= 0) numerator *= 10n ** BigInt(tens);
  else denominator = 10n ** BigInt(-tens);
  const lengths = numerator.toString(2).length - denominator.toString(2).length;
  let exponent = Math.max(lengths - bits, least);
  const at = (e: number): [n: bigint, d: bigint] =>
    e >= 0 ? [numerator, denominator << BigInt(e)] : [numerator << BigInt(-e), denominator];
  let [n, d] = at(exponent);
  if ((n / d) >> BigInt(bits) !== 0n) [n, d] = at(++exponent);
  let mantissa = n / d;
  const middle = (n - mantissa * d) * 2n - d;
  if (middle > 0n || (middle === 0n && (mantissa & 1n) === 1n)) mantissa += 1n;
  if (mantissa >> BigInt(bits) !== 0n) return { negative, mantissa: mantissa >> 1n, exponent: exponent + 1 };
  return { negative, mantissa, exponent };
}
