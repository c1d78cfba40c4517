import {
  type AnyArray,
  checkOptions,
  checkShape,
  type DecodeOptions,
  type DType,
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
  let done = 0;
  while (scanner.nextRow()) {
    if (done >= size) throw scanner.fail(`more rows than the ${size} elements of the shape`, scanner.at);
    done = readRow(scanner, columns, done, across, header);
  }
  if (done < size) throw scanner.fail(`${done} elements, the shape wants ${size}`, bytes.length);
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

/** Reads one row from element `at` on and returns the next element. */
function readRow(
  scanner: Scanner,
  columns: readonly ReadColumn[],
  at: number,
  across: number,
  header: TableHeader,
): number {
  let index = at;
  for (let k = 0; k < across; k++, index++) {
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c] as ReadColumn;
      scanner.field();
      if (header.mask !== "plain" && scanner.is(header.missing)) {
        if (header.mask === "nomask") throw scanner.failField("a missing value in an array without a mask");
        column.mask ??= new Uint8Array(header.shape.reduce((n, dim) => n * dim, 1));
        column.mask[index] = 1;
      } else column.read(scanner, index);
      const last = k === across - 1 && c === columns.length - 1;
      const { from } = scanner;
      if (scanner.more() === last)
        throw scanner.fail(
          last ? "more fields than columns in this row" : "fewer fields than columns in this row",
          from,
        );
    }
  }
  return index;
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
