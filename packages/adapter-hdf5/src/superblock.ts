import { FormatError, type FormatErrorCode } from "@masquerade/core";
import { findSignature } from "./signature.ts";
import { lookup3 } from "./write/checksum.ts";

/** What must be known of a file before the library opens it. */
export interface Superblock {
  readonly version: number;
  /** Addresses in the file count from here. */
  readonly base: number;
  /** One past the last byte. */
  readonly end: number;
  /** Bytes of an address, and of a length. */
  readonly offsetSize: number;
  readonly lengthSize: number;
}

type Malformed = (code: FormatErrorCode, why: string, offset: number) => FormatError;

/** The checksum of the root's header, where it is of the kind that has one: what is damaged here need not go to the library. */
function checkRoot(bytes: Uint8Array, view: DataView, at: number, malformed: Malformed): void {
  if (!(at + 16 <= bytes.length)) throw malformed("FORMAT_MALFORMED", "the root lies outside the file", bytes.length);
  if (view.getUint32(at, true) !== OHDR) return;
  const flags = view.getUint8(at + 5);
  const sizeAt = at + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const width = 1 << (flags & 3);
  if (sizeAt + 8 > bytes.length) throw malformed("FORMAT_TRUNCATED", "the root's header is cut short", at);
  const size =
    width === 1
      ? view.getUint8(sizeAt)
      : width === 2
        ? view.getUint16(sizeAt, true)
        : width === 4
          ? view.getUint32(sizeAt, true)
          : Number(view.getBigUint64(sizeAt, true));
  const end = sizeAt + width + size;
  if (!(end + 4 <= bytes.length)) throw malformed("FORMAT_MALFORMED", "the root's header reaches past the file", at);
  if (lookup3(bytes.subarray(at, end)) !== view.getUint32(end, true))
    throw malformed("FORMAT_CHECKSUM", "the checksum of the root's header does not match", at);
}

const OHDR = 0x5244_484f;

/**
 * The superblock of a whole file. Throws FormatError for what is none, for a file cut short, and for bytes behind its end, which the library
 * would not look at.
 */
export function readSuperblock(bytes: Uint8Array): Superblock {
  const malformed: Malformed = (code, why, offset) => new FormatError(code, "hdf5", why, { offset });
  const at = findSignature(bytes);
  if (at === undefined) throw malformed("FORMAT_MALFORMED", "there is no HDF5 signature", 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[at + 8];
  if (version === undefined) throw malformed("FORMAT_TRUNCATED", "the superblock is cut short", bytes.length);
  if (version > 3) throw malformed("FORMAT_VERSION", `superblock version ${version} is not known`, at + 8);
  const old = version < 2;
  const offsetSize = bytes[at + (old ? 13 : 9)] ?? 0;
  const lengthSize = bytes[at + (old ? 14 : 10)] ?? 0;
  if (offsetSize !== 8 && offsetSize !== 4)
    throw malformed("FORMAT_MALFORMED", `addresses of ${offsetSize} bytes`, at + (old ? 13 : 9));
  if (lengthSize !== 8 && lengthSize !== 4)
    throw malformed("FORMAT_MALFORMED", `lengths of ${lengthSize} bytes`, at + (old ? 14 : 10));
  const first = at + (version === 0 ? 24 : version === 1 ? 28 : 12);
  const size = first - at + 4 * offsetSize;
  if (at + size + 4 > bytes.length) throw malformed("FORMAT_TRUNCATED", "the superblock is cut short", bytes.length);
  const address = (index: number): number =>
    offsetSize === 4 ? view.getUint32(first + 4 * index, true) : Number(view.getBigUint64(first + 8 * index, true));
  if (!old && lookup3(bytes.subarray(at, at + size)) !== view.getUint32(at + size, true))
    throw malformed("FORMAT_CHECKSUM", "the superblock's checksum does not match", at + size);
  const [base, end] = [address(0), address(2)];
  if (base !== at) throw malformed("FORMAT_MALFORMED", `a base address of ${base} in a superblock at ${at}`, first);
  if (end > bytes.length)
    throw malformed("FORMAT_TRUNCATED", `the file ends at ${end}, ${bytes.length} bytes are there`, bytes.length);
  if (end < bytes.length)
    throw malformed("FORMAT_MALFORMED", `${bytes.length - end} bytes follow the end of the file`, end);
  if (!old) checkRoot(bytes, view, address(3) + base, malformed);
  return { version, base, end, offsetSize, lengthSize };
}
