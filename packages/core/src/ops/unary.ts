import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import type { MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { zeros } from "../array/zeros.ts";
import { NAT } from "../dtype/datetime.ts";
import { type DType, simple } from "../dtype/dtype.ts";
import type { Kind } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import { nomask } from "../symbols.ts";
import { isTime, toFloat64 } from "./cast.ts";
import { unaryOf } from "./elementwise.ts";
import type { UnaryName } from "./kernels-real.ts";
import { copyUnder } from "./masked-store.ts";
import { flatMask, maskedResult } from "./operands.ts";
import { classOf, isInteger } from "./promote.ts";

/** Plain for plain, masked for masked. */
export type SameMasking<A, K extends Kind = Kind> = A extends MaskedArray ? MaskedArray<K> : NdArray<K>;

/** The dtype a function of reals gives: floats their own, integers the float that holds them. Throws OptionError DTYPE_MISMATCH. */
export function floatDType(dtype: DType, name: string): DType {
  const cls = classOf(dtype);
  if (cls === "f") return simple(dtype.kind as "float64");
  if (cls === "b" || isInteger(dtype))
    return simple(dtype.itemsize === 1 ? "float16" : dtype.itemsize === 2 ? "float32" : "float64");
  throw new OptionError("DTYPE_MISMATCH", `${name} is not defined for ${dtype.kind} here; cast with astype first`);
}

/** Functions without a domain of their own: the mask stays, and so do the data beneath it. */
export function plainUnary(name: UnaryName, x: AnyArray, run: (data: NdArray) => NdArray): AnyArray {
  if (!isMaskedArray(x)) return run(x);
  const mask = flatMask(x);
  const data = run(x.data);
  if (mask === nomask) return maskedResult(data, nomask, x);
  const kept = mask.copy(data.order) as unknown as NdArray<"bool">;
  if (name !== "abs" || classOf(x.dtype) !== "c") copyUnder(data, kept, x.data);
  return maskedResult(data, kept, x);
}

export function floating(name: UnaryName, x: AnyArray): AnyArray {
  return plainUnary(name, x, (data) => unaryOf(name, data, floatDType(data.dtype, name)));
}

/** Functions with a domain: outside it, and wherever the result is not finite, a masked array is masked and keeps its data. */
export function domainUnary(name: UnaryName, x: AnyArray, outside: (v: number) => boolean): AnyArray {
  const data = unaryOf(name, isMaskedArray(x) ? x.data : x, floatDType(x.dtype, name));
  if (!isMaskedArray(x)) return data;
  const mask = flatMask(x);
  const flags = isfinite(data) as NdArray<"bool">;
  const values = toFloat64(x.dtype, gather(x.data, data.order), x.size);
  const own = mask === nomask ? undefined : (gather(mask, data.order) as Uint8Array);
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number;
    flags.storage[i] = flags.storage[i] === 0 || outside(v) || (own !== undefined && own[i] !== 0) ? 1 : 0;
  }
  copyUnder(data, flags, x.data);
  return maskedResult(data, flags, x);
}

/** -x. Throws OptionError DTYPE_MISMATCH for bools and what has no numbers. */
export function negative<A extends AnyArray>(x: A): SameMasking<A> {
  return plainUnary("negative", x, (data) => {
    const cls = classOf(data.dtype);
    if (cls === "c") return mapLanes(data, (v) => -v);
    if (cls === "b" || cls === "other")
      if (data.dtype.kind !== "timedelta64")
        throw new OptionError("DTYPE_MISMATCH", `${data.dtype.kind} has no negative`);
    return unaryOf("negative", data, native(data.dtype));
  }) as SameMasking<A>;
}

/** |x|; of complex numbers their modulus. */
export function abs<A extends AnyArray>(x: A): SameMasking<A> {
  return plainUnary("abs", x, (data) => {
    const { kind } = data.dtype;
    if (kind !== "complex64" && kind !== "complex128") return unaryOf("abs", data, native(data.dtype));
    const pairs = gather(data, data.order) as Float64Array;
    const out = zeros(simple(kind === "complex64" ? "float32" : "float64"), data.shape, data.order);
    for (let i = 0; i < out.size; i++) out.storage[i] = Math.hypot(pairs[2 * i] as number, pairs[2 * i + 1] as number);
    return out as unknown as NdArray;
  }) as SameMasking<A>;
}

/** The dtype in host byte order. */
export const native = (dtype: DType): DType =>
  dtype.byteOrder === "big" ? ({ ...dtype, byteOrder: "little" } as DType) : dtype;

function mapLanes(data: NdArray, each: (v: number) => number): NdArray {
  const copy = data.copy(data.order);
  const lanes = copy.storage as Float64Array;
  for (let i = 0; i < lanes.length; i++) lanes[i] = each(lanes[i] as number);
  return copy.with({ dtype: native(data.dtype) });
}

/** Square root. Of masked arrays masked where x < 0. */
export function sqrt<A extends AnyArray>(x: A): SameMasking<A> {
  return domainUnary("sqrt", x, (v) => v < 0) as SameMasking<A>;
}
/** e to the power x, within 1 ulp. */
export function exp<A extends AnyArray>(x: A): SameMasking<A> {
  return floating("exp", x) as SameMasking<A>;
}
/** Natural logarithm, within 1 ulp. Of masked arrays masked where x <= 0. */
export function log<A extends AnyArray>(x: A): SameMasking<A> {
  return domainUnary("log", x, (v) => v <= 0) as SameMasking<A>;
}
/** Sine of radians, within 1 ulp. */
export function sin<A extends AnyArray>(x: A): SameMasking<A> {
  return floating("sin", x) as SameMasking<A>;
}
/** Cosine of radians, within 1 ulp. */
export function cos<A extends AnyArray>(x: A): SameMasking<A> {
  return floating("cos", x) as SameMasking<A>;
}

/** 0: finite, 1: infinite, 2: NaN (or NaT), over the elements in the array's order. */
function classify(data: NdArray): Uint8Array {
  const out = new Uint8Array(data.size);
  const { kind } = data.dtype;
  const lanes = gather(data, data.order);
  const judge = (v: number): number => (Number.isFinite(v) ? 0 : Number.isNaN(v) ? 2 : 1);
  if (isTime(data.dtype)) {
    const counts = lanes as BigInt64Array;
    for (let i = 0; i < out.length; i++) out[i] = counts[i] === NAT ? 2 : 0;
  } else if (kind === "complex64" || kind === "complex128") {
    const pairs = lanes as Float64Array;
    for (let i = 0; i < out.length; i++)
      out[i] = Math.max(judge(pairs[2 * i] as number), judge(pairs[2 * i + 1] as number));
  } else if (
    kind === "float16" ||
    kind === "float32" ||
    kind === "float64" ||
    kind === "longdouble" ||
    kind === "clongdouble"
  ) {
    const values = toFloat64(data.dtype, lanes, out.length);
    for (let i = 0; i < out.length; i++) out[i] = judge(values[i] as number);
  } else if (classOf(data.dtype) === "other")
    throw new OptionError("DTYPE_MISMATCH", `${kind} has no notion of finite`);
  return out;
}

function test(x: AnyArray, table: readonly [finite: 0 | 1, infinite: 0 | 1, nan: 0 | 1]): AnyArray {
  const data = isMaskedArray(x) ? x.data : x;
  const flags = classify(data);
  for (let i = 0; i < flags.length; i++) flags[i] = table[flags[i] as number] as number;
  const out = zeros(simple("bool"), data.shape, data.order).with({
    storage: flags,
    shape: data.shape,
    order: data.order,
  });
  if (!isMaskedArray(x)) return out as unknown as NdArray;
  const mask = flatMask(x);
  const kept = mask === nomask ? zeros("bool", x.shape, x.order) : (mask.copy() as unknown as NdArray<"bool">);
  return maskedResult(out as unknown as NdArray, kept, x);
}

/** Which elements are NaN (for times: NaT); the mask stays (nomask becomes all false, as with NumPy's own isnan). */
export function isnan<A extends AnyArray>(x: A): SameMasking<A, "bool"> {
  return test(x, [0, 0, 1]) as SameMasking<A, "bool">;
}
/** Which elements are neither NaN nor infinite. */
export function isfinite<A extends AnyArray>(x: A): SameMasking<A, "bool"> {
  return test(x, [1, 0, 0]) as SameMasking<A, "bool">;
}
/** Which elements are infinite. */
export function isinf<A extends AnyArray>(x: A): SameMasking<A, "bool"> {
  return test(x, [0, 1, 0]) as SameMasking<A, "bool">;
}
