import type { DType } from "../dtype/dtype.ts";
import { hostIsLittleEndian, storageRules } from "../dtype/elements.ts";

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
