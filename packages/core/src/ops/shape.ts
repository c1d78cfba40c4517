import { type AnyArray, isMaskedArray, type Order } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import type { FullMask } from "../array/masked-array.ts";
import { NdArray } from "../array/ndarray.ts";
import { lanesOf } from "../dtype/dtype.ts";
import { allocateStorage } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import { nomask } from "../symbols.ts";
import { resolveAxis } from "./axis.ts";

/** The same change made to data and mask. */
export function eachPlane<A extends AnyArray>(x: A, change: (plane: NdArray) => NdArray): A {
  if (!isMaskedArray(x)) return change(x) as A;
  const mask = x.mask === nomask ? nomask : (change(x.mask as unknown as NdArray) as unknown as FullMask);
  return x.with({ data: change(x.data) as never, mask }) as unknown as A;
}

/** A view without axes of length 1: all of them, or the one named. Throws OptionError SHAPE_MISMATCH when that one is longer. */
export function squeeze<A extends AnyArray>(x: A, axis?: number): A {
  const only = axis === undefined ? undefined : resolveAxis(axis, x.ndim);
  if (only !== undefined && x.shape[only] !== 1)
    throw new OptionError("SHAPE_MISMATCH", `axis ${only} has length ${x.shape[only]}, not 1`);
  const kept = x.shape.map((_, i) => i).filter((i) => (only === undefined ? x.shape[i] !== 1 : i !== only));
  return eachPlane(x, (p) =>
    p.with({
      shape: kept.map((i) => p.shape[i] as number),
      strides: kept.map((i) => p.strides[i] as number),
      dims: p.dims && kept.map((i) => (p.dims as readonly string[])[i] as string),
    }),
  );
}

/** A view with an axis of length 1 inserted so that it becomes axis `axis` of the result. */
export function expandDims<A extends AnyArray>(x: A, axis: number): A {
  const at = resolveAxis(axis, x.ndim + 1);
  return eachPlane(x, (p) =>
    p.with({ shape: p.shape.toSpliced(at, 0, 1), strides: p.strides.toSpliced(at, 0, 0), dims: undefined }),
  );
}

/** A view with two axes exchanged. */
export function swapaxes<A extends AnyArray>(x: A, a: number, b: number): A {
  const order = x.shape.map((_, i) => i);
  const [p, q] = [resolveAxis(a, x.ndim), resolveAxis(b, x.ndim)];
  [order[p], order[q]] = [q, p];
  return x.transpose(order) as A;
}

/** One dimension, elements in the order given: a view where NumPy's is, else a copy. */
export function ravel<A extends AnyArray>(x: A, order: Order = "C"): A {
  return x.reshape([x.size], order) as A;
}

/** One dimension, always a copy. */
export function flatten<A extends AnyArray>(x: A, order: Order = "C"): A {
  return eachPlane(x, (p) => p.reshape([p.size], order).copy("C"));
}

/** The elements at `indices` along an axis (of the flattened array when left out); negative ones count from the end. */
export function take<A extends AnyArray>(x: A, indices: readonly number[], axis?: number): A {
  if (axis === undefined) return take(ravel(x), indices, 0);
  const at = resolveAxis(axis, x.ndim);
  const n = x.shape[at] as number;
  const from = indices.map((i) => {
    const k = i < 0 ? i + n : i;
    if (!Number.isInteger(i) || k < 0 || k >= n)
      throw new OptionError("INDEX_INVALID", `index ${i} is out of bounds for axis ${at} of length ${n}`);
    return k;
  });
  return eachPlane(x, (p) => pick(p, from, at));
}

/** The diagonal of a two-dimensional array, `offset` columns to the right, as a copy. Throws OptionError SHAPE_MISMATCH. */
export function diagonal<A extends AnyArray>(x: A, offset = 0): A {
  if (x.ndim !== 2 || !Number.isSafeInteger(offset))
    throw new OptionError("SHAPE_MISMATCH", `a diagonal is taken of two dimensions, not of ${x.ndim}`);
  const [rows = 0, columns = 0] = x.shape;
  const [row, column] = offset < 0 ? [-offset, 0] : [0, offset];
  const n = Math.max(0, Math.min(rows - row, columns - column));
  return take(
    ravel(x),
    Array.from({ length: n }, (_, i) => (row + i) * columns + column + i),
    0,
  );
}

/** Each element `repeats` times along an axis (of the flattened array when left out). */
export function repeat<A extends AnyArray>(x: A, repeats: number, axis?: number): A {
  if (!Number.isSafeInteger(repeats) || repeats < 0)
    throw new OptionError("OPTION_INVALID", `elements are repeated a non-negative number of times, not ${repeats}`);
  if (axis === undefined) return repeat(ravel(x), repeats, 0);
  const at = resolveAxis(axis, x.ndim);
  const from = Array.from({ length: (x.shape[at] as number) * repeats }, (_, i) => Math.floor(i / repeats));
  return eachPlane(x, (p) => pick(p, from, at));
}

function pick(p: NdArray, from: readonly number[], axis: number): NdArray {
  const lanes = gather(p, "C") as Uint8Array;
  const per = lanesOf(p.dtype);
  const outer = p.shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const inner = p.shape.slice(axis + 1).reduce((a, b) => a * b, 1) * per;
  const n = p.shape[axis] as number;
  const out = allocateStorage(p.dtype.kind, outer * from.length * inner) as Uint8Array;
  let k = 0;
  for (let o = 0; o < outer; o++)
    for (const i of from) {
      const start = (o * n + i) * inner;
      for (let j = start; j < start + inner; j++) out[k++] = lanes[j] as number;
    }
  const shape = p.shape.map((m, i) => (i === axis ? from.length : m));
  return new NdArray({
    dtype: p.dtype,
    shape,
    storage: out as never,
    attrs: p.attrs,
    dims: p.dims,
    objects: p.objects,
  }) as unknown as NdArray;
}
