import {
  type AnyArray,
  type Bundle,
  eachArray,
  isContiguous,
  isMaskedArray,
  type NdArray,
  nomask,
} from "@masquerade/core";
import { expectedLength, type LengthOf } from "@masquerade/decimal";
import { ByteOut, type Style } from "./byte-out.ts";
import { columnOf } from "./columns.ts";
import { printHidden, printRows } from "./print-rows.ts";

/** Bytes of a file that are not elements. */
const AROUND = 4096;
/** Room for the elements of a run. */
const ROOM = 8192;

/** About how many bytes a file will have, rather too many. */
export function expectedBytes(value: AnyArray | Bundle, style: Style): number {
  let bytes = AROUND;
  for (const [, array] of eachArray(value)) bytes += arrayBytes(array, style);
  return Math.ceil(bytes);
}

function arrayBytes(array: AnyArray, style: Style): number {
  const { size, dtype, shape } = array;
  const elements = expectedLength(size, () => elementLengths(array, style));
  if (elements === undefined) return size * (dtype.itemsize * 3 + 3);
  // Brackets, comma, line end and indentation, for a row and for whatever encloses it.
  return elements + (size / (shape.at(-1) ?? 1)) * (5 + 2 * (shape.length + 2) * style.indent);
}

/** Undefined where elements would have to be copied first, or are not the kernels' to print. */
function elementLengths(array: AnyArray, style: Style): LengthOf | undefined {
  const data = isMaskedArray(array) ? array.data : array;
  const mask = isMaskedArray(array) && array.mask !== nomask ? (array.mask as NdArray) : undefined;
  if (!inOrder(data) || (mask !== undefined && !inOrder(mask))) return undefined;
  const { printable } = columnOf(data, mask, style.precision);
  if (printable === undefined) return undefined;
  const buffer = new Uint8Array(ROOM);
  return (from, count) => {
    const out = new ByteOut(style, buffer);
    if (!printRows(out, printable, from, count, { row: 0, inRow: 0 }, 0x7fffffff, [])) return undefined;
    out.byte(44);
    if (mask !== undefined && style.hidden) printHidden(out, printable, from, count, false);
    return out.at;
  };
}

const inOrder = ({ shape, strides }: NdArray): boolean => isContiguous(shape, strides, "C");
