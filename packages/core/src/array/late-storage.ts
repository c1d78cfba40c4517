import type { DType } from "../dtype/dtype.ts";
import { type BinaryKind, type Storage, storageOver } from "../dtype/elements.ts";
import type { Order } from "./any.ts";
import { needsSwap, swapUnit } from "./byte-order.ts";
import type { NdArray } from "./ndarray.ts";
import { isContiguous } from "./strides.ts";
import { swapLanes } from "./swap.ts";

/**
 * Storage made when it is first asked for, over bytes that are not aligned or not in host order: whoever only passes such an array on
 * (to another file, say) never pays for the copy. Views of an array share it, so that they go on sharing memory once it is made.
 */
export class LateStorage {
  /** The bytes as they came, in the byte order of `dtype`. */
  readonly raw: Uint8Array;
  readonly dtype: DType;
  /** Lanes of the storage to come. */
  readonly length: number;
  /** Bytes whose order is reversed on the way; 1 where none is. */
  readonly unit: number;
  #made: Storage | undefined;

  constructor(raw: Uint8Array, dtype: DType, length: number, unit: number) {
    this.raw = raw;
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
      const bytes = swapLanes(this.raw, this.unit, new Uint8Array(this.raw.length));
      this.#made = storageOver(this.dtype.kind as BinaryKind, bytes.buffer, 0, this.length);
    }
    return this.#made;
  }
}

/** The bytes an array was made from, while they are still all there is of it and are what `arrayBytes` asks for. */
export function lateBytes(array: NdArray, order: Order): Uint8Array | undefined {
  const { memory, dtype } = array;
  if (!(memory instanceof LateStorage) || memory.made) return undefined;
  const whole = array.offset === 0 && array.size * dtype.itemsize === memory.raw.length;
  if (!whole || !isContiguous(array.shape, array.strides, order)) return undefined;
  return (needsSwap(dtype) ? swapUnit(dtype) : 1) === memory.unit ? memory.raw : undefined;
}
