import type { Order } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import type { NdArray } from "../array/ndarray.ts";
import type { DType } from "../dtype/dtype.ts";
import type { Storage } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";

/** Elements handled at a time. */
export const BLOCK = 8192;

/** An array as a reduction over one axis sees it: C-contiguous lanes of shape (outer, n, inner), reduced over n. */
export interface Layout {
  readonly dtype: DType;
  readonly lanes: Storage;
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

/** A valid axis counted from the front. Throws OptionError INDEX_INVALID. */
export function resolveAxis(axis: number, ndim: number): number {
  const at = axis < 0 ? axis + ndim : axis;
  if (!Number.isInteger(axis) || at < 0 || at >= ndim)
    throw new OptionError(
      "INDEX_INVALID",
      `axis ${axis} is out of bounds for ${ndim} dimension${ndim === 1 ? "" : "s"}`,
    );
  return at;
}

/** `axis` undefined: over all elements, in the array's own memory order where that saves a copy. */
export function layoutOf(array: NdArray, axis: number | undefined, order: Order = "C"): Layout {
  if (axis === undefined) return { dtype: array.dtype, lanes: gather(array, order), outer: 1, n: array.size, inner: 1 };
  const at = resolveAxis(axis, array.ndim);
  const product = (shape: readonly number[]): number => shape.reduce((p, k) => p * k, 1);
  return {
    dtype: array.dtype,
    lanes: gather(array, "C"),
    outer: product(array.shape.slice(0, at)),
    n: array.shape[at] as number,
    inner: product(array.shape.slice(at + 1)),
  };
}

/** The shape after reducing: without the axis, or with length 1 there (all axes when `axis` is undefined). */
export function reducedShape(shape: readonly number[], axis: number | undefined, keepdims: boolean): number[] {
  if (axis === undefined) return keepdims ? shape.map(() => 1) : [];
  const at = resolveAxis(axis, shape.length);
  return keepdims ? shape.map((n, i) => (i === at ? 1 : n)) : shape.filter((_, i) => i !== at);
}

/**
 * A piece of a layout: `rows` rows of `width` values, at `at` of what was loaded; they reduce into the accumulators from
 * `to` on, and the first row is number `row` along the axis.
 */
export type Visit<T> = (values: T, at: number, rows: number, width: number, to: number, row: number) => void;

/** Walks a layout in pieces; `load` brings elements `from` to `from + count` into the form the visitor computes with. */
export function eachBlock<T>(l: Layout, load: (from: number, count: number) => T, visit: Visit<T>): void {
  const { outer, n, inner } = l;
  const slab = n * inner;
  if (slab === 0) return;
  if (slab <= BLOCK) {
    const many = Math.floor(BLOCK / slab);
    for (let o = 0; o < outer; o += many) {
      const count = Math.min(many, outer - o);
      const values = load(o * slab, count * slab);
      for (let k = 0; k < count; k++) visit(values, k * slab, n, inner, (o + k) * inner, 0);
    }
    return;
  }
  for (let o = 0; o < outer; o++) {
    if (inner <= BLOCK) {
      const rows = Math.floor(BLOCK / inner);
      for (let r = 0; r < n; r += rows) {
        const count = Math.min(rows, n - r);
        visit(load(o * slab + r * inner, count * inner), 0, count, inner, o * inner, r);
      }
      continue;
    }
    for (let r = 0; r < n; r++)
      for (let j = 0; j < inner; j += BLOCK) {
        const count = Math.min(BLOCK, inner - j);
        visit(load(o * slab + r * inner + j, count), 0, 1, count, o * inner + j, r);
      }
  }
}
