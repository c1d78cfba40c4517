import { type Binary, type Digits, firstExponent, roundedDigits } from "./digits.ts";
import { exactly, type FloatCell, isZero } from "./float-cell.ts";

/** What becomes of zeros at the end (numpy.format_float_positional, `trim`). */
export type Trim = "k" | "." | "0" | "-";

/** How one number is written; the names are those of numpy.format_float_positional and format_float_scientific. */
export interface FloatStyle {
  /** At most so many digits after the point; undefined: as many as it takes. */
  readonly precision?: number | undefined;
  /** At least so many, exact ones, with `unique`. */
  readonly minDigits?: number | undefined;
  /** Stop where the digits identify the number; false: exactly `precision` digits. */
  readonly unique: boolean;
  readonly trim: Trim;
  /** Write "+" too. */
  readonly plus?: boolean | undefined;
  readonly padLeft?: number | undefined;
  readonly padRight?: number | undefined;
  /** Digits of the exponent, at least. Default 2. */
  readonly expDigits?: number | undefined;
}

/** The digits to print, `have` of which (after the point) the shortest form has. */
function chooseDigits(cell: FloatCell, style: FloatStyle, have: number, firstPlace: (value: Binary) => number): Digits {
  let want = have;
  if (!style.unique) want = style.precision ?? have;
  else if (style.precision !== undefined && have > style.precision) want = style.precision;
  else if (style.minDigits !== undefined && have < style.minDigits) want = style.minDigits;
  if ((style.unique && want === have) || isZero(cell)) return cell.shortest;
  const value = exactly(cell);
  return roundedDigits(value, want + firstPlace(value));
}

const signOf = (cell: FloatCell, style: FloatStyle): string => (cell.negative ? "-" : style.plus === true ? "+" : "");

/** What follows the point: zeros added or taken away as `trim` says. With the point itself, which "-" may take away too. */
function fractionText(digits: string, style: FloatStyle): string {
  if (style.trim === "k") return `.${digits.padEnd(style.precision ?? 0, "0")}`;
  const kept = digits.replace(/0+$/, "");
  if (kept !== "") return `.${kept}`;
  return style.trim === "." ? "." : style.trim === "0" ? ".0" : "";
}

/** A finite number in positional notation, `12.5`. */
export function positional(cell: FloatCell, style: FloatStyle): string {
  const { digits, exponent } = chooseDigits(
    cell,
    style,
    Math.max(cell.shortest.digits.length - 1 - cell.shortest.exponent, 0),
    () => 0,
  );
  const whole = exponent < 0 ? "0" : digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const rest = exponent < 0 ? "0".repeat(-exponent - 1) + digits : digits.slice(exponent + 1);
  const text = signOf(cell, style) + whole;
  const fraction = fractionText(digits === "0" ? "" : rest, style);
  // Where the point itself was trimmed, its place is filled as well.
  const right = style.padRight === undefined ? 0 : style.padRight + (style.trim === "-" ? 1 : 0);
  const width = style.trim === "-" ? fraction.length : fraction.length - 1;
  return text.padStart(style.padLeft ?? 0) + fraction + " ".repeat(Math.max(right - width, 0));
}

/** A finite number in scientific notation, `1.25e+01`. */
export function scientific(cell: FloatCell, style: FloatStyle): string {
  // Counted from the value's own first digit, which rounding to the shortest form may have carried over.
  const { digits, exponent } = chooseDigits(
    cell,
    style,
    cell.shortest.digits.length - 1,
    (value) => -firstExponent(value),
  );
  const text = (signOf(cell, style) + digits[0]).padStart(style.padLeft ?? 0);
  const power = String(Math.abs(exponent)).padStart(style.expDigits ?? 2, "0");
  return `${text}${fractionText(digits.slice(1), style)}e${exponent < 0 ? "-" : "+"}${power}`;
}
