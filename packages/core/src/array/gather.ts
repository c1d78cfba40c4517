import { lanesOf } from "../dtype/dtype.ts";
import { allocateStorage, type Storage } from "../dtype/elements.ts";
import type { Order } from "./any.ts";
import type { NdArray } from "./ndarray.ts";
import { elementIndices, isContiguous } from "./strides.ts";

/** The elements contiguous in `order`, in their storage form: a view of the storage when it is so laid out already, else a copy. */
export function gather(array: NdArray, order: Order): Storage {
  const { shape, strides, offset, storage } = array;
  const lanes = lanesOf(array.dtype);
  const size = array.size;
  if (size === 0) return part(storage, 0, 0);
  if (isContiguous(shape, strides, order)) return part(storage, offset * lanes, (offset + size) * lanes);
  const out = allocateStorage(array.dtype.kind, size * lanes);
  if (lanes === 0) return out;
  copyStrided(array, order, out);
  return out;
}

function part(storage: Storage, from: number, to: number): Storage {
  if (from === 0 && to === storage.length) return storage;
  return Array.isArray(storage) ? storage.slice(from, to) : (storage as Uint8Array).subarray(from, to);
}

/** Copies row by row along the fastest axis of the target order, so that no index table as large as the array is made. */
function copyStrided(array: NdArray, order: Order, out: Storage): void {
  const { shape, strides, offset } = array;
  const [from, to, lanes] = lanesToMove(array, out);
  const inner = order === "C" ? shape.length - 1 : 0;
  const n = shape[inner] as number;
  const step = strides[inner] as number;
  const outer = shape.filter((_, i) => i !== inner);
  const outerStrides = strides.filter((_, i) => i !== inner);
  let rows = 1;
  for (const m of outer) rows *= m;
  const starts = elementIndices(outer, outerStrides, offset, order, new Float64Array(rows));
  let k = 0;
  for (let r = 0; r < rows; r++) {
    const start = starts[r] as number;
    if (step === 1 && !Array.isArray(array.storage)) {
      to.set(from.subarray(start * lanes, (start + n) * lanes), k);
      k += n * lanes;
    } else if (lanes === 1) {
      for (let i = 0, at = start; i < n; i++, at += step) to[k++] = from[at] as number;
    } else {
      for (let i = 0, at = start * lanes; i < n; i++, at += step * lanes)
        for (let l = 0; l < lanes; l++) to[k++] = from[at + l] as number;
    }
  }
}

/** Both sides as lanes that move as they are: floats as integers, because a float on its way may have its NaN payload changed. */
function lanesToMove(array: NdArray, out: Storage): readonly [from: Uint8Array, to: Uint8Array, lanes: number] {
  const { storage } = array;
  const lanes = lanesOf(array.dtype);
  const floats = storage instanceof Float32Array || storage instanceof Float64Array;
  if (!floats) return [storage as Uint8Array, out as Uint8Array, lanes];
  const bits = (a: Storage): Uint8Array => {
    const typed = a as Float32Array;
    return new Uint32Array(typed.buffer, typed.byteOffset, typed.byteLength >> 2) as unknown as Uint8Array;
  };
  return [bits(storage), bits(out), lanes * (storage.BYTES_PER_ELEMENT >> 2)];
}
