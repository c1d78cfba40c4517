import { type AnyArray, isMaskedArray } from "../array/any.ts";
import type { NdArray } from "../array/ndarray.ts";
import { simple } from "../dtype/dtype.ts";
import { OptionError } from "../errors.ts";
import { divide, everywhere, multiply } from "./arithmetic.ts";
import { castArray } from "./astype.ts";
import { unaryOf } from "./elementwise.ts";
import { fillArray } from "./fill.ts";
import type { Operand, ResultOf } from "./operands.ts";
import { isInteger } from "./promote.ts";
import { domainUnary, floating, native, plainUnary, type SameMasking } from "./unary.ts";

/** Logarithm to base 2, within 1 ulp. Of masked arrays masked where x <= 0. Throws OptionError DTYPE_MISMATCH for what is no real number. */
export function log2<A extends AnyArray>(x: A): SameMasking<A> {
  return domainUnary("log2", x, (v) => v <= 0) as SameMasking<A>;
}
/** Logarithm to base 10, within 1 ulp. Of masked arrays masked where x <= 0. */
export function log10<A extends AnyArray>(x: A): SameMasking<A> {
  return domainUnary("log10", x, (v) => v <= 0) as SameMasking<A>;
}
/** Tangent of radians, within 1 ulp. Of masked arrays masked where the cosine is next to 0 (below 1e-35). */
export function tan<A extends AnyArray>(x: A): SameMasking<A> {
  return domainUnary("tan", x, (v) => Math.abs(Math.cos(v)) < 1e-35) as SameMasking<A>;
}
/** Arc sine in radians, within 1 ulp. Of masked arrays masked outside [-1, 1]. */
export function arcsin<A extends AnyArray>(x: A): SameMasking<A> {
  return domainUnary("arcsin", x, (v) => v < -1 || v > 1) as SameMasking<A>;
}
/** Arc cosine in radians, within 1 ulp. Of masked arrays masked outside [-1, 1]. */
export function arccos<A extends AnyArray>(x: A): SameMasking<A> {
  return domainUnary("arccos", x, (v) => v < -1 || v > 1) as SameMasking<A>;
}
/** Arc tangent in radians, within 1 ulp. */
export function arctan<A extends AnyArray>(x: A): SameMasking<A> {
  return floating("arctan", x) as SameMasking<A>;
}
/** Hyperbolic sine, within 2 ulp. */
export function sinh<A extends AnyArray>(x: A): SameMasking<A> {
  return floating("sinh", x) as SameMasking<A>;
}
/** Hyperbolic cosine, within 2 ulp. */
export function cosh<A extends AnyArray>(x: A): SameMasking<A> {
  return floating("cosh", x) as SameMasking<A>;
}
/** Hyperbolic tangent, within 2 ulp. */
export function tanh<A extends AnyArray>(x: A): SameMasking<A> {
  return floating("tanh", x) as SameMasking<A>;
}
/** Inverse hyperbolic sine, within 2 ulp. */
export function arcsinh<A extends AnyArray>(x: A): SameMasking<A> {
  return floating("arcsinh", x) as SameMasking<A>;
}
/** Inverse hyperbolic cosine, within 2 ulp. Of masked arrays masked below 1. */
export function arccosh<A extends AnyArray>(x: A): SameMasking<A> {
  return domainUnary("arccosh", x, (v) => v < 1) as SameMasking<A>;
}
/** Inverse hyperbolic tangent, within 2 ulp. Of masked arrays masked outside (-1, 1). */
export function arctanh<A extends AnyArray>(x: A): SameMasking<A> {
  return domainUnary("arctanh", x, (v) => v < -1 + 1e-15 || v > 1 - 1e-15) as SameMasking<A>;
}

/** Integers are whole already, and stay of their dtype (NumPy 2.1 and newer; older ones make floats of them). */
function whole(name: "floor" | "ceil" | "rint", x: AnyArray): AnyArray {
  return plainUnary(name, x, (data) => {
    const { dtype } = data;
    if (isInteger(dtype) || dtype.kind === "bool") return castArray(data, native(dtype)).copy(data.order);
    if (!/^float/.test(dtype.kind))
      throw new OptionError("DTYPE_MISMATCH", `${name} is not defined for ${dtype.kind} here; cast with astype first`);
    return unaryOf(name, data, native(dtype));
  });
}
/** The largest whole number not above x; the dtype stays. Throws OptionError DTYPE_MISMATCH for what is no real number. */
export function floor<A extends AnyArray>(x: A): SameMasking<A> {
  return whole("floor", x) as SameMasking<A>;
}
/** The smallest whole number not below x; the dtype stays. */
export function ceil<A extends AnyArray>(x: A): SameMasking<A> {
  return whole("ceil", x) as SameMasking<A>;
}

/**
 * Rounded to `decimals` places (before the point when negative), halves to even, as `np.ma.round`: multiplied, rounded and divided in the
 * array's own precision, so that 0.5, 1.5 and 2.5 give 0, 2 and 2. The values beneath the mask are rounded too. Throws OptionError.
 */
export function round<A extends AnyArray>(x: A, decimals = 0): SameMasking<A> {
  if (!Number.isSafeInteger(decimals))
    throw new OptionError("OPTION_INVALID", `decimals is a whole number, not ${decimals}`, "decimals");
  if (isMaskedArray(x)) return x.with({ data: round(x.data, decimals) as never }) as unknown as SameMasking<A>;
  const data = x as unknown as NdArray;
  const integer = isInteger(data.dtype);
  if (decimals === 0 || (integer && decimals > 0)) return whole("rint", data) as SameMasking<A>;
  const wide = integer ? castArray(data, "float64") : data;
  const power = castArray(scalar(10 ** Math.abs(decimals)), native(wide.dtype));
  const [before, after] = decimals > 0 ? [multiply, divide] : [divide, multiply];
  const made = after(whole("rint", before(wide, power)) as NdArray, power) as NdArray;
  return (integer ? castArray(made, native(data.dtype)) : made) as unknown as SameMasking<A>;
}

function scalar(value: number): NdArray {
  return fillArray(value, simple("float64"));
}

/** The angle of the point (x, y) in radians, within 1 ulp. Masked where either is. */
export function arctan2<A extends Operand, B extends Operand>(y: A, x: B): ResultOf<A, B> {
  return everywhere("arctan2", y, x) as ResultOf<A, B>;
}
/** The length of (a, b), within 1 ulp. Masked where either is. */
export function hypot<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B> {
  return everywhere("hypot", a, b) as ResultOf<A, B>;
}
/** The bits that both have (integers and bools). Masked where either is. Throws OptionError DTYPE_MISMATCH for other dtypes. */
export function bitwiseAnd<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B> {
  return everywhere("bitwiseAnd", a, b) as ResultOf<A, B>;
}
/** The bits that at least one has. */
export function bitwiseOr<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B> {
  return everywhere("bitwiseOr", a, b) as ResultOf<A, B>;
}
/** The bits that exactly one has. */
export function bitwiseXor<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B> {
  return everywhere("bitwiseXor", a, b) as ResultOf<A, B>;
}
