import {
  type AnyArray,
  type Bundle,
  blockRanges,
  CapabilityError,
  checkOptions,
  type DType,
  describe,
  type EncodeOptions,
  eachArray,
  type Header,
  headerOf,
  OptionError,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { columnsOf } from "./columns.ts";
import { expectedBytes } from "./expect.ts";
import type { Flavour } from "./flavour.ts";
import { csv, type TextWriteOptions } from "./format.ts";
import { join } from "./join.ts";
import { leavesOf } from "./leaves.ts";
import { oddNaNs } from "./nans.ts";
import { RowWriter } from "./row-writer.ts";
import { TextOut } from "./text-out.ts";
import { quoted } from "./write-fields.ts";
import { writeHeader, writeNames } from "./write-header.ts";

/** Elements written between two pauses. */
const PIECE = 2 ** 16;
/** Bytes of an array whose columns are taken apart at once. */
const BLOCK = 2 ** 23;

/** The table as UTF-8 in one piece of memory, of as many bytes as a table of numbers will have. Other tables are put together of chunks. */
export function encodeText(
  flavour: Flavour,
  value: AnyArray | Bundle,
  options: TextWriteOptions & EncodeOptions = {},
): Uint8Array {
  demand(flavour, value, options);
  const [first] = eachArray(value);
  const room = first === undefined ? undefined : expectedBytes(first[1], options.missing ?? "--");
  return join([...chunks(flavour, value, options, room)]);
}

/** The table as chunks of UTF-8. */
export function* encodeTextParts(
  flavour: Flavour,
  value: AnyArray | Bundle,
  options: TextWriteOptions & EncodeOptions = {},
): Generator<Uint8Array, void, undefined> {
  demand(flavour, value, options);
  yield* chunks(flavour, value, options);
}

/** Throws for wrong options and for what would be lost. */
function demand(flavour: Flavour, value: AnyArray | Bundle, options: TextWriteOptions & EncodeOptions): void {
  checkOptions(flavour.id, csv.options.write, options);
  throwIfAborted(options.signal);
  refuseLosses(flavour.id, csv.losses(describe(value), options), options);
}

function* chunks(
  flavour: Flavour,
  value: AnyArray | Bundle,
  options: TextWriteOptions & EncodeOptions,
  room?: number,
): Generator<Uint8Array, void, undefined> {
  const [first] = eachArray(value);
  if (first === undefined) throw new CapabilityError(flavour.id, "arrays", "there is no array in it");
  const array = first[1];
  const header = headerOf(array);
  const { dtype, shape } = header;
  const out = new TextOut(room);
  const notes = hasTexts(dtype) && options.bare !== true ? notesOf(array, flavour) : [];
  const rows = beginTable(out, header, flavour, options, notes);
  for (const { selection } of blockRanges(shape, "C", dtype.itemsize, BLOCK)) {
    const block = rows.block(shape.length === 0 ? array : array.slice(selection));
    for (let at = 0; at < block.size; at += PIECE) {
      throwIfAborted(options.signal);
      rows.write(block, at, Math.min(block.size, at + PIECE));
      yield* out.take();
    }
  }
  yield* out.take(true);
  options.onProgress?.(array.size, array.size);
}

/** Writes what stands before the rows. `notes` are about NaNs, where they cannot stand among the rows; undefined: there must be none. */
export function beginTable(
  out: TextOut,
  header: Header,
  flavour: Flavour,
  options: TextWriteOptions,
  notes: readonly string[] | undefined,
): RowWriter {
  const { dtype } = header;
  const columns = columnCount(header);
  const missing = options.missing ?? (columns > 1 && flavour.delimiter !== undefined ? "" : "--");
  checkMissing(missing, columns, flavour);
  if (options.bare !== true) writeHeader(out, header, flavour, missing, notes ?? []);
  if (dtype.kind === "struct") writeNames(out, dtype, flavour, missing);
  const among = hasTexts(dtype) ? (notes === undefined ? "refused" : "left out") : "among the rows";
  return new RowWriter(out, header, flavour, missing, options.bare === true ? "left out" : among);
}

/** Whether there are texts among the fields: these may hold a "#", and NumPy is told that there are no comments among the rows. */
const hasTexts = (dtype: DType): boolean =>
  leavesOf(dtype).some((leaf) => leaf.dtype.kind === "str" || leaf.dtype.kind === "bytes");

const notesOf = (array: AnyArray, flavour: Flavour): string[] =>
  columnsOf(array, flavour, "").flatMap(({ values, mask }, i) => oddNaNs(values, mask, i));

const columnCount = ({ dtype, shape }: Header): number =>
  dtype.kind === "struct" ? leavesOf(dtype).length : shape.length < 2 ? 1 : (shape.at(-1) as number);

function checkMissing(missing: string, columns: number, flavour: Flavour): void {
  if (missing === "" && (columns < 2 || flavour.delimiter === undefined))
    throw new OptionError(
      "OPTION_INVALID",
      `${flavour.id}: an empty field would vanish here; give another text for missing`,
      "missing",
    );
  if (
    missing !== "" &&
    missing !== "--" &&
    missing !== "NA" &&
    missing !== "N/A" &&
    quoted(missing, flavour, "") !== missing
  )
    throw new OptionError(
      "OPTION_INVALID",
      `${flavour.id}: the text for missing values must not need quotes`,
      "missing",
    );
}
