import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import { type FullMask, MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { zeros } from "../array/zeros.ts";
import { type DType, simple } from "../dtype/dtype.ts";
import type { Kind } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import { type Masked, nomask } from "../symbols.ts";
import { divide, multiply, subtract } from "./arithmetic.ts";
import { castArray } from "./astype.ts";
import { type Axis, layoutOf, reducedCount, reducedShape, resolveAxis } from "./axis.ts";
import { broadcastTo } from "./broadcast.ts";
import { fromFloat64, toFloat64 } from "./cast.ts";
import { filledWith } from "./filled.ts";
import { anyTrue } from "./mask-bits.ts";
import { flatMask } from "./operands.ts";
import { classOf, promote } from "./promote.ts";
import { type Along, type Ddof, fold, truth, type Whole } from "./reduce.ts";
import { count, dropAxis, maskedReduction, plainResult } from "./reductions.ts";
import { abs, type SameMasking, sqrt } from "./unary.ts";

/** A float (complex: the complex number), `masked`, or an array of them. */
export type Statistic<A, O extends Along> = O extends
  | { readonly axis: number | readonly number[] }
  | { readonly keepdims: true }
  ? SameMasking<A, Kind>
  : number | (A extends MaskedArray ? Masked : never);

type WithDdof = Along & Ddof;

function numeric(dtype: DType, name: string): "b" | "u" | "i" | "f" | "c" {
  const cls = classOf(dtype);
  if (cls === "other")
    throw new OptionError("DTYPE_MISMATCH", `${name} is not defined for ${dtype.kind} here; cast with astype first`);
  return cls;
}

/** What NumPy sums a mean in: float64 for integers, float32 for float16. */
function sumType(dtype: DType, name: string): DType {
  const cls = numeric(dtype, name);
  if (cls === "f") return simple(dtype.kind === "float16" ? "float32" : (dtype.kind as "float64"));
  return cls === "c" ? simple(dtype.kind as "complex128") : simple("float64");
}

const countsOf = (x: AnyArray, along: Along): NdArray =>
  count(x, {
    axis: along.axis as number,
    keepdims: along.keepdims ?? false,
    ...(along.axis === undefined ? { keepdims: true } : {}),
  }) as unknown as NdArray;

/** The mean with its axes kept, as an array; masked arrays divide as np.ma does, so in float64. */
function meanKept(x: AnyArray, axis: Axis): AnyArray {
  const kept = { axis, keepdims: true };
  const type = sumType(x.dtype, "mean");
  const data = isMaskedArray(x) ? filledWith(x, zeros(x.dtype, []) as unknown as NdArray) : x;
  const total = fold("sum", data, kept, type);
  const n = countsOf(x, kept);
  if (!isMaskedArray(x) || x.mask === nomask) {
    const per = castArray(n, type.kind.startsWith("complex") ? "complex128" : "float64");
    const mean = castArray(divide(castArray(total, promote(type, per.dtype)), per), type);
    const result = x.dtype.kind === "float16" ? castArray(mean, "float16") : mean;
    return isMaskedArray(x) ? new MaskedArray({ data: result }) : result;
  }
  const sums = maskedReduction(x, total, kept) as MaskedArray;
  return divide(sums.with({ data: castArray(sums.data, promote(type, simple("float64"))) as never }), n);
}

/** Arithmetic mean of the unmasked elements, in float64 for integers. Float results within a few ulp of NumPy's. */
export function mean<A extends AnyArray, const O extends Along = Whole>(x: A, along?: O): Statistic<A, O> {
  const kept = meanKept(x, along?.axis);
  const half = isMaskedArray(x) && x.dtype.kind === "float16" ? kept.astype("float16") : kept;
  return dropAxis(half as AnyArray, x, along ?? {}) as Statistic<A, O>;
}

/** What each unmasked element differs from the mean (of all, or along axes), as `np.ma.anom`. */
export function anom<A extends AnyArray>(x: A, along: { readonly axis?: Axis } = {}): SameMasking<A> {
  return subtract(x, mean(x, { axis: along.axis as number, keepdims: true }) as AnyArray) as unknown as SameMasking<A>;
}

function varianceKept(x: AnyArray, options: WithDdof): AnyArray {
  if (!isMaskedArray(x)) return plainVariance(x, options);
  const mask = flatMask(x);
  return mask === nomask ? new MaskedArray({ data: plainVariance(x.data, options) }) : maskedVariance(x, mask, options);
}

/** As NumPy's `_var`: every step in the array's own precision (integers: float64). */
function plainVariance(x: NdArray, { axis, ddof = 0 }: WithDdof): NdArray {
  const kept = { axis, keepdims: true };
  const type = x.dtype.kind === "float16" ? simple("float16") : sumType(x.dtype, "var");
  const complex = type.kind === "complex64" || type.kind === "complex128";
  const real: DType = complex ? simple(type.kind === "complex64" ? "float32" : "float64") : type;
  const wide = castArray(x, type);
  const n = reducedCount(x.shape, axis);
  const per = (total: NdArray, by: number): NdArray =>
    divide(castArray(total, promote(total.dtype, simple("float64"))), by);
  const center = castArray(per(fold("sum", wide, kept, type), n), type);
  const apart = subtract(wide, center);
  const modulus = complex ? abs(apart) : apart;
  const total = fold("sum", multiply(modulus, modulus), kept, real);
  return castArray(per(total, Math.max(n - ddof, 0)), real);
}

/** As np.ma's `var`: about the mean in float64, which for float16 is rounded first. */
function maskedVariance(x: MaskedArray, mask: NdArray, { axis, ddof = 0 }: WithDdof): MaskedArray {
  const kept = { axis, keepdims: true };
  const mean = meanKept(x, axis);
  const apart = subtract(x, x.dtype.kind === "float16" ? mean.astype("float16") : mean);
  const modulus = classOf(x.dtype) === "c" ? abs(apart) : apart;
  const squares = multiply(modulus, modulus) as MaskedArray;
  const total = fold("sum", filledWith(squares, zeros(squares.dtype, [])), kept, squares.dtype);
  const n = subtract(countsOf(x, kept), BigInt(ddof)) as NdArray;
  const made = divide(maskedReduction(squares, total, kept) as MaskedArray, n);
  const hidden = truth("all", mask, kept);
  const flags = hidden.storage as Uint8Array;
  const counts = n.storage as BigInt64Array;
  for (let i = 0; i < flags.length; i++) if ((counts[i] as bigint) <= 0n) flags[i] = 1;
  // As `mask_or` leaves it: nomask when nothing is masked.
  return made.with({ mask: anyTrue(flags) ? (hidden as unknown as FullMask) : nomask });
}

/** Variance of the unmasked elements: the mean of the squared distances from the mean (`ddof` is taken from the count). */
export function variance<A extends AnyArray, const O extends WithDdof = Whole>(x: A, options?: O): Statistic<A, O> {
  return dropAxis(varianceKept(x, options ?? {}), x, options ?? {}) as Statistic<A, O>;
}

/** Standard deviation: the square root of {@link variance}. */
export function std<A extends AnyArray, const O extends WithDdof = Whole>(x: A, options?: O): Statistic<A, O> {
  const kept = varianceKept(x, options ?? {});
  return dropAxis(sqrt(kept), x, options ?? {}) as Statistic<A, O>;
}

/** Middle of the unmasked elements (mean of the middle two where their number is even); NaN if there is one. */
export function median<A extends AnyArray, const O extends Along = Whole>(x: A, along?: O): Statistic<A, O> {
  const options: Along = along ?? {};
  const cls = numeric(x.dtype, "median");
  if (cls === "c") throw new OptionError("DTYPE_MISMATCH", "median is not defined for complex numbers here");
  const data = isMaskedArray(x) ? x.data : (x as NdArray);
  const l = layoutOf(data, options.axis);
  const mask = flatMask(x);
  const flags = mask === nomask ? undefined : (layoutOf(mask, options.axis).lanes as Uint8Array);
  const type = cls === "f" ? simple(x.dtype.kind as "float64") : simple("float64");
  const out = zeros(type, reducedShape(x.shape, options.axis, options.keepdims ?? false)) as unknown as NdArray;
  const middle = new Float64Array(out.size);
  const row = new Float64Array(l.n);
  const values = toFloat64(l.dtype, l.lanes, l.outer * l.n * l.inner);
  for (let o = 0; o < l.outer; o++)
    for (let j = 0; j < l.inner; j++) {
      let n = 0;
      for (let r = 0; r < l.n; r++) {
        const at = (o * l.n + r) * l.inner + j;
        if (flags === undefined || flags[at] === 0) row[n++] = values[at] as number;
      }
      middle[o * l.inner + j] =
        n === 0 ? (flags === undefined ? Number.NaN : 0) : middleOf(row.subarray(0, n).sort(), type);
    }
  fromFloat64(middle, type, out.storage);
  return (isMaskedArray(x) ? maskedReduction(x, out, options) : plainResult(out, options)) as Statistic<A, O>;
}

/** Of sorted values (NaN last). */
function middleOf(sorted: Float64Array, type: DType): number {
  const n = sorted.length;
  if (Number.isNaN(sorted[n - 1])) return Number.NaN;
  const high = sorted[n >> 1] as number;
  if (n % 2 === 1) return high;
  const sum = (sorted[(n >> 1) - 1] as number) + high;
  return (type.kind === "float64" ? sum : Math.fround(sum)) / 2;
}

/** Mean weighted by `weights` (of x's shape, or one per element along `axis`); the plain mean without them. */
export function average<A extends AnyArray, const O extends Along & { readonly weights?: NdArray } = Whole>(
  x: A,
  options?: O,
): Statistic<A, O> {
  const weights = options?.weights;
  if (weights === undefined) return mean(x, options) as Statistic<A, O>;
  const axis = options?.axis;
  const kept = { axis, keepdims: true };
  const cls = numeric(x.dtype, "average");
  const own = promote(x.dtype, weights.dtype);
  const type = cls === "f" || cls === "c" ? own : promote(own, simple("float64"));
  let w: NdArray = castArray(weights, type);
  if (weights.shape.join() !== x.shape.join()) {
    if (typeof axis !== "number" || weights.ndim !== 1)
      throw new OptionError("SHAPE_MISMATCH", "weights have the array's shape, or are one per element along the axis");
    const at = resolveAxis(axis, x.ndim);
    w = w.reshape(x.shape.map((_, i) => (i === at ? -1 : 1)));
  }
  const full = broadcastTo(w, x.shape);
  const mask = flatMask(x);
  const scaled = isMaskedArray(x) && mask !== nomask ? maskedWeights(full, mask) : full;
  const scale = fold("sum", scaled, kept, type);
  const products = multiply(x.astype(type) as AnyArray, full) as AnyArray;
  if (!isMaskedArray(products)) {
    const total = fold("sum", products as NdArray, kept, type);
    return dropAxis(divide(total, scale), x, options ?? {}) as Statistic<A, O>;
  }
  const total = fold("sum", filledWith(products, zeros(type, []) as unknown as NdArray), kept, type);
  const result = divide(maskedReduction(products, total, kept) as MaskedArray, scale);
  return dropAxis(result, x, options ?? {}) as Statistic<A, O>;
}

function maskedWeights(weights: NdArray, mask: NdArray): NdArray {
  const out = weights.copy("C");
  const flags = gather(mask, "C") as Uint8Array;
  const lanes = out.storage as Float64Array;
  const step = lanes.length / Math.max(flags.length, 1);
  for (let i = 0; i < flags.length; i++) if (flags[i] !== 0) lanes.fill(0, i * step, (i + 1) * step);
  return out;
}
