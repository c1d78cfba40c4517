import type { ReadColumn } from "./columns.ts";
import type { Cursor } from "./cursor.ts";

/** Reads all elements of an array: a bare element, or lists nested as its shape says. */
export function readNested(cursor: Cursor, shape: readonly number[], column: ReadColumn): void {
  cursor.peek();
  if (shape.length === 0) column.read(cursor, 0);
  else {
    let size = 1;
    for (const n of shape) size *= n;
    readList(cursor, shape, 0, column, 0, size);
  }
}

/** Reads the `count` elements of one list of axis `axis`, the first of which is element `from`. The depth is that of the shape. */
export function readList(
  cursor: Cursor,
  shape: readonly number[],
  axis: number,
  column: ReadColumn,
  from: number,
  count: number,
): void {
  const n = shape[axis] as number;
  cursor.expect(0x5b, "[");
  const { path, bytes } = cursor;
  const depth = path.length;
  const inner = axis === shape.length - 1;
  const step = n === 0 ? 0 : count / n;
  path.push(0);
  for (let i = 0; i < n; i++) {
    path[depth] = i;
    if (i > 0) {
      // The usual comma and space, or whatever else white space may be.
      if (bytes[cursor.at] === 0x2c) cursor.at++;
      else if (cursor.peek() === 0x5d) throw cursor.fail(`the list has ${i} entries, the shape wants ${n}`);
      else cursor.expect(0x2c, "a comma or ]");
    }
    if (cursor.peek() === 0x5d) throw cursor.fail(`the list has ${i} entries, the shape wants ${n}`);
    if (inner) column.read(cursor, from + i);
    else readList(cursor, shape, axis + 1, column, from + i * step, step);
  }
  path.length = depth;
  if (cursor.peek() === 0x2c) throw cursor.fail(`the list has more entries than the ${n} of the shape`);
  cursor.expect(0x5d, "] or a comma");
}

/** Reads the values beneath the mask: one for each masked element (or field) in C order. */
export function readHidden(cursor: Cursor, size: number, column: ReadColumn): void {
  cursor.expect(0x5b, "[");
  let first = true;
  for (let i = 0; i < size; i++) first = column.hidden(cursor, i, first);
  if (cursor.peek() !== 0x5d) throw cursor.fail("hidden has more values than data has nulls");
  cursor.at++;
}
