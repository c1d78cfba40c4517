import {
  type AnyArray,
  type Bundle,
  eachArray,
  isContiguous,
  isMaskedArray,
  type NdArray,
  nomask,
} from "@masquerade/core";
import { ByteOut, type Style } from "./byte-out.ts";
import { columnOf } from "./columns.ts";
import { printHidden, printRows } from "./print-rows.ts";

/** Elements from which on some are printed to see how long they are. */
const MANY = 8192;
/** How many of them: one in so many, in runs of {@link RUN}, of which there are at most so many. */
const ONE_IN = 64;
const RUN = 32;
const MOST_RUNS = 64;
/** For what the runs do not show, and for what is not elements. */
const MARGIN = 1.04;
const AROUND = 4096;

/**
 * About how many bytes a file will have, rather too many. A buffer of that size is filled once: one too small is copied, and memory of one far too
 * large is not what the system has at hand.
 */
export function expectedBytes(value: AnyArray | Bundle, style: Style): number {
  let bytes = AROUND;
  for (const [, array] of eachArray(value)) bytes += arrayBytes(array, style);
  return Math.ceil(bytes);
}

function arrayBytes(array: AnyArray, style: Style): number {
  const { size, dtype } = array;
  return (size < MANY ? undefined : sampled(array, style)) ?? size * (dtype.itemsize * 3 + 3);
}

/** Undefined where elements would have to be copied first, or are not the kernels' to print. */
function sampled(array: AnyArray, style: Style): number | undefined {
  const data = isMaskedArray(array) ? array.data : array;
  const mask = isMaskedArray(array) && array.mask !== nomask ? (array.mask as NdArray) : undefined;
  if (!inOrder(data) || (mask !== undefined && !inOrder(mask))) return undefined;
  const { printable } = columnOf(data, mask, style.precision);
  if (printable === undefined) return undefined;
  const { size, shape } = data;
  const out = new ByteOut(style, new Uint8Array(MOST_RUNS * RUN * 64));
  const runs = Math.min(MOST_RUNS, Math.ceil(size / (ONE_IN * RUN)));
  for (let i = 0; i < runs; i++) {
    const from = Math.floor(((size - RUN) * (i + 0.5)) / runs);
    if (!printRows(out, printable, from, RUN, { row: 0, inRow: 0 }, 0x7fffffff, [])) return undefined;
    out.byte(44);
    if (mask !== undefined && style.hidden) printHidden(out, printable, from, RUN, false);
  }
  const elements = (out.at / (runs * RUN)) * size;
  const rows = size / (shape.at(-1) ?? 1);
  // Brackets, comma, line end and indentation, for a row and for whatever encloses it.
  return elements * MARGIN + rows * (5 + 2 * (shape.length + 2) * style.indent);
}

const inOrder = ({ shape, strides }: NdArray): boolean => isContiguous(shape, strides, "C");
