import type { Kind } from "../dtype/elements.ts";
import type { MaskedArray } from "./masked-array.ts";
import type { NdArray } from "./ndarray.ts";

/** A plain or a masked array. The two never turn into each other by themselves. */
export type AnyArray<K extends Kind = Kind> = NdArray<K> | MaskedArray<K>;

/** "C": last axis varies fastest; "F": the first one does. */
export type Order = "C" | "F";

/** NumPy classes other than plain ndarray / MaskedArray that an array was, or is to be written as. */
export type Subclass =
  | "matrix"
  | "recarray"
  | "chararray"
  | "memmap"
  | "scalar"
  | "MaskedRecords"
  | "mvoid"
  | "MaskedConstant"
  | "masked_matrix"
  /** A dtype by itself, no array: it has no elements (shape [0]). */
  | "dtype"
  /** Python's own array.array. */
  | "array.array";

/** Arrays are recognised by their string tag, not by `instanceof`: two copies of this package may be loaded. */
function tagOf(value: unknown): unknown {
  return typeof value === "object" && value !== null
    ? (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
    : undefined;
}

/** Whether `value` is an NdArray (of any copy of this package). */
export function isNdArray(value: unknown): value is NdArray {
  return tagOf(value) === "NdArray";
}

/** Whether `value` is a MaskedArray (of any copy of this package). */
export function isMaskedArray(value: unknown): value is MaskedArray {
  return tagOf(value) === "MaskedArray";
}

/** Whether a value is an array of ours, plain or masked (also one of another copy of this package). */
export function isArray(value: unknown): value is AnyArray {
  return isNdArray(value) || isMaskedArray(value);
}
