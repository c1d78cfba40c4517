import { crc32, inflateRaw } from "@masquerade/compression";
import {
  type AnyArray,
  type Attrs,
  Bundle,
  checkOptions,
  type DecodeOptions,
  FormatError,
  type FullMask,
  type Limits,
  MaskedArray,
  type NdArray,
  nomask,
  type PlainValue,
  quoteText,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import { checkBytes, decodeArray } from "../npy/decode.ts";
import { readBytes } from "../reading.ts";
import { readDirectory, type ZipDirectory, type ZipEntry } from "../zip/directory.ts";
import { checkOverlap, dataStart } from "../zip/local.ts";
import { decodeNotes } from "./comment.ts";
import { type NpzReadOptions, npz } from "./format.ts";
import { isGroup, type Layout, type Leaf, layoutOf, plainLayout } from "./layout.ts";
import { type ArrayMember, arrayMember, checkOther, FIRST_LOOK, headOf, keyed, neededFor } from "./member.ts";
import { chosen } from "./select.ts";
import { unshared } from "./unshared.ts";

/** Throws FormatError (FORMAT_CHECKSUM) unless these are the bytes the directory describes. */
export function verify(entry: ZipEntry, payload: Uint8Array, start: number): Uint8Array {
  if (crc32(payload) !== entry.crc)
    throw new FormatError(
      "FORMAT_CHECKSUM",
      "npz",
      `the CRC-32 of member "${quoteText(entry.name)}" does not match its data`,
      {
        offset: start,
      },
    );
  return payload;
}

/** A member's content, its checksum verified: a view where it is stored. */
export function contentOf(entry: ZipEntry, packed: Uint8Array, start: number, maxBytes: number): Uint8Array {
  const payload =
    entry.method === 0 ? packed : inflateRaw(packed, { format: "npz", offset: start, size: entry.size, maxBytes });
  return verify(entry, payload, start);
}

interface Archive {
  readonly bytes: Uint8Array;
  readonly directory: ZipDirectory;
  readonly arrays: ReadonlyMap<string, ArrayMember>;
  /** Members that are no arrays: np.load gives them as bytes. */
  readonly others: Attrs;
}

function readArchive(bytes: Uint8Array, limits: Limits): Archive {
  const directory = readBytes(readDirectory(bytes.length, limits), bytes);
  const starts = directory.entries.map((entry) =>
    dataStart(entry, bytes.subarray(entry.offset, directory.start), directory),
  );
  checkOverlap(directory, starts);
  const startOf = new Map(directory.entries.map((entry, i) => [entry, starts[i] as number]));
  const arrays = new Map<string, ArrayMember>();
  const others = new Map<string, PlainValue>();
  for (const [key, entry] of keyed(directory)) {
    const start = startOf.get(entry) as number;
    const packed = bytes.subarray(start, start + entry.packedSize);
    let head = headOf(entry, packed, FIRST_LOOK);
    const needed = neededFor(entry, head, limits, start);
    if (needed === undefined) {
      checkOther(entry, limits);
      others.set(key, contentOf(entry, packed, start, limits.maxMetadataBytes).slice());
      continue;
    }
    if (needed > head.length) head = headOf(entry, packed, needed);
    arrays.set(key, arrayMember(key, entry, start, head, limits));
  }
  return { bytes, directory, arrays, others };
}

/** {@link npz}'s decode. */
export function decodeNpz(bytes: Uint8Array, options: NpzReadOptions & DecodeOptions = {}): AnyArray | Bundle {
  checkOptions("npz", npz.options.read, options);
  throwIfAborted(options.signal);
  const limits = resolveLimits(options.limits);
  const archive = readArchive(unshared(bytes), limits);
  const { arrays, others, directory } = archive;
  const notes = options.plain ? undefined : decodeNotes(directory.comment, bytes.length - directory.comment.length);
  let layout: Layout = options.plain ? plainLayout(arrays) : layoutOf(arrays, notes);
  if (!isGroup(layout) && others.size > 0) layout = { kind: "dict", members: new Map([["data", layout]]) };
  const one = new Map<string, NdArray>();
  let done = 0;
  const load = (key: string, out?: NdArray): NdArray => {
    const known = one.get(key);
    if (known !== undefined) return known;
    throwIfAborted(options.signal);
    const array = loadArray(archive, arrays.get(key) as ArrayMember, { ...options, out }, limits);
    one.set(key, array);
    done += (arrays.get(key) as ArrayMember).entry.packedSize;
    options.onProgress?.(done, bytes.length);
    return array;
  };
  return build(chosen(layout, options.select), others, load, options.out);
}

function loadArray(
  archive: Archive,
  member: ArrayMember,
  options: NpzReadOptions & DecodeOptions,
  limits: Limits,
): NdArray {
  const { entry, start, header, key } = member;
  const place = { format: "npz", offset: start };
  checkBytes(header, limits, place);
  const packed = archive.bytes.subarray(start, start + entry.packedSize);
  const content = contentOf(entry, packed, start, limits.maxBytes + limits.maxHeaderBytes);
  const { array, end } = decodeArray(content, options, limits, place);
  if (end !== content.length)
    throw new FormatError("FORMAT_MALFORMED", "npz", `bytes follow the array in member "${quoteText(key)}"`, {
      offset: start,
    });
  return array;
}

type Load = (key: string, out?: NdArray) => NdArray;

function build(layout: Layout, others: Attrs, load: Load, out: NdArray | undefined): AnyArray | Bundle {
  if (!isGroup(layout)) return assemble(layout, load, out);
  const entries = [...layout.members].map(([name, one]) => [name, build(one, new Map(), load, undefined)] as const);
  return new Bundle({ kind: layout.kind, entries, attrs: others });
}

/** The array a leaf describes, from its members. */
export function assemble(leaf: Leaf, load: Load, out?: NdArray): AnyArray {
  const loaded = load(leaf.data, out);
  const data = leaf.dims === undefined ? loaded : loaded.with({ dims: leaf.dims });
  if (leaf.mask === undefined) return data;
  return new MaskedArray({
    data,
    mask: leaf.nomask ? nomask : (load(leaf.mask) as FullMask),
    fillValue: leaf.fill === undefined ? undefined : load(leaf.fill),
    hardMask: leaf.hard ?? false,
  });
}
