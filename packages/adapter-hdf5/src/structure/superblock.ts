import { type ByteSource, cached, FormatError, type FormatErrorCode } from "@masquerade/core";
import { findSignature } from "../signature.ts";
import { lookup3 } from "../write/checksum.ts";
import { pendingAt } from "../write/pending.ts";
import { demandOneFile } from "./driver.ts";
import { FileImage, type Patience } from "./image.ts";

/** A file opened: its bytes by address, and the address of the root's header. */
export interface Opened {
  readonly image: FileImage;
  readonly root: number;
  readonly version: number;
}

/** Bytes of metadata read at a time, and how many are kept. */
const BLOCK = 4096;
const BLOCKS = 2048;
/** The longest superblock. */
const MOST = 128;
/** Flags of version 3: open for writing; open for readers beside the writer. */
const WRITING = 1;
const SWMR = 4;

const remembering = (source: ByteSource): ByteSource =>
  source.readSync === undefined ? cached(source) : cached(source, { blockSize: BLOCK, maxBlocks: BLOCKS });

/**
 * Opens a file by its superblock, `near` being where metadata are read: file format specification 3.0, section II.A. Throws FormatError for what is none, for a file cut short, and for
 * bytes behind its end that no interrupted append explains.
 */
export async function openImage(
  source: ByteSource,
  size: number,
  patience: Patience,
  near: ByteSource = remembering(source),
): Promise<Opened> {
  const fail = (code: FormatErrorCode, why: string, offset: number): FormatError =>
    new FormatError(code, "hdf5", why, { offset });
  let at: number | undefined;
  for (let place = 0; place + 8 <= size && at === undefined; place = place === 0 ? 512 : place * 2)
    if (findSignature(await near.read(place, 8, patience.signal)) !== undefined) at = place;
  if (at === undefined) throw fail("FORMAT_MALFORMED", "there is no HDF5 signature", 0);
  const bytes = await near.read(at, Math.min(MOST, size - at), patience.signal);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[8];
  if (version === undefined) throw fail("FORMAT_TRUNCATED", "the superblock is cut short", size);
  if (version > 3) throw fail("FORMAT_VERSION", `superblock version ${version} is not known`, at + 8);
  const old = version < 2;
  const offsetSize = bytes[old ? 13 : 9] ?? 0;
  const lengthSize = bytes[old ? 14 : 10] ?? 0;
  if (offsetSize !== 8 && offsetSize !== 4)
    throw fail("FORMAT_MALFORMED", `addresses of ${offsetSize} bytes`, at + (old ? 13 : 9));
  if (lengthSize !== 8 && lengthSize !== 4)
    throw fail("FORMAT_MALFORMED", `lengths of ${lengthSize} bytes`, at + (old ? 14 : 10));
  const first = version === 0 ? 24 : version === 1 ? 28 : 12;
  // Old ones go on with the root's entry: its name, then its header.
  const addresses = old ? 6 : 4;
  const end = first + addresses * offsetSize;
  if (end + (old ? 0 : 4) > bytes.length) throw fail("FORMAT_TRUNCATED", "the superblock is cut short", size);
  const address = (index: number): number =>
    offsetSize === 4 ? view.getUint32(first + 4 * index, true) : Number(view.getBigUint64(first + 8 * index, true));
  if (!old && lookup3(bytes.subarray(0, end)) !== view.getUint32(end, true))
    throw fail("FORMAT_CHECKSUM", "the superblock's checksum does not match", at + end);
  const base = address(0);
  let last = address(2);
  if (base !== at) throw fail("FORMAT_MALFORMED", `a base address of ${base} in a superblock at ${at}`, at + first);
  const widths = { offsetSize, lengthSize };
  const given = (index: number): number | undefined => {
    const found = address(index);
    return found < size - base ? found : undefined;
  };
  const there = new FileImage(source, near, { base, end: size, ...widths }, patience);
  await demandOneFile(there, { block: old ? given(3) : undefined, extension: old ? undefined : given(1) });
  // Whoever has the file open for others to read along (SWMR) adds to it before its end is noted.
  const flags = version === 3 ? (bytes[11] as number) : 0;
  if ((flags & (WRITING | SWMR)) === WRITING && last !== size)
    throw fail(
      last > size ? "FORMAT_TRUNCATED" : "FORMAT_MALFORMED",
      `whoever wrote the file has not closed it (it ends at ${last}, ${size} bytes are there); wait for it, or try h5clear -s`,
      at + 11,
    );
  if ((flags & SWMR) !== 0 && last < size) last = size;
  if (!(last <= size)) throw fail("FORMAT_TRUNCATED", `the file ends at ${last}, ${size} bytes are there`, size);
  if (last < size && !(await pendingAt(near, last, size, patience.signal)))
    throw fail("FORMAT_MALFORMED", `${size - last} bytes follow the end of the file`, last);
  const image = new FileImage(source, near, { base, end: last, ...widths }, patience);
  return { image, root: address(old ? 5 : 3), version };
}
