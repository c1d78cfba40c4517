import { unlz4Block } from "@masquerade/compression";
import { unshuffle } from "../data/shuffle.ts";
import { malformed } from "../structure/cursor.ts";
import type { Filter } from "../structure/dataset.ts";
import { unzstd } from "./zstd.ts";

const LZ4 = 2;
const ZSTD = 3;
/** What a block has where the file does not say: bytes, and elements at least. */
const BLOCK_BYTES = 8192;
const LEAST = 128;

/**
 * Bits put back in order, of a multiple of 8 elements of `size` bytes: first bit 0 of the first byte of all elements, then bit 1 of it, and so
 * on to the last bit of the last byte. They go to `into`.
 */
export function unshuffleBits(bytes: Uint8Array, size: number, into: Uint8Array): void {
  const row = bytes.length / size / 8;
  const planes = new Uint8Array(bytes.length);
  const words = new DataView(planes.buffer);
  for (let k = 0, to = 0; k < size; k++) {
    for (let at = k * 8 * row, end = at + row; at < end; at++, to += 8) {
      // An 8 by 8 matrix of bits in two words, transposed by exchanging ever larger squares of it.
      let from = at;
      let low = bytes[from] as number;
      low |= (bytes[(from += row)] as number) << 8;
      low |= (bytes[(from += row)] as number) << 16;
      low |= (bytes[(from += row)] as number) << 24;
      let high = bytes[(from += row)] as number;
      high |= (bytes[(from += row)] as number) << 8;
      high |= (bytes[(from += row)] as number) << 16;
      high |= (bytes[from + row] as number) << 24;
      let swap = (low ^ (low >>> 7)) & 0x00aa00aa;
      low ^= swap ^ (swap << 7);
      swap = (high ^ (high >>> 7)) & 0x00aa00aa;
      high ^= swap ^ (swap << 7);
      swap = (low ^ (low >>> 14)) & 0x0000cccc;
      low ^= swap ^ (swap << 14);
      swap = (high ^ (high >>> 14)) & 0x0000cccc;
      high ^= swap ^ (swap << 14);
      words.setInt32(to, (low & 0x0f0f0f0f) | ((high & 0x0f0f0f0f) << 4), true);
      words.setInt32(to + 4, ((low >>> 4) & 0x0f0f0f0f) | (high & 0xf0f0f0f0), true);
    }
  }
  unshuffle(planes, size, into);
}

/** Exactly `size` bytes from what the bitshuffle filter made: elements in blocks, each shuffled, and compressed where the filter says so. Throws FormatError. */
export async function unbitshuffle(
  bytes: Uint8Array,
  { values }: Filter,
  size: number,
  offset: number,
): Promise<Uint8Array> {
  const [, , element = 0, perBlock = 0, codec = 0] = values;
  if (element < 1 || size % element !== 0 || ![0, LZ4, ZSTD].includes(codec))
    throw malformed("a bitshuffle filter of impossible parameters", offset);
  let block = perBlock === 0 ? usualBlock(element) : perBlock;
  let at = 0;
  if (codec !== 0) {
    if (bytes.length < 12) throw malformed("a chunk of bitshuffle ends within its header", offset);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getBigUint64(0) !== BigInt(size)) throw malformed(`a chunk of bitshuffle is not of ${size} bytes`, offset);
    block = view.getUint32(8) / element;
    at = 12;
  }
  if (!Number.isInteger(block) || block < 8 || block % 8 !== 0)
    throw malformed("a bitshuffle filter with impossible blocks", offset);
  const out = new Uint8Array(size);
  const take = (count: number): Uint8Array => {
    if (count > bytes.length - at) throw malformed("a chunk of bitshuffle ends too early", offset);
    at += count;
    return bytes.subarray(at - count, at);
  };
  const elements = size / element;
  for (let done = 0; elements - done >= 8; ) {
    const count = Math.min(block, elements - done - ((elements - done) % 8));
    const want = count * element;
    let shuffled: Uint8Array;
    if (codec === 0) shuffled = take(want);
    else {
      const head = take(4);
      const stored = take(new DataView(head.buffer, head.byteOffset, 4).getUint32(0));
      if (codec === LZ4) shuffled = unlz4Block(stored, { size: want, format: "hdf5", offset });
      else shuffled = await unzstd(stored, want, offset);
    }
    unshuffleBits(shuffled, element, out.subarray(done * element, done * element + want));
    done += count;
  }
  // Fewer than 8 elements stay as they are.
  const left = (elements % 8) * element;
  out.set(take(left), size - left);
  if (at !== bytes.length) throw malformed("bytes follow the end of a chunk of bitshuffle", offset);
  return out;
}

function usualBlock(element: number): number {
  const fits = Math.floor(BLOCK_BYTES / element);
  return Math.max(fits - (fits % 8), LEAST);
}
