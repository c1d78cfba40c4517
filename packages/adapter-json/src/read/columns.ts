import { type DType, type Field, fieldCount } from "@masquerade/core";
import type { KernelKind } from "@masquerade/decimal";
import type { Cursor } from "./cursor.ts";
import { LeafReader } from "./leaf.ts";
import { readList } from "./nested.ts";
import type { Parsed } from "./parse-rows.ts";
import { eachMember } from "./tree.ts";

/** Elements being read, in C order, and which of them are masked. */
export interface ReadColumn extends Partial<Parsed> {
  /** What the elements are to the kernels, where they read them. */
  readonly kernelKind?: KernelKind | undefined;
  /** How many of the elements in a range are masked; the next masked one; and values for the masked ones from an element on: gives the element after the last. */
  masked?(from: number, until: number): number;
  nextMasked?(from: number): number;
  scatter?(from: number, count: number, values: Uint8Array): number;
  /** Reads an element; null masks it (all of it). */
  read(cursor: Cursor, index: number): void;
  maskAll(index: number): void;
  /** Reads what is masked within an element from a list of hidden values. Returns whether the list is still at its beginning. */
  hidden(cursor: Cursor, index: number, first: boolean): boolean;
  readonly anyMasked: boolean;
  /** Bytes of a mask per element. */
  readonly maskBytes: number;
  /** The full mask, record after record. */
  mask(): Uint8Array;
  /** The elements as bytes in the dtype's byte order; objects go to the list and leave their index. */
  raw(objects: unknown[]): Uint8Array;
}

/** A column for `count` elements of a dtype. */
export function readColumn(dtype: DType, count: number): ReadColumn {
  return dtype.kind === "struct" ? new RecordReader(dtype, count) : new LeafReader(dtype, count);
}

/** A sub-array field: nested lists. */
class ListReader implements ReadColumn {
  readonly #inner: ReadColumn;
  readonly #shape: readonly number[];
  readonly #count: number;

  constructor(inner: ReadColumn, shape: readonly number[], count: number) {
    this.#inner = inner;
    this.#shape = shape;
    this.#count = count;
  }

  get anyMasked(): boolean {
    return this.#inner.anyMasked;
  }

  get maskBytes(): number {
    return this.#inner.maskBytes * this.#count;
  }

  read(cursor: Cursor, index: number): void {
    if (cursor.bytes[cursor.at] === 0x6e) {
      cursor.word("null");
      this.maskAll(index);
    } else readList(cursor, this.#shape, 0, this.#inner, index * this.#count, this.#count);
  }

  masked(from: number, until: number): number {
    return this.#inner.masked?.(from * this.#count, until * this.#count) ?? 0;
  }

  maskAll(index: number): void {
    for (let i = 0; i < this.#count; i++) this.#inner.maskAll(index * this.#count + i);
  }

  hidden(cursor: Cursor, index: number, first: boolean): boolean {
    let start = first;
    for (let i = 0; i < this.#count; i++) start = this.#inner.hidden(cursor, index * this.#count + i, start);
    return start;
  }

  mask(): Uint8Array {
    return this.#inner.mask();
  }

  raw(objects: unknown[]): Uint8Array {
    return this.#inner.raw(objects);
  }
}

class RecordReader implements ReadColumn {
  readonly #dtype: DType<"struct">;
  readonly #count: number;
  readonly #columns: ReadonlyMap<string, ReadColumn>;

  constructor(dtype: DType<"struct">, count: number) {
    this.#dtype = dtype;
    this.#count = count;
    this.#columns = new Map(dtype.fields.map((field) => [field.name, fieldColumn(field, count)] as const));
  }

  get anyMasked(): boolean {
    for (const column of this.#columns.values()) if (column.anyMasked) return true;
    return false;
  }

  get maskBytes(): number {
    let bytes = 0;
    for (const column of this.#columns.values()) bytes += column.maskBytes;
    return bytes;
  }

  read(cursor: Cursor, index: number): void {
    if (cursor.bytes[cursor.at] === 0x6e) {
      cursor.word("null");
      this.maskAll(index);
      return;
    }
    const seen = new Set<string>();
    for (const name of eachMember(cursor)) {
      const column = this.#columns.get(name);
      if (column === undefined) throw cursor.fail("the dtype has no field of this name");
      if (seen.has(name)) throw cursor.fail("this field comes twice in one record");
      seen.add(name);
      column.read(cursor, index);
    }
    if (seen.size === this.#columns.size) return;
    const missing = [...this.#columns.keys()].find((name) => !seen.has(name)) as string;
    throw cursor.fail(`the record has no ${JSON.stringify(missing)} (a masked field is null)`);
  }

  masked(from: number, until: number): number {
    let count = 0;
    for (const column of this.#columns.values()) count += column.masked?.(from, until) ?? 0;
    return count;
  }

  maskAll(index: number): void {
    for (const column of this.#columns.values()) column.maskAll(index);
  }

  hidden(cursor: Cursor, index: number, first: boolean): boolean {
    let start = first;
    for (const column of this.#columns.values()) start = column.hidden(cursor, index, start);
    return start;
  }

  mask(): Uint8Array {
    const bytes = this.maskBytes;
    const out = new Uint8Array(this.#count * bytes);
    let offset = 0;
    for (const column of this.#columns.values()) {
      interleave(out, bytes, offset, column.mask(), column.maskBytes);
      offset += column.maskBytes;
    }
    return out;
  }

  raw(objects: unknown[]): Uint8Array {
    const { itemsize, fields } = this.#dtype;
    const out = new Uint8Array(this.#count * itemsize);
    for (const field of fields) {
      const column = this.#columns.get(field.name) as ReadColumn;
      interleave(out, itemsize, field.offset, column.raw(objects), field.dtype.itemsize * fieldCount(field));
    }
    return out;
  }
}

function fieldColumn(field: Field, count: number): ReadColumn {
  const each = fieldCount(field);
  const inner = readColumn(field.dtype, count * each);
  return field.shape.length === 0 ? inner : new ListReader(inner, field.shape, each);
}

/** Puts runs of `width` bytes at `offset` of each record of `size` bytes. */
function interleave(out: Uint8Array, size: number, offset: number, from: Uint8Array, width: number): void {
  if (width === 0) return;
  for (let i = 0, to = offset; i < from.length; i += width, to += size)
    for (let k = 0; k < width; k++) out[to + k] = from[i + k] as number;
}
