import {
  arrayFromBytes,
  type ByteSource,
  blocksByReading,
  type DecodeOptions,
  fillOut,
  type LazyArray,
  lanesOf,
  makeHeader,
  makeOpenFile,
  type NdArray,
  normalizeSelection,
  type OpenFile,
  OptionError,
  type ReadOptions,
  Selection,
  type SelectionInput,
  SourceError,
  throwIfAborted,
} from "@masquerade/core";
import type { RawReadOptions } from "./format.ts";
import { checkBytes, type Layout, layoutOf } from "./layout.ts";

/** Rows further apart than this many bytes are read one by one rather than with what lies between them. */
const GAP = 65_536;

/** {@link raw}'s open: reads nothing but the parts asked for, whole indices of the slowest axis. */
export async function openRaw(source: ByteSource, options: RawReadOptions & DecodeOptions = {}): Promise<OpenFile> {
  throwIfAborted(options.signal);
  if (source.size === undefined) throw new SourceError("SOURCE_IO", "raw: the source does not know its size");
  const layout = layoutOf(source.size, options);
  const { dtype, shape, order } = layout;
  const header = makeHeader({ dtype, shape, order });
  const lazy: LazyArray = {
    header,
    read: async (selection, read) => readPart(source, layout, selection, read ?? {}),
    blocks: (read) => blocksByReading(lazy, "", read),
  };
  return makeOpenFile(header, () => lazy);
}

async function readPart(
  source: ByteSource,
  layout: Layout,
  input: SelectionInput | undefined,
  { plane, out, signal }: ReadOptions,
): Promise<NdArray> {
  throwIfAborted(signal);
  if (plane === "mask") throw new OptionError("OPTION_INVALID", "a plain array has no mask to read", "plane");
  const { dtype, shape, order, limits } = layout;
  const selection = normalizeSelection(input, shape);
  const slow = order === "C" ? 0 : shape.length - 1;
  const range = selection.ranges[slow];
  const empty = selection.ranges.some((one) => one.count === 0);
  const count = range === undefined ? 1 : empty ? 0 : range.count;
  const rowBytes = shape.reduce((n, dim, axis) => (axis === slow ? n : n * dim), dtype.itemsize);
  checkBytes(count * rowBytes, limits);
  const first = range === undefined ? 0 : range.step < 0 ? range.start + (range.count - 1) * range.step : range.start;
  const step = Math.abs(range?.step ?? 1);
  const bytes = await readRows(source, layout.offset, rowBytes, { first, step, count }, signal);
  const rows = shape.map((n, axis) => (axis === slow ? count : n));
  const read = arrayFromBytes(bytes, dtype, rows, order) as NdArray;
  // What was read has the rows in ascending order, side by side.
  const ranges = selection.ranges.map((one, axis) =>
    axis === slow ? { ...one, start: one.step < 0 ? Math.max(count - 1, 0) : 0, step: one.step < 0 ? -1 : 1 } : one,
  );
  const view = new Selection(ranges, selection.axes).applyTo(rows, read.strides, read.offset);
  const part = lanesOf(dtype) === 0 ? read.with({ shape: view.shape, strides: undefined, order }) : read.with(view);
  return out === undefined ? part : fillOut(part, out);
}

async function readRows(
  source: ByteSource,
  offset: number,
  rowBytes: number,
  { first, step, count }: { readonly first: number; readonly step: number; readonly count: number },
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const start = offset + first * rowBytes;
  if (count === 0 || rowBytes === 0) return new Uint8Array(0);
  if (step === 1 || count === 1) return await source.read(start, count * rowBytes, signal);
  const out = new Uint8Array(count * rowBytes);
  // Rows that lie near to each other come in one read with what is between them, a few at a time.
  const together = step * rowBytes > GAP ? 1 : Math.max(1, Math.floor((16 * GAP) / (step * rowBytes)));
  for (let i = 0; i < count; i += together) {
    const n = Math.min(together, count - i);
    const bytes = await source.read(start + i * step * rowBytes, ((n - 1) * step + 1) * rowBytes, signal);
    for (let k = 0; k < n; k++)
      out.set(bytes.subarray(k * step * rowBytes, k * step * rowBytes + rowBytes), (i + k) * rowBytes);
  }
  return out;
}
