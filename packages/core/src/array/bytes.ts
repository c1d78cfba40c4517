import { type DType, hasObjects, lanesOf } from "../dtype/dtype.ts";
import { type BinaryKind, type Elements, type Kind, storageOver, storageRules } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import type { Order } from "./any.ts";
import { needsSwap, swapUnit } from "./byte-order.ts";
import { gather } from "./gather.ts";
import { LateStorage, lateBytes } from "./late-storage.ts";
import { NdArray } from "./ndarray.ts";
import { sizeOf } from "./strides.ts";
import { swapLanes } from "./swap.ts";

/** The raw bytes of an array in its dtype's byte order and the memory order asked for; a view of its storage where possible. Throws OptionError for object dtypes. */
export function arrayBytes(array: NdArray, order: Order): Uint8Array {
  if (hasObjects(array.dtype))
    throw new OptionError("DTYPE_MISMATCH", `${array.dtype.kind} arrays hold Python objects, which have no bytes`);
  const late = lateBytes(array, order);
  if (late !== undefined) return late.raw();
  const lanes = gather(array, order) as Uint8Array;
  const raw = new Uint8Array(lanes.buffer, lanes.byteOffset, lanes.byteLength);
  if (!needsSwap(array.dtype)) return raw;
  return swapLanes(raw, swapUnit(array.dtype), new Uint8Array(raw.length));
}

/**
 * An array over raw bytes as a file holds them (in `dtype.byteOrder`, elements in `order`): a view when the bytes are aligned and in
 * host order; else one copy, made when the elements are first asked for. Bytes in several pieces are put together then, too.
 * There must be exactly size * itemsize of them: throws OptionError SHAPE_MISMATCH otherwise.
 */
export function arrayFromBytes<K extends Kind>(
  raw: Uint8Array | readonly Uint8Array[],
  dtype: DType<K>,
  shape: readonly number[],
  order: Order = "C",
  options: { readonly copy?: boolean } = {},
): NdArray<K> {
  const d = dtype as DType;
  const pieces = raw instanceof Uint8Array ? [raw] : raw;
  const length = pieces.reduce((n, piece) => n + piece.length, 0);
  const need = sizeOf(shape) * d.itemsize;
  if (hasObjects(d))
    throw new OptionError("DTYPE_MISMATCH", `${d.kind} arrays hold Python objects, which have no bytes`);
  if (length !== need)
    throw new OptionError(
      "SHAPE_MISMATCH",
      `shape (${shape.join(", ")}) of ${d.itemsize}-byte elements takes ${need} bytes, not ${length}`,
    );
  const laneBytes = storageRules[d.kind].laneBytes || 1;
  const swap = needsSwap(d);
  const [only] = pieces;
  const aligned = pieces.length === 1 && only !== undefined && only.byteOffset % laneBytes === 0;
  const lanes = sizeOf(shape) * lanesOf(d);
  if (swap || !aligned || options.copy === true) {
    const late = new LateStorage(pieces, d, lanes, swap ? swapUnit(d) : 1);
    return new NdArray<K>({
      dtype,
      shape,
      storage: options.copy === true ? (late.get() as Elements[K]["data"]) : late,
      order,
    });
  }
  const storage = storageOver(d.kind as BinaryKind, only.buffer, only.byteOffset, lanes);
  return new NdArray<K>({ dtype, shape, storage: storage as Elements[K]["data"], order });
}
