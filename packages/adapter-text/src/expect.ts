import {
  type AnyArray,
  type DType,
  isContiguous,
  isMaskedArray,
  type NdArray,
  nomask,
  type Storage,
} from "@masquerade/core";
import { expectedLength, type LengthOf, printTable } from "@masquerade/decimal";
import { bytesOf, kernelKind } from "./rows.ts";

/** About how many bytes a table of numbers has, its header included: rather too many. Undefined where that is not known, or too much to ask for. */
export function expectedBytes(array: AnyArray, missing: string): number | undefined {
  const elements =
    expectedLength(array.size, () => elementLengths(array, missing)) ?? mostBytes(array.dtype, array.size);
  const bytes = elements + AROUND;
  return bytes <= 2 ** 31 ? Math.ceil(bytes) : undefined;
}

/** Bytes of a file that are not elements. */
const AROUND = 2 ** 12;

/** The most bytes that so many numbers take, and their delimiters; NaN for what is no number. */
function mostBytes({ kind, itemsize }: DType, count: number): number {
  return count * (/^u?int/.test(kind) ? (itemsize * 5) / 2 + 3 : (widths[kind] ?? Number.NaN));
}

/** Characters of the longest number of a kind, and its delimiter. */
const widths: { readonly [kind: string]: number } = {
  float16: 16,
  float32: 16,
  float64: 25,
  complex64: 33,
  complex128: 51,
};

/** Undefined where elements would have to be copied first, or are not the kernels' to print. */
function elementLengths(array: AnyArray, missing: string): LengthOf | undefined {
  const data = isMaskedArray(array) ? array.data : array;
  const mask = isMaskedArray(array) && array.mask !== nomask ? (array.mask as NdArray) : undefined;
  const kind = kernelKind(data.dtype.kind);
  if (kind === undefined || !inOrder(data) || (mask !== undefined && !inOrder(mask))) return undefined;
  const values = bytesOf(data.toC() as Storage);
  const masked = mask?.toC() as Uint8Array | undefined;
  const shape = { kind, delimiter: 44, rowLength: 0x7fffffff, missing };
  return (from, count) => {
    const part = values.subarray(from * kind.size, (from + count) * kind.size);
    let length = 1;
    const write = (text: Uint8Array): void => void (length += text.length);
    return printTable(shape, part, masked?.subarray(from, from + count), write) ? length : undefined;
  };
}

const inOrder = ({ shape, strides }: NdArray): boolean => isContiguous(shape, strides, "C");
