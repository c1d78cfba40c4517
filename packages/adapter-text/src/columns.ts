import { type AnyArray, arrayFromBytes, isMaskedArray, type NdArray, nomask } from "@masquerade/core";
import type { Flavour } from "./flavour.ts";
import { type Leaf, leavesOf } from "./leaves.ts";
import { fieldWriter, type WriteField } from "./write-fields.ts";

/** One column of fields (of records), or all elements of an array of a simple dtype. */
export interface Column {
  readonly values: NdArray;
  readonly write: WriteField;
  readonly mask: Uint8Array | undefined;
}

/** The columns of an array that is to be written. */
export function columnsOf(array: AnyArray, flavour: Flavour, missing: string): Column[] {
  const given = isMaskedArray(array) ? array.data : array;
  // Its elements are gone through again and again.
  const data = given.contiguous && given.order === "C" ? given : given.copy("C");
  const mask = isMaskedArray(array) && array.mask !== nomask ? (array.mask as NdArray) : undefined;
  const leaves = leavesOf(data.dtype);
  return leaves.map((leaf, i) => {
    const values = leafArray(data, leaf);
    return { values, write: fieldWriter(values, flavour, missing), mask: leafMask(mask, i, leaves.length) };
  });
}

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
