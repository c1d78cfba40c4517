import { CapabilityError, FormatError, hostIsLittleEndian } from "@masquerade/core";
import { inflateZlib } from "#inflate";
import { malformed } from "../structure/cursor.ts";
import type { Filter } from "../structure/dataset.ts";
import { fletcher32 } from "../write/checksum.ts";

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
/** Filters that are undone here: deflate, shuffle, Fletcher-32. */
export const isPlainFilter = ({ id }: Filter): boolean => id >= DEFLATE && id <= FLETCHER32;
/** Filters that HDF5's own library has beside them: szip, nbit, scale-offset. */
export const isLibraryFilter = ({ id }: Filter): boolean => id >= 4 && id <= 6;

/**
 * The elements of a chunk from what is stored: exactly `size` bytes, whatever the file says. Bit i of `mask`: filter i was left out.
 * Throws FormatError; damage found by a checksum is FORMAT_CHECKSUM.
 */
export async function unfilter(
  stored: Uint8Array,
  filters: readonly Filter[],
  { size, mask, offset }: { readonly size: number; readonly mask: number; readonly offset: number },
): Promise<Uint8Array> {
  let bytes = stored;
  // What each filter made when writing: checksums before it add four bytes each.
  const before: number[] = [];
  let length = size;
  for (const [i, filter] of filters.entries()) {
    before.push(length);
    if (filter.id === FLETCHER32 && !isOut(mask, i)) length += 4;
  }
  for (let i = filters.length - 1; i >= 0; i--) {
    const filter = filters[i] as Filter;
    if (isOut(mask, i)) continue;
    const want = before[i] as number;
    if (filter.id === DEFLATE) bytes = await inflateZlib(bytes, want, offset);
    else if (filter.id === SHUFFLE) bytes = unshuffle(bytes, filter.values[0] ?? 1);
    else if (filter.id === FLETCHER32) bytes = withoutChecksum(bytes, offset);
    else throw new CapabilityError("hdf5", "filter", `filter ${filter.id} is not here`);
  }
  if (bytes.length !== size) throw malformed(`a chunk of ${bytes.length} bytes, where ${size} are declared`, offset);
  return bytes;
}

const isOut = (mask: number, i: number): boolean => i < 32 && ((mask >>> i) & 1) === 1;

function withoutChecksum(bytes: Uint8Array, offset: number): Uint8Array {
  const at = bytes.length - 4;
  if (at < 0) throw malformed("a chunk without room for its checksum", offset);
  const body = bytes.subarray(0, at);
  const sum = fletcher32(body);
  const stored = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
  // HDF5 before 1.6.3 wrote the halves' bytes the other way round.
  const turned = ((sum & 0x00ff00ff) << 8) | ((sum >>> 8) & 0x00ff00ff);
  if (stored !== sum && stored !== turned >>> 0)
    throw new FormatError("FORMAT_CHECKSUM", "hdf5", "the checksum of a chunk does not match", { offset });
  return body;
}

/** Bytes put back in order: first all first bytes of the elements, then all second ones, … What is left over stays at the end. */
export function unshuffle(bytes: Uint8Array, size: number): Uint8Array {
  const count = size > 1 ? Math.floor(bytes.length / size) : 0;
  if (count <= 1) return bytes;
  const out = new Uint8Array(bytes.length);
  if (size === 8 && hostIsLittleEndian) unshuffle8(bytes, out, count);
  else if (size === 4 && hostIsLittleEndian) unshuffle4(bytes, out, count);
  else
    for (let k = 0; k < size; k++) {
      const from = k * count;
      for (let i = 0, to = k; i < count; i++, to += size) out[to] = bytes[from + i] as number;
    }
  out.set(bytes.subarray(count * size), count * size);
  return out;
}

function unshuffle4(bytes: Uint8Array, out: Uint8Array, count: number): void {
  const words = new Uint32Array(out.buffer, 0, count);
  const [b, c, d] = [count, 2 * count, 3 * count];
  for (let i = 0; i < count; i++)
    words[i] =
      (bytes[i] as number) |
      ((bytes[b + i] as number) << 8) |
      ((bytes[c + i] as number) << 16) |
      ((bytes[d + i] as number) << 24);
}

function unshuffle8(bytes: Uint8Array, out: Uint8Array, count: number): void {
  const words = new Uint32Array(out.buffer, 0, 2 * count);
  for (let i = 0, to = 0; i < count; i++, to += 2) {
    words[to] =
      (bytes[i] as number) |
      ((bytes[count + i] as number) << 8) |
      ((bytes[2 * count + i] as number) << 16) |
      ((bytes[3 * count + i] as number) << 24);
    words[to + 1] =
      (bytes[4 * count + i] as number) |
      ((bytes[5 * count + i] as number) << 8) |
      ((bytes[6 * count + i] as number) << 16) |
      ((bytes[7 * count + i] as number) << 24);
  }
}
