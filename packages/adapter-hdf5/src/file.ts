import {
  type AxisRange,
  type ByteSource,
  checkOptions,
  type DecodeOptions,
  fromBytes,
  LimitError,
  normalizeSelection,
  OptionError,
  quoteText,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import { copyPiece } from "./data/copy.ts";
import { Elements } from "./data/read.ts";
import { isLibraryFilter } from "./data/unfilter.ts";
import { hdf5 } from "./format.ts";
import type { Hdf5ReadOptions } from "./options.ts";
import { withCells } from "./read/cells.ts";
import { type Context, describe } from "./read/described.ts";
import { withFullShapes } from "./read/full-shapes.ts";
import { readByLibrary } from "./read/library.ts";
import { type Plan, planOf } from "./read/plan.ts";
import type { RawDataset, RawGroup } from "./read/raw.ts";
import { type Writer, writerOf } from "./read/writer.ts";
import { GlobalHeaps } from "./structure/heaps.ts";
import type { FileImage } from "./structure/image.ts";
import { openImage } from "./structure/superblock.ts";
import { pathsOf, walkFile } from "./structure/walk.ts";

/** What is read of the datasets a context is for. */
export interface Part {
  /** Of each axis; left out: all of it. */
  readonly ranges?: readonly AxisRange[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Elements may be views of what the source has in memory. */
  readonly views?: boolean | undefined;
}

/** A file whose structure is known: what is in it, and how to get at elements. */
export interface KnownFile {
  readonly plan: Plan;
  readonly tree: RawGroup;
  /** The same as it lies in the file: no cell of MATLAB's is a group. */
  readonly walked: RawGroup;
  readonly image: FileImage;
  /** Of the superblock. */
  readonly version: number;
  /** Whose conventions the file keeps. */
  readonly writer: Writer;
  readonly context: (part?: Part) => Context;
  /** Rows of a dataset that are stored together: blocks of whole multiples of it inflate nothing twice. */
  readonly rows: (path: string) => number;
}

/** Reads everything but the elements; `whole`: those will be next, in the time that is given; `asStored`: shapes are those of the file, where netCDF's readers see longer ones. Throws FormatError, LimitError, OptionError. */
export async function readStructure(
  given: ByteSource,
  options: Hdf5ReadOptions & DecodeOptions,
  { whole = false, asStored = false }: { readonly whole?: boolean; readonly asStored?: boolean } = {},
): Promise<KnownFile> {
  checkOptions("hdf5", hdf5.options.read, options);
  throwIfAborted(options.signal);
  const limits = resolveLimits(options.limits);
  const source = await sized(given, limits.maxBytes, options.signal);
  const patience = { signal: options.signal, limits };
  // What is in memory need not be remembered, unless nothing of it may be in the result.
  const near = whole && options.copy !== true ? source : undefined;
  const { image, root, version } = await openImage(source, source.size as number, patience, near);
  const heaps = new GlobalHeaps(image);
  // A network takes the time it takes; what is here has its own measure.
  const usual = source.readSync === undefined ? undefined : 10_000 + (source.size as number) / 10_000;
  image.expire(limits.maxMilliseconds ?? usual);
  const found = await walkFile(image, heaps, root);
  if (!whole || limits.maxMilliseconds === undefined) image.expire(undefined);
  const writer = writerOf(found);
  const reader = (options.reader ?? "auto") === "auto" ? writer : options.reader;
  const walked = reader === "netcdf4" && !asStored ? withFullShapes(found) : found;
  const datasets = new Map<string, RawDataset>();
  collect(walked, datasets);
  const paths = pathsOf(walked);
  const opened = new Map<string, Elements>();
  const elements = (path: string): Elements => {
    const known = opened.get(path) ?? new Elements(image, (datasets.get(path) as RawDataset).stored);
    opened.set(path, known);
    return known;
  };
  const byLibrary = new Map<string, Promise<Uint8Array>>();
  const context = ({ ranges, signal, views }: Part = {}): Context => {
    const bytes = async (path: string, into?: Uint8Array): Promise<Uint8Array> => {
      throwIfAborted(signal);
      const raw = datasets.get(path) as RawDataset;
      const shape = raw.shape ?? [];
      const wanted = ranges ?? normalizeSelection(undefined, shape).ranges;
      if (raw.stored.filters.some(isLibraryFilter)) {
        const all =
          byLibrary.get(path) ??
          readByLibrary(
            image,
            raw,
            shape.reduce((n, m) => n * m, raw.size),
          );
        if (ranges !== undefined) byLibrary.set(path, all);
        const target = into ?? new Uint8Array(wanted.reduce((n, range) => n * range.count, raw.size));
        const piece = { bytes: await all, origin: shape.map(() => 0), shape };
        copyPiece(piece, { bytes: target, ranges: wanted, itemsize: raw.size });
        return target;
      }
      const read = await elements(path).read(wanted, { into, signal });
      // Bytes that are in memory already come as views of it.
      const owned = into !== undefined || views === true || read.byteLength === read.buffer.byteLength;
      return owned ? read : read.slice();
    };
    const texts = async (path: string, count: number): Promise<readonly (string | null)[]> =>
      await heaps.texts(await bytes(path), count);
    return { limits, total: 0, part: ranges, fetch: { bytes, texts, heaps, pathOf: (at) => paths.get(at) } };
  };
  const addresses = async (raw: RawDataset): Promise<readonly number[]> => {
    const count = (raw.shape ?? []).reduce((n, m) => n * m, 1);
    if (!(count <= limits.maxObjects))
      throw new LimitError("maxObjects", `a cell has more than ${limits.maxObjects} elements`, { format: "hdf5" });
    const one = describe(raw, "h5py", context());
    const bytes = one.bytes === 0 ? new Uint8Array(0) : await context().fetch.bytes(raw.path);
    return heaps.addresses(bytes, raw.size);
  };
  const tree = reader === "matlab" ? await withCells(walked, { limits, addresses }) : walked;
  const plan = chosen(planOf(tree, options), options.select);
  return { plan, tree, walked, image, version, writer, context, rows: (path) => elements(path).rows };
}

/** A source that knows its size; others are read whole. */
async function sized(source: ByteSource, maxBytes: number, signal: AbortSignal | undefined): Promise<ByteSource> {
  if (source.size !== undefined) return source;
  if (source.readAll === undefined)
    throw new OptionError("OPTION_INVALID", "an HDF5 file is read from a source that knows its size", "source");
  return fromBytes(await source.readAll(maxBytes, signal));
}

/** Recursion is bounded: the tree's depth was. */
function collect(group: RawGroup, out: Map<string, RawDataset>): void {
  for (const [, node] of group.members) {
    if (node.node === "group") collect(node, out);
    else if (node.node === "dataset") out.set(node.path, node);
  }
}

/** The part of a file by names joined with "/". Throws OptionError INDEX_INVALID. */
function chosen(plan: Plan, path: string | undefined): Plan {
  if (path === undefined || path === "") return plan;
  let at: Plan | undefined = plan;
  for (const name of path.split("/")) at = at?.plan === "group" ? at.members.get(name) : undefined;
  if (at !== undefined) return at;
  const known = plan.plan === "group" ? [...plan.members.keys()].slice(0, 8).map((name) => quoteText(name, 40)) : [];
  throw new OptionError(
    "INDEX_INVALID",
    `there is no "${quoteText(path)}"; there is ${known.join(", ") || "one array without a name"}`,
    "select",
  );
}
