import {
  AXIS_ROWS,
  type Kernel,
  type KernelKind,
  kernel,
  MOST_AXES,
  PRINT_ELEMENTS,
  PRINT_LIMIT,
  PRINT_MASK,
  PRINT_TEXT,
  PRINT_VALUES,
  SEPARATOR_ROOM,
  SEPARATOR_TEXT,
  SEPARATORS,
  word,
} from "@masquerade/decimal";
import type { ByteOut } from "./byte-out.ts";

/** Numbers as the kernels print them: contiguous, as bytes. */
export interface Printable {
  readonly kind: KernelKind;
  readonly values: Uint8Array;
  readonly mask: Uint8Array | undefined;
}

/** Where in nested lists a writer is: rows finished, and elements of the row that is open. */
export interface RowPlace {
  row: number;
  inRow: number;
}

/** As many elements are worth the call. */
const WORTH = 8;

/**
 * Writes `count` elements, and what stands between them and between rows, within rows of `rowLength` of which one is open. Gives false, and does
 * nothing, where there are no kernels.
 */
export function printRows(
  out: ByteOut,
  printable: Printable,
  from: number,
  count: number,
  place: RowPlace,
  rowLength: number,
  rowsIn: readonly number[],
): boolean {
  const k = count < WORTH ? undefined : kernel();
  if (k === undefined || rowsIn.length > MOST_AXES || !separators(k, out, rowsIn)) return false;
  const { words } = k;
  words[word.masked] = printable.mask === undefined ? 0 : 1;
  words[word.rowLength] = rowLength;
  words[word.inRow] = place.inRow;
  words[word.row] = place.row;
  run(k, out, printable, from, count);
  place.inRow = words[word.inRow] as number;
  place.row = words[word.row] as number;
  return true;
}

/** Writes those of `count` elements that are masked into a list, which is at its beginning if `first`. Undefined where there are no kernels. */
export function printHidden(
  out: ByteOut,
  printable: Printable,
  from: number,
  count: number,
  first: boolean,
): boolean | undefined {
  const k = count < WORTH ? undefined : kernel();
  if (k === undefined) return undefined;
  const { words } = k;
  words[word.masked] = 2;
  words[word.rowLength] = 0x7fffffff;
  words[word.inRow] = first ? 0 : 1;
  words[word.row] = 0;
  words[word.axes] = 0;
  run(k, out, printable, from, count);
  return words[word.inRow] === 0;
}

function run(k: Kernel, out: ByteOut, { kind, values, mask }: Printable, from: number, count: number): void {
  const { words, memory } = k;
  words[word.pair] = kind.pair ? 1 : 0;
  words[word.indent] = out.indent === 0 ? -1 : out.spaces;
  words[word.column] = out.column;
  for (let at = from; at < from + count; ) {
    const n = Math.min(PRINT_ELEMENTS, from + count - at);
    memory.set(values.subarray(at * kind.size, (at + n) * kind.size), PRINT_VALUES);
    if (mask !== undefined) memory.set(mask.subarray(at, at + n), PRINT_MASK);
    for (let done = 0; done < n; ) {
      const end = k.print(
        kind.code,
        n - done,
        PRINT_VALUES + done * kind.size,
        PRINT_MASK + done,
        PRINT_TEXT,
        PRINT_LIMIT,
      );
      out.raw(memory.subarray(PRINT_TEXT, end));
      done += words[word.done] as number;
    }
    at += n;
  }
  out.column = words[word.column] as number;
}

/** Puts what stands between rows into the kernels' memory: for each number of outer lists that end there. False where it has no room. */
function separators(k: Kernel, out: ByteOut, rowsIn: readonly number[]): boolean {
  const { words } = k;
  const axes = Math.max(rowsIn.length - 1, 0);
  words[word.axes] = axes;
  if (rowsIn.length === 0) return true;
  const level = out.level;
  let at = SEPARATOR_TEXT;
  for (let ends = 0; ends <= axes; ends++) {
    if (at + (2 * ends + 2) * (level * out.indent + 3) > SEPARATOR_TEXT + SEPARATOR_ROOM) return false;
    let text = "]";
    for (let i = 0; i < ends; i++) text += `${lineOf(out.indent, level - 2 - i)}]`;
    text += ",";
    for (let i = 0; i < ends; i++) text += `${lineOf(out.indent, level - 1 - ends + i)}[`;
    text += `${lineOf(out.indent, level - 1)}[`;
    for (let i = 0; i < text.length; i++) k.memory[at + i] = text.charCodeAt(i);
    words[SEPARATORS + ends * 3] = at;
    words[SEPARATORS + ends * 3 + 1] = text.length;
    words[SEPARATORS + ends * 3 + 2] = text.length - text.lastIndexOf("\n") - 1;
    at += text.length;
    // Rows in one entry of the axes that may end: innermost first, without the outermost, which ends with the last row.
    if (ends < axes) words[AXIS_ROWS + ends] = rowsIn[axes - ends] as number;
  }
  return true;
}

const lineOf = (indent: number, level: number): string => (indent === 0 ? "" : `\n${" ".repeat(level * indent)}`);
