import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import { type FullMask, MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { zeros } from "../array/zeros.ts";
import { type DType, maskDType, simple } from "../dtype/dtype.ts";
import type { Elements, Kind } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import { type NoMask, nomask } from "../symbols.ts";
import { castArray } from "./astype.ts";
import { broadcastTo } from "./broadcast.ts";
import { toFloat64 } from "./cast.ts";
import { fillArray } from "./fill.ts";
import { filledWith } from "./filled.ts";
import { equal, greater, greaterEqual, less, lessEqual, notEqual } from "./logic.ts";
import { anyTrue, orInto } from "./mask-bits.ts";
import { type FloatKind, rounded } from "./number-text.ts";
import type { KindIn } from "./reductions.ts";
import { isfinite } from "./unary.ts";

/** A condition as flags over a shape: what is masked in the condition counts as true. */
function conditionFlags(condition: AnyArray, shape: readonly number[]): NdArray<"bool"> {
  const truth = isMaskedArray(condition) ? filledWith(condition, fillArray(true, simple("bool"))) : condition;
  const flags = broadcastTo(castArray(truth, "bool"), shape);
  return flags.copy("C") as unknown as NdArray<"bool">;
}

/**
 * The array masked where a condition is true (and where it was masked before), as `np.ma.masked_where`: nomask when nothing is.
 * Data are shared, not copied. Throws OptionError SHAPE_MISMATCH.
 */
export function maskedWhere<A extends AnyArray>(condition: AnyArray, x: A): MaskedArray<KindIn<A>> {
  const flags = conditionFlags(condition, x.shape);
  const own = isMaskedArray(x) ? x.mask : nomask;
  const base = (isMaskedArray(x) ? x : new MaskedArray({ data: x as NdArray })) as MaskedArray;
  const wanted = maskDType(x.dtype);
  const spread =
    wanted.kind === "struct" ? (castArray(flags as unknown as NdArray, wanted as DType) as unknown as FullMask) : flags;
  const mask = own === nomask ? spread : unite(spread, own);
  const any = anyTrue(mask.storage);
  return base.with({ mask: any ? mask : nomask }) as unknown as MaskedArray<KindIn<A>>;
}

function unite(flags: FullMask, own: FullMask): FullMask {
  orInto(flags.storage, gather(own as unknown as NdArray, "C") as Uint8Array);
  return flags;
}

type Value<A> = Elements[KindIn<A>]["scalar"] extends infer S
  ? S extends number | bigint | boolean
    ? number | bigint | boolean
    : S
  : never;

/** Masked where equal to a value, which becomes the fill value, as `np.ma.masked_equal`. */
export function maskedEqual<A extends AnyArray>(x: A, value: Value<A>): MaskedArray<KindIn<A>> {
  const made = maskedWhere(equal(x, value as number), x);
  const fill = castArray(scalarArray(value), made.dtype as unknown as DType);
  return made.with({ fillValue: fill });
}
/** Masked where different from a value. */
export function maskedNotEqual<A extends AnyArray>(x: A, value: Value<A>): MaskedArray<KindIn<A>> {
  return maskedWhere(notEqual(x, value as number), x);
}
/** Masked where greater than a value. */
export function maskedGreater<A extends AnyArray>(x: A, value: Value<A>): MaskedArray<KindIn<A>> {
  return maskedWhere(greater(x, value as number), x);
}
/** Masked where greater than or equal to a value. */
export function maskedGreaterEqual<A extends AnyArray>(x: A, value: Value<A>): MaskedArray<KindIn<A>> {
  return maskedWhere(greaterEqual(x, value as number), x);
}
/** Masked where less than a value. */
export function maskedLess<A extends AnyArray>(x: A, value: Value<A>): MaskedArray<KindIn<A>> {
  return maskedWhere(less(x, value as number), x);
}
/** Masked where less than or equal to a value. */
export function maskedLessEqual<A extends AnyArray>(x: A, value: Value<A>): MaskedArray<KindIn<A>> {
  return maskedWhere(lessEqual(x, value as number), x);
}

function scalarArray(value: unknown): NdArray {
  if (typeof value === "bigint") return fillArray(value, simple("int64"));
  if (typeof value === "boolean") return fillArray(value, simple("bool"));
  if (typeof value === "number") return fillArray(value, simple("float64"));
  throw new OptionError("OPTION_INVALID", "the value is a number, a bigint or a bool");
}

/** Inside (bounds included) or outside an interval whose bounds come in either order. */
function interval(x: AnyArray, a: number | bigint, b: number | bigint, inside: boolean): MaskedArray {
  const [low, high] = a <= b ? [a, b] : [b, a];
  const data = isMaskedArray(x) ? filledWith(x) : x;
  const p = (inside ? greaterEqual(data, low) : less(data, low)).storage;
  const q = inside ? lessEqual(data, high) : greater(data, high);
  for (let i = 0; i < p.length; i++)
    q.storage[i] = inside ? (p[i] as number) & (q.storage[i] as number) : (p[i] as number) | (q.storage[i] as number);
  return maskedWhere(q as unknown as NdArray, x) as MaskedArray;
}
/** Masked between two values (both included), given in either order. */
export function maskedInside<A extends AnyArray>(x: A, a: number | bigint, b: number | bigint): MaskedArray<KindIn<A>> {
  return interval(x, a, b, true) as unknown as MaskedArray<KindIn<A>>;
}
/** Masked below the smaller and above the larger of two values. */
export function maskedOutside<A extends AnyArray>(
  x: A,
  a: number | bigint,
  b: number | bigint,
): MaskedArray<KindIn<A>> {
  return interval(x, a, b, false) as unknown as MaskedArray<KindIn<A>>;
}

/** Masked where NaN or infinite (for times: NaT); always has a mask, as `np.ma.masked_invalid`. */
export function maskedInvalid<A extends AnyArray>(x: A): MaskedArray<KindIn<A>> {
  const finite = isfinite(x as AnyArray);
  const flags = isMaskedArray(finite) ? finite.data : finite;
  const bad = flags.copy("C") as NdArray<"bool">;
  for (let i = 0; i < bad.size; i++) bad.storage[i] = bad.storage[i] === 0 ? 1 : 0;
  const made = maskedWhere(bad as unknown as NdArray, x);
  return made.mask === nomask ? made.with({ mask: made.maskArray() }) : made;
}

/** Options of {@link maskedValues}. */
export interface MaskedValuesOptions {
  /** Relative tolerance. Default 1e-5. */
  readonly rtol?: number;
  /** Absolute tolerance. Default 1e-8. */
  readonly atol?: number;
  /** Give nomask when nothing is masked. Default true. */
  readonly shrink?: boolean;
}

/** Masked where floats are within `atol + rtol * |value|` of a value (other dtypes: equal to it), which becomes the fill value. */
export function maskedValues<A extends AnyArray>(
  x: A,
  value: number,
  options: MaskedValuesOptions = {},
): MaskedArray<KindIn<A>> {
  const { rtol = 1e-5, atol = 1e-8, shrink = true } = options;
  const fill = castArray(fillArray(value, simple("float64")), x.dtype);
  const data: NdArray = isMaskedArray(x) ? filledWith(x, fill) : (x as NdArray);
  let mask: NdArray<"bool">;
  if (data.dtype.kind.startsWith("float")) {
    const values = toFloat64(data.dtype, gather(data, "C"), data.size);
    mask = zeros("bool", data.shape);
    // A Python float beside an array of lower precision is rounded to it, and so are differences.
    const round = rounded[data.dtype.kind as FloatKind];
    const target = round(value);
    const bound = round(atol + rtol * Math.abs(value));
    for (let i = 0; i < values.length; i++) {
      const v = values[i] as number;
      mask.storage[i] = v === target || round(Math.abs(round(v - target))) <= bound ? 1 : 0;
    }
  } else mask = equal(data, value).copy("C") as NdArray<"bool">;
  const kept: NdArray<"bool"> | NoMask = shrink && !anyTrue(mask.storage) ? nomask : mask;
  return new MaskedArray({ data, mask: kept, fillValue: fill }) as unknown as MaskedArray<KindIn<A>>;
}

/** As {@link maskedWhere}, by a rule for object arrays: masked where an element is the value itself. */
export function maskedObject<K extends Kind>(x: NdArray<K>, value: unknown): MaskedArray<K> {
  const elements = gather(x as unknown as NdArray, "C") as readonly unknown[];
  const flags = zeros("bool", x.shape);
  for (let i = 0; i < flags.size; i++) flags.storage[i] = Object.is(elements[i], value) ? 1 : 0;
  return new MaskedArray<K>({ data: x, mask: anyTrue(flags.storage) ? flags : nomask });
}
