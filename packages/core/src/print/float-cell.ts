import { LongDouble } from "../dtype/longdouble.ts";
import { type Binary, binaryOf, type Digits, shortestDigits, zeroDigits } from "./digits.ts";
import { decimalOfFloat16, decimalOfFloat32 } from "./shortest.ts";

/** The binary types that are printed, by the kind of dtype they come from. */
export type FloatKind = "float16" | "float32" | "float64" | "longdouble";

/** One floating-point number made ready for printing. */
export interface FloatCell {
  readonly kind: FloatKind;
  readonly value: number | LongDouble;
  readonly negative: boolean;
  readonly special: "nan" | "inf" | undefined;
  /** Shortest digits of the magnitude; "0" for zero and for what is no finite number. */
  readonly shortest: Digits;
}

/** A number of this kind (a LongDouble for "longdouble") made ready for printing. */
export function floatCell(kind: FloatKind, value: number | LongDouble): FloatCell {
  if (value instanceof LongDouble) {
    const { special, negative } = value.classify();
    const shortest = special === undefined ? shortestDigits(value.magnitude()) : zeroDigits;
    return { kind, value, negative, special, shortest };
  }
  const special = Number.isNaN(value) ? "nan" : Number.isFinite(value) ? undefined : "inf";
  const negative = value < 0 || Object.is(value, -0);
  return { kind, value, negative, special, shortest: special === undefined ? numberDigits(kind, value) : zeroDigits };
}

function numberDigits(kind: FloatKind, value: number): Digits {
  if (value === 0) return zeroDigits;
  const decimal = kind === "float64" ? value : kind === "float32" ? decimalOfFloat32(value) : decimalOfFloat16(value);
  const [mantissa, exponent] = Math.abs(decimal).toExponential().split("e") as [string, string];
  return { digits: mantissa.replace(".", ""), exponent: Number(exponent) };
}

/** The exact magnitude of a finite number. */
export function exactly(cell: FloatCell): Binary {
  return cell.value instanceof LongDouble ? cell.value.magnitude() : binaryOf(cell.value);
}

export const isZero = (cell: FloatCell): boolean => cell.special === undefined && cell.shortest.digits === "0";

/** Which of two magnitudes is larger: shortest digits keep the order of numbers of one type. */
export function compareMagnitudes(a: FloatCell, b: FloatCell): number {
  return compareDigits(a.shortest, b.shortest);
}

export function compareDigits(a: Digits, b: Digits): number {
  if (a.digits === "0" || b.digits === "0") return (a.digits === "0" ? 0 : 1) - (b.digits === "0" ? 0 : 1);
  if (a.exponent !== b.exponent) return a.exponent - b.exponent;
  return a.digits === b.digits ? 0 : a.digits < b.digits ? -1 : 1;
}
