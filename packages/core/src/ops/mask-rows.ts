import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import { type FullMask, MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { zeros } from "../array/zeros.ts";
import type { Kind } from "../dtype/elements.ts";
import { type DTypeInput, type KindOf, resolveDType } from "../dtype/names.ts";
import { OptionError } from "../errors.ts";
import { nomask } from "../symbols.ts";
import { castArray } from "./astype.ts";
import { type Axis, resolveAxes, resolveAxis } from "./axis.ts";
import { full } from "./create.ts";
import { flatMask } from "./operands.ts";
import { type Along, fold, type Whole } from "./reduce.ts";
import { type Indices, type KindIn, plainResult } from "./reductions.ts";
import { take } from "./shape.ts";

/** For each index along an axis, whether something there is masked. */
function marked(mask: NdArray, axis: number): Uint8Array {
  const flags = gather(mask, "C") as Uint8Array;
  const n = mask.shape[axis] as number;
  const inner = mask.shape.slice(axis + 1).reduce((p, k) => p * k, 1);
  const out = new Uint8Array(n);
  for (let i = 0; i < flags.length; i++) if (flags[i] !== 0) out[Math.floor(i / inner) % n] = 1;
  return out;
}

/**
 * Rows and columns (or, with `axis` 0 rows only, 1 columns only) of a two-dimensional array masked whole where one of their elements is,
 * as `np.ma.mask_rowcols`. Data are shared, not copied. Throws OptionError SHAPE_MISMATCH for other numbers of dimensions.
 */
export function maskRowcols<A extends AnyArray>(x: A, axis?: number): MaskedArray<KindIn<A>> {
  if (x.ndim !== 2) throw new OptionError("SHAPE_MISMATCH", `rows and columns need two dimensions, not ${x.ndim}`);
  const base = (isMaskedArray(x) ? x : new MaskedArray({ data: x as NdArray })) as unknown as MaskedArray<KindIn<A>>;
  const mask = flatMask(x);
  if (mask === nomask) return base;
  const only = axis === undefined ? undefined : resolveAxis(axis, 2);
  const [rows, columns] = [0, 1].map((at) => (only === undefined || only === at ? marked(mask, at) : undefined));
  const [n = 0, width = 0] = x.shape;
  const out = mask.copy("C") as unknown as NdArray<"bool">;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < width; j++) if (rows?.[i] === 1 || columns?.[j] === 1) out.storage[i * width + j] = 1;
  return base.with({ mask: out as FullMask });
}
/** Rows masked whole where one of their elements is; see {@link maskRowcols}. */
export function maskRows<A extends AnyArray>(x: A): MaskedArray<KindIn<A>> {
  return maskRowcols(x, 0);
}
/** Columns masked whole where one of their elements is; see {@link maskRowcols}. */
export function maskCols<A extends AnyArray>(x: A): MaskedArray<KindIn<A>> {
  return maskRowcols(x, 1);
}

/** The data without every slice, along an axis (or several; default all), that has a masked element, as `np.ma.compress_nd`. */
export function compressNd<A extends AnyArray>(x: A, axis?: Axis): NdArray<KindIn<A>> {
  const mask = flatMask(x);
  let data = (isMaskedArray(x) ? x.data : x) as NdArray;
  if (mask !== nomask)
    for (const at of resolveAxes(axis, x.ndim)) {
      const drop = marked(mask, at);
      data = take(
        data,
        [...drop.keys()].filter((i) => drop[i] === 0),
        at,
      );
    }
  return data.copy("C") as unknown as NdArray<KindIn<A>>;
}
/** The rows of a two-dimensional array that have no masked element, as `np.ma.compress_rows`. Throws OptionError SHAPE_MISMATCH. */
export function compressRows<A extends AnyArray>(x: A): NdArray<KindIn<A>> {
  if (x.ndim !== 2) throw new OptionError("SHAPE_MISMATCH", `rows need two dimensions, not ${x.ndim}`);
  return compressNd(x, 0);
}
/** The columns of a two-dimensional array that have no masked element, as `np.ma.compress_cols`. Throws OptionError SHAPE_MISMATCH. */
export function compressCols<A extends AnyArray>(x: A): NdArray<KindIn<A>> {
  if (x.ndim !== 2) throw new OptionError("SHAPE_MISMATCH", `columns need two dimensions, not ${x.ndim}`);
  return compressNd(x, 1);
}

/** The elements, rows, … along an axis (default: of the flattened array) where a condition is true, as `np.compress`. Throws OptionError. */
export function compress<A extends AnyArray>(condition: AnyArray | readonly boolean[], x: A, axis?: number): A {
  const flags = Array.isArray(condition)
    ? (condition as readonly boolean[]).map(Number)
    : [...(gather(castArray(plain(condition as AnyArray), "bool"), "C") as Uint8Array)];
  const kept = flags.flatMap((flag, i) => (flag === 0 ? [] : [i]));
  return take(x, kept, axis);
}
const plain = (x: AnyArray): NdArray => (isMaskedArray(x) ? (x.filled(false as never) as NdArray) : x);

/** How many elements are masked, of all or along axes, as `np.ma.count_masked`. Throws OptionError DTYPE_MISMATCH for records. */
export function countMasked<const O extends Along = Whole>(x: AnyArray, along?: O): Indices<O> {
  const mask = flatMask(x);
  const flags = mask === nomask ? (zeros("bool", x.shape) as unknown as NdArray) : mask;
  const out = plainResult(fold("sum", castArray(flags, "int64"), along ?? {}, resolveDType("int64")), along ?? {});
  return (typeof out === "bigint" ? Number(out) : out) as Indices<O>;
}

/** An array that is masked everywhere, over zeros, as `np.ma.masked_all` (whose data are whatever was in memory). */
export function maskedAll<const D extends DTypeInput>(shape: readonly number[], dtype: D): MaskedArray<KindOf<D>> {
  const data = zeros(dtype, shape) as unknown as NdArray<KindOf<D>>;
  return new MaskedArray({ data, mask: everything(data as unknown as NdArray) });
}
/** {@link maskedAll} of the shape, dtype and memory order of an array. */
export function maskedAllLike<K extends Kind>(x: AnyArray<K>): MaskedArray<K> {
  const data = zeros(x.dtype, x.shape, x.order) as unknown as NdArray<K>;
  return new MaskedArray<K>({ data, mask: everything(data as unknown as NdArray) });
}
const everything = (data: NdArray): FullMask =>
  new MaskedArray({ data }).maskArray().dtype.kind === "struct"
    ? (castArray(
        full(data.shape, true, "bool") as unknown as NdArray,
        new MaskedArray({ data }).maskArray().dtype as never,
      ) as unknown as FullMask)
    : (full(data.shape, true, "bool", data.order) as FullMask);
