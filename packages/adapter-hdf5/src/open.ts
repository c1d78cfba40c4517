import {
  type AnyArray,
  type AxisRange,
  type Block,
  type BundleHeader,
  type ByteSource,
  blocksByReading,
  type DecodeOptions,
  fillOut,
  type Header,
  headerOf,
  isMaskedArray,
  type LazyArray,
  lazyFromArray,
  type MasqueradeError,
  makeOpenFile,
  type NdArray,
  normalizeSelection,
  type OpenFile,
  type Plane,
  planeOf,
  type ReadOptions,
  type Selection,
  type SelectionInput,
  type SelectionItem,
  sameShape,
  throwIfAborted,
} from "@masquerade/core";
import { type KnownFile, readStructure } from "./file.ts";
import type { Hdf5ReadOptions } from "./options.ts";
import { loadArray, loadMask, orderOf } from "./read/load.ts";
import { isTurned } from "./read/matlab.ts";
import { asHeaderSays, netcdfFill } from "./read/netcdf-header.ts";
import type { Plan, PlanArray } from "./read/plan.ts";
import { isOfMember } from "./read/unreadable.ts";
import { hasTexts } from "./type/from-h5.ts";

/** Bytes of a block when the caller does not say. */
const BLOCK_BYTES = 8 << 20;

/** {@link hdf5}'s open: reads everything but the elements, and those by parts. */
export async function openHdf5(source: ByteSource, options: Hdf5ReadOptions & DecodeOptions = {}): Promise<OpenFile> {
  const file = await readStructure(source, options);
  const { out: _, ...own } = options;
  const known: Known = { ...file, options: own, plans: new Map(), wholes: new Set(), unreadable: new Map() };
  const header = await headerOfPlan(known, file.plan, "");
  const array = (path: string, one: Header): LazyArray => {
    const plan = known.plans.get(path) as PlanArray;
    return known.wholes.has(path) ? lazyWhole(known, plan, one, path) : lazy(known, plan, one, path);
  };
  return makeOpenFile(header, array, undefined, known.unreadable);
}

interface Known extends KnownFile {
  readonly options: Hdf5ReadOptions;
  /** The arrays by their paths. */
  readonly plans: Map<string, PlanArray>;
  /** Paths of arrays of which the reader makes something only as a whole. */
  readonly wholes: Set<string>;
  /** Members that are no arrays, by their paths. */
  readonly unreadable: Map<string, MasqueradeError>;
}

/** Recursion is bounded: the plan's depth was. */
async function headerOfPlan(file: Known, plan: Plan, path: string): Promise<Header | BundleHeader> {
  if (plan.plan === "refused") throw plan.error;
  if (plan.plan === "array") {
    file.plans.set(path, plan);
    return await headerOfArray(file, plan, path);
  }
  const entries = new Map<string, Header | BundleHeader>();
  for (const [name, one] of plan.members)
    try {
      entries.set(name, await headerOfPlan(file, one, path === "" ? name : `${path}/${name}`));
    } catch (error) {
      if (!isOfMember(error, one)) throw error;
      if (file.options.unreadable !== "skip") file.unreadable.set(path === "" ? name : `${path}/${name}`, error);
    }
  return { kind: plan.kind, entries, attrs: plan.attrs };
}

/** Whether a part of what the file has is a part of what its reader makes of it. */
const isByParts = ({ reader, mask, data }: PlanArray): boolean =>
  (reader !== "matlab" || isTurned(data.attrs)) &&
  mask !== "columns" &&
  // How long the longest of their texts is, shows when all are read.
  !(data.stored.type.class === "compound" && hasTexts(data.stored.type)) &&
  !(reader === "netcdf4" && data.stored.type.class === "string");

/** The header of an array: that of a part of it that has no elements, as far as it is the same. */
async function headerOfArray(file: Known, plan: PlanArray, path: string): Promise<Header> {
  const isMatlab = plan.reader === "matlab";
  const stored = plan.data.shape ?? [];
  const shape = isMatlab ? [...stored].reverse() : stored;
  const ranges = shape.map((): AxisRange => ({ start: 0, step: 1, count: 0, keep: true }));
  const none = isByParts(plan) ? await loadArray(plan, file.context({ ranges }), file.options) : undefined;
  if (none === undefined || none.ndim < shape.length) {
    file.wholes.add(path);
    return headerOf(await loadArray(plan, file.context(), file.options));
  }
  const whole = [...shape, ...none.shape.slice(shape.length)];
  const long = whole.filter((n) => n !== 1);
  const order = long.length > 1 && !long.includes(0) ? (isMatlab ? "F" : orderOf(plan)) : "C";
  const header = { ...headerOf(none), order, shape: whole };
  if (plan.reader !== "netcdf4" || !isMaskedArray(none)) return header;
  // Whether something is missing shows when all of it is read; that it may be is said now.
  return { ...header, mask: "mask", fillValue: await netcdfFill(plan, file.context(), file.options) };
}

function lazy(file: Known, plan: PlanArray, header: Header, path: string): LazyArray {
  const { options: given } = file;
  const rank = plan.data.shape?.length ?? 0;

  /** A part of one plane, all axes kept; the values of `out` are those that were read. */
  const part = async (
    wanted: readonly AxisRange[],
    plane: Plane,
    signal: AbortSignal | undefined,
    out: NdArray | undefined,
  ): Promise<AnyArray> => {
    // MATLAB's axes are those of the file in reverse.
    const ranges = plan.reader === "matlab" ? [...wanted].reverse() : wanted;
    const context = file.context({ ranges, signal });
    const options = { ...given, out };
    if (plane === "data" && plan.reader === "masquerade")
      return await loadArray({ ...plan, mask: undefined }, context, options);
    const mask = plane === "mask" ? await loadMask(plan, context) : undefined;
    if (mask !== undefined) return mask as unknown as NdArray;
    const found = await loadArray(plan, context, options);
    const isNetcdf = plan.reader === "netcdf4" && isMaskedArray(found);
    return planeOf(isNetcdf ? asHeaderSays(found, header.fillValue) : found, plane);
  };

  const read = async (selection?: SelectionInput, options: ReadOptions = {}): Promise<AnyArray> => {
    const { plane = "both", out, signal } = options;
    throwIfAborted(signal);
    const chosen = normalizeSelection(selection, header.shape);
    const direct = plane === "mask" || plan.reader === "netcdf4" ? undefined : asRead(out, chosen, header, rank);
    const found = await part(chosen.ranges.slice(0, rank), plane, signal, direct);
    const items = rest(chosen, rank);
    const result = items === undefined ? found : found.slice(items);
    if (out === undefined || direct !== undefined) return result;
    return isMaskedArray(result) ? result.with({ data: fillOut(result.data, out) }) : fillOut(result, out);
  };

  return {
    header,
    read,
    async *blocks(options = {}): AsyncGenerator<Block> {
      const { plane = "both", maxBytes = BLOCK_BYTES, signal } = options;
      for (const [start, count] of rowRanges(header, file.rows(plan.data.path), maxBytes)) {
        const axis = header.order === "F" ? header.shape.length - 1 : 0;
        const rows = header.shape.map((_, i) => (i === axis ? { start, stop: start + count } : {}));
        yield { array: path, plane, start, value: await read(rows, { plane, signal }) };
      }
    },
  };
}

/** An array that its reader takes as a whole: transposed, or of several columns. */
function lazyWhole(file: Known, plan: PlanArray, header: Header, path: string): LazyArray {
  let whole: Promise<AnyArray> | undefined;
  const read: LazyArray["read"] = async (selection, options) => {
    throwIfAborted(options?.signal);
    whole ??= loadArray(plan, file.context(), file.options);
    return await lazyFromArray(await whole, path).read(selection, options);
  };
  return { header, read, blocks: (options) => blocksByReading({ header, read }, path, options) };
}

/** Blocks along the slowest axis: whole rows of chunks where they fit. */
function* rowRanges(header: Header, together: number, maxBytes: number): Generator<readonly [number, number]> {
  const { shape, order, dtype } = header;
  const axis = order === "F" ? shape.length - 1 : 0;
  const total = shape[axis] ?? 1;
  const rowBytes = shape.reduce((n, m, i) => (i === axis ? n : n * m), Math.max(1, dtype.itemsize));
  let rows = Math.max(1, Math.floor(maxBytes / Math.max(1, rowBytes)));
  if (order === "C" && rows > together) rows -= rows % together;
  for (let start = 0; start < total; start += rows) yield [start, Math.min(rows, total - start)];
}

/**
 * The caller's array with all axes kept, as they are read, where a selection does nothing but leave out some of length 1; undefined: what is
 * read is copied into it.
 */
function asRead(out: NdArray | undefined, chosen: Selection, header: Header, rank: number): NdArray | undefined {
  const { ranges, axes, shape } = chosen;
  if (out === undefined || !sameShape(out.shape, shape) || out.order !== "C" || !out.contiguous) return undefined;
  const whole = ranges.every(({ start, step, count }, i) => {
    return i < rank || (start === 0 && step === 1 && count === header.shape[i]);
  });
  return whole && !axes.includes(undefined)
    ? out.with({ shape: ranges.map((range) => range.count), dims: undefined })
    : undefined;
}

/** What is left of a selection when the first `rank` axes were read as it says, and kept; undefined: nothing. */
function rest({ ranges, axes }: Selection, rank: number): SelectionItem[] | undefined {
  const items: SelectionItem[] = [];
  let next = 0;
  const upTo = (axis: number): void => {
    for (; next < axis; next++) items.push(axis0(ranges[next] as AxisRange, next < rank));
  };
  for (const axis of axes) {
    if (axis === undefined) {
      items.push(null);
      continue;
    }
    upTo(axis);
    items.push(axis0(ranges[axis] as AxisRange, axis < rank));
    next = axis + 1;
  }
  upTo(ranges.length);
  const asItIs = axes.every((axis) => axis !== undefined && axis < rank) && ranges.every((range) => range.keep);
  return asItIs ? undefined : items;
}

function axis0({ start, step, count, keep }: AxisRange, isRead: boolean): SelectionItem {
  if (!keep) return isRead ? 0 : start;
  if (isRead) return {};
  if (count === 0) return { start: 0, stop: 0 };
  const stop = start + count * step;
  return { start, stop: stop < 0 ? undefined : stop, step };
}
