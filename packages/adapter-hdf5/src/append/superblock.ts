import { type ByteSource, CapabilityError } from "@masquerade/core";
import { Cursor } from "../structure/cursor.ts";
import type { FileImage } from "../structure/image.ts";
import { readObjectHeader } from "../structure/object-header.ts";
import { lookup3 } from "../write/checksum.ts";
import { HALF } from "../write/chunk-index.ts";

/** What an append needs of a superblock: how it will be, and how large nodes of chunk indices are in this file. */
export interface Superblock {
  /** Half of the children a node of a version 1 B-tree of chunks has room for. */
  readonly half: number;
  /** The superblock with another root and another end of the file, counted from the base address: the one thing that is overwritten. */
  moved(root: number, end: number): Uint8Array;
}

const B_TREE_K = 0x13;
const DRIVER = 0x14;
const FILE_SPACE = 0x17;
const CACHE_IMAGE = 0x18;

const refuse = (why: string): CapabilityError => new CapabilityError("hdf5", "append", why);

/** Throws CapabilityError for files that are not as their superblock says, or not for long: open elsewhere, in several parts, with free space listed. */
export async function superblockOf(file: ByteSource, image: FileImage, version: number): Promise<Superblock> {
  const { base, offsetSize, lengthSize } = image;
  if (offsetSize !== 8 || lengthSize !== 8)
    throw refuse(
      `the file has addresses of ${offsetSize} bytes and lengths of ${lengthSize}, and only files of 8 and 8 are added to; write it anew`,
    );
  const old = version < 2;
  const length = version === 0 ? 96 : version === 1 ? 100 : 48;
  const bytes = (await file.read(base, length)).slice();
  const view = new DataView(bytes.buffer);
  const flags = old ? view.getUint32(20, true) : bytes[11];
  if (flags !== 0)
    throw refuse(
      "the file is open for writing elsewhere, or was not closed: close it, or h5clear -s FILE, and add then",
    );
  const first = version === 0 ? 24 : 28;
  if (old) {
    if (view.getBigUint64(first + 24, true) !== 2n ** 64n - 1n) throw severalFiles();
    return {
      half: version === 0 ? HALF : view.getUint16(24, true),
      moved(root, end) {
        view.setBigUint64(first + 16, BigInt(end + base), true);
        view.setBigUint64(first + 40, BigInt(root), true);
        // The root's entry repeats nothing of its header: cache type 0.
        bytes.fill(0, first + 48, first + 72);
        return bytes;
      },
    };
  }
  return {
    half: await extension(image, view.getBigUint64(20, true)),
    moved(root, end) {
      view.setBigUint64(28, BigInt(end + base), true);
      view.setBigUint64(36, BigInt(root), true);
      view.setUint32(44, lookup3(bytes.subarray(0, 44)), true);
      return bytes;
    },
  };
}

const severalFiles = (): CapabilityError =>
  refuse("the file is one of several that make a whole (it names a driver): join them with h5repack, and add to that");

/** What the superblock's extension says of chunk indices. Throws CapabilityError for what it says of anything else that an append would break. */
async function extension(image: FileImage, address: bigint): Promise<number> {
  let half = HALF;
  if (address === 2n ** 64n - 1n) return half;
  for (const { type, body, offset } of (await readObjectHeader(image, Number(address))).messages) {
    const from = new Cursor(body, offset, image);
    if (type === B_TREE_K) half = from.skip(1).u16();
    if (type === DRIVER) throw severalFiles();
    if (type === CACHE_IMAGE) throw refuse("the file holds an image of a metadata cache; h5repack it, and add to that");
    if (type !== FILE_SPACE) continue;
    const version = from.u8();
    const strategy = from.u8();
    const keeps = version === 0 ? strategy === 1 : from.u8() !== 0;
    if (keeps || (version !== 0 && strategy === 1))
      throw refuse(
        "the file manages its space by pages or lists what is free; h5repack -S FSM_AGGR -P 0 it, and add to that",
      );
  }
  if (half === 0) throw refuse("the file has chunk indices of an impossible size");
  return half;
}
