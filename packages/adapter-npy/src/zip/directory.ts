/**
 * The directory of a zip archive (PKWARE APPNOTE 6.3), read strictly: one disk, nothing before the first member that the directory does not
 * explain, nothing after the comment. Members stored or deflated; encryption and all else are refused.
 */
import { FormatError, LimitError, type Limits, quoteText } from "@masquerade/core";
import type { Reading } from "../reading.ts";
import { decodeName } from "./names.ts";

/** A member as the central directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: 0 | 8;
  readonly flags: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Offset of the local header. */
  readonly offset: number;
  /** The name as it stands in the file. */
  readonly rawName: Uint8Array;
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  readonly comment: Uint8Array;
  /** Offset of the central directory: where members end. */
  readonly start: number;
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LIMIT32 = 0xffffffff;
/** Tenths of the newest version of zip's specification there is; zipfile refuses later ones too. */
const NEWEST_VERSION = 63;

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function bad(message: string, offset: number): FormatError {
  return new FormatError("FORMAT_MALFORMED", "npz", message, { offset });
}

/** A 64-bit number of the file. Throws FormatError beyond 2^53, where no file ends. */
export function number64(view: DataView, at: number, offset: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw bad(`a size or offset of ${value} lies beyond any file`, offset + at);
  return Number(value);
}

interface End {
  readonly count: number;
  readonly length: number;
  readonly start: number;
  /** Offset of the end records: where the directory must end. */
  readonly at: number;
  readonly comment: Uint8Array;
}

/** Reads the central directory of an archive of `size` bytes. */
export function* readDirectory(size: number, limits: Limits): Reading<ZipDirectory> {
  const end = yield* readEnd(size);
  if (end.count > limits.maxMembers)
    throw new LimitError("maxMembers", `${end.count} members are more than ${limits.maxMembers}`, {
      format: "npz",
      offset: end.at,
    });
  if (end.start + end.length !== end.at) throw bad("the directory does not end where the end record begins", end.at);
  if (end.length < end.count * 46)
    throw bad(`${end.count} members do not fit a directory of ${end.length} bytes`, end.at);
  const bytes = yield { offset: end.start, length: end.length };
  const entries: ZipEntry[] = [];
  let at = 0;
  let total = 0;
  for (let i = 0; i < end.count; i++) {
    const [entry, next] = readEntry(bytes, at, end.start);
    total += entry.size;
    if (total > limits.maxTotalBytes)
      throw new LimitError("maxTotalBytes", `the members hold more than ${limits.maxTotalBytes} bytes`, {
        format: "npz",
        offset: end.start + at,
      });
    entries.push(entry);
    at = next;
  }
  if (at !== bytes.length) throw bad("bytes follow the directory's last member", end.start + at);
  return { entries, comment: end.comment, start: end.start };
}

function* readEnd(size: number): Reading<End> {
  if (size < 22) throw new FormatError("FORMAT_TRUNCATED", "npz", "too short for a zip archive", { offset: size });
  for (const reach of [1024, 22 + 65_535 + 20]) {
    const length = Math.min(size, reach);
    const base = size - length;
    const tail = yield { offset: base, length };
    const view = viewOf(tail);
    for (let at = length - 22; at >= 0; at--) {
      if (view.getUint32(at, true) !== END || at + 22 + view.getUint16(at + 20, true) !== length) continue;
      return yield* parseEnd(tail, at, base);
    }
    if (length === size) break;
  }
  throw new FormatError(
    "FORMAT_TRUNCATED",
    "npz",
    "no end of a zip directory: the file is cut short or no zip archive",
    {
      offset: size,
    },
  );
}

function* parseEnd(tail: Uint8Array, at: number, base: number): Reading<End> {
  const view = viewOf(tail);
  const [disk, startDisk] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
  const [here, count] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  const [length, start] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  const comment = tail.subarray(at + 22);
  const offset = base + at;
  if (offset >= 20) {
    const locator = at >= 20 ? tail.subarray(at - 20, at) : yield { offset: offset - 20, length: 20 };
    if (viewOf(locator).getUint32(0, true) === LOCATOR64) {
      const end = yield* parseEnd64(viewOf(locator), offset, comment);
      const agree =
        (count === 0xffff || count === end.count) &&
        (length === LIMIT32 || length === end.length) &&
        (start === LIMIT32 || start === end.start);
      if (!agree) throw bad("the two end records disagree", offset);
      return end;
    }
  }
  if (disk !== 0 || startDisk !== 0 || here !== count) throw bad("an archive of several disks", offset);
  return { count, length, start, at: offset, comment };
}

function* parseEnd64(locator: DataView, end: number, comment: Uint8Array): Reading<End> {
  const offset = number64(locator, 8, end - 20);
  if (locator.getUint32(4, true) !== 0 || locator.getUint32(16, true) > 1)
    throw bad("an archive of several disks", end - 20);
  if (offset + 56 !== end - 20) throw bad("the zip64 end record is not where its locator says", end - 20);
  const view = viewOf(yield { offset, length: 56 });
  if (view.getUint32(0, true) !== END64 || number64(view, 4, offset) !== 44) throw bad("no zip64 end record", offset);
  const [here, count] = [number64(view, 24, offset), number64(view, 32, offset)];
  if (view.getUint32(16, true) !== 0 || view.getUint32(20, true) !== 0 || here !== count)
    throw bad("an archive of several disks", offset);
  return { count, length: number64(view, 40, offset), start: number64(view, 48, offset), at: offset, comment };
}

/** One record of the directory at `at`; `base` is the directory's offset in the file. */
function readEntry(bytes: Uint8Array, at: number, base: number): readonly [entry: ZipEntry, next: number] {
  const offset = base + at;
  if (at + 46 > bytes.length) throw bad("the directory ends within a member", offset);
  const view = viewOf(bytes.subarray(at));
  if (view.getUint32(0, true) !== CENTRAL) throw bad("no directory record where one should begin", offset);
  const flags = view.getUint16(8, true);
  const method = view.getUint16(10, true);
  const nameLength = view.getUint16(28, true);
  const extraLength = view.getUint16(30, true);
  const next = at + 46 + nameLength + extraLength + view.getUint16(32, true);
  if (next > bytes.length) throw bad("the directory ends within a member", offset);
  const rawName = bytes.subarray(at + 46, at + 46 + nameLength);
  const name = decodeName(rawName, (flags & 0x800) !== 0, offset + 46);
  const version = view.getUint8(6);
  if (version > NEWEST_VERSION)
    throw bad(`member "${quoteText(name)}" needs version ${version / 10} of zip`, offset + 6);
  if (flags & 0x20) throw bad(`member "${quoteText(name)}" is a patch, not data`, offset + 8);
  if (flags & 0x2041) throw bad(`member "${quoteText(name)}" is encrypted`, offset + 8);
  if (method !== 0 && method !== 8)
    throw bad(
      `member "${quoteText(name)}" is compressed by method ${method}; only stored and deflated are read`,
      offset + 10,
    );
  const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
  const wide = readExtra64(extra, offset + 46 + nameLength);
  let used = 0;
  const widened = (value: number, saturated: number): number => {
    if (value !== saturated) return value;
    const real = wide?.[used++];
    if (real === undefined) throw bad(`member "${quoteText(name)}" lacks its 64-bit sizes`, offset);
    return real;
  };
  const size = widened(view.getUint32(24, true), LIMIT32);
  const packedSize = widened(view.getUint32(20, true), LIMIT32);
  const local = widened(view.getUint32(42, true), LIMIT32);
  if (local + 30 > base) throw bad(`member "${quoteText(name)}" does not lie before the directory`, offset + 42);
  if (view.getUint16(34, true) !== 0) throw bad("an archive of several disks", offset + 34);
  if (method === 0 && size !== packedSize)
    throw bad(`member "${quoteText(name)}" is stored, yet ${packedSize} bytes are to hold ${size}`, offset);
  return [{ name, method, flags, crc: view.getUint32(16, true), packedSize, size, offset: local, rawName }, next];
}

/** The numbers of a zip64 extra field, in its order; undefined when there is none. */
export function readExtra64(extra: Uint8Array, offset: number): readonly number[] | undefined {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = view.getUint16(at + 2, true);
    if (at + 4 + length > extra.length) throw bad("an extra field reaches past its end", offset + at);
    if (view.getUint16(at, true) === 1) {
      const out: number[] = [];
      for (let i = 0; i + 8 <= length; i += 8) out.push(number64(view, at + 4 + i, offset));
      return out;
    }
    at += 4 + length;
  }
  return undefined;
}
