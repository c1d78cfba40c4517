import { float16ToNumber, numberToFloat16 } from "../dtype/float16.ts";
import { OptionError, quoteText } from "../errors.ts";
import { Complex } from "../values.ts";

export type FloatKind = "float16" | "float32" | "float64";

/** From where on NumPy's `str` writes an exponent. */
const exponentFrom: { readonly [K in FloatKind]: number } = { float16: 1e3, float32: 1e6, float64: 1e16 };

const rounded: { readonly [K in FloatKind]: (x: number) => number } = {
  float16: (x) => float16ToNumber(numberToFloat16(x)),
  float32: Math.fround,
  float64: (x) => x,
};

/** Shortest decimal digits that read back as the same value in its own precision, and the exponent of the first. */
export function shortestDigits(
  magnitude: number,
  kind: FloatKind,
): { readonly digits: string; readonly exponent: number } {
  let text = magnitude.toExponential();
  if (kind !== "float64")
    for (let p = 0; p < 9; p++) {
      const attempt = magnitude.toExponential(p);
      if (rounded[kind](Number(attempt)) === magnitude) {
        text = attempt;
        break;
      }
    }
  const [mantissa, exponent] = text.split("e") as [string, string];
  return { digits: mantissa.replace(".", "").replace(/0+$/, "") || "0", exponent: Number(exponent) };
}

/** `str` of a NumPy float scalar; `point` is what follows a whole number. */
export function floatText(x: number, kind: FloatKind, point = ".0"): string {
  if (Number.isNaN(x)) return "nan";
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  const a = Math.abs(x);
  if (a === Number.POSITIVE_INFINITY) return `${sign}inf`;
  if (a === 0) return `${sign}0${point}`;
  const { digits, exponent } = shortestDigits(a, kind);
  if (a >= exponentFrom[kind] || a < 1e-4) {
    const tail = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${sign}${digits[0]}${tail}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const rest = digits.slice(exponent + 1);
  return `${sign}${whole}${rest === "" ? point : `.${rest}`}`;
}

/** `str` of a NumPy complex scalar. */
export function complexText(re: number, im: number, kind: FloatKind): string {
  const i = Number.isNaN(im) ? "nan" : floatText(im, kind, "");
  if (re === 0 && !Object.is(re, -0)) return `${i}j`;
  return `(${floatText(re, kind, "")}${i.startsWith("-") ? "" : "+"}${i}j)`;
}

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

const FLOAT = String.raw`[+-]?(?:(?:\d+(?:_\d+)*)?\.?(?:\d+(?:_\d+)*)?(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)`;
const REAL = new RegExp(`^${FLOAT}$`, "i");

/** Python's float(text). Throws OptionError DTYPE_MISMATCH. */
export function parseFloatText(text: string): number {
  const t = text.trim().replaceAll("_", "").toLowerCase();
  if (!REAL.test(text.trim()) || !/\d|inf|nan/.test(t) || /^[+-]?\.?e/.test(t)) refuse(text, "number");
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
