import { lanesOf } from "../dtype/dtype.ts";
import type { Storage } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import type { NdArray } from "./ndarray.ts";

/** Throws OptionError SHAPE_MISMATCH when some element of the array would lie outside its storage. */
export function checkExtent(array: NdArray, storageLength: number): void {
  let low = array.offset;
  let high = array.offset;
  for (let axis = 0; axis < array.shape.length; axis++) {
    const reach = ((array.shape[axis] as number) - 1) * (array.strides[axis] as number);
    if (reach < 0) low += reach;
    else high += reach;
  }
  const lanes = lanesOf(array.dtype);
  if (low < 0 || (high + 1) * lanes > storageLength)
    throw new OptionError(
      "SHAPE_MISMATCH",
      `shape (${array.shape.join(", ")}) needs elements ${low}..${high}, the storage holds ${lanes === 0 ? 0 : Math.floor(storageLength / lanes)}`,
    );
}

/** Whether two storages lie in the same memory. */
export function sharesMemory(a: Storage, b: Storage): boolean {
  return a === b || (!Array.isArray(a) && !Array.isArray(b) && a.buffer === b.buffer);
}

/** A permutation of all axes, negative ones counted from the end. Throws OptionError INDEX_INVALID. */
export function permutation(axes: readonly number[], ndim: number): readonly number[] {
  const positive = axes.map((a) => (a < 0 ? a + ndim : a));
  if (
    axes.length !== ndim ||
    new Set(positive).size !== ndim ||
    positive.some((a) => !(a >= 0 && a < ndim) || !Number.isInteger(a))
  )
    throw new OptionError("INDEX_INVALID", `(${axes.join(", ")}) is no permutation of ${ndim} axes`);
  return positive;
}
