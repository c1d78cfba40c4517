import type { DType } from "../dtype/dtype.ts";
import { type BinaryKind, type Storage, storageOver } from "../dtype/elements.ts";
import type { Order } from "./any.ts";
import { needsSwap, swapUnit } from "./byte-order.ts";
import type { NdArray } from "./ndarray.ts";
import { isContiguous } from "./strides.ts";
import { swapLanes } from "./swap.ts";

/**
 * Storage made when it is first asked for, over bytes that are not aligned, not in host order or not in one piece: whoever only passes such
 * an array on (to another file, say) never pays for the copy. Views of an array share it, so that they go on sharing memory once it is made.
 */
export class LateStorage {
  readonly dtype: DType;
  /** Lanes of the storage to come. */
  readonly length: number;
  /** Bytes whose order is reversed on the way; 1 where none is. */
  readonly unit: number;
  /** Bytes of all pieces. */
  readonly byteLength: number;
  #pieces: readonly Uint8Array[];
  #made: Storage | undefined;

  /** `pieces`: the bytes as they came, in the byte order of `dtype`, one piece after another. */
  constructor(pieces: readonly Uint8Array[], dtype: DType, length: number, unit: number) {
    this.#pieces = pieces;
    this.byteLength = pieces.reduce((n, piece) => n + piece.length, 0);
    this.dtype = dtype;
    this.length = length;
    this.unit = unit;
  }

  /** Whether the storage exists; from then on the raw bytes say nothing about the array. */
  get made(): boolean {
    return this.#made !== undefined;
  }

  /** The storage: one copy, aligned and in host order. */
  get(): Storage {
    if (this.#made === undefined) {
      const bytes = this.copyTo(new Uint8Array(this.byteLength));
      this.#made = storageOver(this.dtype.kind as BinaryKind, bytes.buffer, 0, this.length);
      this.#pieces = [];
    }
    return this.#made;
  }

  /** Puts what the storage is to hold, in host order, into `target`, which has as many bytes, and returns it. Only while nothing is made. */
  copyTo<T extends Uint8Array>(target: T): T {
    const [only] = this.#pieces;
    if (this.#pieces.length === 1 && only !== undefined) swapLanes(only, this.unit, target);
    else swapLanes(putTogether(this.#pieces, target), this.unit, target);
    return target;
  }

  /** The bytes as they came, in one piece: a view where they came in one. Only while nothing is made. */
  raw(): Uint8Array {
    const [only] = this.#pieces;
    if (this.#pieces.length === 1 && only !== undefined) return only;
    if (this.unit > 1) return putTogether(this.#pieces, new Uint8Array(this.byteLength));
    // In host order what is put together is the storage, too.
    return new Uint8Array((this.get() as Uint8Array).buffer);
  }
}

function putTogether<T extends Uint8Array>(pieces: readonly Uint8Array[], out: T): T {
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** The bytes an array is to be made from, while they are still all there is of it and are what `arrayBytes` asks for. */
export function lateBytes(array: NdArray, order: Order): LateStorage | undefined {
  const { memory, dtype } = array;
  if (!(memory instanceof LateStorage) || memory.made) return undefined;
  const whole = array.offset === 0 && array.size * dtype.itemsize === memory.byteLength;
  if (!whole || !isContiguous(array.shape, array.strides, order)) return undefined;
  return (needsSwap(dtype) ? swapUnit(dtype) : 1) === memory.unit ? memory : undefined;
}
