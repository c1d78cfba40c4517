import {
  type AnyArray,
  type BundleHeader,
  type ByteSource,
  blocksByReading,
  checkOptions,
  type DecodeOptions,
  fillOut,
  type Header,
  isBundleHeader,
  isMaskedArray,
  type LazyArray,
  LimitError,
  lazyFromArray,
  makeOpenFile,
  normalizeSelection,
  type OpenFile,
  OptionError,
  openDecoded,
  planeOf,
  quoteText,
  type ReadOptions,
  readWhole,
  resolveLimits,
  type SelectionInput,
  throwIfAborted,
} from "@masquerade/core";
import { depthOf } from "../decode.ts";
import { rowsOf, within } from "../open/selection.ts";
import { fileStart, firstChunk, type Place, Window } from "../open/window.ts";
import { readColumn } from "../read/columns.ts";
import { NeedMore } from "../read/cursor.ts";
import { decodeRows } from "./decode.ts";
import { ndjson } from "./format.ts";
import { emptyFile, type RowsOf, readHead } from "./head.ts";
import { arrayOfRows, type Progress, readRows } from "./read.ts";

/** Elements passed over at once, about. */
const SKIPPED = 16_384;
/** Bytes between two places that are remembered. */
const STRIDE = 2 ** 18;

/** {@link ndjson}'s open: the first line; then rows, from the nearest place that was seen before. What is behind them is not looked at. */
export async function openRows(
  source: ByteSource,
  options: DecodeOptions = {},
  chunk: number = firstChunk,
): Promise<OpenFile> {
  checkOptions("ndjson", ndjson.options.read, options);
  const limits = resolveLimits(options.limits);
  const { size } = source;
  if (size === undefined) return openDecoded(decodeRows(await readWhole(source, limits.maxBytes, options), options));
  const window = new Window(source, size, limits, depthOf(options), options.signal, fileStart, chunk);
  const { cursor } = window;
  cursor.format = "ndjson";
  const end = await window.run((c) => {
    if (c.peek() === -1) {
      if (c.more) throw new NeedMore();
      throw emptyFile();
    }
    const found = c.bytes.indexOf(10, c.at);
    if (found < 0 && c.more) throw new NeedMore();
    return found < 0 ? c.end : found;
  });
  const line = window.copyOf(cursor.at, end, []);
  cursor.at = end;
  const { header, arrays } = readHead(line);
  const file = new Rows(window, arrays, window.placeOf(end));
  const part = below(header, options.select);
  return makeOpenFile(part, (path, one) => {
    const select = options.select ?? "";
    const name = select === "" || path === "" ? select + path : `${select}/${path}`;
    const number = arrays.findIndex((array) => array.path === name);
    const lazy: LazyArray = {
      header: one,
      read: (selection, read) => file.read(number, selection, read ?? {}),
      blocks: (read) =>
        one.order === "F" ? file.wholeBlocks(number, path, read ?? {}) : blocksByReading(lazy, path, read),
    };
    return lazy;
  });
}

function below(header: Header | BundleHeader, select: string | undefined): Header | BundleHeader {
  let at: Header | BundleHeader | undefined = header;
  let rest = select ?? "";
  while (rest !== "" && at !== undefined && isBundleHeader(at)) {
    const names: string[] = [...at.entries.keys()];
    const name = names.find((one) => rest === one || rest.startsWith(`${one}/`));
    at = name === undefined ? undefined : at.entries.get(name);
    rest = name === undefined ? rest : rest.slice(name.length + 1);
  }
  if (at === undefined || rest !== "")
    throw new OptionError("INDEX_INVALID", `ndjson: there is no "${quoteText(select ?? "")}" in the file`, "select");
  return at;
}

/** A place before a row. */
interface Mark extends Place {
  readonly row: number;
}

/** The rows of all arrays of a file. */
class Rows {
  readonly #file: Window;
  readonly #arrays: readonly RowsOf[];
  /** Places seen in each array, by row; an array's first is known when the one before it has been passed. */
  readonly #marks: Mark[][];

  constructor(file: Window, arrays: readonly RowsOf[], start: Place) {
    this.#file = file;
    this.#arrays = arrays;
    this.#marks = arrays.map((_, i) => (i === 0 ? [{ ...start, row: 0 }] : []));
  }

  async read(number: number, input: SelectionInput | undefined, options: ReadOptions): Promise<AnyArray> {
    const { plane = "both", signal, out } = options;
    throwIfAborted(signal);
    const array = this.#arrays[number] as RowsOf;
    if (plane === "mask" && array.header.mask === "plain")
      throw new OptionError("OPTION_INVALID", "a plain array has no mask to read", "plane");
    const selection = normalizeSelection(input, array.shape);
    const [first, last] = rowsOf(selection);
    const count = last - first;
    const size = count * array.shape.slice(1).reduce((n, dim) => n * dim, 1);
    const bytes = size * array.dtype.itemsize;
    if (bytes > this.#file.cursor.limits.maxBytes)
      throw new LimitError(
        "maxBytes",
        `the selection takes ${bytes} bytes, more than ${this.#file.cursor.limits.maxBytes}; read it by blocks`,
        { format: "ndjson" },
      );
    const start = await this.#markFor(number, first, signal);
    const column = readColumn(array.dtype, size);
    await this.#pass(number, start, first, last, column, signal);
    const whole = arrayOfRows(array, column, count);
    const part = input === undefined ? whole : whole.slice(within(selection, first));
    const wanted = planeOf(part, plane);
    if (out === undefined) return wanted;
    return isMaskedArray(wanted) ? wanted.with({ data: fillOut(wanted.data, out) }) : fillOut(wanted, out);
  }

  /** The text is in C order: blocks along the last axis are those of the whole. */
  async *wholeBlocks(
    number: number,
    name: string,
    options: NonNullable<Parameters<LazyArray["blocks"]>[0]>,
  ): ReturnType<LazyArray["blocks"]> & AsyncGenerator {
    const plane = options.plane === "mask" ? "both" : options.plane;
    yield* lazyFromArray(await this.read(number, undefined, { ...options, plane }), name).blocks(options);
  }

  /** The nearest place at or before a row; of an array that nobody has come to yet, its beginning. */
  async #markFor(number: number, row: number, signal: AbortSignal | undefined): Promise<Mark> {
    const marks = this.#marks[number] as Mark[];
    if (marks.length === 0) {
      const before = this.#arrays[number - 1] as RowsOf;
      const rows = before.shape[0] ?? 1;
      const start = await this.#markFor(number - 1, rows, signal);
      const end = await this.#pass(number - 1, start, rows, rows, readColumn(before.dtype, 0), signal);
      marks.push({ ...end, row: 0 });
    }
    let best = marks[0] as Mark;
    for (const mark of marks) if (mark.row <= row && mark.row >= best.row) best = mark;
    return best;
  }

  /** Reads the rows `first` to `last` into the column, passing over those from `start` on; remembers places on the way, and gives the last. */
  async #pass(
    number: number,
    start: Mark,
    first: number,
    last: number,
    column: ReturnType<typeof readColumn>,
    signal: AbortSignal | undefined,
  ): Promise<Place> {
    const array = this.#arrays[number] as RowsOf;
    const window = this.#file.another(start, signal);
    window.cursor.format = "ndjson";
    const marks = this.#marks[number] as Mark[];
    const rowSize = array.shape.slice(1).reduce((n, dim) => n * dim, 1);
    const step = Math.max(1, Math.floor(SKIPPED / Math.max(rowSize, 1)));
    const progress: Progress = { row: start.row, at: window.cursor.at };
    let known = marks.at(-1) as Mark;
    while (progress.row < first) {
      const base = progress.row;
      const until = Math.min(first, base + step);
      const skipped = readColumn(array.dtype, (until - base) * rowSize);
      await window.run((c) => readRows(c, array, skipped, progress, until, base), progress);
      const place = window.placeOf(window.cursor.at);
      if (place.offset >= known.offset + STRIDE) {
        known = { ...place, row: until };
        marks.push(known);
      }
    }
    if (first < last) await window.run((c) => readRows(c, array, column, progress, last, first), progress);
    const end = window.placeOf(window.cursor.at);
    if (last === (array.shape[0] ?? 1)) await this.#ended(number, window);
    else if (end.offset > known.offset) marks.push({ ...end, row: last });
    return end;
  }

  /** Behind the last row of an array stands the next one, or nothing. */
  async #ended(number: number, window: Window): Promise<void> {
    const next = this.#marks[number + 1];
    if (next === undefined)
      await window.run((c) => {
        if (c.peek() !== -1) throw c.fail(`no more rows expected${c.found()}`);
        if (c.more) throw new NeedMore();
      });
    else if (next.length === 0) next.push({ ...window.placeOf(window.cursor.at), row: 0 });
  }
}
