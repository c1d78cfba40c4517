import type { ReadColumn } from "./columns.ts";
import type { Cursor } from "./cursor.ts";
import { RowParser } from "./parse-rows.ts";

/** Reads all elements of an array: a bare element, or lists nested as its shape says. */
export function readNested(cursor: Cursor, shape: readonly number[], column: ReadColumn): void {
  const reader = new NestedReader(cursor, shape);
  reader.read(cursor, column, reader.size);
  reader.end(cursor);
}

/**
 * The elements of an array, in as many pieces as one likes. Where reading fails for want of text, {@link at} is a place from which it can
 * go on.
 */
export class NestedReader {
  readonly size: number;
  /** Elements read. */
  index = 0;
  /** Where in the text the reader is, all that is before it being done with. */
  at: number;
  readonly #shape: readonly number[];
  readonly #path: readonly (string | number)[];
  #state: "closed" | "before" | "after" | "comma" | "ended" = "closed";

  constructor(cursor: Cursor, shape: readonly number[]) {
    this.#shape = shape;
    this.#path = [...cursor.path];
    this.at = cursor.at;
    let size = 1;
    for (const n of shape) size *= n;
    this.size = size;
  }

  /** A reader of which `index` elements are read, and that stands behind the last of them, or behind the brackets that close after it, before the comma. */
  static behind(cursor: Cursor, shape: readonly number[], index: number, state: "after" | "comma"): NestedReader {
    const reader = new NestedReader(cursor, shape);
    reader.index = index;
    reader.#state = state;
    return reader;
  }

  /** Reads on until `until` elements are read. `base` is the element that is the column's first. */
  read(cursor: Cursor, column: ReadColumn, until: number, base = 0): void {
    if (this.index >= until) return;
    const { path } = cursor;
    const start = this.#path.length;
    const row = this.#shape.at(-1) ?? 1;
    const parser = RowParser.of(column.kernelKind, cursor, until - this.index, row, this.#rowsIn(), true);
    const taken = { take: (i: number, ...rest: Taken): void => column.take?.(i - base, ...rest) };
    while (this.index < until) {
      if (parser !== undefined && this.#shape.length > 0 && (this.#state === "before" || this.#state === "after")) {
        this.index += parser.run(cursor, this.index, this.#state === "after", until - this.index, taken);
        this.#state = parser.after ? "after" : "before";
        this.at = cursor.at;
        if (this.index >= until) break;
      }
      path.length = start;
      if (this.#state !== "before") this.#step(cursor);
      else this.#elements(cursor, column, parser === undefined ? until : this.index + 1, base);
      this.at = cursor.at;
    }
    path.length = start;
  }

  /** Elements one by one: at most those of the row. */
  #elements(cursor: Cursor, column: ReadColumn, until: number, base: number): void {
    const { path, bytes } = cursor;
    for (const i of this.#place(this.index)) path.push(i);
    const inner = path.length - 1;
    const row = this.#shape.at(-1) ?? 1;
    const first = this.index - (this.index % row);
    const end = Math.min(until, first + row);
    if (this.#shape.length > 0) this.#demandEntry(cursor, this.index - first, this.#shape.length - 1);
    for (;;) {
      cursor.peek();
      column.read(cursor, this.index - base);
      cursor.settled();
      this.at = cursor.at;
      this.#state = "after";
      this.index++;
      if (this.index >= end) return;
      path[inner] = this.index - first;
      // The usual comma and space, or whatever else white space may be.
      if (bytes[cursor.at] === 0x2c) cursor.at++;
      else if (cursor.peek() !== 0x5d) cursor.expect(0x2c, "a comma or ]");
      this.#demandEntry(cursor, this.index - first, this.#shape.length - 1);
      this.at = cursor.at;
      this.#state = "before";
    }
  }

  /** The brackets behind the last element; of an array without elements, all there is. */
  end(cursor: Cursor): void {
    if (this.#state === "ended") return;
    cursor.path.length = this.#path.length;
    if (this.size === 0) readList(cursor, this.#shape, 0, nothing, 0, 0);
    else if (this.#shape.length > 0) this.#step(cursor);
    this.#state = "ended";
    this.at = cursor.at;
  }

  /** From behind an element, or from the beginning, to the front of the next: brackets and a comma. */
  #step(cursor: Cursor): void {
    const { path } = cursor;
    const shape = this.#shape;
    const start = this.#path.length;
    let axis = shape.length - 1;
    if (this.#state === "after" || this.#state === "comma") {
      const place = this.#place(this.index - 1);
      for (; axis >= 0 && (place[axis] as number) + 1 === shape[axis]; axis--) {
        path.length = start;
        path.push(...place.slice(0, axis));
        if (this.#state === "comma") continue;
        if (cursor.peek() === 0x2c) throw cursor.fail(`the list has more entries than the ${shape[axis]} of the shape`);
        cursor.expect(0x5d, "] or a comma");
      }
      if (axis < 0) return;
      const next = (place[axis] as number) + 1;
      path.length = start;
      path.push(...place.slice(0, axis), next);
      if (cursor.peek() !== 0x5d) cursor.expect(0x2c, "a comma or ]");
      this.#demandEntry(cursor, next, axis);
    } else axis = -1;
    for (let inner = axis + 1; inner < shape.length; inner++) {
      cursor.expect(0x5b, "[");
      path.push(0);
      this.#demandEntry(cursor, 0, inner);
    }
    cursor.settled();
    this.#state = "before";
  }

  #demandEntry(cursor: Cursor, at: number, axis: number): void {
    if (cursor.peek() === 0x5d) throw cursor.fail(`the list has ${at} entries, the shape wants ${this.#shape[axis]}`);
  }

  /** The indices of an element. */
  #place(index: number): number[] {
    const out: number[] = [];
    let rest = index;
    for (let axis = this.#shape.length - 1; axis >= 0; axis--) {
      const n = this.#shape[axis] as number;
      out.unshift(rest % n);
      rest = Math.floor(rest / n);
    }
    return out;
  }

  #rowsIn(): readonly number[] {
    const out: number[] = [];
    let rows = 1;
    for (let axis = this.#shape.length - 2; axis >= 0; axis--) {
      rows *= this.#shape[axis] as number;
      out.unshift(rows);
    }
    return out;
  }
}

type Taken = [count: number, values: Uint8Array, mask: Uint8Array | undefined];

/** Reads the `count` elements of one list of axis `axis`, the first of which is element `from`. The depth is that of the shape. */
export function readList(
  cursor: Cursor,
  shape: readonly number[],
  axis: number,
  column: Pick<ReadColumn, "read">,
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

const nothing: Pick<ReadColumn, "read"> = { read: () => {} };
