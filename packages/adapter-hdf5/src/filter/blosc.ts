import { unlz4Block, unzlib } from "@masquerade/compression";
import { CapabilityError } from "@masquerade/core";
import { unshuffle } from "../data/shuffle.ts";
import { malformed } from "../structure/cursor.ts";
import { unshuffleBits } from "./bitshuffle.ts";
import { unblosclz } from "./blosclz.ts";
import { unzstd } from "./zstd.ts";

const HEADER = 16;
const SHUFFLED = 1;
const STORED = 2;
const BITS_SHUFFLED = 4;
const WHOLE = 16;
/** Streams a block is split in at most, and bytes each of them has at least. */
const MOST_STREAMS = 16;
const LEAST_STREAM = 128;

type Undo = (bytes: Uint8Array, size: number, offset: number) => Uint8Array | Promise<Uint8Array>;

/** Blosc's codecs by their number; snappy, number 2, is in no build of the filter that h5py users have. */
const codecs: readonly (Undo | undefined)[] = [
  unblosclz,
  (bytes, size, offset) => unlz4Block(bytes, { size, format: "hdf5", offset }),
  undefined,
  (bytes, size, offset) => unzlib(bytes, { size, maxBytes: size, format: "hdf5", offset }),
  unzstd,
];

/** Exactly `size` bytes from a Blosc 1 buffer: blocks, of which each is split, compressed and shuffled by itself. Throws FormatError, CapabilityError. */
export async function unblosc(bytes: Uint8Array, size: number, offset: number): Promise<Uint8Array> {
  if (bytes.length < HEADER) throw malformed("a chunk of blosc ends within its header", offset);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [version, , flags, element] = bytes as unknown as [number, number, number, number];
  const [total, block, stored] = [view.getUint32(4, true), view.getUint32(8, true), view.getUint32(12, true)];
  if (version !== 2) throw malformed(`a chunk of version ${version} of blosc; 2 is known`, offset);
  if (total !== size || stored !== bytes.length)
    throw malformed(`a chunk of ${size} bytes is a blosc buffer of ${total} in ${stored}`, offset);
  if ((flags & STORED) !== 0) {
    if (stored !== HEADER + size) throw malformed("a blosc buffer of stored bytes has not all of them", offset);
    return bytes.subarray(HEADER);
  }
  const undo = codecs[flags >> 5];
  if (undo === undefined)
    throw new CapabilityError("hdf5", "filter", `blosc with codec ${flags >> 5} (2 is snappy) is not read`);
  const blocks = block === 0 ? 0 : Math.ceil(size / block);
  if (element === 0 || (size > 0 && (block === 0 || HEADER + 4 * blocks > bytes.length)))
    throw malformed("a blosc buffer of impossible blocks", offset);
  const out = new Uint8Array(size);
  for (let i = 0; i < blocks; i++) {
    const want = Math.min(block, size - i * block);
    // The last block is in one piece where it is a short one.
    const split = (flags & WHOLE) === 0 && element <= MOST_STREAMS && block / element >= LEAST_STREAM && want === block;
    const start = view.getUint32(HEADER + 4 * i, true);
    const made = await oneBlock(bytes, start, want, split ? element : 1, undo, offset);
    const place = out.subarray(i * block, i * block + want);
    const whole = want / element;
    if ((flags & BITS_SHUFFLED) !== 0 && whole % 8 === 0 && Number.isInteger(whole))
      unshuffleBits(made, element, place);
    else if ((flags & SHUFFLED) !== 0 && element > 1) unshuffle(made, element, place);
    else place.set(made);
  }
  return out;
}

async function oneBlock(
  bytes: Uint8Array,
  start: number,
  want: number,
  streams: number,
  undo: Undo,
  offset: number,
): Promise<Uint8Array> {
  const out = new Uint8Array(want);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const each = want / streams;
  if (!Number.isInteger(each)) throw malformed("a block of blosc is split unevenly", offset);
  let at = start;
  for (let k = 0; k < streams; k++) {
    if (at + 4 > bytes.length) throw malformed("a block of a blosc buffer lies outside it", offset);
    const length = view.getUint32(at, true);
    at += 4;
    if (length > bytes.length - at) throw malformed("a block of a blosc buffer lies outside it", offset);
    const stored = bytes.subarray(at, at + length);
    out.set(length === each ? stored : await undo(stored, each, offset), k * each);
    at += length;
  }
  return out;
}
