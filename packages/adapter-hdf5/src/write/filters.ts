import { zlib } from "@masquerade/compression";
import { fletcher32 } from "./checksum.ts";
import type { Storage } from "./node.ts";

/** First bytes of all elements, then second bytes, and so on: HDF5's filter 2. A rest shorter than an element stays at the end. */
export function shuffle(bytes: Uint8Array, itemsize: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const count = Math.floor(bytes.length / itemsize);
  for (let byte = 0, to = 0; byte < itemsize; byte++)
    for (let i = 0, from = byte; i < count; i++, from += itemsize) out[to++] = bytes[from] as number;
  out.set(bytes.subarray(count * itemsize), count * itemsize);
  return out;
}

/** A chunk as it lies in the file: shuffled, deflated, with its Fletcher-32 behind it, as far as asked for. */
export function applyFilters(chunk: Uint8Array, itemsize: number, storage: Storage): Uint8Array {
  let bytes = storage.shuffle && itemsize > 1 ? shuffle(chunk, itemsize) : chunk;
  if (storage.gzip !== undefined) bytes = zlib(bytes, { level: storage.gzip });
  if (!storage.fletcher32) return bytes === chunk ? chunk.slice() : bytes;
  const summed = new Uint8Array(bytes.length + 4);
  summed.set(bytes);
  new DataView(summed.buffer).setUint32(bytes.length, fletcher32(bytes), true);
  return summed;
}
