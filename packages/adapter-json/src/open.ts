import {
  type AnyArray,
  type BundleHeader,
  type BundleMember,
  type ByteSource,
  blocksByReading,
  checkOptions,
  checkShape,
  type DecodeOptions,
  fillOut,
  type Header,
  headerOf,
  isMaskedArray,
  isMasqueradeError,
  type LazyArray,
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
} from "@masquerade/core";
import { decodeJson, depthOf } from "./decode.ts";
import { type JsonReadOptions, json } from "./format.ts";
import { Elements } from "./open/elements.ts";
import { passValue } from "./open/extent.ts";
import { eachMemberOf, type Scanned, scanDocument } from "./open/scan.ts";
import { rowsOf, within } from "./open/selection.ts";
import { fileStart, firstChunk, Window } from "./open/window.ts";
import { readColumn } from "./read/columns.ts";
import { buildArray, bundleOf } from "./read/document.ts";
import { dtypeOf, shapeOf } from "./read/dtype.ts";
import type { Tree } from "./read/tree.ts";

/**
 * {@link json}'s open: goes through the file once, remembering where arrays are and places within them; then any rows are read from the nearest of
 * these. A megabyte of text is in memory at a time. Dialects are read whole.
 */
export async function openJson(
  source: ByteSource,
  options: JsonReadOptions & DecodeOptions = {},
  chunk: number = firstChunk,
): Promise<OpenFile> {
  checkOptions("json", json.options.read, options);
  const limits = resolveLimits(options.limits);
  const { size } = source;
  const window =
    size === undefined
      ? undefined
      : new Window(source, size, limits, depthOf(options), options.signal, fileStart, chunk);
  if (window === undefined || !(await isOwn(window, options)))
    return openDecoded(decodeJson(await readWhole(source, limits.maxBytes, options), options));
  const scanned = await scanDocument(window, 0);
  await window.run((c) => {
    if (c.peek() !== -1) throw c.fail(`nothing more expected${c.found()}`);
    if (c.more) c.settled();
  });
  const wanted = below(scanned, options.select);
  const arrays = new Map<string, FileArray>();
  const header = await headerFor(wanted.scanned, window, wanted.path, "", arrays);
  return makeOpenFile(header, (path) => (arrays.get(path) as FileArray).lazy(path));
}

/** Whether the document is an object with a member "format": other JSON is a dialect. Errors are left to the reader. */
async function isOwn(window: Window, options: JsonReadOptions): Promise<boolean> {
  if (options.dialect !== undefined) return options.dialect === "masked-array";
  const probe = window.another(fileStart, undefined);
  try {
    await probe.more();
    if (probe.cursor.peek() !== 0x7b) return false;
    for await (const name of eachMemberOf(probe)) {
      if (name === "format") return true;
      await passValue(probe, { depth: 0, allNulls: false });
    }
  } catch (error) {
    if (!isMasqueradeError(error, "FORMAT_MALFORMED") && !isMasqueradeError(error, "FORMAT_TRUNCATED")) throw error;
    return true;
  }
  return false;
}

interface Wanted {
  readonly scanned: Scanned;
  readonly path: readonly string[];
}

function below(scanned: Scanned, select: string | undefined): Wanted {
  const path: string[] = [];
  let at: Scanned | undefined = scanned;
  let rest = select ?? "";
  while (rest !== "" && at?.entries !== undefined) {
    const names: string[] = [...at.entries.keys()];
    const name = names.find((one) => rest === one || rest.startsWith(`${one}/`));
    at = name === undefined ? undefined : at.entries.get(name);
    if (name !== undefined) path.push("entries", name);
    rest = name === undefined ? rest : rest.slice(name.length + 1);
  }
  if (at === undefined || rest !== "")
    throw new OptionError("INDEX_INVALID", `json: there is no "${quoteText(select ?? "")}" in the file`, "select");
  return { scanned: at, path };
}

async function headerFor(
  scanned: Scanned,
  window: Window,
  place: readonly string[],
  name: string,
  arrays: Map<string, FileArray>,
): Promise<Header | BundleHeader> {
  if (!scanned.members.has("bundle")) {
    const array = await FileArray.of(scanned, window, place);
    arrays.set(name, array);
    return array.header;
  }
  const entries = new Map<string, Header | BundleHeader>();
  for (const [key, one] of scanned.entries ?? [])
    entries.set(
      key,
      await headerFor(one, window, [...place, "entries", key], name === "" ? key : `${name}/${key}`, arrays),
    );
  const { kind, attrs, keys } = bundleOf(scanned.members, new Map<string, BundleMember>(), scanned.spotOf);
  return { kind, entries, attrs, ...(keys.size > 0 ? { keys } : {}) };
}

/** One array of the file. */
class FileArray {
  readonly header: Header;
  readonly #scanned: Scanned;
  readonly #elements: Elements;

  private constructor(scanned: Scanned, elements: Elements, header: Header) {
    this.#scanned = scanned;
    this.#elements = elements;
    this.header = header;
  }

  static async of(scanned: Scanned, window: Window, place: readonly string[]): Promise<FileArray> {
    const { members, spotOf, data, hidden } = scanned;
    if (data === undefined) throw spotOf().fail('there is no "data"');
    const dtype = dtypeOf(members.get("dtype") as Tree, spotOf("dtype"));
    const shape = shapeOf(members.get("shape") as Tree, spotOf("shape"));
    const size = checkShape(shape, dtype.itemsize, window.cursor.limits, { format: "json", offset: data.from.offset });
    if (shape.length > 0 && size > 0 && data.commas + 1 < size)
      throw spotOf("data").fail(`the shape asks for ${size} elements, data has fewer`);
    const elements = new Elements(window, dtype, shape, data, hidden, place);
    let masked = members.has("mask") || hidden !== undefined;
    // Nulls may be Python's None within an object: only reading them all tells.
    if (!masked && data.nulls > 0)
      masked = dtype.kind === "struct" ? (await elements.read(0, size, false, undefined)).anyMasked : true;
    const none = shape.length === 0 ? shape : [0, ...shape.slice(1)];
    const few = {
      dtype,
      shape: none,
      size: shape.length === 0 ? 1 : 0,
      column: readColumn(dtype, shape.length === 0 ? 1 : 0),
    };
    const header = headerOf(buildArray(few, members, spotOf, masked));
    return new FileArray(scanned, elements, { ...header, shape, order: members.get("order") === "F" ? "F" : "C" });
  }

  lazy(name: string): LazyArray {
    const lazy: LazyArray = {
      header: this.header,
      read: (selection, options) => this.#read(selection, options ?? {}),
      blocks: (options) =>
        this.header.order === "F" ? this.#wholeBlocks(name, options ?? {}) : blocksByReading(lazy, name, options),
    };
    return lazy;
  }

  /** The text is in C order: blocks along the last axis are those of the whole. */
  async *#wholeBlocks(
    name: string,
    options: NonNullable<Parameters<LazyArray["blocks"]>[0]>,
  ): ReturnType<LazyArray["blocks"]> & AsyncGenerator {
    const plane = options.plane === "mask" ? "both" : options.plane;
    yield* lazyFromArray(await this.#read(undefined, { ...options, plane }), name).blocks(options);
  }

  async #read(input: SelectionInput | undefined, options: ReadOptions): Promise<AnyArray> {
    const { plane = "both", signal, out } = options;
    const { header } = this;
    const { dtype, shape } = header;
    if (plane === "mask" && header.mask === "plain")
      throw new OptionError("OPTION_INVALID", "a plain array has no mask to read", "plane");
    const selection = normalizeSelection(input, shape);
    const [first, last] = rowsOf(selection);
    const rowSize = shape.slice(1).reduce((n, dim) => n * dim, 1);
    const size = (last - first) * rowSize;
    const from = first * rowSize;
    const column = await this.#elements.read(from, from + size, plane !== "mask", signal);
    if (header.mask === "nomask" && column.anyMasked)
      throw this.#scanned.spotOf("mask").fail('data has nulls, but mask is "nomask"');
    const rows = shape.length === 0 ? shape : [last - first, ...shape.slice(1)];
    const { members, spotOf } = this.#scanned;
    const array = buildArray({ dtype, shape: rows, size, column }, members, spotOf, header.mask !== "plain");
    const part = input === undefined ? array : array.slice(within(selection, first));
    const wanted = planeOf(part, plane);
    if (out === undefined) return wanted;
    return isMaskedArray(wanted) ? wanted.with({ data: fillOut(wanted.data, out) }) : fillOut(wanted, out);
  }
}
