import { type ByteOut, nextInRow } from "./byte-out.ts";
import type { Column } from "./columns.ts";
import { printRows, type RowPlace } from "./print-rows.ts";

/**
 * Nested lists of an array's elements, in as many pieces as one likes: the innermost axis on one line (wrapped when long), outer axes
 * one entry a line. Call {@link rows} with consecutive pieces, then {@link end}.
 */
export class NestedWriter {
  readonly #out: ByteOut;
  readonly #shape: readonly number[];
  /** Rows in one entry of each outer axis, outermost first. */
  readonly #rowsIn: readonly number[];
  /** Elements of a row: of the innermost axis. */
  readonly row: number;
  readonly #place: RowPlace = { row: 0, inRow: 0 };

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

  /** Writes `count` elements of `column` from its element `from` on. */
  rows(column: Column, from: number, count: number): void {
    if (this.#shape.length === 0) {
      column.write(this.#out, from);
      return;
    }
    const end = from + count;
    for (let at = from; at < end; ) {
      if (this.#place.inRow === 0) this.#openRow();
      at += this.#elements(column, at, end - at);
      if (this.#place.inRow === this.row) this.#closeRow(column.records);
    }
  }

  /** Elements of the row that is open, or, where the kernels print them, of this and later rows. */
  #elements(column: Column, from: number, count: number): number {
    const place = this.#place;
    if (
      column.printable !== undefined &&
      printRows(this.#out, column.printable, from, count, place, this.row, this.#rowsIn)
    )
      return count;
    const out = this.#out;
    const n = Math.min(count, this.row - place.inRow);
    for (let i = 0; i < n; i++) {
      if (column.records) {
        if (place.inRow > 0) out.byte(44);
        out.newLine();
      } else if (place.inRow > 0) nextInRow(out);
      column.write(out, from + i);
      place.inRow++;
    }
    return n;
  }

  #openRow(): void {
    const out = this.#out;
    const at = this.#place.row;
    let opening = false;
    for (const rows of this.#rowsIn) {
      if (at % rows !== 0) continue;
      if (opening || at > 0) this.#separate(at === 0 || opening);
      out.open(91);
      opening = true;
    }
    if (opening) out.newLine();
    else if (this.#rowsIn.length > 0) this.#separate(false);
    out.open(91);
  }

  #closeRow(ownLine: boolean): void {
    const place = this.#place;
    this.#out.close(93, ownLine);
    place.row++;
    place.inRow = 0;
    for (let axis = this.#rowsIn.length - 1; axis >= 0; axis--)
      if (place.row % (this.#rowsIn[axis] as number) === 0) this.#out.close(93, true);
  }

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
