import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { type FullMask, MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { zeros } from "../array/zeros.ts";
import type { DType } from "../dtype/dtype.ts";
import type { Elements, Kind } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import { type Masked, masked, nomask } from "../symbols.ts";
import { subtract } from "./arithmetic.ts";
import { castArray } from "./astype.ts";
import { layoutOf, reducedCount, reducedShape, resolveAxis } from "./axis.ts";
import { familyOf } from "./cast.ts";
import { extreme, filledWith } from "./filled.ts";
import type { FoldName } from "./kernels-reduce.ts";
import { countTrue } from "./mask-bits.ts";
import { copyUnder } from "./masked-store.ts";
import { flatMask } from "./operands.ts";
import { type Along, accumulate, argExtreme, fold, sumDType, truth, type Whole } from "./reduce.ts";
import type { SameMasking } from "./unary.ts";

/** What a reduction gives: without `axis` and `keepdims` a scalar (or `masked`), else an array of the kind. */
export type Reduced<A, K extends Kind, O extends Along> = O extends
  | { readonly axis: number | readonly number[] }
  | { readonly keepdims: true }
  ? SameMasking<A, K>
  : Elements[K]["scalar"] | (A extends MaskedArray ? Masked : never);
/** The kind of an array's elements. */
export type KindIn<A> = A extends NdArray<infer K> ? K : A extends MaskedArray<infer K> ? K : Kind;
/** The kind NumPy adds up and multiplies each kind in. */
export interface Sums extends Record<Kind, Kind> {
  bool: "int64";
  int8: "int64";
  int16: "int64";
  int32: "int64";
  int64: "int64";
  uint8: "uint64";
  uint16: "uint64";
  uint32: "uint64";
  uint64: "uint64";
  float16: "float16";
  float32: "float32";
  float64: "float64";
  complex64: "complex64";
  complex128: "complex128";
  longdouble: "longdouble";
  clongdouble: "clongdouble";
  bytes: "bytes";
  str: "str";
  void: "void";
  datetime64: "datetime64";
  timedelta64: "timedelta64";
  struct: "struct";
  object: "object";
  string: "string";
}
/** The kind NumPy adds one up in; see {@link Sums}. */
export type SumKind<K extends Kind> = Sums[K];

const isWhole = (along: Along): boolean => along.axis === undefined && along.keepdims !== true;

/** A plain result as callers get it. */
export function plainResult(result: NdArray, along: Along): unknown {
  return isWhole(along) ? result.at() : result;
}

/** A masked array's result: masked where everything reduced was masked (nomask stays nomask). */
export function maskedReduction(x: MaskedArray, result: NdArray, along: Along): unknown {
  const mask = flatMask(x);
  if (mask === nomask) return isWhole(along) ? result.at() : new MaskedArray({ data: result });
  const hidden = truth("all", mask, along) as unknown as NdArray<"bool">;
  if (isWhole(along)) return hidden.at() ? masked : result.at();
  return new MaskedArray({ data: result, mask: hidden as FullMask });
}

/** A constant of a dtype, to fill with. */
function constant(value: number, dtype: DType): NdArray {
  const one = zeros("float64", []);
  one.storage[0] = value;
  return castArray(one as unknown as NdArray, dtype);
}

function folded(name: FoldName, x: AnyArray, along: Along): unknown {
  if (x.dtype.kind === "datetime64" && (name === "sum" || name === "prod"))
    throw new OptionError("DTYPE_MISMATCH", "dates are not added up; subtract one to have spans");
  const run = (data: NdArray): NdArray =>
    fold(name, data, along, name === "min" || name === "max" ? native(data.dtype) : sumDType(data.dtype));
  if (!isMaskedArray(x)) return plainResult(run(x), along);
  if ((name === "sum" || name === "prod") && x.mask !== nomask && familyOf(sumDType(x.dtype)) === "real") {
    const hidden = { mask: x.mask as unknown as NdArray, value: name === "sum" ? 0 : 1 };
    return maskedReduction(x, fold(name, x.data, along, sumDType(x.dtype), hidden), along);
  }
  const under =
    name === "sum" || name === "prod"
      ? constant(name === "sum" ? 0 : 1, x.dtype)
      : extreme(x.dtype, name === "min" ? "high" : "low");
  const result = maskedReduction(x, run(filledWith(x, under)), along);
  if (isMaskedArray(result) && result.mask !== nomask && (name === "min" || name === "max"))
    copyUnder(result.data, result.mask as NdArray<"bool">, result.fill());
  return result;
}

const native = (dtype: DType): DType =>
  dtype.byteOrder === "big" ? ({ ...dtype, byteOrder: "little" } as DType) : dtype;

/**
 * Sum of the unmasked elements; integers and bools in 64 bits (wrapping). Floats add up in NumPy's own order (pairwise along contiguous
 * memory, in the array's precision), so contiguous arrays give NumPy's bits; elsewhere the error is at most log2(n) ulp of the sum of
 * magnitudes.
 */
export function sum<A extends AnyArray, const O extends Along = Whole>(
  x: A,
  along?: O,
): Reduced<A, SumKind<KindIn<A>>, O> {
  return folded("sum", x, along ?? {}) as Reduced<A, SumKind<KindIn<A>>, O>;
}
/** Product of the unmasked elements; integers and bools in 64 bits (wrapping). */
export function prod<A extends AnyArray, const O extends Along = Whole>(
  x: A,
  along?: O,
): Reduced<A, SumKind<KindIn<A>>, O> {
  return folded("prod", x, along ?? {}) as Reduced<A, SumKind<KindIn<A>>, O>;
}
/** Smallest unmasked element; NaN if there is one. Throws OptionError SHAPE_MISMATCH when there is nothing to compare. */
export function min<A extends AnyArray, const O extends Along = Whole>(x: A, along?: O): Reduced<A, KindIn<A>, O> {
  return folded("min", x, along ?? {}) as Reduced<A, KindIn<A>, O>;
}
/** Largest unmasked element; NaN if there is one. Throws OptionError SHAPE_MISMATCH when there is nothing to compare. */
export function max<A extends AnyArray, const O extends Along = Whole>(x: A, along?: O): Reduced<A, KindIn<A>, O> {
  return folded("max", x, along ?? {}) as Reduced<A, KindIn<A>, O>;
}
/** Largest minus smallest unmasked element (integers wrap). */
export function ptp<A extends AnyArray, const O extends Along = Whole>(x: A, along?: O): Reduced<A, KindIn<A>, O> {
  const kept = { axis: along?.axis, keepdims: true };
  const high = folded("max", x, kept) as AnyArray;
  const low = folded("min", x, kept) as AnyArray;
  const wide = subtract(high, low);
  return dropAxis(wide, x, along ?? {}) as Reduced<A, KindIn<A>, O>;
}

/** A result computed with keepdims, as `along` asks for it. */
export function dropAxis(result: AnyArray, x: AnyArray, along: Along): unknown {
  if (isWhole(along)) return result.reshape([]).at();
  return along.keepdims ? result : result.reshape(reducedShape(x.shape, along.axis, false));
}

/** Whether any unmasked element is true. */
export function any<A extends AnyArray, const O extends Along = Whole>(x: A, along?: O): Reduced<A, "bool", O> {
  return truthOf("any", x, along ?? {}) as Reduced<A, "bool", O>;
}
/** Whether every unmasked element is true. */
export function all<A extends AnyArray, const O extends Along = Whole>(x: A, along?: O): Reduced<A, "bool", O> {
  return truthOf("all", x, along ?? {}) as Reduced<A, "bool", O>;
}
function truthOf(name: "any" | "all", x: AnyArray, along: Along): unknown {
  if (!isMaskedArray(x)) return plainResult(truth(name, x, along), along);
  const filled = filledWith(x, constant(name === "any" ? 0 : 1, x.dtype));
  return maskedReduction(x, truth(name, filled, along), along);
}

/** Along one axis, or of the flattened array. */
export interface AlongOne extends Along {
  readonly axis?: number | undefined;
}

/** An index, or one index per remaining element. */
export type Indices<O extends Along> = O extends
  | { readonly axis: number | readonly number[] }
  | { readonly keepdims: true }
  ? NdArray<"int64">
  : number;

/** Index of the first smallest unmasked element (of the flattened array, or along an axis). */
export function argmin<const O extends AlongOne = Whole>(x: AnyArray, along?: O): Indices<O> {
  return indexOf("argmin", x, along ?? {}) as Indices<O>;
}
/** Index of the first largest unmasked element (of the flattened array, or along an axis). */
export function argmax<const O extends AlongOne = Whole>(x: AnyArray, along?: O): Indices<O> {
  return indexOf("argmax", x, along ?? {}) as Indices<O>;
}
function indexOf(name: "argmin" | "argmax", x: AnyArray, along: AlongOne): unknown {
  if (along.axis !== undefined) resolveAxis(along.axis, x.ndim);
  const data = isMaskedArray(x) ? filledWith(x, extreme(x.dtype, name === "argmin" ? "high" : "low")) : x;
  const result = argExtreme(name, data, along);
  return isWhole(along) ? Number(result.at()) : result;
}

/** Number of unmasked elements. Throws OptionError DTYPE_MISMATCH for records with a mask: count a field. */
export function count<const O extends Along = Whole>(x: AnyArray, along?: O): Indices<O> {
  const { axis, keepdims = false } = along ?? {};
  const mask = isMaskedArray(x) ? flatMask(x) : nomask;
  if (axis === undefined && !keepdims) {
    const hidden = mask === nomask ? 0 : countTrue(layoutOf(mask, undefined, mask.order).lanes as Uint8Array);
    return (x.size - hidden) as Indices<O>;
  }
  const shape = reducedShape(x.shape, axis, keepdims);
  const out = zeros("int64", shape);
  const per = reducedCount(x.shape, axis);
  if (mask === nomask) out.storage.fill(BigInt(per));
  else {
    const hidden = fold("sum", castArray(mask, "int64"), { axis, keepdims }, sumDType(mask.dtype))
      .storage as BigInt64Array;
    for (let i = 0; i < out.size; i++) out.storage[i] = BigInt(per) - (hidden[i] as bigint);
  }
  return out as Indices<O>;
}

/** Running sums along an axis (of the flattened array when left out); masked elements add nothing and stay masked. */
export function cumsum<A extends AnyArray>(
  x: A,
  along: { readonly axis?: number } = {},
): SameMasking<A, SumKind<KindIn<A>>> {
  return running("sum", x, along.axis) as SameMasking<A, SumKind<KindIn<A>>>;
}
/** Running products along an axis (of the flattened array when left out); masked elements change nothing and stay masked. */
export function cumprod<A extends AnyArray>(
  x: A,
  along: { readonly axis?: number } = {},
): SameMasking<A, SumKind<KindIn<A>>> {
  return running("prod", x, along.axis) as SameMasking<A, SumKind<KindIn<A>>>;
}
function running(name: "sum" | "prod", x: AnyArray, axis: number | undefined): AnyArray {
  if (!isMaskedArray(x)) return accumulate(name, x, axis);
  const data = accumulate(name, filledWith(x, constant(name === "sum" ? 0 : 1, x.dtype)), axis);
  const mask = flatMask(x);
  return new MaskedArray({
    data,
    mask:
      mask === nomask ? nomask : ((axis === undefined ? mask.reshape([x.size]) : mask).copy() as unknown as FullMask),
  });
}
