import { FormatError, quoteText } from "@masquerade/core";
import type { Range } from "../reading.ts";
import { bad, readExtra64, viewOf, type ZipDirectory, type ZipEntry } from "./directory.ts";

const LOCAL = 0x04034b50;
const LIMIT32 = 0xffffffff;

/** Bytes of a local header before its name. */
export const LOCAL_HEADER = 30;

/** A guess at what to fetch for a member: local header, extra field as NumPy's, and the beginning of the data. */
export function headRange(entry: ZipEntry, directory: ZipDirectory, want: number): Range {
  const length = LOCAL_HEADER + entry.rawName.length + 20 + Math.min(entry.packedSize, want);
  return { offset: entry.offset, length: Math.min(length, directory.start - entry.offset) };
}

/**
 * Offset of a member's data, from `head`: bytes of the file from the local header on (at least the 30, the name and the extra field).
 * Directory and local header must agree on name, method, sizes and checksum. Throws FormatError.
 */
export function dataStart(entry: ZipEntry, head: Uint8Array, directory: ZipDirectory): number {
  const { offset } = entry;
  const what = `member "${quoteText(entry.name)}"`;
  if (head.length < LOCAL_HEADER) throw new FormatError("FORMAT_TRUNCATED", "npz", `${what} has no header`, { offset });
  const view = viewOf(head);
  if (view.getUint32(0, true) !== LOCAL) throw bad(`${what} does not begin where the directory says`, offset);
  const flags = view.getUint16(6, true);
  const nameLength = view.getUint16(26, true);
  const end = LOCAL_HEADER + nameLength + view.getUint16(28, true);
  if (end > head.length) throw bad(`${what} has a header that reaches into the directory`, offset);
  const name = head.subarray(LOCAL_HEADER, LOCAL_HEADER + nameLength);
  const sameName = nameLength === entry.rawName.length && name.every((byte, i) => byte === entry.rawName[i]);
  if (!sameName) throw bad(`${what} has another name in its own header`, offset + LOCAL_HEADER);
  if (view.getUint16(8, true) !== entry.method) throw bad(`${what} has another method in its own header`, offset + 8);
  if ((flags ^ entry.flags) & 0x2849) throw bad(`${what} has other flags in its own header`, offset + 6);
  const extra = head.subarray(LOCAL_HEADER + nameLength, end);
  const wide = readExtra64(extra, offset + LOCAL_HEADER + nameLength);
  const [packed32, size32] = [view.getUint32(18, true), view.getUint32(22, true)];
  let used = 0;
  const size = size32 === LIMIT32 && wide !== undefined ? wide[used++] : size32;
  const packed = packed32 === LIMIT32 && wide !== undefined ? wide[used++] : packed32;
  const crc = view.getUint32(14, true);
  const agrees = size === entry.size && packed === entry.packedSize && crc === entry.crc;
  // With a data descriptor (flag 3) the header may leave the three at zero.
  const absent = (flags & 8) !== 0 && crc === 0 && !size && !packed;
  if (!agrees && !absent) throw bad(`${what} has other sizes or another checksum in its own header`, offset + 14);
  if (offset + end + entry.packedSize > directory.start) throw bad(`${what} reaches into the directory`, offset);
  return offset + end;
}

/** Throws FormatError when members overlap: `starts[i]` is where the data of entry i begin. */
export function checkOverlap(directory: ZipDirectory, starts: readonly number[]): void {
  const order = directory.entries.map((_, i) => i).sort((a, b) => entryAt(a).offset - entryAt(b).offset);
  function entryAt(i: number): ZipEntry {
    return directory.entries[i] as ZipEntry;
  }
  let end = 0;
  for (const i of order) {
    const entry = entryAt(i);
    if (entry.offset < end) throw bad(`member "${quoteText(entry.name)}" overlaps the one before it`, entry.offset);
    end = (starts[i] as number) + entry.packedSize;
  }
}
