/** `str` and `repr` of NumPy's scalars. */

import { formatDatetime, formatTimedelta, NAT } from "../dtype/datetime.ts";
import type { DType } from "../dtype/dtype.ts";
import type { Kind } from "../dtype/elements.ts";
import type { LongDouble } from "../dtype/longdouble.ts";
import type { Complex } from "../values.ts";
import { compareDigits, type FloatCell, type FloatKind, floatCell } from "./float-cell.ts";
import { positional, scientific, type Trim } from "./float-text.ts";
import { bytesRepr, textRepr } from "./python-text.ts";
import { timeUnitSuffix } from "./type-characters.ts";

/** Power of ten from which on a scalar is written with an exponent (scalartypes.c.src, `max_positional`). */
const exponentFrom: { readonly [K in FloatKind]: number } = { float16: 3, float32: 6, float64: 16, longdouble: 16 };

/** The kind of number each half of a complex kind is. */
export const partKinds: { readonly [K in "complex64" | "complex128" | "clongdouble"]: FloatKind } = {
  complex64: "float32",
  complex128: "float64",
  clongdouble: "longdouble",
};

function cellText(cell: FloatCell, trim: Trim, plus: boolean): string {
  if (cell.special === "nan") return plus ? "+nan" : "nan";
  if (cell.special === "inf") return cell.negative ? "-inf" : plus ? "+inf" : "inf";
  const { exponent, digits } = cell.shortest;
  const small = digits !== "0" && belowSmall(cell);
  const style = { unique: true, trim, plus } as const;
  if (digits === "0" || (exponent < exponentFrom[cell.kind] && !small)) return positional(cell, style);
  return scientific(cell, { ...style, trim: "-" });
}

/** Below 1e-4, which numbers of float16 and float32 that print as 0.0001 may be by a little. */
function belowSmall(cell: FloatCell): boolean {
  if (typeof cell.value === "number") return Math.abs(cell.value) < 1e-4;
  return compareDigits(cell.shortest, { digits: "1", exponent: -4 }) < 0;
}

/** `str` of a floating-point scalar, with `.0` after whole numbers. */
export function floatScalarText(kind: FloatKind, value: number | LongDouble): string {
  return cellText(floatCell(kind, value), "0", false);
}

export const longDoubleText = (value: LongDouble): string => floatScalarText("longdouble", value);

/** `str` of a complex scalar. */
export function complexScalarText(kind: FloatKind, re: number | LongDouble, im: number | LongDouble): string {
  const real = floatCell(kind, re);
  const imaginary = floatCell(kind, im);
  if (real.special === undefined && real.shortest.digits === "0" && !real.negative)
    return `${cellText(imaginary, "-", false)}j`;
  return `(${cellText(real, "-", false)}${cellText(imaginary, "-", true)}j)`;
}

/** The parts of a complex element, whatever its kind. */
export function partsOf(value: unknown): readonly [re: number | LongDouble, im: number | LongDouble] {
  if (Array.isArray(value)) return value as [LongDouble, LongDouble];
  return [(value as Complex).re, (value as Complex).im];
}

/** `b'\x00\xff'`: how opaque bytes are written, every byte in hexadecimal. */
export function opaqueText(bytes: Uint8Array): string {
  let text = "b'";
  for (const byte of bytes) text += `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  return `${text}'`;
}

/** `str` of the scalar of any simple dtype (not structured, not object); `value` as `at()` gives it. */
export function simpleScalarText(dtype: DType, value: unknown): string {
  switch (dtype.kind) {
    case "bool":
      return value ? "True" : "False";
    case "float16":
    case "float32":
    case "float64":
    case "longdouble":
      return floatScalarText(dtype.kind, value as number | LongDouble);
    case "complex64":
    case "complex128":
    case "clongdouble":
      return complexScalarText(partKinds[dtype.kind], ...partsOf(value));
    case "bytes":
      return bytesRepr(value as Uint8Array);
    case "void":
      return opaqueText(value as Uint8Array);
    case "datetime64":
      return dateText(value as bigint, dtype);
    case "timedelta64":
      return formatTimedelta(value as bigint, dtype.unit, dtype.multiple);
    default:
      return String(value);
  }
}

/** ISO text; counts without a unit, for which NumPy has no text, stand as they are. */
export function dateText(count: bigint, dtype: DType<"datetime64">): string {
  if (dtype.unit === "generic" && count !== NAT) return String(count);
  return formatDatetime(count, dtype.unit, dtype.multiple);
}

/** `repr` of the scalar of any simple dtype: `np.float32(1.5)`, `np.True_`, `np.datetime64('2020-01-01')`. */
export function simpleScalarRepr(dtype: DType, value: unknown): string {
  const text = simpleScalarText(dtype, value);
  switch (dtype.kind) {
    case "bool":
      return `np.${text}_`;
    case "longdouble":
      return `np.longdouble('${text}')`;
    case "clongdouble":
      return `np.clongdouble('${withoutParentheses(text)}')`;
    case "complex64":
    case "complex128":
      return `np.${dtype.kind}(${withoutParentheses(text)})`;
    case "str":
      return `np.str_(${textRepr(value as string)})`;
    case "string":
      return textRepr(text);
    case "bytes":
      return `np.bytes_(${text})`;
    case "datetime64": {
      const { unit, multiple } = dtype;
      const plain = multiple === 1 && unit !== "h" && value !== NAT;
      return `np.datetime64('${text}'${plain ? "" : `,'${unitName(dtype)}'`})`;
    }
    case "timedelta64": {
      const count = value === NAT ? "'NaT'" : String(value);
      return `np.timedelta64(${count}${dtype.unit === "generic" ? "" : `,'${unitName(dtype)}'`})`;
    }
    default:
      return `np.${dtype.kind as Kind}(${text})`;
  }
}

const withoutParentheses = (text: string): string => text.replace(/^\((.*)\)$/, "$1");

const unitName = (dtype: DType<"datetime64"> | DType<"timedelta64">): string =>
  dtype.unit === "generic" ? "generic" : timeUnitSuffix(dtype).slice(1, -1);
