import type { Kind, NdArray, Storage } from "@masquerade/core";
import { type KernelKind, kernelKinds, parseTable, printTable, type TableText } from "@masquerade/decimal";
import type { ReadColumn } from "./read-fields.ts";
import type { TextOut } from "./text-out.ts";

/** Kinds whose fields are what the kernels of `decimal` print and read. */
export function kernelKind(kind: Kind): KernelKind | undefined {
  return kind === "bool" ? undefined : kernelKinds.get(kind);
}

/** Storage as bytes. */
export const bytesOf = (storage: Storage): Uint8Array => {
  const { buffer, byteOffset, byteLength } = storage as Uint8Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
};

/** Writes the elements `from` to `to` by the kernels, `inRow` of whose row are written; undefined for dtypes they do not print, false where there are none. */
export function rowPrinter(
  { values, mask }: { readonly values: NdArray; readonly mask: Uint8Array | undefined },
  delimiter: number,
  rowLength: number,
  missing: string,
): ((out: TextOut, from: number, to: number, inRow: number) => boolean) | undefined {
  const kind = kernelKind(values.dtype.kind);
  if (kind === undefined) return undefined;
  const bytes = bytesOf(values.toC() as Storage);
  const shape = { kind, delimiter, rowLength, missing };
  return (out, from, to, inRow) => {
    const part = bytes.subarray(from * kind.size, to * kind.size);
    if (!printTable(shape, part, mask?.subarray(from, to), (text) => out.raw(text), inRow)) return false;
    if ((inRow + to - from) % rowLength === 0) out.byte(10);
    return true;
  };
}

/**
 * Reads elements of a single column by the kernels, as far as they go: `index` elements are read, `most` more may be. Undefined for dtypes they
 * do not read.
 */
export function rowParser(
  column: ReadColumn,
  size: number,
  delimiter: number,
  rowLength: number,
  missing: string | undefined,
): ((text: TableText, index: number, most: number) => number) | undefined {
  const kind = kernelKind(column.dtype.kind);
  if (kind === undefined || kind.pair) return undefined;
  const bytes = bytesOf(column.storage);
  const shape = { kind, delimiter, rowLength, missing };
  return (text, index, most) =>
    parseTable(shape, text, most, (at, _count, values, mask) => {
      bytes.set(values, (index + at) * kind.size);
      if (mask === undefined) return;
      column.mask ??= new Uint8Array(size);
      column.mask.set(mask, index + at);
    });
}
