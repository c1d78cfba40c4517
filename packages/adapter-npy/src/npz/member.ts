/** Members of an archive as NPY files: their keys, headers and sizes, checked before anything is inflated. */

import { inflateHead } from "@masquerade/compression";
import { FormatError, hasObjects, LimitError, type Limits, quoteText } from "@masquerade/core";
import { type NpyHeader, npyHeaderLength, npyMagic, npyPrefixLength, readNpyHeader } from "@masquerade/numpy";
import { bad, type ZipDirectory, type ZipEntry } from "../zip/directory.ts";
import type { MemberShape } from "./layout.ts";

/** A member that is an array. */
export interface ArrayMember extends MemberShape {
  readonly key: string;
  readonly entry: ZipEntry;
  /** Offset in the file of its (perhaps deflated) bytes. */
  readonly start: number;
  readonly header: NpyHeader;
}

/** Most a deflated byte can stand for (zlib's own figure). */
const EXPANSION = 1032;

/** The key np.load gives a member. */
export function keyOf(name: string): string {
  return name.endsWith(".npy") ? name.slice(0, -4) : name;
}

/** Entries that are files, by key. Throws FormatError for keys that occur twice and LimitError for a member too large. */
export function keyed(directory: ZipDirectory): ReadonlyMap<string, ZipEntry> {
  const out = new Map<string, ZipEntry>();
  for (const entry of directory.entries) {
    if (entry.name.endsWith("/") && entry.size === 0) continue;
    const key = keyOf(entry.name);
    if (out.has(key)) throw bad(`two members are called "${quoteText(key)}"`, entry.offset);
    if (entry.method === 8 && entry.size > entry.packedSize * EXPANSION)
      throw bad(`member "${quoteText(key)}" says that ${entry.packedSize} bytes hold ${entry.size}`, entry.offset);
    out.set(key, entry);
  }
  return out;
}

/**
 * What a member begins with, from the first bytes of its data (all of them, or at least `needed()` says so): the bytes after inflating,
 * long enough for the header and one element more.
 */
export function headOf(entry: ZipEntry, data: Uint8Array, want: number): Uint8Array {
  return entry.method === 0 ? data.subarray(0, want) : inflateHead(data, want).subarray(0, want);
}

/** Bytes of a member's beginning to look at first. */
export const FIRST_LOOK = 256;

/** How many bytes of a member's beginning are needed to read its header and the first element; undefined: it is no array. */
export function neededFor(entry: ZipEntry, head: Uint8Array, limits: Limits, offset: number): number | undefined {
  if (!npyMagic.every((byte, i) => head[i] === byte)) {
    if (!entry.name.endsWith(".npy")) return undefined;
    if (head.length >= npyMagic.length || head.length === entry.size)
      throw bad(`member "${quoteText(entry.name)}" is no NPY file`, offset);
  }
  if (head.length < npyPrefixLength && head.length < entry.size) throw damaged(entry, offset);
  return Math.min(npyHeaderLength(head, { format: "npz", offset, limits }) + 1, entry.size);
}

function damaged(entry: ZipEntry, offset: number): FormatError {
  return bad(`the compressed data of member "${quoteText(entry.name)}" are damaged`, offset);
}

/** The array a member holds. Throws FormatError when the member's size is not that of its array. */
export function arrayMember(
  key: string,
  entry: ZipEntry,
  start: number,
  head: Uint8Array,
  limits: Limits,
): ArrayMember {
  const header = readNpyHeader(head, { format: "npz", offset: start, limits });
  const { dtype, shape } = header;
  if (!hasObjects(dtype)) {
    const bytes = header.size * dtype.itemsize;
    if (header.dataOffset + bytes !== entry.size)
      throw new FormatError(
        entry.size < header.dataOffset + bytes ? "FORMAT_TRUNCATED" : "FORMAT_MALFORMED",
        "npz",
        `member "${quoteText(key)}" holds ${entry.size} bytes, its array takes ${header.dataOffset + bytes}`,
        { offset: start },
      );
  }
  const isFalse = dtype.kind === "bool" && shape.length === 0 ? head[header.dataOffset] === 0 : undefined;
  return { key, entry, start, header, dtype, shape, isFalse };
}

/** Throws LimitError when a member that is no array is larger than attributes may be. */
export function checkOther(entry: ZipEntry, limits: Limits): void {
  if (entry.size > limits.maxMetadataBytes)
    throw new LimitError(
      "maxMetadataBytes",
      `member "${quoteText(entry.name)}" is no array and has ${entry.size} bytes`,
      {
        format: "npz",
        offset: entry.offset,
      },
    );
}
