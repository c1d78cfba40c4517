import { hostIsLittleEndian } from "@masquerade/core";
import type { Integers } from "./visible.ts";

/** How 64 bits are to be compared: as float64, as int64, as uint64. */
export type Sorting = "float" | "signed" | "unsigned";

/** Index of the upper half of element i among the 32-bit words: 2 i + UPPER. */
export const UPPER: 0 | 1 = hostIsLittleEndian ? 1 : 0;
export const LOWER: 0 | 1 = hostIsLittleEndian ? 0 : 1;

/** The same memory as 32-bit words. */
export function wordsOf({ buffer, byteOffset, byteLength }: Float64Array | Integers): Uint32Array {
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

/** Upper half of a key that sorts as an unsigned integer as the element does among its kind. NaN apart. */
export function upperKey(upper: number, sorting: Sorting): number {
  if (sorting === "unsigned") return upper;
  if (sorting === "float" && upper >= 0x8000_0000) return ~upper >>> 0;
  return (upper ^ 0x8000_0000) >>> 0;
}

/** Lower half of that key. */
export function lowerKey(lower: number, upper: number, sorting: Sorting): number {
  return sorting === "float" && upper >= 0x8000_0000 ? ~lower >>> 0 : lower;
}

/** The element of a key. */
export function elementOf(key: bigint, sorting: Sorting): number | bigint {
  const view = new DataView(new ArrayBuffer(8));
  const top = 1n << 63n;
  if (sorting === "unsigned") return key;
  view.setBigUint64(0, sorting === "signed" || key >= top ? key ^ top : BigInt.asUintN(64, ~key));
  return sorting === "signed" ? view.getBigInt64(0) : view.getFloat64(0);
}
