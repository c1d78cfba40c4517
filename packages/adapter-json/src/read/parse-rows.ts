import {
  AXIS_ROWS,
  type Kernel,
  type KernelKind,
  kernel,
  MOST_AXES,
  PARSE_ELEMENTS,
  PARSE_MASK,
  PARSE_ROOM,
  PARSE_TEXT,
  PARSE_VALUES,
  word,
} from "@masquerade/decimal";
import type { Cursor } from "./cursor.ts";

/** What takes the elements that the kernels read. */
export interface Parsed {
  /** `count` elements from `index` on: bytes of values, and of masks if any is masked. Good until the next call. */
  take(index: number, count: number, values: Uint8Array, mask: Uint8Array | undefined): void;
}

/** Nearer to the end of a piece of text a number may be cut. */
const NEAR = 512;
/** As many elements are worth the copying. */
const WORTH = 16;
const ZEROS = 64;

/** Reads runs of numbers of one list of lists with the kernels. For one call of a reader: the memory is everyone's. */
export class RowParser {
  readonly #kernel: Kernel;
  readonly #kind: KernelKind;
  readonly #rowLength: number;
  readonly #nullable: boolean;
  /** What part of the text is in the kernels' memory. */
  #from = 0;
  #to = 0;

  private constructor(k: Kernel, kind: KernelKind, rowLength: number, nullable: boolean) {
    this.#kernel = k;
    this.#kind = kind;
    this.#rowLength = rowLength;
    this.#nullable = nullable;
  }

  /** Undefined where the kernels are not to be had or cannot do it. `rowsIn`: the rows in one entry of each outer axis, outermost first. */
  static of(
    kind: KernelKind | undefined,
    cursor: Cursor,
    count: number,
    rowLength: number,
    rowsIn: readonly number[],
    nullable: boolean,
  ): RowParser | undefined {
    if (kind === undefined || count < WORTH || cursor.words !== undefined || rowsIn.length > MOST_AXES)
      return undefined;
    const rows = rowsIn[0] ?? 1;
    if (rows > 0x7fffffff || rowLength > 0x7fffffff) return undefined;
    const k = kernel();
    if (k === undefined) return undefined;
    const { words } = k;
    words[word.pair] = kind.pair ? 1 : 0;
    words[word.masked] = nullable ? 1 : 0;
    words[word.rowLength] = rowLength;
    words[word.rows] = rows;
    const axes = Math.max(rowsIn.length - 1, 0);
    words[word.axes] = axes;
    for (let i = 0; i < axes; i++) words[AXIS_ROWS + i] = rowsIn[axes - i] as number;
    return new RowParser(k, kind, rowLength, nullable);
  }

  /**
   * Reads what it can from the cursor on, up to `most` elements, the first of which is `index`; `after`: the cursor stands behind an element, not in
   * front of one. Moves the cursor; returns how many, and sets {@link after}.
   */
  run(cursor: Cursor, index: number, after: boolean, most: number, to: Parsed): number {
    const { words, memory } = this.#kernel;
    const { size } = this.#kind;
    const last = after ? index - 1 : index;
    words[word.row] = Math.floor(last / this.#rowLength);
    words[word.inRow] = (last % this.#rowLength) + (after ? 1 : 0);
    words[word.after] = after ? 1 : 0;
    let total = 0;
    for (;;) {
      if (cursor.at < this.#from || cursor.at >= this.#to) this.#load(cursor);
      const start = cursor.at - this.#from + PARSE_TEXT;
      const end = this.#to - this.#from + PARSE_TEXT;
      const wanted = Math.min(most - total, PARSE_ELEMENTS);
      const stop = this.#kernel.parse(this.#kind.code, start, end, PARSE_VALUES, PARSE_MASK, wanted);
      const done = words[word.done] as number;
      if (done > 0) {
        const masked = this.#nullable && words[word.nulls] !== 0;
        to.take(
          index + total,
          done,
          memory.subarray(PARSE_VALUES, PARSE_VALUES + done * size),
          masked ? memory.subarray(PARSE_MASK, PARSE_MASK + done) : undefined,
        );
      }
      total += done;
      cursor.at = stop - PARSE_TEXT + this.#from;
      if (total === most) break;
      const cut = this.#to < cursor.end && this.#to - cursor.at < NEAR && cursor.at > this.#from;
      if (cut) this.#load(cursor);
      else if (done < wanted) break;
    }
    this.after = words[word.after] !== 0;
    return total;
  }

  /** Whether the cursor stands behind an element. */
  after = false;

  #load(cursor: Cursor): void {
    const { memory } = this.#kernel;
    this.#from = cursor.at;
    this.#to = Math.min(cursor.end, cursor.at + PARSE_ROOM);
    memory.set(cursor.bytes.subarray(this.#from, this.#to), PARSE_TEXT);
    const end = PARSE_TEXT + this.#to - this.#from;
    memory.fill(0, end, end + ZEROS);
  }
}
