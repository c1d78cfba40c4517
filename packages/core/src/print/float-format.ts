import { float16ToNumber, numberToFloat16 } from "../dtype/float16.ts";
import type { LongDouble } from "../dtype/longdouble.ts";
import { binaryOf } from "./digits.ts";
import { compareMagnitudes, exactly, type FloatCell, type FloatKind, isZero } from "./float-cell.ts";
import { type FloatStyle, positional, scientific } from "./float-text.ts";
import type { Resolved } from "./options.ts";

/** Power of ten from which on arrays are printed with exponents: NumPy's `min(8, finfo.precision)`. */
const exponentFrom: { readonly [K in FloatKind]: number } = { float16: 3, float32: 6, float64: 8, longdouble: 8 };

/** How the numbers of one array are printed: all in one notation, aligned at the point. */
export interface FloatFormat {
  readonly options: Resolved;
  readonly exponent: boolean;
  readonly style: FloatStyle;
  /** Width of what is no finite number. */
  readonly width: number;
}

/** The common format of these numbers (numpy.core.arrayprint `FloatingFormat`). */
export function floatFormat(cells: readonly FloatCell[], options: Resolved, sign: "-" | "+" | " "): FloatFormat {
  const finite = cells.filter((cell) => cell.special === undefined);
  const plus = sign === "+";
  const fixed = options.floatmode === "fixed";
  const exponent = needsExponent(finite, options.suppress);
  const first: FloatStyle = {
    precision: options.floatmode === "unique" ? undefined : options.precision,
    unique: !fixed,
    trim: fixed ? "k" : ".",
    plus,
  };
  let left = 0;
  let right = 0;
  let padRight = 0;
  let style: FloatStyle = { unique: true, trim: ".", plus };
  if (finite.length > 0 && exponent) {
    let exponentDigits = 0;
    for (const cell of finite) {
      const text = scientific(cell, first);
      const e = text.indexOf("e");
      const point = text.indexOf(".");
      left = Math.max(left, point);
      right = Math.max(right, e - point - 1);
      exponentDigits = Math.max(exponentDigits, text.length - e - 2);
    }
    style = { precision: right, minDigits: right, unique: !fixed, trim: "k", plus, expDigits: exponentDigits };
    padRight = exponentDigits + 2 + right;
  } else if (finite.length > 0) {
    for (const cell of finite) {
      const text = positional(cell, first);
      const point = text.indexOf(".");
      left = Math.max(left, point);
      right = Math.max(right, text.length - point - 1);
    }
    const equal = fixed || options.floatmode === "maxprec_equal";
    style = equal
      ? { precision: right, minDigits: right, unique: !fixed, trim: "k", plus, padRight: right }
      : { precision: first.precision, minDigits: 0, unique: true, trim: ".", plus, padRight: right };
    padRight = right;
  }
  if (sign === " " && !finite.some((cell) => cell.negative)) left++;
  if (finite.length < cells.length) {
    const signed = sign !== "-" || cells.some((cell) => cell.special === "inf" && cell.negative);
    left = Math.max(
      left,
      options.nanstr.length - padRight - 1,
      options.infstr.length + (signed ? 1 : 0) - padRight - 1,
    );
  }
  return { options, exponent, style: { ...style, padLeft: left }, width: left + padRight + 1 };
}

/** One number in the format of its array. */
export function formatFloat(format: FloatFormat, cell: FloatCell): string {
  const plus = format.style.plus === true ? "+" : "";
  if (cell.special === "nan") return (plus + format.options.nanstr).padStart(format.width);
  if (cell.special === "inf") return ((cell.negative ? "-" : plus) + format.options.infstr).padStart(format.width);
  return format.exponent ? scientific(cell, format.style) : positional(cell, format.style);
}

function needsExponent(finite: readonly FloatCell[], suppress: boolean): boolean {
  let largest: FloatCell | undefined;
  let smallest: FloatCell | undefined;
  for (const cell of finite) {
    if (isZero(cell)) continue;
    if (largest === undefined || compareMagnitudes(cell, largest) > 0) largest = cell;
    if (smallest === undefined || compareMagnitudes(cell, smallest) < 0) smallest = cell;
  }
  if (largest === undefined || smallest === undefined) return false;
  if (largest.shortest.exponent >= exponentFrom[largest.kind]) return true;
  if (suppress) return false;
  return isSmall(smallest) || ratioAboveThousand(largest, smallest);
}

/** Whether a magnitude is below 0.0001, which NumPy compares as a float64 or, where that is narrower, as the number's own type. */
function isSmall(cell: FloatCell): boolean {
  if (cell.kind !== "longdouble") return cell.shortest.exponent < -4;
  const [x, y] = [exactly(cell), binaryOf(1e-4)];
  const least = Math.min(x.exponent, y.exponent);
  return x.mantissa << BigInt(x.exponent - least) < y.mantissa << BigInt(y.exponent - least);
}

/** Whether the quotient of two magnitudes, rounded to their own type, is more than 1000. */
function ratioAboveThousand(largest: FloatCell, smallest: FloatCell): boolean {
  const { value: a, kind } = largest;
  const { value: b } = smallest;
  if (typeof a === "number" && typeof b === "number") {
    const quotient = Math.abs(a / b);
    if (kind === "float32") return Math.fround(quotient) > 1000;
    return kind === "float16" ? float16ToNumber(numberToFloat16(quotient)) > 1000 : quotient > 1000;
  }
  // 1000 and the next number of 64 bits are 2^-54 apart; half-way is rounded down to the even 1000.
  const [x, y] = [(a as LongDouble).magnitude(), (b as LongDouble).magnitude()];
  const shift = BigInt(Math.abs(x.exponent - y.exponent));
  const top = (x.exponent > y.exponent ? x.mantissa << shift : x.mantissa) << 55n;
  const bottom = x.exponent > y.exponent ? y.mantissa : y.mantissa << shift;
  return top > ((1000n << 55n) + 1n) * bottom;
}
