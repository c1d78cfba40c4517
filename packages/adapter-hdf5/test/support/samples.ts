import { dtypes, MaskedArray, NdArray, zeros } from "@masquerade/core";

/** Float64 numbers that count from `start` on. */
export function sample(shape: readonly number[], start: number, dims?: readonly string[]): NdArray {
  const n = shape.reduce((a, b) => a * b, 1);
  const storage = Float64Array.from({ length: n }, (_, i) => start + i);
  return new NdArray({ dtype: dtypes.simple("float64"), shape, storage, dims }) as NdArray;
}

/** The same with each third element masked. */
export function masked(shape: readonly number[], start: number, dims?: readonly string[]): MaskedArray {
  const mask = zeros("bool", shape);
  for (let i = start % 3; i < mask.storage.length; i += 3) mask.storage[i] = 1;
  return new MaskedArray({ data: sample(shape, start, dims), mask });
}
