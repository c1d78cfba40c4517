import { unzlib } from "@masquerade/compression";
import { CapabilityError, FormatError } from "@masquerade/core";
import { inflateZlib } from "#inflate";
import { filterName, plugins } from "../filter/plugins.ts";
import { malformed } from "../structure/cursor.ts";
import type { Filter } from "../structure/dataset.ts";
import { fletcher32 } from "../write/checksum.ts";
import { unshuffle } from "./shuffle.ts";

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
/** Filters that are undone here: deflate, shuffle, Fletcher-32, and the plugins people have. */
export const isPlainFilter = ({ id }: Filter): boolean => (id >= DEFLATE && id <= FLETCHER32) || plugins.has(id);
/** Filters that HDF5's own library has beside them: szip, nbit, scale-offset. */
export const isLibraryFilter = ({ id }: Filter): boolean => id >= 4 && id <= 6;

/** A chunk as it is stored. */
export interface StoredChunk {
  readonly bytes: Uint8Array;
  readonly filters: readonly Filter[];
  /** Bytes of its elements. */
  readonly size: number;
  /** Bit i: filter i was left out. */
  readonly mask: number;
  /** Where it is in the file. */
  readonly offset: number;
}

/**
 * The elements of a chunk from what is stored: exactly `size` bytes, whatever the file says; or the first of them, in `into`.
 * Throws FormatError; damage found by a checksum is FORMAT_CHECKSUM.
 */
export async function unfilter(
  { bytes: stored, filters, size, mask, offset }: StoredChunk,
  into?: Uint8Array | undefined,
): Promise<Uint8Array> {
  let bytes = stored;
  // What each filter was given when writing: checksums before it add four bytes each; undefined behind one that compresses.
  const before: (number | undefined)[] = [];
  let length: number | undefined = size;
  for (const [i, filter] of filters.entries()) {
    before.push(length);
    if (isOut(mask, i) || filter.id === SHUFFLE) continue;
    length = filter.id === FLETCHER32 && length !== undefined ? length + 4 : undefined;
  }
  const wrong = (): FormatError => malformed(`a chunk of ${bytes.length} bytes, where ${size} are declared`, offset);
  const left = filters.map((_, i) => i).filter((i) => !isOut(mask, i));
  for (const i of left.reverse()) {
    const filter = filters[i] as Filter;
    const want = before[i];
    const undo = plugins.get(filter.id);
    if (filter.id === SHUFFLE) {
      const itemsize = filter.values[0] ?? 1;
      if (i !== left.at(-1) || into === undefined) bytes = unshuffle(bytes, itemsize);
      else if (bytes.length !== size) throw wrong();
      else return unshuffle(bytes, itemsize, into);
    } else if (filter.id === FLETCHER32) bytes = withoutChecksum(bytes, offset);
    else if (filter.id === DEFLATE)
      bytes = await (want === undefined ? again(bytes, size, offset) : inflateZlib(bytes, want, offset));
    else if (undo === undefined || want === undefined)
      throw new CapabilityError(
        "hdf5",
        "filter",
        `${filterName(filter)} is not undone here, or not behind another that compresses`,
      );
    else bytes = await undo(bytes, filter, want, offset);
  }
  if (bytes.length !== size) throw wrong();
  if (into === undefined) return bytes;
  into.set(bytes.subarray(0, into.length));
  return into;
}

/** What was deflated after it was compressed already: about as much as a chunk has, at most. */
function again(bytes: Uint8Array, size: number, offset: number): Uint8Array {
  return unzlib(bytes, { maxBytes: size + (size >> 3) + 4096, format: "hdf5", offset });
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
