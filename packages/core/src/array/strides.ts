import { OptionError } from "../errors.ts";
import type { Order } from "./any.ts";

/** Product of a shape's dimensions. Throws OptionError when a dimension is no size or the product passes 2^53 - 1 (zeros do not hide it). */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  let nonzero = 1;
  for (const n of shape) {
    if (!Number.isSafeInteger(n) || n < 0)
      throw new OptionError("SHAPE_MISMATCH", `a dimension is a non-negative integer, not ${n}`);
    if (n > 0 && nonzero > Number.MAX_SAFE_INTEGER / n)
      throw new OptionError("SHAPE_MISMATCH", `shape (${shape.join(", ")}) has more elements than can be counted`);
    nonzero *= Math.max(n, 1);
    size *= n;
  }
  return size;
}

/** Strides, in elements, of contiguous memory. */
export function contiguousStrides(shape: readonly number[], order: Order): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = 0; i < shape.length; i++) {
    const axis = order === "C" ? shape.length - 1 - i : i;
    strides[axis] = step;
    step *= Math.max(shape[axis] as number, 1);
  }
  return strides;
}

/** Whether memory laid out by these strides is contiguous in the order given (axes of length 1 and empty arrays do not matter). */
export function isContiguous(shape: readonly number[], strides: readonly number[], order: Order): boolean {
  let step = 1;
  for (const n of shape) if (n === 0) return true;
  for (let i = 0; i < shape.length; i++) {
    const axis = order === "C" ? shape.length - 1 - i : i;
    const n = shape[axis] as number;
    if (n !== 1 && strides[axis] !== step) return false;
    step *= n;
  }
  return true;
}

/**
 * Calls nothing per element: fills `out` with the storage index (in elements) of each element in `order`,
 * for arrays whose memory is not contiguous. `out.length` is the number of elements.
 */
export function elementIndices(
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  order: Order,
  out: Float64Array,
): Float64Array {
  const ndim = shape.length;
  const axes = Array.from({ length: ndim }, (_, i) => (order === "C" ? ndim - 1 - i : i));
  out[0] = offset;
  let filled = out.length === 0 ? 0 : 1;
  for (const axis of axes) {
    const n = shape[axis] as number;
    const stride = strides[axis] as number;
    const block = filled;
    for (let k = 1; k < n; k++) {
      const add = k * stride;
      for (let j = 0; j < block; j++) out[filled++] = (out[j] as number) + add;
    }
  }
  return out;
}

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
