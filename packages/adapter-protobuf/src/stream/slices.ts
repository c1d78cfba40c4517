import {
  type AnyArray,
  arrayFromBytes,
  type DType,
  type FullMask,
  fillOut,
  type Header,
  isMaskedArray,
  LimitError,
  MaskedArray,
  maskDType,
  NdArray,
  normalizeSelection,
  OptionError,
  type Order,
  type ReadOptions,
  type SelectionInput,
  sizeOf,
  throwIfAborted,
  zeros,
} from "@masquerade/core";
import type { BlockFile } from "./file.ts";
import { dataSubclasses } from "./head.ts";
import { isObjects } from "./outline.ts";
import { boolsOf, type PlannedBlock, type StreamPlane } from "./plan.ts";
import { FORMAT } from "./tables.ts";

/** Blocks that are asked for ahead of the one that is waited for. */
const AHEAD = 3;

/** One axis of a selection, the slowest first: how many, and how far apart in elements of the array. */
interface Axis {
  readonly count: number;
  readonly stride: number;
}

/** The part of an array of a file that a selection takes: the blocks it lies in, and nothing else, are read. */
export async function readSelection(
  file: BlockFile,
  number: number,
  header: Header,
  input: SelectionInput | undefined,
  options: ReadOptions,
): Promise<AnyArray> {
  const { plane = "both", signal, out } = options;
  throwIfAborted(signal);
  if (plane === "mask" && header.mask === "plain")
    throw new OptionError("OPTION_INVALID", "a plain array has no mask to read", "plane");
  const { dtype, order } = header;
  const selection = normalizeSelection(input, header.shape);
  const { shape } = selection;
  const part = sketch(file, number, header).slice(input ?? "...");
  const walk = new Walk(header.shape, order, selection.ranges);
  const { maxBytes } = file.limits;
  const most = walk.size * Math.max(dtype.itemsize, header.mask === "mask" ? boolsOf(dtype) : 0);
  if (most > maxBytes)
    throw new LimitError("maxBytes", `the selection takes ${most} bytes, more than ${maxBytes}; read it by blocks`, {
      format: FORMAT,
    });
  const flags = maskDType(dtype);
  const mask = async (): Promise<NdArray> => {
    if (header.mask !== "mask") return zeros(flags, shape, order) as NdArray;
    const bools = new Uint8Array(walk.size * flags.itemsize);
    await walk.copy(file, number, "mask", flags.itemsize, bools, signal);
    return arrayFromBytes(bools, flags as DType<"bool">, shape, order) as unknown as NdArray;
  };
  if (plane === "mask") return filled(await mask(), out);
  const data = filled(await values(file, number, header, walk, shape, signal), out);
  const sketched = isMaskedArray(part) ? part.data : part;
  const full = data.with({ attrs: sketched.attrs, dims: sketched.dims, subclass: sketched.subclass });
  if (plane === "data" || !isMaskedArray(part)) return full;
  return part.with({ data: full, mask: header.mask === "mask" ? ((await mask()) as unknown as FullMask) : undefined });
}

const filled = (array: NdArray, out: NdArray | undefined): NdArray => (out === undefined ? array : fillOut(array, out));

async function values(
  file: BlockFile,
  number: number,
  header: Header,
  walk: Walk,
  shape: readonly number[],
  signal: AbortSignal | undefined,
): Promise<NdArray> {
  const { dtype, order } = header;
  if (isObjects(dtype)) {
    const storage: unknown[] = [];
    await walk.copy(file, number, "data", 0, storage, signal);
    return new NdArray({ dtype, shape, order, storage: storage as never });
  }
  const bytes = new Uint8Array(walk.size * dtype.itemsize);
  if (bytes.length > 0) await walk.copy(file, number, "data", dtype.itemsize, bytes, signal);
  return arrayFromBytes(bytes, dtype, shape, order);
}

/** An array of the file's with one element for all, to be sliced: what comes of names, classes and attributes is what slicing makes of them. */
function sketch(file: BlockFile, number: number, header: Header): AnyArray {
  const { dtype, shape, attrs, dims, mask, fillValue, hardMask, subclass } = header;
  const one = (type: DType): NdArray =>
    zeros(type, []).with({ shape, strides: shape.map(() => 0), attrs: undefined, dims: undefined }) as NdArray;
  const data = one(dtype).with({
    strides: shape.map(() => 0),
    attrs,
    dims,
    subclass: mask === "plain" ? subclass : dataSubclasses(file.head)[number],
  });
  if (mask === "plain") return data;
  return new MaskedArray({
    data,
    mask: mask === "mask" ? (one(maskDType(dtype) as DType) as unknown as FullMask) : undefined,
    fillValue,
    hardMask,
    subclass,
  });
}

/** Goes through the elements of a selection in the memory order of the array, in runs that lie together. */
class Walk {
  readonly size: number;
  readonly #outer: readonly Axis[];
  readonly #first: number;
  readonly #run: number;

  constructor(
    shape: readonly number[],
    order: Order,
    ranges: readonly { readonly start: number; readonly step: number; readonly count: number }[],
  ) {
    const axes = shape.map((_, i) => (order === "C" ? shape.length - 1 - i : i));
    const outer: Axis[] = [];
    let stride = 1;
    let first = 0;
    let run = 1;
    let together = true;
    for (const axis of axes) {
      const { start, step, count } = ranges[axis] as (typeof ranges)[number];
      first += start * stride;
      if (together && (step === 1 || count === 1)) run *= count;
      else outer.push({ count, stride: step * stride });
      together &&= count === shape[axis] && step === 1;
      stride *= shape[axis] as number;
    }
    this.size = sizeOf(ranges.map((range) => range.count));
    this.#outer = outer.reverse();
    this.#first = first;
    this.#run = run;
  }

  /** Fills `target` with the elements, each of `each` bytes; of objects the values are pushed. */
  async copy(
    file: BlockFile,
    array: number,
    plane: StreamPlane,
    each: number,
    target: Uint8Array | unknown[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (this.size === 0) return;
    const index = this.#outer.map(() => 0);
    let put = 0;
    let from = 0;
    let to = 0;
    let content: Awaited<ReturnType<BlockFile["content"]>> = [];
    for (;;) {
      let element = this.#first;
      for (let i = 0; i < index.length; i++) element += (index[i] as number) * (this.#outer[i] as Axis).stride;
      for (let left = this.#run; left > 0; ) {
        if (element < from || element >= to) {
          throwIfAborted(signal);
          const number = file.head.plan.blockOf(array, plane, element) as number;
          const planned = file.head.plan.at(number) as PlannedBlock;
          from = planned.start;
          to = planned.start + planned.count;
          ahead(file, number, array, plane, element + left);
          content = await file.content(number);
        }
        const take = Math.min(left, to - element);
        if (Array.isArray(target))
          for (let i = 0; i < take; i++) target.push((content as readonly unknown[])[element - from + i]);
        else target.set((content as Uint8Array).subarray((element - from) * each, (element - from + take) * each), put);
        put += take * each;
        element += take;
        left -= take;
      }
      let axis = index.length - 1;
      while (axis >= 0 && (index[axis] = (index[axis] as number) + 1) === (this.#outer[axis] as Axis).count)
        index[axis--] = 0;
      if (axis < 0) return;
    }
  }
}

/** Asks for the blocks that come next of a run that ends at element `end`. */
function ahead(file: BlockFile, number: number, array: number, plane: StreamPlane, end: number): void {
  let next = file.head.plan.at(number);
  for (let i = 0; i < AHEAD && next !== undefined; i++) {
    const start = next.start + next.count;
    if (start >= end) return;
    const following = file.head.plan.blockOf(array, plane, start);
    if (following === undefined) return;
    file.content(following).catch(() => {}); // reported when its turn comes
    next = file.head.plan.at(following);
  }
}
