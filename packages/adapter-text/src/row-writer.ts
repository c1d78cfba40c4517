import { type AnyArray, CapabilityError, type DType, type Header, sizeOf } from "@masquerade/core";
import { type Column, columnsOf } from "./columns.ts";
import type { Flavour } from "./flavour.ts";
import { findOddNaNs, noteLines, type OddNaN } from "./nans.ts";
import { rowPrinter } from "./rows.ts";
import type { TextOut } from "./text-out.ts";

/** A run of elements of the table, its columns taken apart. */
export interface RowBlock {
  readonly size: number;
  readonly columns: readonly Column[];
  readonly print: ReturnType<typeof rowPrinter>;
  /** Elements of the table before it. */
  readonly base: number;
}

/** Where a NaN with unusual bits is noted: before its row, not at all, or nowhere, so that it is refused. */
export type NaNNotes = "among the rows" | "left out" | "refused";

/** Bytes of a row that wait for its end, for a note to be put in front of it. */
const MOST_HELD = 2 ** 24;

/**
 * Writes the elements of a table one after another: a row for each index of all axes but the last (of records: for each); arrays of more than two
 * dimensions in slices with a comment before each.
 */
export class RowWriter {
  /** Elements written. */
  done = 0;
  /** Elements of the whole table. */
  readonly size: number;
  readonly #out: TextOut;
  readonly #shape: readonly number[];
  readonly #flavour: Flavour;
  readonly #missing: string;
  readonly #notes: NaNNotes;
  readonly #across: number;
  /** Rows of a slice; 0: there are no slices. */
  readonly #slice: number;
  readonly #delimiter: number;
  /** A row whose end was in no block yet: where its text begins, and what is to be noted in front of it. */
  #begun: { readonly from: number; readonly odd: OddNaN[] } | undefined;

  constructor(
    out: TextOut,
    { dtype, shape }: Pick<Header, "dtype" | "shape">,
    flavour: Flavour,
    missing: string,
    notes: NaNNotes,
  ) {
    const record = dtype.kind === "struct";
    this.#out = out;
    this.#shape = shape;
    this.#flavour = flavour;
    this.#missing = missing;
    this.#notes = notes;
    this.size = sizeOf(shape);
    this.#across = acrossOf(dtype, shape);
    // Where texts may hold a "#", NumPy is told that there are no comments among the rows.
    const sliced = shape.length > 2 && !mayHaveTexts(dtype);
    this.#slice = sliced ? (shape.at(-2) as number) * (record ? (shape.at(-1) as number) : 1) : 0;
    this.#delimiter = (flavour.delimiter ?? " ").charCodeAt(0);
  }

  /** The next run of elements, in C order. */
  block(array: AnyArray): RowBlock {
    const columns = columnsOf(array, this.#flavour, this.#missing);
    const [single] = columns;
    const print =
      columns.length === 1 ? rowPrinter(single as Column, this.#delimiter, this.#across, this.#missing) : undefined;
    return { size: array.size, columns, print, base: this.done };
  }

  /** Writes the elements `from` to `until` of a block; all of a block before the next. */
  write(block: RowBlock, from: number, until: number): void {
    const across = this.#across;
    const begun = this.done % across;
    if (from === 0 && begun > 0) this.#noteBegun(this.#odd(block, 0, Math.min(block.size, across - begun)));
    for (let at = from; at < until; ) {
      const inRow = this.done % across;
      const rows = until - at - ((until - at) % across);
      const end = inRow > 0 ? Math.min(until, at + across - inRow) : rows > 0 ? at + rows : until;
      if (inRow > 0) this.#writeRun(block, at, end);
      else if (rows > 0) this.#writeRows(block, at, end);
      else this.#beginRow(block, at, end);
      at = end;
      if (this.#begun !== undefined && (this.done % across === 0 || this.#out.position - this.#begun.from > MOST_HELD))
        this.#noteNow(this.#begun);
    }
  }

  /** Whole rows; what is to be noted stands before its row. */
  #writeRows(block: RowBlock, from: number, until: number): void {
    let at = from;
    for (const odd of this.#byRow(this.#odd(block, from, until))) {
      const [{ element }] = odd as [OddNaN];
      const row = element - (element % this.#across) - block.base;
      this.#writeSlices(block, at, row);
      this.#sliceComment();
      this.#note(odd);
      at = row + this.#across;
      this.#writeRun(block, row, at);
    }
    this.#writeSlices(block, at, until);
  }

  /** The beginning of a row. Where its end is not in the block, the text waits for what may have to be noted in front of it. */
  #beginRow(block: RowBlock, at: number, until: number): void {
    this.#sliceComment();
    const end = at + this.#across;
    const odd = this.#odd(block, at, Math.min(end, block.size));
    if (end <= block.size) this.#note(odd);
    else if (this.#notes === "among the rows" && block.columns.some(({ values }) => mayBeOdd(values.dtype))) {
      this.#begun = { from: this.#out.position, odd: [...odd] };
      this.#out.hold(this.#begun.from);
    }
    this.#writeRun(block, at, until);
  }

  #odd({ columns, base }: RowBlock, from: number, until: number): readonly OddNaN[] {
    if (this.#notes === "left out") return [];
    const odd = columns.flatMap(({ values, mask }, i) => findOddNaNs(values, mask, i, from, until, base));
    if (odd.length > 0 && this.#notes === "refused") throw this.#noPlace("beside texts");
    return odd;
  }

  /** In the order of the rows. */
  #byRow(odd: readonly OddNaN[]): readonly (readonly OddNaN[])[] {
    const rows = new Map<number, OddNaN[]>();
    for (const one of odd) {
      const row = Math.floor(one.element / this.#across);
      const known = rows.get(row);
      if (known === undefined) rows.set(row, [one]);
      else known.push(one);
    }
    return [...rows].sort(([a], [b]) => a - b).map(([, list]) => list);
  }

  #note(odd: readonly OddNaN[]): void {
    for (const line of noteLines(odd.map(({ note }) => note))) this.#out.text(`# ${line}\n`);
  }

  /** More of a row that begun in another block. */
  #noteBegun(odd: readonly OddNaN[]): void {
    if (odd.length === 0) return;
    if (this.#begun === undefined)
      throw this.#noPlace(`after the first ${MOST_HELD >> 20} MB of a row that is written in parts`);
    this.#begun.odd.push(...odd);
  }

  #noteNow({ from, odd }: { readonly from: number; readonly odd: readonly OddNaN[] }): void {
    this.#begun = undefined;
    this.#out.hold(undefined);
    if (odd.length > 0) this.#out.insert(from, () => this.#note(odd));
  }

  #noPlace(where: string): CapabilityError {
    return new CapabilityError(
      this.#flavour.id,
      "values",
      `a NaN with a payload ${where} has no place in what is written block by block; encode writes it`,
    );
  }

  /** Elements of any slices. */
  #writeSlices(block: RowBlock, from: number, until: number): void {
    for (let at = from; at < until; ) {
      this.#sliceComment();
      const slice = this.#slice * this.#across;
      const end = slice === 0 ? until : Math.min(until, at + slice - (this.done % slice));
      this.#writeRun(block, at, end);
      at = end;
    }
  }

  #sliceComment(): void {
    const slice = this.#slice * this.#across;
    if (slice > 0 && this.done % slice === 0) this.#out.text(`# slice ${sliceIndex(this.done / slice, this.#shape)}\n`);
  }

  /** Elements of one slice. */
  #writeRun(block: RowBlock, from: number, until: number): void {
    const { columns, print } = block;
    const out = this.#out;
    const across = this.#across;
    let inRow = this.done % across;
    this.done += until - from;
    if (print?.(out, from, until, inRow) === true) return;
    for (let i = from; i < until; i++) {
      for (let c = 0; c < columns.length; c++) {
        const column = columns[c] as Column;
        if (inRow > 0 || c > 0) out.byte(this.#delimiter);
        if (column.mask !== undefined && column.mask[i] !== 0) out.text(this.#missing);
        else column.write(out, i);
      }
      if (++inRow < across) continue;
      out.byte(10);
      inRow = 0;
    }
  }
}

const mayBeOdd = (dtype: DType): boolean => /^(?:float|complex)/.test(dtype.kind);

/** Elements in a row. */
export const acrossOf = (dtype: DType, shape: readonly number[]): number =>
  dtype.kind === "struct" || shape.length < 2 ? 1 : Math.max(1, shape.at(-1) as number);

const mayHaveTexts = (dtype: DType): boolean =>
  dtype.kind === "struct"
    ? dtype.fields.some((field) => mayHaveTexts(field.dtype))
    : dtype.kind === "str" || dtype.kind === "bytes";

/** Index of a slice along all axes but the last two, as NumPy would be asked for it. */
function sliceIndex(n: number, shape: readonly number[]): string {
  const index: number[] = [];
  let rest = n;
  for (let axis = shape.length - 3; axis >= 0; axis--) {
    const dim = shape[axis] as number;
    index.unshift(rest % dim);
    rest = Math.floor(rest / dim);
  }
  return `[${index.join(", ")}, :, :]`;
}
