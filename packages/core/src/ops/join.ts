import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import { type FullMask, MaskedArray } from "../array/masked-array.ts";
import { NdArray } from "../array/ndarray.ts";
import { sameShape } from "../array/strides.ts";
import { type DType, lanesOf, maskDType } from "../dtype/dtype.ts";
import { allocateStorage, type Storage } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import { nomask } from "../symbols.ts";
import { castArray } from "./astype.ts";
import { resolveAxis } from "./axis.ts";
import { sameStorage } from "./cast.ts";
import { anyTrue } from "./mask-bits.ts";
import { promote } from "./promote.ts";
import { expandDims } from "./shape.ts";
import type { SameMasking } from "./unary.ts";

function commonDType(arrays: readonly NdArray[]): DType {
  return arrays
    .slice(1)
    .reduce<DType>((d, a) => (sameStorage(d, a.dtype) ? d : promote(d, a.dtype)), (arrays[0] as NdArray).dtype);
}

function joinPlanes(planes: readonly NdArray[], axis: number, dtype: DType): NdArray {
  const first = planes[0] as NdArray;
  const shape = first.shape.map((n, i) => (i === axis ? planes.reduce((s, p) => s + (p.shape[i] as number), 0) : n));
  for (const p of planes)
    if (!sameShape(p.shape.toSpliced(axis, 1), first.shape.toSpliced(axis, 1)))
      throw new OptionError(
        "SHAPE_MISMATCH",
        `shapes (${first.shape.join(", ")}) and (${p.shape.join(", ")}) cannot be joined along axis ${axis}`,
      );
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const per = shape.slice(axis + 1).reduce((a, b) => a * b, 1) * lanesOf(dtype);
  const total = (shape[axis] as number) * per;
  const out = allocateStorage(dtype.kind, outer * total);
  let column = 0;
  for (const p of planes) {
    const lanes = gather(castArray(p, dtype), "C");
    const width = (p.shape[axis] as number) * per;
    for (let o = 0; o < outer; o++) copyRun(lanes, o * width, width, out, o * total + column);
    column += width;
  }
  const objects = planes.find((p) => p.objects !== undefined && p.objects.length > 0)?.objects;
  if (objects !== undefined && planes.some((p) => p.objects !== objects))
    throw new OptionError("DTYPE_MISMATCH", "records with objects of different arrays cannot be joined");
  return new NdArray({ dtype, shape, storage: out as never, objects }) as unknown as NdArray;
}

function copyRun(from: Storage, at: number, n: number, to: Storage, into: number): void {
  if (Array.isArray(from)) for (let i = 0; i < n; i++) (to as unknown[])[into + i] = from[at + i];
  else (to as Uint8Array).set((from as Uint8Array).subarray(at, at + n), into);
}

/** Arrays joined along an existing axis; masked as soon as one is. Throws OptionError SHAPE_MISMATCH or DTYPE_MISMATCH. */
export function concatenate<A extends AnyArray>(arrays: readonly A[], axis = 0): SameMasking<A> {
  return joined(arrays, axis, true);
}

/** `shrink`: nomask when nothing is masked, as `np.ma.concatenate`; np.ma's stacking functions always make a full mask. */
function joined<A extends AnyArray>(arrays: readonly A[], axis: number, shrink: boolean): SameMasking<A> {
  const first = arrays[0];
  if (first === undefined) throw new OptionError("OPTION_INVALID", "there must be at least one array to join");
  const at = resolveAxis(axis, first.ndim);
  const datas = arrays.map((a): NdArray => (isMaskedArray(a) ? a.data : a));
  if (datas.some((d) => d.ndim !== first.ndim))
    throw new OptionError("SHAPE_MISMATCH", "arrays to join have the same number of dimensions");
  const dtype = commonDType(datas);
  const data = joinPlanes(datas, at, dtype);
  if (!arrays.some(isMaskedArray)) return data as unknown as SameMasking<A>;
  if (shrink && arrays.every((a) => !isMaskedArray(a) || a.mask === nomask))
    return new MaskedArray({ data }) as SameMasking<A>;
  const masks = arrays.map((a): NdArray => {
    const own = isMaskedArray(a) ? a : new MaskedArray({ data: a as NdArray });
    return own.maskArray() as unknown as NdArray;
  });
  const mask = joinPlanes(masks, at, maskDType(dtype) as DType);
  const keep = !shrink || dtype.kind === "struct" || anyTrue(mask.storage as Uint8Array);
  return new MaskedArray({ data, mask: keep ? (mask as unknown as FullMask) : nomask }) as SameMasking<A>;
}

/** Arrays of one shape joined along a new axis. */
export function stack<A extends AnyArray>(arrays: readonly A[], axis = 0): SameMasking<A> {
  const first = arrays[0];
  if (first === undefined) throw new OptionError("OPTION_INVALID", "there must be at least one array to join");
  if (arrays.some((a) => !sameShape(a.shape, first.shape)))
    throw new OptionError("SHAPE_MISMATCH", "arrays to stack have the same shape");
  const at = resolveAxis(axis, first.ndim + 1);
  return joined(
    arrays.map((a) => expandDims(a, at)),
    at,
    false,
  );
}

/** One-dimensional arrays as columns side by side; two-dimensional ones as they are, as `np.column_stack`. */
export function columnStack<A extends AnyArray>(arrays: readonly A[]): SameMasking<A> {
  return joined(
    arrays.map((a) => (a.ndim < 2 ? (a.reshape([a.size, 1]) as A) : a)),
    1,
    false,
  );
}

/** Arrays joined along the third axis; those of fewer dimensions get it first, as `np.dstack`. */
export function dstack<A extends AnyArray>(arrays: readonly A[]): SameMasking<A> {
  const deep = (a: A): A => {
    if (a.ndim > 2) return a;
    return (a.ndim === 2 ? a.reshape([...a.shape, 1]) : a.reshape([1, a.size, 1])) as A;
  };
  return joined(arrays.map(deep), 2, false);
}

/** Arrays joined row on row; one-dimensional ones become rows. */
export function vstack<A extends AnyArray>(arrays: readonly A[]): SameMasking<A> {
  return joined(
    arrays.map((a) => (a.ndim === 0 ? (a.reshape([1, 1]) as A) : a.ndim === 1 ? expandDims(a, 0) : a)),
    0,
    false,
  );
}

/** Arrays joined side by side: along axis 1, or axis 0 for one-dimensional ones. */
export function hstack<A extends AnyArray>(arrays: readonly A[]): SameMasking<A> {
  const rows = arrays.map((a) => (a.ndim === 0 ? (a.reshape([1]) as A) : a));
  return joined(rows, rows[0]?.ndim === 1 ? 0 : 1, false);
}
