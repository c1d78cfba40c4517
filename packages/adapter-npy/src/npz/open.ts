import {
  type BundleHeader,
  type ByteSource,
  CapabilityError,
  checkOptions,
  type DecodeOptions,
  type Header,
  hasObjects,
  type LazyArray,
  type Limits,
  makeHeader,
  type NdArray,
  type OpenFile,
  OptionError,
  type PlainValue,
  quoteText,
  resolveLimits,
} from "@masquerade/core";
import { readStored, type StoredArray } from "../lazy/array.ts";
import { positional } from "../lazy/data.ts";
import { lazyPlain, refuseObjectParts, refusing } from "../npy/open.ts";
import { readSource } from "../reading.ts";
import { readDirectory, type ZipDirectory, type ZipEntry } from "../zip/directory.ts";
import { checkOverlap, dataStart, headRange } from "../zip/local.ts";
import { decodeNotes } from "./comment.ts";
import { contentOf } from "./decode.ts";
import { type NpzReadOptions, npz } from "./format.ts";
import { inflating } from "./inflating.ts";
import { isGroup, type Layout, type Leaf, layoutOf, plainLayout } from "./layout.ts";
import { lazyMasked } from "./lazy-masked.ts";
import { type ArrayMember, arrayMember, checkOther, FIRST_LOOK, headOf, keyed, neededFor } from "./member.ts";
import { chosen } from "./select.ts";

/** Requests on their way at once while headers are read. */
const AHEAD = 8;

interface Opened {
  readonly arrays: Map<string, ArrayMember>;
  readonly others: Map<string, PlainValue>;
  readonly comment: Uint8Array;
}

/** Bytes of a member from the file, at most `length` of its packed data. */
async function packedHead(
  source: ByteSource,
  entry: ZipEntry,
  start: number,
  length: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  return await source.read(start, Math.min(length, entry.packedSize), signal);
}

async function openMember(
  source: ByteSource,
  key: string | undefined,
  entry: ZipEntry,
  directory: ZipDirectory,
  into: Opened,
  limits: Limits,
  signal: AbortSignal | undefined,
): Promise<number> {
  const range = headRange(entry, directory, FIRST_LOOK);
  let head = await source.read(range.offset, Math.max(range.length, 0), signal);
  if (head.length >= 30) {
    // An extra field longer than NumPy's: fetch what it hides.
    const end =
      30 + (head[26] as number) + 256 * (head[27] as number) + (head[28] as number) + 256 * (head[29] as number);
    if (end > head.length && entry.offset + end <= directory.start) head = await source.read(entry.offset, end, signal);
  }
  const start = dataStart(entry, head, directory);
  if (key === undefined) return start;
  let packed = head.subarray(start - entry.offset, start - entry.offset + entry.packedSize);
  if (packed.length < Math.min(12, entry.packedSize))
    packed = await packedHead(source, entry, start, FIRST_LOOK, signal);
  let begun = headOf(entry, packed, FIRST_LOOK);
  const needed = neededFor(entry, begun, limits, start);
  if (needed === undefined) {
    checkOther(entry, limits);
    const whole = await source.read(start, entry.packedSize, signal);
    into.others.set(key, contentOf(entry, whole, start, limits.maxMetadataBytes).slice());
    return start;
  }
  // What is deflated may take a little more than it gives.
  for (let feed = needed + 64; begun.length < needed && packed.length < entry.packedSize; feed *= 2) {
    packed = await packedHead(source, entry, start, feed, signal);
    begun = headOf(entry, packed, needed);
  }
  if (begun.length < needed) begun = headOf(entry, packed, needed);
  into.arrays.set(key, arrayMember(key, entry, start, begun, limits));
  return start;
}

async function openMembers(source: ByteSource, limits: Limits, signal: AbortSignal | undefined): Promise<Opened> {
  const { size } = source;
  if (size === undefined)
    throw new CapabilityError(
      "npz",
      "lazy",
      "a zip archive is read from its end, and the source does not know its size",
    );
  const directory = await readSource(readDirectory(size, limits), source, signal);
  const keys = new Map([...keyed(directory)].map(([key, entry]) => [entry, key]));
  const into: Opened = { arrays: new Map(), others: new Map(), comment: directory.comment };
  const starts: number[] = [];
  for (let i = 0; i < directory.entries.length; i += AHEAD) {
    const some = directory.entries.slice(i, i + AHEAD);
    starts.push(
      ...(await Promise.all(
        some.map((entry) => openMember(source, keys.get(entry), entry, directory, into, limits, signal)),
      )),
    );
  }
  checkOverlap(directory, starts);
  // In the directory's order, whichever answer came first.
  const arrays = new Map(
    [...keys.values()].flatMap((key) => (into.arrays.has(key) ? [[key, into.arrays.get(key) as ArrayMember]] : [])),
  );
  return { ...into, arrays };
}

function storedArray(source: ByteSource, member: ArrayMember, limits: Limits): StoredArray {
  const { header, entry, start } = member;
  const data = entry.method === 0 ? positional(readOnly(source), start + header.dataOffset) : inflating(source, member);
  return { dtype: header.dtype, shape: header.shape, order: header.order, data, maxBytes: limits.maxBytes };
}

/** Members have checksums, so none is written in place. */
function readOnly(source: ByteSource): ByteSource {
  const { size, readSync, readInto } = source;
  return {
    size,
    read: (offset, length, signal) => source.read(offset, length, signal),
    ...(readSync && { readSync: (offset: number, length: number) => readSync.call(source, offset, length) }),
    ...(readInto && {
      readInto: (offset: number, target: Uint8Array, signal?: AbortSignal) =>
        readInto.call(source, offset, target, signal),
    }),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** {@link npz}'s open: the directory and the members' headers only. */
export async function openNpz(source: ByteSource, options: NpzReadOptions & DecodeOptions = {}): Promise<OpenFile> {
  checkOptions("npz", npz.options.read, options);
  const limits = resolveLimits(options.limits);
  const { arrays, others, comment } = await openMembers(source, limits, options.signal);
  const notes = options.plain ? undefined : decodeNotes(comment, (source.size as number) - comment.length);
  let layout: Layout = options.plain ? plainLayout(arrays) : layoutOf(arrays, notes);
  if (!isGroup(layout) && others.size > 0) layout = { kind: "dict", members: new Map([["data", layout]]) };
  layout = chosen(layout, options.select);
  const lazies = new Map<string, LazyArray>();
  const stored = (key: string): StoredArray => storedArray(source, arrays.get(key) as ArrayMember, limits);

  const headerOf = async (leaf: Leaf): Promise<Header> => {
    const { dtype, shape, header } = arrays.get(leaf.data) as ArrayMember;
    const fill = leaf.fill === undefined ? undefined : await readStored(stored(leaf.fill), undefined, options.signal);
    return makeHeader({
      dtype,
      shape,
      order: header.order,
      mask: leaf.mask === undefined ? "plain" : leaf.nomask ? "nomask" : "mask",
      fillValue: fill as NdArray | undefined,
      hardMask: leaf.hard ?? false,
      dims: leaf.dims,
    });
  };
  const openLayout = async (one: Layout, path: string): Promise<Header | BundleHeader> => {
    if (!isGroup(one)) {
      const header = await headerOf(one);
      const member = arrays.get(one.data) as ArrayMember;
      if (hasObjects(member.dtype)) {
        refuseObjectParts("npz", options.objects);
        lazies.set(path, refusing(header, { format: "npz", offset: member.start }));
      } else lazies.set(path, lazyOf(header, one, path, stored));
      return header;
    }
    const entries = new Map<string, Header | BundleHeader>();
    for (const [name, inner] of one.members)
      entries.set(name, await openLayout(inner, path === "" ? name : `${path}/${name}`));
    return { kind: one.kind, entries, attrs: path === "" ? others : new Map() };
  };
  const header = await openLayout(layout, "");
  return {
    header,
    names: [...lazies.keys()],
    array(name) {
      const path = name ?? (lazies.size === 1 ? [...lazies.keys()][0] : undefined);
      if (path === undefined)
        throw new OptionError(
          "INDEX_INVALID",
          `name one of ${[...lazies.keys()]
            .slice(0, 8)
            .map((n) => quoteText(n, 40))
            .join(", ")}`,
        );
      const lazy = lazies.get(path);
      if (lazy === undefined) throw new OptionError("INDEX_INVALID", `there is no array "${quoteText(path)}"`);
      return lazy;
    },
    // The source stays the caller's.
    [Symbol.asyncDispose]: async () => {},
  };
}

function lazyOf(header: Header, leaf: Leaf, path: string, stored: (key: string) => StoredArray): LazyArray {
  const data: StoredArray = { ...stored(leaf.data), dims: leaf.dims };
  if (leaf.mask === undefined) return lazyPlain(header, data, path);
  return lazyMasked(header, data, leaf.nomask ? undefined : stored(leaf.mask), path);
}
