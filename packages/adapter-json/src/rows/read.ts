import type { AnyArray } from "@masquerade/core";
import type { ReadColumn } from "../read/columns.ts";
import { type Cursor, NeedMore } from "../read/cursor.ts";
import { buildArray } from "../read/document.ts";
import { HiddenReader } from "../read/hidden.ts";
import { NestedReader } from "../read/nested.ts";
import { readString } from "../read/string.ts";
import type { RowsOf } from "./head.ts";

/** Where a reader is: rows of an array that are read, and the place in the text behind them. */
export interface Progress {
  row: number;
  at: number;
}

/** Reads rows until `until` are read; `from` is the row that is the column's first. Where the text ends early, `progress` is where to go on. */
export function readRows(
  cursor: Cursor,
  array: RowsOf,
  column: ReadColumn,
  progress: Progress,
  until: number,
  from: number,
): void {
  while (progress.row < until) {
    readRow(cursor, array, column, progress.row, from);
    progress.row++;
    progress.at = cursor.at;
  }
}

function readRow(cursor: Cursor, array: RowsOf, column: ReadColumn, row: number, from: number): void {
  const { path } = cursor;
  const depth = path.length;
  const shape = array.shape.slice(1);
  const size = shape.reduce((n, dim) => n * dim, 1);
  const first = (row - from) * size;
  if (array.path !== "") path.push(array.path);
  if (array.shape.length > 0) path.push(row);
  inLine(cursor, `row ${row} of ${array.shape[0] ?? 1}`, (c) => {
    const reader = new NestedReader(c, shape);
    reader.read(c, column, size, -first);
    reader.end(c);
  });
  // An element itself in its line has the path of its row.
  const masked = column.masked?.(first, first + size) ?? 0;
  if (masked > 0 && array.header.mask !== "mask")
    throw cursor.fail(`a null in row ${row}, but the header has no mask of "nulls"`);
  if (masked > 0 && array.hidden)
    inLine(cursor, `the values beneath the mask of row ${row}`, (c) => {
      c.expect(0x7b, '{"hidden": […]}');
      if (c.peek() !== 0x22 || readString(c) !== "hidden") throw c.fail('{"hidden": […]} expected');
      c.expect(0x3a, "a colon");
      path.push("hidden");
      const reader = new HiddenReader(c, first);
      reader.read(c, column, first + size);
      reader.end(c);
      path.pop();
      c.expect(0x7d, "}");
    });
  path.length = depth;
}

/** Reads the next line that is not empty, which must be all there. */
export function inLine(cursor: Cursor, what: string, read: (cursor: Cursor) => void): void {
  const { end, more } = cursor;
  if (cursor.peek() === -1) throw cursor.fail(`${what} expected`, end);
  const found = cursor.bytes.indexOf(10, cursor.at);
  const close = found < 0 || found >= end ? end : found;
  if (close === end && more) throw new NeedMore();
  cursor.end = close;
  cursor.more = false;
  try {
    read(cursor);
    if (cursor.peek() !== -1) throw cursor.fail(`nothing more expected in this line${cursor.found()}`);
  } finally {
    cursor.end = end;
    cursor.more = more;
  }
  cursor.at = close;
}

/** The array that `count` rows are. */
export function arrayOfRows(
  { dtype, shape, members, spotOf, header }: RowsOf,
  column: ReadColumn,
  count: number,
): AnyArray {
  const rows = shape.length === 0 ? shape : [count, ...shape.slice(1)];
  const size = rows.reduce((n, dim) => n * dim, 1);
  return buildArray({ dtype, shape: rows, size, column }, members, spotOf, header.mask !== "plain");
}
