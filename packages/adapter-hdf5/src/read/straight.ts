import { hostIsLittleEndian, type NdArray, sameDType, sameShape } from "@masquerade/core";
import type { Described } from "./described.ts";
import { isSettled } from "./settle.ts";

/**
 * The memory of the caller's array, where elements can go as they lie in the file: one run in C order of the very dtype, which nobody
 * makes anything else of. undefined: they are read first, and copied.
 */
export function memoryFor(out: NdArray | undefined, one: Described): Uint8Array | undefined {
  const { reader, type, dtype, shape } = one;
  if (out === undefined || (reader !== "masquerade" && reader !== "h5py")) return undefined;
  if (!sameDType(out.dtype, dtype) || !sameShape(out.shape, shape) || out.order !== "C" || !out.contiguous)
    return undefined;
  const asStored = dtype.byteOrder === "none" || (dtype.byteOrder === "little") === hostIsLittleEndian;
  const isText = type.class === "text" || dtype.kind === "string" || (dtype.kind === "str" && type.class === "string");
  if (!asStored || isText || dtype.itemsize === 0) return undefined;
  if (reader !== "masquerade" && !isSettled(type, reader)) return undefined;
  const { buffer, byteOffset, byteLength } = out.data as Uint8Array;
  return byteLength === one.bytes ? new Uint8Array(buffer, byteOffset, byteLength) : undefined;
}
