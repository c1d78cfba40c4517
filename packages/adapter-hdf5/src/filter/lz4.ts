import { unlz4Block } from "@masquerade/compression";
import { malformed } from "../structure/cursor.ts";

/** Exactly `size` bytes from what the lz4 filter made: their number, that of a block, and LZ4 blocks, each after its length. Throws FormatError. */
export function unlz4Chunk(bytes: Uint8Array, size: number, offset: number): Uint8Array {
  if (bytes.length < 12) throw malformed("a chunk of lz4 ends within its header", offset);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getBigUint64(0) !== BigInt(size)) throw malformed(`a chunk of lz4 is not of ${size} bytes`, offset);
  const block = view.getUint32(8);
  if (block === 0 && size > 0) throw malformed("a chunk of lz4 without blocks", offset);
  const out = new Uint8Array(size);
  let at = 12;
  for (let done = 0; done < size; done += block) {
    const want = Math.min(block, size - done);
    if (bytes.length - at < 4) throw malformed("a chunk of lz4 ends too early", offset);
    const length = view.getUint32(at);
    at += 4;
    if (length > bytes.length - at) throw malformed("a chunk of lz4 ends too early", offset);
    const stored = bytes.subarray(at, at + length);
    // What did not get shorter is stored as it is.
    out.set(length === want ? stored : unlz4Block(stored, { size: want, format: "hdf5", offset }), done);
    at += length;
  }
  if (at !== bytes.length) throw malformed("bytes follow the end of a chunk of lz4", offset);
  return out;
}
