import { type DType, hasObjects, lanesOf } from "../dtype/dtype.ts";
import {
  type BinaryKind,
  type Elements,
  hostIsLittleEndian,
  type Kind,
  storageOver,
  storageRules,
} from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import type { Order } from "./any.ts";
import { gather } from "./gather.ts";
import { NdArray } from "./ndarray.ts";
import { sizeOf } from "./strides.ts";
import { swapLanes } from "./swap.ts";

/** Whether elements of `dtype` lie in a file in another byte order than in memory. */
export function needsSwap(dtype: DType): boolean {
  if (dtype.byteOrder === "none") return false;
  const fileIsLittle = dtype.byteOrder === "little";
  // Extended-precision bytes are little-endian in memory on every host.
  if (dtype.kind === "longdouble" || dtype.kind === "clongdouble") return !fileIsLittle;
  return fileIsLittle !== hostIsLittleEndian;
}

/** Bytes between which the order is reversed when swapping. */
export function swapUnit(dtype: DType): number {
  if (dtype.kind === "longdouble") return dtype.itemsize;
  if (dtype.kind === "clongdouble") return dtype.itemsize / 2;
  return storageRules[dtype.kind].laneBytes;
}

/** The raw bytes of an array in its dtype's byte order and the memory order asked for; a view of its storage where possible. Throws OptionError for object dtypes. */
export function arrayBytes(array: NdArray, order: Order): Uint8Array {
  if (hasObjects(array.dtype))
    throw new OptionError("DTYPE_MISMATCH", `${array.dtype.kind} arrays hold Python objects, which have no bytes`);
  const lanes = gather(array, order) as Uint8Array;
  const raw = new Uint8Array(lanes.buffer, lanes.byteOffset, lanes.byteLength);
  if (!needsSwap(array.dtype)) return raw;
  return swapLanes(raw, swapUnit(array.dtype), new Uint8Array(raw.length));
}

/**
 * An array over raw bytes as a file holds them (in `dtype.byteOrder`, elements in `order`): a view when the bytes are aligned and in
 * host order, else one copy. `raw.length` must be exactly size * itemsize: throws OptionError SHAPE_MISMATCH otherwise.
 */
export function arrayFromBytes<K extends Kind>(
  raw: Uint8Array,
  dtype: DType<K>,
  shape: readonly number[],
  order: Order = "C",
  options: { readonly copy?: boolean } = {},
): NdArray<K> {
  const d = dtype as DType;
  const need = sizeOf(shape) * d.itemsize;
  if (hasObjects(d))
    throw new OptionError("DTYPE_MISMATCH", `${d.kind} arrays hold Python objects, which have no bytes`);
  if (raw.length !== need)
    throw new OptionError(
      "SHAPE_MISMATCH",
      `shape (${shape.join(", ")}) of ${d.itemsize}-byte elements takes ${need} bytes, not ${raw.length}`,
    );
  const laneBytes = storageRules[d.kind].laneBytes || 1;
  const swap = needsSwap(d);
  const aligned = raw.byteOffset % laneBytes === 0;
  let bytes = raw;
  if (swap || !aligned || options.copy === true) {
    bytes = new Uint8Array(raw.length);
    if (swap) swapLanes(raw, swapUnit(d), bytes);
    else bytes.set(raw);
  }
  const storage = storageOver(d.kind as BinaryKind, bytes.buffer, bytes.byteOffset, sizeOf(shape) * lanesOf(d));
  return new NdArray<K>({ dtype, shape, storage: storage as Elements[K]["data"], order });
}
