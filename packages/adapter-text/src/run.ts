import {
  arrayFromBytes,
  type DType,
  type FullMask,
  type Limits,
  MaskedArray,
  maskDType,
  NdArray,
  nomask,
} from "@masquerade/core";
import { columnsFor, placeMasks, placeRecords } from "./assemble.ts";
import type { ReadColumn } from "./read-fields.ts";
import type { RowReader, Table } from "./read-rows.ts";
import type { Scanner } from "./scan.ts";

/** Bytes of records that are held as columns. */
const CHUNK = 2 ** 22;

/** Elements (or records) one behind the other, being read: of records some at a time as columns, so that little more than the records is in memory. */
export class Run {
  readonly first: number;
  readonly until: number;
  readonly #table: Table;
  readonly #columns: readonly ReadColumn[];
  readonly #chunk: number;
  /** Records put together. */
  #done: number;
  readonly #raw: Uint8Array | undefined;
  #mask: Uint8Array | undefined;

  constructor(table: Table, first: number, until: number, limits: Limits, format: string) {
    const { dtype } = table;
    this.first = first;
    this.until = until;
    this.#table = table;
    this.#done = first;
    const count = until - first;
    const records = dtype.kind === "struct";
    this.#chunk = records ? Math.min(count, Math.max(1, Math.floor(CHUNK / Math.max(dtype.itemsize, 1)))) : count;
    this.#columns = columnsFor(dtype, this.#chunk, limits, format);
    this.#raw = records ? new Uint8Array(count * dtype.itemsize) : undefined;
  }

  /** Reads on; where the bytes do not suffice (NeedMore) it is called again. */
  read(reader: RowReader, scanner: Scanner): void {
    const columns = this.#columns;
    if (this.#raw === undefined) {
      reader.read(scanner, columns, this.first, this.until);
      reader.restore(columns, this.first, this.until);
      return;
    }
    while (this.#done < this.until) {
      const end = Math.min(this.until, this.#done + this.#chunk);
      reader.read(scanner, columns, this.#done, end);
      reader.restore(columns, this.#done, end);
      this.#put(this.#raw, end);
    }
  }

  #put(raw: Uint8Array, end: number): void {
    const at = this.#done - this.first;
    const count = end - this.#done;
    placeRecords(raw, at, this.#table.dtype, this.#columns, count);
    if (this.#columns.some(({ mask }) => mask !== undefined)) {
      this.#mask ??= new Uint8Array((this.until - this.first) * this.#columns.length);
      placeMasks(this.#mask, at, this.#columns, count);
    }
    this.#done = end;
    if (end === this.until) return;
    // What is masked has no value, and texts are as wide as they are.
    for (const column of this.#columns) {
      const { buffer, byteOffset, byteLength } = column.storage as Uint8Array;
      new Uint8Array(buffer, byteOffset, byteLength).fill(0);
      column.mask?.fill(0);
    }
  }

  /** The values, in this shape. */
  data(shape: readonly number[]): NdArray {
    const { dtype } = this.#table;
    if (this.#raw !== undefined) return arrayFromBytes(this.#raw, dtype, shape) as NdArray;
    return new NdArray({ dtype, shape, storage: (this.#columns[0] as ReadColumn).storage as never }) as NdArray;
  }

  /** The full mask of them. */
  mask(shape: readonly number[]): NdArray {
    const count = (this.until - this.first) * this.#columns.length;
    const bytes = (this.#raw === undefined ? this.#columns[0]?.mask : this.#mask) ?? new Uint8Array(count);
    return arrayFromBytes(bytes, maskDType(this.#table.dtype) as DType, shape) as NdArray;
  }
}

/** What a table is beside its elements. */
export interface TableTraits {
  readonly fortran: boolean;
  readonly hardMask: boolean;
  readonly fillValue: NdArray | undefined;
}

/** The array of a table (or of a part of it). */
export function arrayOf(
  { mask }: Pick<Table, "mask">,
  { fortran, hardMask, fillValue }: TableTraits,
  data: NdArray,
  full: () => NdArray,
): NdArray | MaskedArray {
  const ordered = (array: NdArray): NdArray =>
    fortran ? (array.dtype.itemsize === 0 ? array.with({ order: "F" }) : array.copy("F")) : array;
  if (mask === "plain") return ordered(data);
  return new MaskedArray({
    data: ordered(data),
    mask: mask === "nomask" ? nomask : (ordered(full()) as unknown as FullMask),
    fillValue,
    hardMask,
  });
}
