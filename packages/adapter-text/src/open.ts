import {
  type AnyArray,
  type ByteSource,
  blocksByReading,
  checkShape,
  type DecodeOptions,
  fillOut,
  type Header,
  isMaskedArray,
  type LazyArray,
  type Limits,
  lazyFromArray,
  makeHeader,
  makeOpenFile,
  type OpenFile,
  openDecoded,
  readWhole,
  resolveLimits,
} from "@masquerade/core";
import { checkTextOptions, decodeText } from "./decode.ts";
import type { Flavour } from "./flavour.ts";
import type { TextReadOptions } from "./format.ts";
import { LazyRows } from "./lazy-rows.ts";
import { demandRoom, noTraits, passNames, tableOf, traitsOf } from "./own-table.ts";
import { readTableHeader } from "./read-header.ts";
import { firstMark, type Mark, type Table } from "./read-rows.ts";
import type { TableTraits } from "./run.ts";
import { Survey } from "./survey.ts";
import { fileStart, firstChunk, Window } from "./window.ts";

interface Found {
  readonly table: Table;
  readonly traits: TableTraits;
  readonly marks: readonly Mark[];
}

/**
 * A table of ours: its header; then rows, from the nearest place that was seen before. Another one is gone through once, to find its columns' types and
 * count its rows. A megabyte of text is in memory at a time.
 */
export async function openText(
  flavour: Flavour,
  source: ByteSource,
  options: TextReadOptions & DecodeOptions = {},
  chunk: number = firstChunk,
): Promise<OpenFile> {
  checkTextOptions(flavour, options);
  const limits = resolveLimits(options.limits);
  const { size } = source;
  if (size === undefined)
    return openDecoded(decodeText(flavour, await readWhole(source, limits.maxBytes, options), options));
  const window = new Window(source, size, flavour, limits, chunk, fileStart, options.signal);
  const found = (await ownTable(window, flavour, limits)) ?? (await foreignTable(window, flavour, options));
  const { dtype, shape, mask } = found.table;
  const { fortran, hardMask, fillValue } = found.traits;
  const header = makeHeader({
    dtype,
    shape,
    order: fortran ? "F" : "C",
    mask: mask === "missing" ? "mask" : mask,
    hardMask,
    fillValue,
  });
  const rows = new LazyRows(window, found.table, found.traits, found.marks, flavour, limits);
  return makeOpenFile(header, (path) => lazyOf(rows, header, path));
}

/** A table with our header; undefined for another. */
async function ownTable(window: Window, flavour: Flavour, limits: Limits): Promise<Found | undefined> {
  const { scanner } = window;
  const header = await window.run((s) => readTableHeader(s.bytes, flavour, limits, s.goesOn), { at: 0 });
  if (header === undefined) return undefined;
  const table = tableOf(header);
  const { dtype, shape } = table;
  checkShape(shape, dtype.itemsize, limits, { format: flavour.id, offset: 0 });
  scanner.at = header.start;
  demandRoom(table, window.left, flavour, scanner.base.offset + scanner.at + window.left);
  if (dtype.kind === "struct") await window.run((s) => passNames(s, dtype), { at: header.start });
  return { table, traits: traitsOf(header, flavour, limits), marks: [firstMark(window.place)] };
}

/** What a table that does not say it looks like. */
async function foreignTable(window: Window, flavour: Flavour, options: TextReadOptions): Promise<Found> {
  const { scanner } = window;
  const { bytes } = scanner;
  scanner.at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const survey = new Survey(scanner, options);
  await window.run((s) => survey.run(s), survey);
  return { ...survey.table(scanner, flavour), traits: noTraits };
}

function lazyOf(rows: LazyRows, header: Header, path: string): LazyArray {
  const lazy: LazyArray = {
    header,
    read: async (selection, options = {}) => {
      const array = await rows.read(selection, options);
      const { out } = options;
      if (out === undefined) return array;
      return isMaskedArray(array) ? array.with({ data: fillOut(array.data, out) }) : fillOut(array, out);
    },
    // The text is in C order: blocks along the last axis are those of the whole.
    blocks: (options) =>
      header.order === "F" ? wholeBlocks(lazy, path, options ?? {}) : blocksByReading(lazy, path, options),
  };
  return lazy;
}

async function* wholeBlocks(
  lazy: LazyArray,
  path: string,
  options: NonNullable<Parameters<LazyArray["blocks"]>[0]>,
): ReturnType<LazyArray["blocks"]> & AsyncGenerator {
  const whole: AnyArray = await lazy.read(undefined, options.signal === undefined ? {} : { signal: options.signal });
  yield* lazyFromArray(whole, path).blocks(options);
}
