import {
  allocateStorage,
  type DType,
  type Field,
  FormatError,
  fieldCount,
  lanesOf,
  NdArray,
  type Storage,
} from "@masquerade/core";
import type { Cursor } from "./cursor.ts";
import { readList } from "./nested.ts";
import { bytesReader, objectReader, stringReader, strReader, voidReader } from "./text-values.ts";
import { eachMember } from "./tree.ts";
import {
  boolReader,
  dateReader,
  float16Reader,
  float32Reader,
  float64Reader,
  integerReader,
  longDoubleReader,
  pairReader,
  type ReadValue,
  spanReader,
  wideReader,
} from "./values.ts";

/** Elements being read, in C order, and which of them are masked. */
export interface ReadColumn {
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

/** Elements of a dtype without fields. */
export class LeafReader implements ReadColumn {
  readonly maskBytes = 1;
  readonly storage: Storage;
  anyMasked = false;
  readonly #dtype: DType;
  readonly #count: number;
  readonly #value: ReadValue;
  #mask: Uint8Array | undefined;

  constructor(dtype: DType, count: number) {
    this.#dtype = dtype;
    this.#count = count;
    this.storage = allocateStorage(dtype.kind, count * lanesOf(dtype));
    this.#value = readerOf(dtype, this.storage);
  }

  read(cursor: Cursor, index: number): void {
    if (cursor.bytes[cursor.at] === 0x6e) {
      cursor.word("null");
      this.maskAll(index);
    } else this.#value(cursor, index);
  }

  maskAll(index: number): void {
    this.anyMasked = true;
    this.#mask ??= new Uint8Array(this.#count);
    this.#mask[index] = 1;
  }

  hidden(cursor: Cursor, index: number, first: boolean): boolean {
    if (this.#mask === undefined || this.#mask[index] === 0) return first;
    nextHidden(cursor, first);
    this.#value(cursor, index);
    return false;
  }

  mask(): Uint8Array {
    return this.#mask ?? new Uint8Array(this.#count);
  }

  raw(objects: unknown[]): Uint8Array {
    const { storage } = this;
    if (!Array.isArray(storage))
      return new NdArray({ dtype: this.#dtype, shape: [this.#count], storage } as never).toBytes("C");
    const size = this.#dtype.itemsize;
    const out = new Uint8Array(this.#count * size);
    const view = new DataView(out.buffer);
    storage.forEach((value, i) => {
      if (value === null) return;
      objects.push(value);
      view.setUint32(i * size, objects.length, true);
    });
    return out;
  }
}

function nextHidden(cursor: Cursor, first: boolean): void {
  if (!first) cursor.expect(0x2c, "a comma and another hidden value (one for each null in data)");
  if (cursor.peek() === 0x5d) throw cursor.fail("hidden has fewer values than data has nulls");
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

function readerOf(dtype: DType, storage: Storage): ReadValue {
  switch (dtype.kind) {
    case "bool":
      return boolReader(storage as Uint8Array);
    case "int8":
    case "int16":
    case "int32":
    case "uint8":
    case "uint16":
    case "uint32":
      return integerReader(storage as Int32Array, dtype);
    case "int64":
    case "uint64":
      return wideReader(storage as BigInt64Array, dtype);
    case "timedelta64":
      return spanReader(storage as BigInt64Array, dtype);
    case "datetime64":
      return dateReader(storage as BigInt64Array, dtype);
    case "float16":
      return float16Reader(storage as Uint16Array);
    case "float32":
      return float32Reader(storage as Float32Array);
    case "float64":
      return float64Reader(storage as Float64Array);
    case "complex64":
      return pairReader(float32Reader(storage as Float32Array));
    case "complex128":
      return pairReader(float64Reader(storage as Float64Array));
    case "longdouble":
      return longDoubleReader(storage as Uint8Array, dtype.itemsize, dtype);
    case "clongdouble":
      return pairReader(longDoubleReader(storage as Uint8Array, dtype.itemsize / 2, dtype));
    case "bytes":
      return bytesReader(storage as Uint8Array, dtype.itemsize);
    case "str":
      return strReader(storage as Uint32Array, dtype.itemsize / 4);
    case "void":
      return voidReader(storage as Uint8Array, dtype.itemsize);
    case "object":
      return objectReader(storage as never);
    case "string":
      return stringReader(storage as never);
    default:
      throw new FormatError("FORMAT_MALFORMED", "json", `${dtype.kind} has no elements`);
  }
}
