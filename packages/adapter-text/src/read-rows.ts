import { type DType, FormatError, lanesOf, NdArray, sizeOf } from "@masquerade/core";
import type { Flavour } from "./flavour.ts";
import { leavesOf } from "./leaves.ts";
import { elementOfNote, restoreNaN } from "./nans.ts";
import { numberOf, type ReadColumn } from "./read-fields.ts";
import { rowParser } from "./rows.ts";
import type { Place, Scanner } from "./scan.ts";

/** What the rows of a file are: told by its header, or found by going through it. */
export interface Table {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Elements in a row: 1 for records. */
  readonly across: number;
  readonly mask: "plain" | "nomask" | "missing";
  /** What stands for a missing value. */
  readonly missing: readonly string[];
  /** Written by us: the shape is what the header says, and comments among the rows may be about NaNs. */
  readonly ours: boolean;
  /** Notes about NaNs in the header, and where they stand. */
  readonly nans: readonly (readonly [note: string, offset: number])[];
}

/** A place from which reading goes on. */
export interface Mark extends Place {
  /** Elements (or records) before it. */
  readonly index: number;
  /** Of them in this row. */
  readonly inRow: number;
  /** Whether it is behind an element whose delimiter or line end was not passed. */
  readonly after: boolean;
  /** What was noted about NaNs of the row it is in. */
  readonly notes: readonly (readonly [note: string, offset: number])[];
}

/** Where the rows of a table begin. */
export const firstMark = (place: Place): Mark => ({ ...place, index: 0, inRow: 0, after: false, notes: [] });

/** Goes through the rows. Where the scanner's bytes end early, {@link at} is where to go on, and nothing is done twice. */
export class RowReader {
  index: number;
  inRow: number;
  after: boolean;
  at: number;
  readonly #table: Table;
  readonly #flavour: Flavour;
  readonly #notes: [note: string, offset: number][];
  /** Notes in front of rows that were begun. */
  #noted: number;
  readonly #size: number;
  readonly #columns: number;

  constructor(
    scanner: Scanner,
    table: Table,
    flavour: Flavour,
    mark: Pick<Mark, "index" | "inRow" | "after" | "notes">,
  ) {
    this.index = mark.index;
    this.inRow = mark.inRow;
    this.after = mark.after;
    this.at = scanner.at;
    this.#table = table;
    this.#flavour = flavour;
    this.#size = sizeOf(table.shape);
    this.#columns = table.dtype.kind === "struct" ? leavesOf(table.dtype).length : 1;
    this.#notes = mark.notes.map(([note, offset]) => [note, offset]);
    this.#noted = this.#notes.length;
    if (table.ours) scanner.notes = this.#notes;
  }

  /** Where it is, for another reader to go on. */
  mark(place: Place): Mark {
    return { ...place, index: this.index, inRow: this.inRow, after: this.after, notes: [...this.#notes] };
  }

  /** Reads elements (or records) up to `until` into the columns, whose first is number `first`. */
  read(scanner: Scanner, columns: readonly ReadColumn[], first: number, until: number): void {
    if (columns.length === 1) this.#readElements(scanner, columns[0] as ReadColumn, first, until);
    else this.#readRecords(scanner, columns, first, until);
  }

  /** Passes elements until `until`, or until `most` bytes are passed; says whether all are. */
  skip(scanner: Scanner, until: number, most: number): boolean {
    const { across, ours, dtype } = this.#table;
    const columns = this.#columns;
    const plain = ours && !mayBeQuoted(dtype);
    const start = scanner.at;
    while (this.index < until) {
      if (scanner.at - start > most) return false;
      this.#endField(scanner);
      if (this.inRow === 0) {
        // What was noted of rows that nobody wants.
        this.#notes.length = 0;
        this.#noted = 0;
        this.#nextRow(scanner);
        if (until - this.index >= across) {
          scanner.passRow(plain);
          this.index += across;
          this.at = scanner.at;
          continue;
        }
      }
      for (let c = 0; c < columns; c++) {
        scanner.field();
        if (c < columns - 1) scanner.more();
      }
      this.#passed(scanner);
    }
    // What was noted of elements of this row that nobody wants.
    const later = this.#notes.filter(([note]) => (elementOfNote(note) as number) >= until);
    this.#notes.splice(0, this.#notes.length, ...later);
    this.#noted = later.length;
    return true;
  }

  /** Throws unless the table ends behind the last element. */
  end(scanner: Scanner): void {
    this.#endField(scanner);
    if (scanner.nextRow()) throw this.#tooMany(scanner);
    this.at = scanner.at;
  }

  /** Puts back what was noted about NaNs of the elements `first` to `until`, which the columns hold. */
  restore(columns: readonly ReadColumn[], first: number, until: number): void {
    const { nans } = this.#table;
    if (this.#notes.length + nans.length === 0) return;
    const arrays = columns.map(arrayOf);
    const put = ([note, offset]: readonly [note: string, offset: number]): boolean => {
      const element = elementOfNote(note) ?? -1;
      if (element >= until && element < this.#size) return false;
      if (!(element >= 0 && element < first) && !restoreNaN(note, arrays, first)) throw this.#badNote(offset);
      return true;
    };
    nans.forEach(put);
    const later = this.#notes.filter((one) => !put(one));
    this.#notes.splice(0, this.#notes.length, ...later);
    this.#noted = later.length;
  }

  /** By the kernels where they can, else field by field. */
  #readElements(scanner: Scanner, column: ReadColumn, first: number, until: number): void {
    const fast = this.#parser(column, until - first);
    const text = { bytes: scanner.bytes, at: scanner.at, inRow: 0, after: false };
    // Where the kernels get nowhere (literals of 20 digits, say) they are asked less and less often: each call costs a copy.
    let wait = 0;
    let patience = 0;
    while (this.index < until) {
      if (fast !== undefined && wait-- <= 0) {
        text.at = scanner.at;
        text.inRow = this.inRow;
        text.after = this.after;
        const found = fast(text, this.index - first, until - this.index);
        patience = found < 64 ? Math.min(patience * 2 + 1, 1024) : 0;
        wait = patience;
        this.index += found;
        this.inRow = text.inRow;
        this.after = text.after;
        scanner.at = text.at;
        this.at = scanner.at;
        if (found > 0) scanner.from = fieldStart(scanner);
        if (this.index === until) return;
      }
      this.#endField(scanner);
      if (this.inRow === 0) this.#nextRow(scanner);
      this.#readField(scanner, column, this.index - first, until - first);
      this.#passed(scanner);
    }
  }

  #readRecords(scanner: Scanner, columns: readonly ReadColumn[], first: number, until: number): void {
    while (this.index < until) {
      this.#endField(scanner);
      this.#nextRow(scanner);
      for (let c = 0; c < columns.length; c++) {
        this.#readField(scanner, columns[c] as ReadColumn, this.index - first, until - first);
        if (c === columns.length - 1) break;
        const { from } = scanner;
        if (!scanner.more()) throw scanner.fail("fewer fields than columns in this row", from);
      }
      this.#passed(scanner);
    }
  }

  #parser(column: ReadColumn, size: number): ReturnType<typeof rowParser> {
    const { mask, missing, ours, across } = this.#table;
    if (ours ? mask === "nomask" : missing.some((text) => numberOf(text) !== undefined)) return undefined;
    const delimiter = this.#flavour.delimiter?.charCodeAt(0) ?? 0;
    const marker = ours ? (mask === "missing" ? missing[0] : undefined) : delimiter === 0 ? undefined : "";
    return rowParser(column, size, delimiter, across, marker);
  }

  /** An element is behind us. */
  #passed(scanner: Scanner): void {
    this.index++;
    this.inRow++;
    this.after = true;
    this.at = scanner.at;
  }

  /** Passes what stands behind an element: a delimiter, or the end of the row. */
  #endField(scanner: Scanner): void {
    if (!this.after) return;
    const last = this.inRow === this.#table.across;
    const { from } = scanner;
    if (scanner.more() === last)
      throw scanner.fail(last ? "more fields than columns in this row" : "fewer fields than columns in this row", from);
    this.after = false;
    if (last) this.inRow = 0;
    this.at = scanner.at;
  }

  #nextRow(scanner: Scanner): void {
    this.#notes.length = this.#noted;
    if (!scanner.nextRow())
      throw scanner.fail(`${this.index} elements, the shape wants ${this.#size}`, scanner.bytes.length);
    const { across } = this.#table;
    if (this.#notes.length - this.#noted > across * this.#columns * 2)
      throw scanner.fail("more notes about NaNs than there are elements in the row", scanner.at);
    for (const [note, offset] of this.#notes.slice(this.#noted)) {
      const element = elementOfNote(note) ?? -1;
      if (element < this.index || element >= this.index + across) throw this.#badNote(offset);
    }
    this.#noted = this.#notes.length;
    this.at = scanner.at;
  }

  #badNote(offset: number): Error {
    return new FormatError("FORMAT_MALFORMED", this.#flavour.id, "a note about a NaN that cannot be", { offset });
  }

  #tooMany(scanner: Scanner): Error {
    return scanner.fail(`more rows than the ${this.index} elements of the shape`, scanner.at);
  }

  #readField(scanner: Scanner, column: ReadColumn, index: number, size: number): void {
    scanner.field();
    const { mask } = this.#table;
    if (mask !== "plain" && this.#isMissing(scanner)) {
      if (mask === "nomask") throw scanner.failField("a missing value in an array without a mask");
      column.mask ??= new Uint8Array(size);
      column.mask[index] = 1;
    } else column.read(scanner, index);
  }

  #isMissing(scanner: Scanner): boolean {
    for (const text of this.#table.missing) if (scanner.is(text)) return true;
    return false;
  }
}

/** A column of floating-point numbers as an array, for their bits. */
function arrayOf({ dtype, storage }: ReadColumn): { readonly array: NdArray } | undefined {
  if (!/^(?:float|complex)/.test(dtype.kind)) return undefined;
  const shape = [storage.length / lanesOf(dtype)];
  return { array: new NdArray({ dtype, shape, storage: storage as never }) as NdArray };
}

const mayBeQuoted = (dtype: DType): boolean =>
  leavesOf(dtype).some((leaf) => leaf.dtype.kind === "str" || leaf.dtype.kind === "bytes");

/** Where the field begins that ends at the scanner's place. */
function fieldStart({ bytes, at }: Scanner): number {
  let from = at;
  while (from > 0 && !BOUNDS.has(bytes[from - 1] as number)) from--;
  return from;
}

/** Comma, tab, space, line ends. */
const BOUNDS: ReadonlySet<number> = new Set([44, 9, 32, 10, 13]);
