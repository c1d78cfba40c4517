import {
  arrayFromBytes,
  type DType,
  FormatError,
  hasObjects,
  LimitError,
  type Limits,
  lanesOf,
  maskDType,
  NdArray,
} from "@masquerade/core";
import { textKinds } from "./format.ts";
import { leavesOf } from "./leaves.ts";
import { type ReadColumn, readColumn } from "./read-fields.ts";

/** A column for an array of a simple dtype, or one for each value of a record. Throws FormatError for dtypes text has no fields for. */
export function columnsFor(dtype: DType, size: number, limits: Limits, format: string): readonly ReadColumn[] {
  const leaves = leavesOf(dtype, limits.maxFields);
  if (leaves.length > limits.maxFields)
    throw new LimitError("maxFields", `a record of more than ${limits.maxFields} columns`, { format });
  const foreign = leaves.find((leaf) => !textKinds.includes(leaf.dtype.kind) || hasObjects(leaf.dtype));
  if (foreign !== undefined || leaves.length === 0)
    throw new FormatError(
      "FORMAT_MALFORMED",
      format,
      `${foreign?.dtype.kind ?? "a record without fields"} is no dtype of a table`,
    );
  return leaves.map((leaf) => readColumn(leaf.dtype, size));
}

/** The array of columns that have been read. */
export function columnsAsArray(
  dtype: DType,
  shape: readonly number[],
  columns: readonly ReadColumn[],
  fortran: boolean,
): NdArray {
  const [first] = columns;
  const whole =
    dtype.kind === "struct"
      ? records(dtype, shape, columns)
      : (new NdArray({ dtype, shape, storage: first?.storage as never }) as NdArray);
  if (!fortran) return whole;
  return dtype.itemsize === 0 ? whole.with({ order: "F" }) : whole.copy("F");
}

function records(dtype: DType<"struct">, shape: readonly number[], columns: readonly ReadColumn[]): NdArray {
  const size = shape.reduce((n, dim) => n * dim, 1);
  const raw = new Uint8Array(size * dtype.itemsize);
  placeRecords(raw, 0, dtype, columns, size);
  return arrayFromBytes(raw, dtype, shape) as NdArray;
}

/** Puts the first `count` records of columns behind the first `at` of `raw`. */
export function placeRecords(
  raw: Uint8Array,
  at: number,
  dtype: DType,
  columns: readonly ReadColumn[],
  count: number,
): void {
  const target = raw.subarray(at * dtype.itemsize);
  leavesOf(dtype).forEach((leaf, i) => {
    const { storage } = columns[i] as ReadColumn;
    const all = storage.length / Math.max(1, lanesOf(leaf.dtype));
    const shape = [leaf.dtype.itemsize === 0 ? count : all];
    const bytes = (new NdArray({ dtype: leaf.dtype, shape, storage: storage as never }) as NdArray).toBytes("C");
    const width = leaf.dtype.itemsize;
    interleave(target, dtype.itemsize, leaf.offset, bytes.subarray(0, count * width), width);
  });
}

/** Puts what is masked of the first `count` records of columns behind the first `at` of `raw`. */
export function placeMasks(raw: Uint8Array, at: number, columns: readonly ReadColumn[], count: number): void {
  const target = raw.subarray(at * columns.length);
  columns.forEach(({ mask }, i) => {
    if (mask !== undefined) interleave(target, columns.length, i, mask.subarray(0, count), 1);
  });
}

/** The full mask: what was missing. */
export function maskOf(
  dtype: DType,
  shape: readonly number[],
  columns: readonly ReadColumn[],
  fortran: boolean,
): NdArray {
  const size = shape.reduce((n, dim) => n * dim, 1);
  const raw = new Uint8Array(size * columns.length);
  placeMasks(raw, 0, columns, size);
  const mask = arrayFromBytes(raw, maskDType(dtype) as DType, shape) as NdArray;
  return fortran ? mask.copy("F") : mask;
}

/** Puts runs of `width` bytes at `offset` of each record of `size` bytes. */
function interleave(out: Uint8Array, size: number, offset: number, from: Uint8Array, width: number): void {
  if (width === 0) return;
  for (let i = 0, to = offset; i < from.length; i += width, to += size) out.set(from.subarray(i, i + width), to);
}
