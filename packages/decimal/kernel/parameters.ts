// What a call is told and tells, where src/memory.ts has it too: words in the kernels' memory.
import { PARAMETERS } from "./memory";

/** Masked elements. 0: there are none. 1: they are null, or the text MISSING; printing lists, 2: only they are written. */
export const MASKED: usize = PARAMETERS;
/** 1: two numbers are an element. */
export const PAIR: usize = PARAMETERS + 4;
/** Of lists: spaces of a wrapped line's indentation; -1: there are no spaces at all. */
export const INDENT: usize = PARAMETERS + 8;
/** Of tables: a byte; when reading 0: any spaces and tabs. */
export const DELIMITER: usize = PARAMETERS + 8;
export const ROW_LENGTH: usize = PARAMETERS + 12;
/** In and out: elements of this row that are done. */
export const IN_ROW: usize = PARAMETERS + 16;
/** In and out, of lists: rows that are done. */
export const ROW: usize = PARAMETERS + 20;
/** Of lists: outer axes but the first. */
export const AXES: usize = PARAMETERS + 24;
/** Of tables: bytes of the text MISSING. */
export const MISSING_LENGTH: usize = PARAMETERS + 24;
/** In and out, printing lists: bytes on the line so far. */
export const COLUMN: usize = PARAMETERS + 28;
/** In and out, reading: 1 behind an element, 0 in front of one. */
export const AFTER: usize = PARAMETERS + 28;
/** Out: elements. */
export const DONE: usize = PARAMETERS + 32;
/** Of lists that are read: rows. */
export const ROWS: usize = PARAMETERS + 36;
/** Out, reading: masked elements. */
export const NULLS: usize = PARAMETERS + 40;
/** For each outer axis, innermost first: the rows in one entry. */
export const AXIS_ROWS: usize = PARAMETERS + 256;
/** What stands between two rows when n outer lists end there: where the text is, its length, its bytes on the last line. */
export const SEPARATORS: usize = PARAMETERS + 512;
/** In a table, where lists have separators: the text of a masked element. */
export const MISSING: usize = PARAMETERS + 512;

/** How many outer lists end where a row (counted from 1 on) ends. */
export function ends(row: i32, axes: i32): i32 {
  let n: i32 = 0;
  while (n < axes && row % load<i32>(AXIS_ROWS + ((<usize>n) << 2)) == 0) n++;
  return n;
}
