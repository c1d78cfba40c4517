import { arrayFromBytes, type NdArray } from "@masquerade/core";
import type { Leaf } from "./leaves.ts";

/** The values of one column, contiguous. */
export function leafArray(data: NdArray, leaf: Leaf): NdArray {
  if (data.dtype.kind !== "struct") return data;
  const { itemsize } = data.dtype;
  const records = data.toC() as Uint8Array;
  const width = leaf.dtype.itemsize;
  const out = new Uint8Array(data.size * width);
  for (let i = 0, at = leaf.offset; i < data.size; i++, at += itemsize)
    out.set(records.subarray(at, at + width), i * width);
  return arrayFromBytes(out, leaf.dtype, [data.size]) as NdArray;
}

/** Which elements of column `number` are masked. */
export function leafMask(mask: NdArray | undefined, number: number, columns: number): Uint8Array | undefined {
  if (mask === undefined) return undefined;
  const bits = mask.toBytes("C");
  if (columns === 1) return bits;
  const out = new Uint8Array(bits.length / columns);
  for (let i = 0; i < out.length; i++) out[i] = bits[i * columns + number] as number;
  return out;
}
