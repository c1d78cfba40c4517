import type { ReadColumn } from "./columns.ts";
import type { Cursor } from "./cursor.ts";
import { RowParser } from "./parse-rows.ts";

/** Reads the values beneath the mask: one for each masked element (or field) in C order. */
export function readHidden(cursor: Cursor, size: number, column: ReadColumn): void {
  const reader = new HiddenReader(cursor);
  reader.read(cursor, column, size);
  reader.end(cursor);
}

/** The values beneath the mask, in as many pieces as one likes. Where reading fails for want of text, {@link at} is a place from which it can go on. */
export class HiddenReader {
  at: number;
  /** Elements whose masked values are read. */
  index = 0;
  /** Whether no comma stands in front of the next value. */
  #first = true;
  #open = false;

  constructor(cursor: Cursor, index = 0) {
    this.at = cursor.at;
    this.index = index;
  }

  /** A reader that stands before a value (`first`), or before the comma in front of one. */
  static within(cursor: Cursor, index: number, first: boolean): HiddenReader {
    const reader = new HiddenReader(cursor, index);
    reader.#first = first;
    reader.#open = true;
    return reader;
  }

  /** Reads what is masked of the elements before `until`. `base` is the element that is the column's first. */
  read(cursor: Cursor, column: ReadColumn, until: number, base = 0): void {
    if (!this.#open) {
      cursor.expect(0x5b, "[");
      this.#open = true;
      this.at = cursor.at;
    }
    const masked = column.masked?.(this.index - base, until - base) ?? 0;
    const parser = RowParser.of(column.kernelKind, cursor, masked, 0x7fffffff, [], false);
    if (parser !== undefined) this.#parse(cursor, column, parser, masked, until, base);
    for (; this.index < until; this.index++) {
      const first = column.hidden(cursor, this.index - base, this.#first);
      cursor.settled();
      this.#first = first;
      this.at = cursor.at;
    }
  }

  /** As far as the kernels get; what they leave is read one by one. */
  #parse(cursor: Cursor, column: ReadColumn, parser: RowParser, masked: number, until: number, base: number): void {
    let next = this.index - base;
    const to = {
      take: (_: number, count: number, values: Uint8Array): void => {
        next = column.scatter?.(next, count, values) ?? next;
      },
    };
    for (let left = masked; left > 0; ) {
      // Any place in a row that has no end: only its beginning has no comma in front.
      const done = parser.run(cursor, this.#first ? 0 : 1, !this.#first, left, to);
      left -= done;
      this.#first = !parser.after;
      this.index = next + base;
      this.at = cursor.at;
      if (left === 0) break;
      next = (column.nextMasked?.(next) ?? next) + 1;
      const first = column.hidden(cursor, next - 1, this.#first);
      cursor.settled();
      this.#first = first;
      left--;
      this.index = next + base;
      this.at = cursor.at;
    }
    this.index = until;
  }

  /** Whether the next value has no comma in front: to go on later with {@link within}. */
  get first(): boolean {
    return this.#first;
  }

  end(cursor: Cursor): void {
    if (cursor.peek() !== 0x5d) throw cursor.fail("hidden has more values than data has nulls");
    cursor.at++;
    this.at = cursor.at;
  }
}
