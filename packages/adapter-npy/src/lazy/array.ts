import {
  arrayFromBytes,
  type DType,
  hostIsLittleEndian,
  type LazyArray,
  LimitError,
  NdArray,
  normalizeSelection,
  OptionError,
  type Order,
  type ReadOptions,
  type SelectionInput,
  sameDType,
  sameShape,
  storageRules,
  withByteOrder,
} from "@masquerade/core";
import type { DataBytes } from "./data.ts";
import { planSelection } from "./plan.ts";
import { copyPiece } from "./strided.ts";

/** Bytes of a block when the caller does not say. */
const BLOCK_BYTES = 16 << 20;

/** One plain array of a file: what it is and where its bytes are. */
export interface StoredArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly order: Order;
  readonly dims?: readonly string[] | undefined;
  readonly data: DataBytes;
  /** Bytes that may be read as one array. */
  readonly maxBytes: number;
}

/** The part selected, contiguous in the file's order. One run of bytes comes back as it was read; anything else is copied once. */
export async function readStored(
  stored: StoredArray,
  selection: SelectionInput | undefined,
  signal: AbortSignal | undefined,
  out?: NdArray,
): Promise<NdArray> {
  const { dtype, order } = stored;
  const chosen = normalizeSelection(selection, stored.shape);
  const shape = chosen.shape;
  const plan = planSelection(stored.shape, order, dtype.itemsize, chosen);
  if (plan.size * dtype.itemsize > stored.maxBytes)
    throw new LimitError(
      "maxBytes",
      `the selection takes ${plan.size * dtype.itemsize} bytes, more than ${stored.maxBytes}; read it by blocks`,
    );
  if (out !== undefined) checkOut(out, dtype, shape, order);
  const { whole } = plan;
  if (out !== undefined && whole !== undefined && stored.data.into !== undefined && hostOrder(dtype)) {
    const lanes = out.storage as Uint8Array;
    await stored.data.into(
      whole.offset,
      new Uint8Array(lanes.buffer, lanes.byteOffset + out.offset * dtype.itemsize, whole.length),
      signal,
    );
    return sameDType(out.dtype, dtype) ? out : out.with({ dtype });
  }
  let raw: Uint8Array | undefined;
  if (plan.whole !== undefined) {
    for await (const [, bytes] of stored.data.runs([plan.whole], signal)) raw = bytes;
  } else {
    raw = new Uint8Array(plan.size * dtype.itemsize);
    for await (const [piece, bytes] of stored.data.runs(plan.pieces(), signal))
      copyPiece(piece, bytes, raw, dtype.itemsize);
  }
  const read = arrayFromBytes(raw as Uint8Array, dtype, shape, order);
  if (out !== undefined) return fill(out, read);
  const { dims } = stored;
  if (dims === undefined || chosen.axes.includes(undefined)) return read;
  return read.with({ dims: chosen.axes.map((axis) => dims[axis as number] as string) });
}

/** Whether a file's bytes are in memory as they stand. */
function hostOrder(dtype: DType): boolean {
  return dtype.byteOrder === "none" || (dtype.byteOrder === "little" && hostIsLittleEndian);
}

/** Whether two dtypes have the same storage: equal, or equal but for the byte order of a simple dtype. */
function sameStorage(a: DType, b: DType): boolean {
  return sameDType(withByteOrder(a, "little"), withByteOrder(b, "little")) && (a.kind !== "struct" || sameDType(a, b));
}

/** Throws OptionError unless `out` can take the elements of such an array as they are. */
export function checkOut(out: NdArray, dtype: DType, shape: readonly number[], order: Order): void {
  if (!sameStorage(out.dtype, dtype))
    throw new OptionError("DTYPE_MISMATCH", `out holds ${out.dtype.kind}, the file ${dtype.kind}`, "out");
  if (!sameShape(out.shape, shape))
    throw new OptionError(
      "SHAPE_MISMATCH",
      `out has shape (${out.shape.join(", ")}), what is read (${shape.join(", ")})`,
      "out",
    );
  const fits = out.order === order || (out.contiguous && (out.size === 0 || out.ndim < 2 || reordered(out, order)));
  if (!out.contiguous || !fits)
    throw new OptionError("SHAPE_MISMATCH", `out must be contiguous in ${order} order, as the file is`, "out");
}

/** Whether memory contiguous in one order is so in the other too (one axis longer than 1 at most). */
function reordered(out: NdArray, order: Order): boolean {
  const probe = new NdArray({ dtype: out.dtype, shape: out.shape, storage: out.storage, order });
  return sameShape(
    probe.strides.filter((_, i) => (out.shape[i] as number) > 1),
    out.strides.filter((_, i) => (out.shape[i] as number) > 1),
  );
}

/** Copies what was read into `out` and returns it (with the file's byte order, should that differ). */
export function fill(out: NdArray, read: NdArray): NdArray {
  checkOut(out, read.dtype, read.shape, read.order);
  const lanes =
    out.size === 0 ? 0 : out.offset * (read.dtype.itemsize / (storageRules[read.dtype.kind].laneBytes || 1));
  if (out.size > 0) (out.storage as Uint8Array).set(read.storage as Uint8Array, lanes);
  return sameDType(out.dtype, read.dtype) ? out : out.with({ dtype: read.dtype });
}

/** Runs of whole indices of the slowest axis, each of at most `maxBytes` but of one index at least; a 0-d array is one run. */
export interface Rows {
  readonly start: number;
  readonly count: number;
  readonly offset: number;
  readonly length: number;
  readonly shape: readonly number[];
}

export function* rowsOf(
  array: { readonly dtype: DType; readonly shape: readonly number[]; readonly order: Order },
  perBlock: number,
): Generator<Rows> {
  const { shape, dtype, order } = array;
  const axis = order === "C" ? 0 : shape.length - 1;
  const total = shape[axis] ?? 1;
  const rowBytes = shape.reduce((n, dim, i) => (i === axis ? n : n * dim), dtype.itemsize);
  for (let start = 0; start < total; start += perBlock) {
    const count = Math.min(perBlock, total - start);
    yield {
      start,
      count,
      offset: start * rowBytes,
      length: count * rowBytes,
      shape: shape.map((n, i) => (i === axis ? count : n)),
    };
  }
}

/** Indices of the slowest axis that make a block of at most `maxBytes`. */
export function rowsPerBlock(
  array: { readonly dtype: DType; readonly shape: readonly number[]; readonly order: Order },
  maxBytes: number = BLOCK_BYTES,
): number {
  if (!(maxBytes > 0))
    throw new OptionError("OPTION_INVALID", `maxBytes is a positive number, not ${maxBytes}`, "maxBytes");
  const axis = array.order === "C" ? 0 : array.shape.length - 1;
  const rowBytes = array.shape.reduce((n, dim, i) => (i === axis ? n : n * dim), array.dtype.itemsize);
  return Math.max(1, Math.floor(maxBytes / Math.max(rowBytes, 1)));
}

/** The array block by block. */
export async function* storedBlocks(
  stored: StoredArray,
  perBlock: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly [start: number, value: NdArray]> {
  for await (const [rows, bytes] of stored.data.runs(rowsOf(stored, perBlock), signal))
    yield [rows.start, arrayFromBytes(bytes, stored.dtype, rows.shape, stored.order).with({ dims: stored.dims })];
}

/** Overwrites the part selected. `value` has its shape, or is 0-d and goes everywhere; same dtype, byte order aside. */
export async function writeStored(stored: StoredArray, selection: SelectionInput, value: NdArray): Promise<void> {
  const { dtype, order, data } = stored;
  const write = data.write;
  if (write === undefined) throw new OptionError("READ_ONLY", "the source cannot be written");
  const chosen = normalizeSelection(selection, stored.shape);
  if (!sameStorage(value.dtype, dtype))
    throw new OptionError("DTYPE_MISMATCH", `the file holds ${dtype.kind}, the value is ${value.dtype.kind}`);
  if (value.ndim > 0 && !sameShape(value.shape, chosen.shape))
    throw new OptionError(
      "SHAPE_MISMATCH",
      `the selection has shape (${chosen.shape.join(", ")}), the value (${value.shape.join(", ")})`,
    );
  const spread =
    value.ndim === 0 ? value.with({ shape: chosen.shape, strides: chosen.shape.map(() => 0), dims: undefined }) : value;
  const memory = spread.with({ dtype, dims: undefined }).toBytes(order);
  const plan = planSelection(stored.shape, order, dtype.itemsize, chosen);
  for (const piece of plan.pieces()) {
    const items = piece.axes.reduce((n, a) => n * a.count, 1);
    let bytes = new Uint8Array(piece.length);
    // Where the run has gaps, what lies in them stays as it is.
    if (items * dtype.itemsize !== piece.length)
      for await (const [, before] of data.runs([piece])) bytes = Uint8Array.from(before);
    copyPiece(piece, bytes, memory, dtype.itemsize, true);
    await write(piece.offset, bytes);
  }
}

/** Options of {@link LazyArray.read} for an array without a mask: throws OptionError for a plane it has not got. */
export function plainPlane(options: ReadOptions | undefined): void {
  if (options?.plane === "mask") throw new OptionError("OPTION_INVALID", "a plain array has no mask to read", "plane");
}

export type BlockOptions = Parameters<LazyArray["blocks"]>[0];
