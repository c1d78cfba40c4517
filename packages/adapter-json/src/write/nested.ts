import { type ByteOut, nextInRow } from "./byte-out.ts";
import type { Column } from "./columns.ts";

/**
 * Nested lists of an array's elements, in as many pieces as one likes: the innermost axis on one line (wrapped when long), outer axes
 * one entry a line. Call {@link rows} with consecutive pieces of whole rows, then {@link end}.
 */
export class NestedWriter {
  readonly #out: ByteOut;
  readonly #shape: readonly number[];
  /** Rows in one entry of each outer axis. */
  readonly #rowsIn: readonly number[];
  /** Elements of a row: of the innermost axis. */
  readonly row: number;
  #done = 0;

  constructor(out: ByteOut, shape: readonly number[]) {
    this.#out = out;
    this.#shape = shape;
    this.row = shape.at(-1) ?? 1;
    const rowsIn: number[] = [];
    let rows = 1;
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      rows *= shape[axis] as number;
      rowsIn.unshift(rows);
    }
    this.#rowsIn = rowsIn;
  }

  /** Writes `count` elements of `column` from its element `from` on; whole rows, but for 1-d arrays, which may come in any pieces. */
  rows(column: Column, from: number, count: number): void {
    const { row } = this;
    if (this.#shape.length === 0) column.write(this.#out, from);
    else if (this.#shape.length === 1) this.#part(column, from, count);
    else for (let i = 0; i < count; i += row) this.#row(column, from + i);
    this.#done += count;
  }

  #part(column: Column, from: number, count: number): void {
    const out = this.#out;
    const first = this.#done;
    if (first === 0 && count > 0) out.open(91);
    for (let i = 0; i < count; i++) {
      if (column.records) {
        if (first + i > 0) out.byte(44);
        out.newLine();
      } else if (first + i > 0) nextInRow(out);
      column.write(out, from + i);
    }
    if (count > 0 && first + count === this.row) out.close(93, column.records);
  }

  #row(column: Column, from: number): void {
    const out = this.#out;
    const { row } = this;
    const at = this.#rowNumber++;
    let opening = false;
    for (const rows of this.#rowsIn) {
      if (at % rows !== 0) continue;
      if (opening || at > 0) this.#separate(at === 0 || opening);
      out.open(91);
      opening = true;
    }
    if (opening) out.newLine();
    else this.#separate(false);
    out.open(91);
    for (let i = 0; i < row; i++) {
      if (column.records) {
        if (i > 0) out.byte(44);
        out.newLine();
      } else if (i > 0) nextInRow(out);
      column.write(out, from + i);
    }
    out.close(93, column.records);
    for (let axis = this.#rowsIn.length - 1; axis >= 0; axis--)
      if ((at + 1) % (this.#rowsIn[axis] as number) === 0) out.close(93, true);
  }
  #rowNumber = 0;

  #separate(first: boolean): void {
    if (!first) this.#out.byte(44);
    this.#out.newLine();
  }

  /** What is left to write of an array without elements: its empty lists. */
  end(): void {
    if (!this.#shape.includes(0)) return;
    const before = this.#shape.slice(0, this.#shape.indexOf(0));
    this.#empty(before, 0);
  }

  #empty(shape: readonly number[], axis: number): void {
    this.#out.byte(91);
    for (let i = 0; i < (shape[axis] ?? 0); i++) {
      if (i > 0) nextInRow(this.#out);
      this.#empty(shape, axis + 1);
    }
    this.#out.byte(93);
  }
}
