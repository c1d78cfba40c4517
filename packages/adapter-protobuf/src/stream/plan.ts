import { type DType, hasObjects, maskDType, type Order, sizeOf } from "@masquerade/core";
import { type Run, type Runs, runAt, runOf, runsOf } from "./runs.ts";

/** One array of a stream, as its blocks see it. */
export interface StreamArray {
  readonly dtype: DType;
  /** As it is now: with all growths. */
  readonly shape: readonly number[];
  readonly order: Order;
  /** Whether there is a full mask. */
  readonly masked: boolean;
  readonly blockShape: readonly number[];
}

export type StreamPlane = "data" | "mask";

/** What a block must be. */
export interface PlannedBlock extends Run {
  readonly index: number;
  readonly array: number;
  readonly plane: StreamPlane;
}

/** What was added to one array at once: the whole of it at first, then each growth. */
interface Segment {
  readonly array: number;
  /** Number of its first block, and blocks it has. */
  readonly first: number;
  readonly blocks: number;
  /** Its first element in the array's memory order. */
  readonly start: number;
  readonly elements: number;
  readonly runs: Runs;
  readonly planes: readonly StreamPlane[];
}

/** The slowest axis in memory; -1 for a 0-d array. */
export function slowestAxis(shape: readonly number[], order: Order): number {
  return order === "C" && shape.length > 0 ? 0 : shape.length - 1;
}

/** Bools of a mask for each element. */
export function boolsOf(dtype: DType): number {
  return maskDType(dtype).itemsize;
}

/** The planes of an array that have blocks. */
function planesOf(array: StreamArray): readonly StreamPlane[] {
  const planes: StreamPlane[] = [];
  if (array.dtype.itemsize > 0 || hasObjects(array.dtype)) planes.push("data");
  if (array.masked && boolsOf(array.dtype) > 0) planes.push("mask");
  return planes;
}

/** All blocks of a stream, by arithmetic: nothing is held for a block. */
export class BlockPlan {
  /** Blocks in all. */
  total = 0;
  readonly #arrays: StreamArray[];
  readonly #segments: Segment[] = [];

  /** Undefined segments do not happen: the shapes of blocks were checked with {@link runsOf} before. */
  constructor(arrays: readonly StreamArray[]) {
    this.#arrays = [...arrays];
    for (const [i, array] of arrays.entries()) this.#add(i, array.shape, 0);
  }

  get arrays(): readonly StreamArray[] {
    return this.#arrays;
  }

  /** An array becomes `length` long along its slowest axis. */
  grow(number: number, length: number): void {
    const array = this.#arrays[number] as StreamArray;
    const axis = slowestAxis(array.shape, array.order);
    const added = array.shape.map((dim, i) => (i === axis ? length - dim : dim));
    const start = sizeOf(array.shape);
    this.#arrays[number] = { ...array, shape: array.shape.map((dim, i) => (i === axis ? length : dim)) };
    this.#add(number, added, start);
  }

  #add(array: number, shape: readonly number[], start: number): void {
    const one = this.#arrays[array] as StreamArray;
    const runs = runsOf(shape, one.order, one.blockShape) as Runs;
    const planes = planesOf(one);
    const blocks = runs.count * planes.length;
    this.#segments.push({ array, first: this.total, blocks, start, elements: sizeOf(shape), runs, planes });
    this.total += blocks;
  }

  /** What block `index` must be; undefined beyond the last. */
  at(index: number): PlannedBlock | undefined {
    const segment = this.#segmentWith(index);
    if (segment === undefined) return undefined;
    const within = index - segment.first;
    const { start, count } = runAt(segment.runs, Math.floor(within / segment.planes.length));
    const plane = segment.planes[within % segment.planes.length] as StreamPlane;
    return { index, array: segment.array, plane, start: segment.start + start, count };
  }

  #segmentWith(index: number): Segment | undefined {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const segment = this.#segments[middle] as Segment;
      if (index >= segment.first + segment.blocks) low = middle + 1;
      else high = middle;
    }
    const found = this.#segments[low];
    return found !== undefined && index >= found.first ? found : undefined;
  }

  /** The number of the block that holds element `element` of a plane, if the plane has blocks. */
  blockOf(array: number, plane: StreamPlane, element: number): number | undefined {
    for (const segment of this.#segments) {
      if (segment.array !== array || element < segment.start || element >= segment.start + segment.elements) continue;
      const which = segment.planes.indexOf(plane);
      if (which < 0) return undefined;
      return segment.first + runOf(segment.runs, element - segment.start) * segment.planes.length + which;
    }
    return undefined;
  }
}
