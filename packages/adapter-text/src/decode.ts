import {
  type AnyArray,
  checkOptions,
  checkShape,
  type DecodeOptions,
  fillOut,
  isMaskedArray,
  type Limits,
  OptionError,
  resolveLimits,
  sizeOf,
  throwIfAborted,
} from "@masquerade/core";
import type { Flavour } from "./flavour.ts";
import { csv, type TextReadOptions } from "./format.ts";
import { demandBytes, demandRoom, noTraits, passNames, SMALL, tableOf, traitsOf } from "./own-table.ts";
import { readTableHeader, type TableHeader } from "./read-header.ts";
import { firstMark, type Mark, RowReader, type Table } from "./read-rows.ts";
import { arrayOf, Run } from "./run.ts";
import { Scanner } from "./scan.ts";
import { Survey } from "./survey.ts";

/** A table of ours by its header, another one by what it looks like. */
export function decodeText(
  flavour: Flavour,
  bytes: Uint8Array,
  options: TextReadOptions & DecodeOptions = {},
): AnyArray {
  checkTextOptions(flavour, options);
  const limits = resolveLimits(options.limits);
  const header = readTableHeader(bytes, flavour, limits);
  const value =
    header === undefined ? decodeForeign(flavour, bytes, limits, options) : decodeOwn(flavour, bytes, header, limits);
  options.onProgress?.(bytes.length, bytes.length);
  if (options.out === undefined) return value;
  return isMaskedArray(value) ? value.with({ data: fillOut(value.data, options.out) }) : fillOut(value, options.out);
}

/** Throws OptionError, and when it is to stop. */
export function checkTextOptions(flavour: Flavour, options: TextReadOptions & DecodeOptions): void {
  checkOptions(flavour.id, csv.options.read, options);
  throwIfAborted(options.signal);
  if (options.select !== undefined && options.select !== "")
    throw new OptionError("INDEX_INVALID", `${flavour.id}: the file holds one array without a name`, "select");
}

function decodeOwn(flavour: Flavour, bytes: Uint8Array, header: TableHeader, limits: Limits): AnyArray {
  const table = tableOf(header);
  const { dtype, shape } = table;
  const scanner = new Scanner(bytes, flavour, limits, header.start);
  const size = checkShape(shape, dtype.itemsize, limits, { format: flavour.id, offset: 0 });
  demandBytes(size, dtype, limits, flavour);
  const left = bytes.length - header.start;
  demandRoom(table, left, flavour, bytes.length);
  const claim = size * dtype.itemsize;
  if (claim > SMALL && claim > left * 16) demandLines(scanner, table);
  if (dtype.kind === "struct") passNames(scanner, dtype);
  const run = readAll(scanner, table, flavour, limits, firstMark({ offset: 0, line: 1, column: 0 }), true);
  if (bytes.length > 0 && bytes[bytes.length - 1] !== 10)
    throw scanner.fail("the last line is not finished", bytes.length);
  return arrayOf(table, traitsOf(header, flavour, limits), run.data(shape), () => run.mask(shape));
}

/** Throws unless there are as many lines as the shape has rows: before an array is made that is much larger than the file. */
function demandLines(scanner: Scanner, { across, shape }: Table): void {
  const { bytes } = scanner;
  let lines = 1;
  for (let at = bytes.indexOf(10, scanner.at); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  if (lines * across < sizeOf(shape))
    throw scanner.fail(`shape (${shape.join(", ")}) has more rows than the file`, bytes.length);
}

function decodeForeign(
  flavour: Flavour,
  bytes: Uint8Array,
  limits: Limits,
  options: TextReadOptions & DecodeOptions,
): AnyArray {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const scanner = new Scanner(bytes, flavour, limits, start);
  const survey = new Survey(scanner, options);
  survey.run(scanner);
  const { table, marks } = survey.table(scanner, flavour);
  demandBytes(sizeOf(table.shape), table.dtype, limits, flavour);
  const [mark] = marks as [Mark];
  scanner.at = mark.offset;
  const run = readAll(scanner, table, flavour, limits, mark, false);
  return arrayOf(table, noTraits, run.data(table.shape), () => run.mask(table.shape));
}

function readAll(scanner: Scanner, table: Table, flavour: Flavour, limits: Limits, mark: Mark, ends: boolean): Run {
  const run = new Run(table, 0, sizeOf(table.shape), limits, flavour.id);
  const reader = new RowReader(scanner, table, flavour, mark);
  run.read(reader, scanner);
  if (ends) reader.end(scanner);
  return run;
}
