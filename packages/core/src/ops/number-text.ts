import { float16ToNumber, numberToFloat16 } from "../dtype/float16.ts";
import { OptionError, quoteText } from "../errors.ts";
import { Complex } from "../values.ts";

export type FloatKind = "float16" | "float32" | "float64";

/** A float64 brought to each precision. */
export const rounded: { readonly [K in FloatKind]: (x: number) => number } = {
  float16: (x) => float16ToNumber(numberToFloat16(x)),
  float32: Math.fround,
  float64: (x) => x,
};

function refuse(text: string, what: string): never {
  throw new OptionError("DTYPE_MISMATCH", `"${quoteText(text)}" is no ${what}`);
}

const INT = /^[+-]?\d+(_\d+)*$/;
/** As many digits as Python's int() takes. */
const LONGEST_INTEGER = 4300;

/** Python's int(text). Throws OptionError DTYPE_MISMATCH. */
export function parseInteger(text: string): bigint {
  const t = text.trim();
  if (t.length > LONGEST_INTEGER || !INT.test(t)) refuse(text, "integer");
  const plain = t.replaceAll("_", "");
  return plain.startsWith("-") ? -BigInt(plain.slice(1)) : BigInt(plain.replace("+", ""));
}

const REAL =
  /^[+-]?(?:(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?|inf(?:inity)?|nan)$/i;

/** Python's float(text). Throws OptionError DTYPE_MISMATCH. */
export function parseFloatText(text: string): number {
  const trimmed = text.trim();
  if (!REAL.test(trimmed)) refuse(text, "number");
  const t = trimmed.replaceAll("_", "").toLowerCase();
  const body = t.replace(/^[+-]/, "");
  const value = body === "nan" ? Number.NaN : body.startsWith("inf") ? Number.POSITIVE_INFINITY : Number(body);
  return t.startsWith("-") ? -value : value;
}

/** Python's complex(text). Throws OptionError DTYPE_MISMATCH. */
export function parseComplex(text: string): Complex {
  const t = text
    .trim()
    .replace(/^\((.*)\)$/s, "$1")
    .trim();
  const end = /[jJ]$/.test(t) ? t.slice(0, -1) : undefined;
  if (end === undefined) return new Complex(parseFloatText(t), 0);
  // The imaginary part begins at the last sign that is not an exponent's.
  let cut = end.length - 1;
  while (cut > 0 && !(/[+-]/.test(end[cut] as string) && !/[eE]/.test(end[cut - 1] as string))) cut--;
  const im = end.slice(Math.max(cut, 0));
  const part = im === "" || im === "+" ? 1 : im === "-" ? -1 : parseFloatText(im);
  return new Complex(cut > 0 ? parseFloatText(end.slice(0, cut)) : 0, part);
}
