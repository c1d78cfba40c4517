import { type Kernel, kernel } from "./kernel.ts";
import {
  type KernelKind,
  MISSING,
  MISSING_ROOM,
  PARSE_ELEMENTS,
  PARSE_MASK,
  PARSE_ROOM,
  PARSE_TEXT,
  PARSE_VALUES,
  PRINT_ELEMENTS,
  PRINT_LIMIT,
  PRINT_MASK,
  PRINT_TEXT,
  PRINT_VALUES,
  word,
} from "./memory.ts";

/** Rows of numbers of one kind, with a delimiter between them. */
export interface TableShape {
  readonly kind: KernelKind;
  /** The byte between two numbers; 0 (reading only): any spaces and tabs. */
  readonly delimiter: number;
  readonly rowLength: number;
  /** The text of a masked element, in ASCII; undefined: nothing may be masked. */
  readonly missing: string | undefined;
}

/** Puts what a table is into the kernels' memory. Undefined where they are not to be had or cannot do it. */
function ready({ kind, delimiter, rowLength, missing }: TableShape): Kernel | undefined {
  if (rowLength > 0x7fffffff || (missing ?? "").length > MISSING_ROOM) return undefined;
  const k = kernel();
  if (k === undefined) return undefined;
  const { words, memory } = k;
  words[word.masked] = missing === undefined ? 0 : 1;
  words[word.pair] = kind.pair ? 1 : 0;
  words[word.delimiter] = delimiter;
  words[word.rowLength] = rowLength;
  words[word.missing] = missing?.length ?? 0;
  for (let i = 0; i < (missing?.length ?? 0); i++) {
    const code = (missing as string).charCodeAt(i);
    if (code > 127) return undefined;
    memory[MISSING + i] = code;
  }
  return k;
}

/**
 * Writes whole rows as Python prints their numbers (`nan`, `-inf`, `1.5-2j`, integers of any size), without the last row's line end. `values`
 * and `mask` are contiguous; `inRow` elements of the first row are there already. Gives false, and does nothing, where there are no kernels.
 */
export function printTable(
  shape: TableShape,
  values: Uint8Array,
  mask: Uint8Array | undefined,
  write: (text: Uint8Array) => void,
  inRow = 0,
): boolean {
  const k = ready({ ...shape, missing: mask === undefined ? undefined : shape.missing });
  if (k === undefined) return false;
  const { words, memory } = k;
  const { code, size } = shape.kind;
  const count = values.length / size;
  words[word.inRow] = inRow;
  for (let at = 0; at < count; ) {
    const n = Math.min(PRINT_ELEMENTS, count - at);
    memory.set(values.subarray(at * size, (at + n) * size), PRINT_VALUES);
    if (mask !== undefined) memory.set(mask.subarray(at, at + n), PRINT_MASK);
    for (let done = 0; done < n; ) {
      const from = PRINT_VALUES + done * size;
      const end = k.printTable(code, n - done, from, PRINT_MASK + done, PRINT_TEXT, PRINT_LIMIT);
      write(memory.subarray(PRINT_TEXT, end));
      done += words[word.done] as number;
    }
    at += n;
  }
  return true;
}

/** Text that is being read, and where. */
export interface TableText {
  readonly bytes: Uint8Array;
  at: number;
  /** Elements of this row that were read. */
  inRow: number;
  /** Whether {@link at} is behind an element, not in front of one. */
  after: boolean;
}

/** Nearer to the end of a piece of text a number may be cut. */
const NEAR = 512;
const ZEROS = 64;

/**
 * Reads what it can of `most` elements and moves `text`; returns how many. It stops in front of whatever is not the usual (an empty line, a
 * comment, quotes, a number that only slower code reads, an error), behind or in front of an element.
 */
export function parseTable(
  shape: TableShape,
  text: TableText,
  most: number,
  take: (at: number, count: number, values: Uint8Array, mask: Uint8Array | undefined) => void,
): number {
  const k = ready(shape);
  if (k === undefined) return 0;
  const { words, memory } = k;
  const { bytes } = text;
  const { code, size } = shape.kind;
  let total = 0;
  let from = 0;
  let to = 0;
  words[word.inRow] = text.inRow;
  words[word.after] = text.after ? 1 : 0;
  while (total < most) {
    if (text.at >= to || (to < bytes.length && to - text.at < NEAR)) {
      from = text.at;
      to = Math.min(bytes.length, from + PARSE_ROOM);
      memory.set(bytes.subarray(from, to), PARSE_TEXT);
      memory.fill(0, PARSE_TEXT + to - from, PARSE_TEXT + to - from + ZEROS);
    }
    const wanted = Math.min(most - total, PARSE_ELEMENTS);
    const end = PARSE_TEXT + to - from;
    const stop = k.parseTable(code, text.at - from + PARSE_TEXT, end, PARSE_VALUES, PARSE_MASK, wanted);
    const done = words[word.done] as number;
    const masked = words[word.nulls] !== 0;
    if (done > 0)
      take(
        total,
        done,
        memory.subarray(PARSE_VALUES, PARSE_VALUES + done * size),
        masked ? memory.subarray(PARSE_MASK, PARSE_MASK + done) : undefined,
      );
    total += done;
    text.at = stop - PARSE_TEXT + from;
    if (done < wanted && !(to < bytes.length && to - text.at < NEAR && text.at > from)) break;
  }
  text.inRow = words[word.inRow] as number;
  text.after = words[word.after] !== 0;
  return total;
}
