import type { Order } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import type { NdArray } from "../array/ndarray.ts";
import type { DType } from "../dtype/dtype.ts";
import type { Storage } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";

/** Elements handled at a time. */
export const BLOCK = 8192;

/** What is reduced over: an axis, several axes together, or (undefined) all elements. Negative axes count from the end. */
export type Axis = number | readonly number[] | undefined;

/** An array as a reduction sees it: C-contiguous lanes of shape (outer, n, inner), reduced over n. */
export interface Layout {
  readonly dtype: DType;
  readonly lanes: Storage;
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
  /** How many of the n lie in one run of memory: fewer than n where several axes are reduced that are not neighbours. */
  readonly run: number;
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

/** The axes reduced over, in rising order. Throws OptionError INDEX_INVALID: out of bounds, or one of them twice. */
export function resolveAxes(axis: Axis, ndim: number): readonly number[] {
  if (axis === undefined) return Array.from({ length: ndim }, (_, i) => i);
  if (!Array.isArray(axis)) return [resolveAxis(axis as number, ndim)];
  const axes = (axis as readonly number[]).map((one) => resolveAxis(one, ndim)).sort((a, b) => a - b);
  if (new Set(axes).size < axes.length) throw new OptionError("INDEX_INVALID", `an axis twice in (${axis.join(", ")})`);
  return axes;
}

/** How many elements are reduced into one. */
export function reducedCount(shape: readonly number[], axis: Axis): number {
  return resolveAxes(axis, shape.length).reduce((p, i) => p * (shape[i] as number), 1);
}

const product = (shape: readonly number[]): number => shape.reduce((p, k) => p * k, 1);

/** The array with the axes that are reduced next to each other, behind those that are kept before the last of them. */
function gathered(array: NdArray, axes: readonly number[]): NdArray {
  const last = axes.at(-1) as number;
  if (last - (axes[0] as number) === axes.length - 1) return array;
  const all = array.shape.map((_, i) => i);
  const kept = all.filter((i) => !axes.includes(i));
  return array.transpose([...kept.filter((i) => i < last), ...axes, ...kept.filter((i) => i > last)]);
}

/** Lanes in the order {@link layoutOf} gives them. */
export function lanesAlong(array: NdArray, axis: Axis, order: Order = "C"): Storage {
  const axes = resolveAxes(axis, array.ndim);
  if (axis === undefined || (typeof axis === "object" && axes.length === array.ndim)) return gather(array, order);
  return gather(axes.length === 0 ? array : gathered(array, axes), "C");
}

/** Over all elements in the array's own memory order (`order`) where that saves a copy. */
export function layoutOf(array: NdArray, axis: Axis, order: Order = "C"): Layout {
  const { dtype, shape } = array;
  const axes = resolveAxes(axis, array.ndim);
  const lanes = lanesAlong(array, axis, order);
  const n = reducedCount(shape, axis);
  const inner = product(shape.slice((axes.at(-1) ?? array.ndim - 1) + 1));
  const outer = product(shape.filter((_, i) => !axes.includes(i))) / inner;
  let run = 1;
  for (let i = array.ndim - 1; i >= 0 && (axes.includes(i) || shape[i] === 1); i--) run *= shape[i] as number;
  return { dtype, lanes, outer: inner === 0 ? 0 : outer, n, inner, run: inner === 1 ? run : n };
}

/** The shape after reducing: without the axes, or with length 1 there. */
export function reducedShape(shape: readonly number[], axis: Axis, keepdims: boolean): number[] {
  const axes = resolveAxes(axis, shape.length);
  return keepdims ? shape.map((n, i) => (axes.includes(i) ? 1 : n)) : shape.filter((_, i) => !axes.includes(i));
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
