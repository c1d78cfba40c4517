import {
  type AnyArray,
  type Block,
  FormatError,
  isMaskedArray,
  type NdArray,
  OptionError,
  quoteText,
  sameDType,
  sameShape,
  sizeOf,
} from "@masquerade/core";
import { encodeMask } from "../message/mask.ts";
import { type BlockHow, blockBytes } from "./block-bytes.ts";
import { isObjects } from "./outline.ts";
import { type BlockPlan, boolsOf, type PlannedBlock, type StreamArray, slowestAxis } from "./plan.ts";
import { FORMAT } from "./tables.ts";

/** A block that is complete: its place in the plan and its uncompressed bytes. */
export interface CutBlock {
  readonly block: PlannedBlock;
  readonly bytes: Uint8Array;
}

/** Where the bytes of an unfinished run are put together. */
interface Gathering {
  readonly data: Uint8Array;
  readonly mask: Uint8Array;
  items: unknown[];
  elements: number;
}

/**
 * Cuts the parts of arrays, as they come along the slowest axis, into the blocks of a plan. Parts end anywhere; what lies in one part as a
 * whole is a view of it, what does not is put together. At most one run is held.
 */
export class Cutter {
  readonly #plan: BlockPlan;
  readonly #how: BlockHow;
  readonly #paths: readonly string[];
  /** Number of the next block. */
  #next: number;
  /** Array that is being cut, and indices of its slowest axis that have come. */
  #array: number;
  #done: number;
  #gathering: Gathering | undefined;

  /** Begins with block `first`, for arrays that have grown; parts of `array` begin at index `done`. */
  constructor(plan: BlockPlan, paths: readonly string[], how: BlockHow, first = 0, array = 0, done = 0) {
    this.#plan = plan;
    this.#paths = paths;
    this.#how = how;
    this.#next = first;
    this.#array = array;
    this.#done = done;
    this.#skipFull();
  }

  /** The blocks that are complete with this part. Throws OptionError for a part that is not the next. */
  *push(part: Block): Generator<CutBlock> {
    const array = this.#plan.arrays[this.#array];
    if (array === undefined) throw notDue(part, "nothing more is due");
    const path = this.#paths[this.#array] as string;
    if (part.array !== path) throw notDue(part, `"${quoteText(path)}" is due`);
    if (part.plane === "mask" || (part.plane === "data" && array.masked))
      throw notDue(part, "both planes come together");
    const count = this.#check(part, array);
    const { value } = part;
    const axis = slowestAxis(array.shape, array.order);
    const row = array.shape.reduce((n, dim, i) => (i === axis ? n : n * dim), 1);
    const first = this.#done * row;
    this.#done += count;
    yield* this.#cut(value, array, first, count * row);
    this.#skipFull();
  }

  /** Throws FormatError when parts are missing; of arrays after `last` none are due. */
  finish(last: number = this.#plan.arrays.length): void {
    const array = this.#plan.arrays[this.#array];
    if (array === undefined || this.#array > last) return;
    const axis = slowestAxis(array.shape, array.order);
    const path = this.#paths[this.#array] as string;
    throw new FormatError(
      "FORMAT_TRUNCATED",
      FORMAT,
      `blocks${path === "" ? "" : ` of "${quoteText(path)}"`} are missing: from ${this.#done} to ${array.shape[axis] ?? 1}`,
    );
  }

  /** Goes on to the next array that has something to come. */
  #skipFull(): void {
    for (; this.#array < this.#plan.arrays.length; this.#array++, this.#done = 0) {
      const { shape, order } = this.#plan.arrays[this.#array] as StreamArray;
      const axis = slowestAxis(shape, order);
      if (this.#done < (shape[axis] ?? 1)) return;
    }
  }

  #check(part: Block, array: StreamArray): number {
    const { value, start } = part;
    const axis = slowestAxis(array.shape, array.order);
    if (start !== this.#done)
      throw new OptionError("INDEX_INVALID", `${FORMAT}: the next block begins at ${this.#done}, not at ${start}`);
    const count = axis < 0 ? 1 : (value.shape[axis] ?? 0);
    const want = array.shape.map((n, i) => (i === axis ? count : n));
    if (!sameShape(value.shape, want) || this.#done + count > (array.shape[axis] ?? 1))
      throw new OptionError(
        "SHAPE_MISMATCH",
        `${FORMAT}: a block of shape (${value.shape.join(", ")}) at ${start} does not fit into (${array.shape.join(", ")})`,
      );
    const data = isMaskedArray(value) ? value.data : value;
    const swapped = data.dtype.kind === array.dtype.kind && data.dtype.kind !== "struct";
    if (
      !sameDType(data.dtype, array.dtype) &&
      !(swapped && sameDType(data.dtype, { ...array.dtype, byteOrder: data.dtype.byteOrder }))
    )
      throw new OptionError(
        "DTYPE_MISMATCH",
        `${FORMAT}: the plan says ${array.dtype.kind}, the block holds ${data.dtype.kind}`,
      );
    return count;
  }

  /** Elements `first` to `first + size` of the array, in memory order. */
  *#cut(value: AnyArray, array: StreamArray, first: number, size: number): Generator<CutBlock> {
    const objects = isObjects(array.dtype);
    const raw = size === 0 ? undefined : new PartBytes(value, array, this.#how, objects);
    for (let at = 0; at < size; ) {
      const due = this.#plan.at(this.#next);
      if (due === undefined || due.array !== this.#array) return; // elements of no bytes have no blocks
      const from = first + at - due.start;
      const take = Math.min(size - at, due.count - from);
      const part = raw as PartBytes;
      if (take === due.count) yield* this.#emit(due, array, part.data(at, take), part.bools(at, take));
      else {
        this.#gathering ??= {
          data: new Uint8Array(objects ? 0 : due.count * array.dtype.itemsize),
          mask: new Uint8Array(array.masked ? due.count * boolsOf(array.dtype) : 0),
          items: [],
          elements: 0,
        };
        const gathering: Gathering = this.#gathering;
        if (objects) gathering.items = gathering.items.concat(part.items(at, take));
        else gathering.data.set(part.data(at, take), from * array.dtype.itemsize);
        if (array.masked) gathering.mask.set(part.bools(at, take), from * boolsOf(array.dtype));
        gathering.elements += take;
        if (gathering.elements === due.count) {
          const data = objects ? part.written(gathering.items) : gathering.data;
          this.#gathering = undefined;
          yield* this.#emit(due, array, data, gathering.mask);
        }
      }
      at += take;
    }
  }

  /** The data block and the mask block of a run, those of the two that there are. */
  *#emit(due: PlannedBlock, array: StreamArray, data: Uint8Array, bools: Uint8Array): Generator<CutBlock> {
    let block: PlannedBlock | undefined = due;
    if (block.plane === "data") {
      this.#next++;
      yield { block, bytes: data };
      if (!array.masked || boolsOf(array.dtype) === 0) return;
      block = this.#plan.at(this.#next) as PlannedBlock;
    }
    this.#next++;
    yield { block, bytes: encodeMask(bools, this.#how.mask) };
  }
}

/** The bytes of a part, made when they are first asked for. */
class PartBytes {
  readonly #value: AnyArray;
  readonly #array: StreamArray;
  readonly #how: BlockHow;
  readonly #objects: boolean;
  #data: Uint8Array | undefined;
  #bools: Uint8Array | undefined;
  #items: readonly unknown[] | undefined;

  constructor(value: AnyArray, array: StreamArray, how: BlockHow, objects: boolean) {
    this.#value = value;
    this.#array = array;
    this.#how = how;
    this.#objects = objects;
  }

  data(at: number, count: number): Uint8Array {
    if (this.#objects) return this.written(this.items(at, count));
    this.#data ??= blockBytes(this.#value, "data", this.#array, this.#how);
    const { itemsize } = this.#array.dtype;
    return this.#data.subarray(at * itemsize, (at + count) * itemsize);
  }

  bools(at: number, count: number): Uint8Array {
    if (!this.#array.masked) return new Uint8Array(0);
    const mask = isMaskedArray(this.#value) ? (this.#value.maskArray() as NdArray) : undefined;
    this.#bools ??=
      mask?.toBytes(this.#array.order) ?? new Uint8Array(sizeOf(this.#value.shape) * boolsOf(this.#array.dtype));
    const each = boolsOf(this.#array.dtype);
    return this.#bools.subarray(at * each, (at + count) * each);
  }

  items(at: number, count: number): readonly unknown[] {
    if (this.#items === undefined) {
      const value = this.#value;
      const hidden = this.#how.dropHidden && this.#array.masked && isMaskedArray(value);
      const data = (hidden ? value.filled() : isMaskedArray(value) ? value.data : value) as NdArray;
      this.#items = (this.#array.order === "C" ? data : data.transpose()).toC() as readonly unknown[];
    }
    return this.#items.slice(at, at + count);
  }

  /** Objects as the message they are written as. */
  written(items: readonly unknown[]): Uint8Array {
    return blockBytes(
      (isMaskedArray(this.#value) ? this.#value.data : this.#value).with({
        storage: [...items] as never,
        shape: [items.length],
        strides: [1],
        offset: 0,
        dims: undefined,
      }),
      "data",
      { ...this.#array, masked: false, order: "C" },
      this.#how,
    );
  }
}

function notDue(part: Block, why: string): OptionError {
  return new OptionError(
    "INDEX_INVALID",
    `${FORMAT}: ${why}, not ${part.plane} of "${quoteText(part.array)}" at ${part.start}`,
  );
}
