import {
  type AnyArray,
  checkOptions,
  checkShape,
  type DecodeOptions,
  type DType,
  type FormatError,
  type FullMask,
  fillOut,
  isMaskedArray,
  LimitError,
  type Limits,
  MaskedArray,
  NdArray,
  nomask,
  OptionError,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import { columnsAsArray, columnsFor, maskOf } from "./assemble.ts";
import type { Flavour } from "./flavour.ts";
import { decodeForeign } from "./foreign.ts";
import { csv, type TextReadOptions } from "./format.ts";
import { leavesOf } from "./leaves.ts";
import { restoreNaN } from "./nans.ts";
import type { ReadColumn } from "./read-fields.ts";
import { readTableHeader, type TableHeader } from "./read-header.ts";
import { rowParser } from "./rows.ts";
import { Scanner } from "./scan.ts";

/** A table of ours by its header, another one by what it looks like. */
export function decodeText(
  flavour: Flavour,
  bytes: Uint8Array,
  options: TextReadOptions & DecodeOptions = {},
): AnyArray {
  checkOptions(flavour.id, csv.options.read, options);
  throwIfAborted(options.signal);
  if (options.select !== undefined && options.select !== "")
    throw new OptionError("INDEX_INVALID", `${flavour.id}: the file holds one array without a name`, "select");
  const limits = resolveLimits(options.limits);
  const header = readTableHeader(bytes, flavour, limits);
  const value =
    header === undefined ? decodeForeign(flavour, bytes, limits, options) : decodeOwn(flavour, bytes, header, limits);
  options.onProgress?.(bytes.length, bytes.length);
  if (options.out === undefined) return value;
  return isMaskedArray(value) ? value.with({ data: fillOut(value.data, options.out) }) : fillOut(value, options.out);
}

/** Bytes of an array that are not worth counting its lines first. */
const SMALL = 2 ** 24;

function decodeOwn(flavour: Flavour, bytes: Uint8Array, header: TableHeader, limits: Limits): AnyArray {
  const { dtype, shape } = header;
  const scanner = new Scanner(bytes, flavour, limits, header.start);
  const size = checkShape(shape, dtype.itemsize, limits, { format: flavour.id, offset: 0 });
  demandRoom(scanner, size, dtype, shape);
  const columns = columnsFor(dtype, size, limits, flavour.id);
  const record = dtype.kind === "struct";
  const across = record || shape.length < 2 ? 1 : (shape.at(-1) as number);
  if (record) skipNames(scanner, dtype);
  if (columns.length === 1) readElements(scanner, columns[0] as ReadColumn, size, across, header, flavour);
  else {
    let done = 0;
    while (scanner.nextRow()) {
      if (done >= size) throw tooMany(scanner, size);
      readRecord(scanner, columns, done++, size, header);
    }
    if (done < size) throw scanner.fail(`${done} elements, the shape wants ${size}`, bytes.length);
  }
  if (bytes.length > 0 && bytes[bytes.length - 1] !== 10)
    throw scanner.fail("the last line is not finished", bytes.length);
  const arrays = columns.map(({ dtype: kind, storage }) => ({
    array: new NdArray({ dtype: kind, shape: [size], storage: storage as never }) as NdArray,
  }));
  for (const [note, at] of header.nans)
    if (!restoreNaN(note, arrays)) throw scanner.fail("a note about a NaN that cannot be", at);
  const data = columnsAsArray(dtype, shape, columns, header.fortran);
  if (header.mask === "plain") return data;
  return new MaskedArray({
    data,
    mask: header.mask === "nomask" ? nomask : (maskOf(dtype, shape, columns, header.fortran) as FullMask),
    fillValue: fillOf(header.fillDType, header.fill, flavour, limits),
    hardMask: header.hardMask,
  });
}

/** Throws unless the file has room for so many elements, each at least the end of its field. */
function demandRoom(scanner: Scanner, size: number, dtype: DType, shape: readonly number[]): void {
  const bytes = size * dtype.itemsize;
  if (bytes > scanner.limits.maxBytes)
    throw new LimitError("maxBytes", `an array of ${bytes} bytes is more than ${scanner.limits.maxBytes}`, {
      offset: scanner.at,
    });
  const left = scanner.bytes.length - scanner.at;
  if (size > left + 1)
    throw scanner.fail(`shape (${shape.join(", ")}) has more elements than the file can have`, scanner.bytes.length);
  if (bytes <= SMALL || bytes <= left * 16) return;
  let lines = 1;
  for (let at = scanner.bytes.indexOf(10, scanner.at); at >= 0; at = scanner.bytes.indexOf(10, at + 1)) lines++;
  const across = dtype.kind === "struct" || shape.length < 2 ? 1 : (shape.at(-1) as number);
  if (lines * across < size)
    throw scanner.fail(`shape (${shape.join(", ")}) has more rows than the file`, scanner.bytes.length);
}

function skipNames(scanner: Scanner, dtype: DType<"struct">): void {
  if (!scanner.nextRow()) throw scanner.fail("the names of the columns are missing", scanner.bytes.length);
  const leaves = leavesOf(dtype);
  leaves.forEach((leaf, i) => {
    scanner.field();
    if (scanner.text() !== leaf.name) throw scanner.failField("not the column's name in the header");
    if (scanner.more() !== i + 1 < leaves.length) throw scanner.fail("not as many columns as the dtype has values");
  });
}

const tooMany = (scanner: Scanner, size: number): FormatError =>
  scanner.fail(`more rows than the ${size} elements of the shape`, scanner.at);

/** Reads the row of one record. */
function readRecord(
  scanner: Scanner,
  columns: readonly ReadColumn[],
  index: number,
  size: number,
  header: TableHeader,
): void {
  for (let c = 0; c < columns.length; c++) {
    readField(scanner, columns[c] as ReadColumn, index, size, header);
    endField(scanner, c === columns.length - 1);
  }
}

/** Reads all elements of an array of a simple dtype: by the kernels where they can, else field by field. */
function readElements(
  scanner: Scanner,
  column: ReadColumn,
  size: number,
  across: number,
  header: TableHeader,
  flavour: Flavour,
): void {
  const delimiter = flavour.delimiter?.charCodeAt(0) ?? 0;
  const missing = header.mask === "missing" ? header.missing : undefined;
  const fast = header.mask === "nomask" ? undefined : rowParser(column, size, delimiter, across, missing);
  // `after`: the scanner stands behind an element whose delimiter or line end was not passed.
  const text = { bytes: scanner.bytes, at: scanner.at, inRow: 0, after: false };
  // Where the kernels get nowhere (literals of 20 digits, say) they are asked less and less often: each call costs a copy.
  let wait = 0;
  let patience = 0;
  for (let done = 0; ; ) {
    if (fast !== undefined && done < size && wait-- <= 0) {
      text.at = scanner.at;
      const found = fast(text, done, size - done);
      patience = found < 64 ? Math.min(patience * 2 + 1, 1024) : 0;
      wait = patience;
      done += found;
      scanner.at = text.at;
      if (found > 0) scanner.from = fieldStart(scanner);
    }
    if (text.after) endField(scanner, text.inRow === across);
    if (text.inRow === across) text.inRow = 0;
    if (text.inRow === 0 && !scanner.nextRow()) {
      if (done < size) throw scanner.fail(`${done} elements, the shape wants ${size}`, scanner.bytes.length);
      return;
    }
    if (done >= size) throw tooMany(scanner, size);
    readField(scanner, column, done++, size, header);
    text.inRow++;
    text.after = true;
  }
}

/** Where the field begins that ends at the scanner's place. */
function fieldStart({ bytes, at }: Scanner): number {
  let from = at;
  while (from > 0 && !BOUNDS.has(bytes[from - 1] as number)) from--;
  return from;
}

/** Comma, tab, space, line ends. */
const BOUNDS: ReadonlySet<number> = new Set([44, 9, 32, 10, 13]);

function readField(scanner: Scanner, column: ReadColumn, index: number, size: number, header: TableHeader): void {
  scanner.field();
  if (header.mask !== "plain" && scanner.is(header.missing)) {
    if (header.mask === "nomask") throw scanner.failField("a missing value in an array without a mask");
    column.mask ??= new Uint8Array(size);
    column.mask[index] = 1;
  } else column.read(scanner, index);
}

/** Passes what stands behind a field: a delimiter, or the end of the row. */
function endField(scanner: Scanner, last: boolean): void {
  const { from } = scanner;
  if (scanner.more() === last)
    throw scanner.fail(last ? "more fields than columns in this row" : "fewer fields than columns in this row", from);
}

/** The fill value of a header, from the texts of its dtype's values. */
export function fillOf(
  fillDType: DType | undefined,
  fill: readonly string[],
  flavour: Flavour,
  limits: Limits,
): NdArray | undefined {
  if (fillDType === undefined) return undefined;
  if (fillDType.itemsize > SMALL)
    throw new LimitError("maxBytes", `a fill value of ${fillDType.itemsize} bytes`, { format: flavour.id });
  const columns = columnsFor(fillDType, 1, limits, flavour.id);
  const whole = new Scanner(new Uint8Array(0), flavour, limits);
  if (columns.length !== fill.length) throw whole.fail("fill_value has not as many values as its dtype has fields", 0);
  columns.forEach((column, i) => {
    const bytes = new TextEncoder().encode(fill[i]);
    const scanner = new Scanner(bytes, flavour, limits);
    scanner.to = bytes.length;
    column.read(scanner, 0);
  });
  return columnsAsArray(fillDType, [], columns, false);
}
