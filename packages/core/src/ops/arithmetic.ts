import { gather } from "../array/gather.ts";
import type { NdArray } from "../array/ndarray.ts";
import { type DType, simple, timedelta64 } from "../dtype/dtype.ts";
import { OptionError } from "../errors.ts";
import { nomask } from "../symbols.ts";
import { castArray } from "./astype.ts";
import { broadcastTo } from "./broadcast.ts";
import { isTime, toFloat64 } from "./cast.ts";
import { binaryOf, compareOf } from "./elementwise.ts";
import type { BinaryName } from "./kernels-real.ts";
import { orInto } from "./mask-bits.ts";
import { compareSelect, copyUnder } from "./masked-store.ts";
import { maskedResult, type Operand, type Operands, operandsOf, type ResultOf, unionMask } from "./operands.ts";
import { classOf, isInteger, isSimple, promote } from "./promote.ts";
import { floatDType, isfinite, isnan } from "./unary.ts";

/** The dtype an operation computes in and returns. Throws OptionError DTYPE_MISMATCH where NumPy has no such operation. */
function resultDType(name: BinaryName, common: DType): DType {
  const cls = classOf(common);
  if (cls === "other")
    throw new OptionError("DTYPE_MISMATCH", `${name} is not defined for ${common.kind}; cast with astype first`);
  if (name === "divide" && (cls === "b" || isInteger(common))) return simple("float64");
  if (name === "arctan2" || name === "hypot") return floatDType(common, name);
  if (name.startsWith("bitwise") && cls !== "b" && !isInteger(common))
    throw new OptionError("DTYPE_MISMATCH", `${name} is defined for integers and bools, not for ${common.kind}`);
  if (cls === "b" && name === "subtract")
    throw new OptionError("DTYPE_MISMATCH", "bools are not subtracted; use notEqual");
  if (cls === "b" && (name === "floorDivide" || name === "remainder" || name === "power")) return simple("int8");
  return common;
}

/** NumPy's arithmetic of times: dates differ by spans, spans add up, and are scaled by integers or divided by spans. */
function timeResult(name: BinaryName, o: Operands): NdArray {
  const { a, b } = o;
  const [x, y] = [a.dtype, b.dtype];
  const dates = Number(x.kind === "datetime64") + Number(y.kind === "datetime64");
  const span = (d: DType): DType =>
    d.kind === "datetime64" ? timedelta64(d.unit, d.multiple) : isTime(d) ? d : timedelta64();
  const unit = (): DType<"timedelta64"> => promote(span(x), span(y)) as DType<"timedelta64">;
  const integer = (d: DType): boolean => isInteger(d) || classOf(d) === "b";
  if ((name === "add" && dates < 2) || (name === "subtract" && (dates !== 1 || x.kind === "datetime64"))) {
    if ((isTime(x) || integer(x)) && (isTime(y) || integer(y))) {
      const wide = unit();
      const out = binaryOf(name, spanOf(a, wide), spanOf(b, wide), wide as DType);
      const isDate = name === "add" ? dates === 1 : dates === 1;
      return isDate ? out.with({ dtype: { ...wide, kind: "datetime64" } as unknown as DType }) : out;
    }
  }
  if ((name === "minimum" || name === "maximum") && x.kind === y.kind) {
    const common = promote(x, y);
    return binaryOf(name, castArray(a, common), castArray(b, common), common);
  }
  if (name === "multiply" && dates === 0 && (integer(x) || integer(y))) return binaryOf(name, a, b, isTime(x) ? x : y);
  if (name === "divide" && dates === 0 && isTime(x) && isTime(y)) {
    const wide = unit();
    return binaryOf(name, natAsNaN(spanOf(a, wide)), natAsNaN(spanOf(b, wide)), simple("float64"));
  }
  throw new OptionError("DTYPE_MISMATCH", `${name} is not defined for ${x.kind} and ${y.kind} here`);
}

function spanOf(array: NdArray, wide: DType<"timedelta64">): NdArray {
  if (!isTime(array.dtype)) return castArray(array, wide as DType);
  return castArray(array, { ...wide, kind: array.dtype.kind } as unknown as DType).with({ dtype: wide as DType });
}

function natAsNaN(array: NdArray): NdArray {
  const values = toFloat64(array.dtype, gather(array, "C"), array.size);
  for (let i = 0; i < values.length; i++) if (values[i] === -(2 ** 63)) values[i] = Number.NaN;
  return castArray(array, "float64").with({ storage: values, shape: array.shape, offset: 0 });
}

function compute(name: BinaryName, o: Operands): NdArray {
  if (isTime(o.a.dtype) || isTime(o.b.dtype)) return timeResult(name, o);
  const dtype = resultDType(name, o.common);
  if (name === "power" && isInteger(dtype)) refuseNegative(o.b);
  if ((name === "minimum" || name === "maximum") && classOf(dtype) === "c") return complexExtreme(name, o, dtype);
  return binaryOf(name, o.a, o.b, dtype);
}

/** Complex numbers compare by real part, then imaginary; the first NaN wins. */
function complexExtreme(name: "minimum" | "maximum", o: Operands, dtype: DType): NdArray {
  const [a, b] = [castArray(o.a, dtype), castArray(o.b, dtype)];
  const chosen = compareOf(name === "minimum" ? "lessEqual" : "greaterEqual", a, b);
  const nan = broadcastTo(isnan(a) as NdArray, chosen.shape);
  orInto(chosen.storage, gather(nan, chosen.order) as Uint8Array);
  const data = broadcastTo(b, chosen.shape).copy(chosen.order);
  copyUnder(data, chosen, a);
  return data;
}

function refuseNegative(b: NdArray): void {
  const values = toFloat64(b.dtype, gather(b, "C"), b.size);
  for (let i = 0; i < values.length; i++)
    if ((values[i] as number) < 0)
      throw new OptionError(
        "DTYPE_MISMATCH",
        "integers to negative integer powers are not allowed; cast to float64 first",
      );
}

/** Operations defined everywhere: the masks unite, and the first operand's data stay beneath them. */
export function everywhere(name: BinaryName, x: Operand, y: Operand): NdArray | ReturnType<typeof maskedResult> {
  const o = operandsOf(x, y);
  const data = compute(name, o);
  if (o.from === undefined) return data;
  const mask = unionMask(o, data);
  if (mask !== nomask) copyUnder(data, mask, o.a);
  return maskedResult(data, mask, o.from);
}

/** Smallest normal float64: a quotient beyond 1 / tiny counts as undefined. */
const TINY = 2.2250738585072014e-308;

/** Divisions: what is not finite or nearly divided by zero is masked too; the mask is always full. */
function domained(name: BinaryName, x: Operand, y: Operand): NdArray | ReturnType<typeof maskedResult> {
  const o = operandsOf(x, y, name === "divide" ? "dividing" : undefined);
  const data = compute(name, o);
  if (o.from === undefined) return data;
  const { shape, order } = data;
  const finite = isfinite(data) as NdArray<"bool">;
  const flags = finite.storage;
  const a = magnitudes(broadcastTo(o.a, shape), order);
  const b = magnitudes(broadcastTo(o.b, shape), order);
  for (let i = 0; i < flags.length; i++)
    flags[i] = flags[i] === 0 || (a[i] as number) * TINY >= (b[i] as number) ? 1 : 0;
  const union = unionMask(o, data);
  if (union !== nomask)
    for (let i = 0; i < flags.length; i++) flags[i] = (flags[i] as number) | (union.storage[i] as number);
  keepDividend(data, flags, o.a);
  return maskedResult(data, finite, o.from);
}

/** |z| of each element in float64. */
function magnitudes(array: NdArray, order: "C" | "F"): Float64Array {
  const { kind } = array.dtype;
  const lanes = gather(array, order);
  const out = new Float64Array(array.size);
  if (kind === "complex64" || kind === "complex128") {
    const pairs = lanes as Float64Array;
    for (let i = 0; i < out.length; i++) out[i] = Math.hypot(pairs[2 * i] as number, pairs[2 * i + 1] as number);
    return out;
  }
  const values = toFloat64(array.dtype, lanes, array.size);
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(values[i] as number);
  return out;
}

/** As np.ma: the result is 0 where masked, then mask * dividend is added everywhere (which also turns -0 into 0 beside a positive dividend). */
function keepDividend(data: NdArray, flags: Uint8Array, dividend: NdArray): void {
  const { kind } = data.dtype;
  if (!isSimple(data.dtype)) return;
  const da = castArray(broadcastTo(dividend, data.shape), data.dtype);
  const from = gather(da, data.order) as Float64Array;
  const to = data.storage as Float64Array;
  const floats = kind === "float64" || kind === "float32";
  const per = kind === "complex64" || kind === "complex128" ? 2 : 1;
  for (let i = 0; i < to.length; i++) {
    if (flags[per === 2 ? i >> 1 : i] !== 0)
      to[i] = (from[i] as number) === 0 && floats ? (from[i] as number) + 0 : (from[i] as number);
    else if (floats) to[i] = (to[i] as number) + 0 * (from[i] as number);
  }
  // float16 bits: -0 beside a dividend without a sign becomes 0, as does a masked -0.
  if (kind === "float16")
    for (let i = 0; i < to.length; i++)
      if (to[i] === 0x8000 && (flags[i] !== 0 || (from[i] as number) < 0x8000)) to[i] = 0;
}

/** a + b. Masked where either is. Throws OptionError SHAPE_MISMATCH or DTYPE_MISMATCH. */
export function add<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B> {
  return everywhere("add", a, b) as ResultOf<A, B>;
}
/** a - b. Masked where either is. */
export function subtract<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B> {
  return everywhere("subtract", a, b) as ResultOf<A, B>;
}
/** a * b. Masked where either is. */
export function multiply<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B> {
  return everywhere("multiply", a, b) as ResultOf<A, B>;
}
/** a / b; integers give float64. Of masked arrays also masked where the quotient is not finite, as `np.ma.divide`. */
export function divide<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B> {
  return domained("divide", a, b) as ResultOf<A, B>;
}
/** The largest integer not above a / b. Of masked arrays masked where b is 0. */
export function floorDivide<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B> {
  return domained("floorDivide", a, b) as ResultOf<A, B>;
}
/** What {@link floorDivide} leaves, with the sign of b. Of masked arrays masked where b is 0. */
export function remainder<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B> {
  return domained("remainder", a, b) as ResultOf<A, B>;
}

/** a to the power b. Of masked arrays masked where the result is not finite, which then holds the fill value, as `np.ma.power`. */
export function power<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B> {
  const o = operandsOf(a, b);
  const data = compute("power", o);
  if (o.from === undefined) return data as ResultOf<A, B>;
  const union = unionMask(o, data);
  if (union !== nomask) copyUnder(data, union, o.a);
  const finite = isfinite(data) as NdArray<"bool">;
  const flags = finite.storage;
  let undefinedAt = 0;
  for (let i = 0; i < flags.length; i++) {
    flags[i] = flags[i] === 0 ? 1 : 0;
    undefinedAt += flags[i] as number;
  }
  if (undefinedAt === 0) return maskedResult(data, union, o.from) as ResultOf<A, B>;
  const made = maskedResult(data, finite, o.from);
  copyUnder(data, finite.copy(), made.fill());
  if (union !== nomask)
    for (let i = 0; i < flags.length; i++) flags[i] = (flags[i] as number) | (union.storage[i] as number);
  return made as ResultOf<A, B>;
}

/** The smaller of a and b; NaN wins in plain arrays, while masked ones take b where a < b is false, as `np.ma.minimum`. */
export function minimum<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B> {
  const o = operandsOf(a, b);
  return (o.from === undefined ? compute("minimum", o) : compareSelect("less", o, o.from)) as ResultOf<A, B>;
}
/** The larger of a and b; see {@link minimum}. */
export function maximum<A extends Operand, B extends Operand>(a: A, b: B): ResultOf<A, B> {
  const o = operandsOf(a, b);
  return (o.from === undefined ? compute("maximum", o) : compareSelect("greater", o, o.from)) as ResultOf<A, B>;
}
