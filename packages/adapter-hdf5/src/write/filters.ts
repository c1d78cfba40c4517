import { zlib } from "@masquerade/compression";
import { shuffle } from "../data/shuffle.ts";
import type { Filter } from "../structure/dataset.ts";
import { fletcher32 } from "./checksum.ts";
import type { Storage } from "./node.ts";

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;

/** A chunk as it lies in the file: shuffled, deflated, with its Fletcher-32 behind it, as far as asked for. */
export function applyFilters(chunk: Uint8Array, itemsize: number, storage: Storage): Uint8Array {
  const bytes = throughFilters(chunk, filtersOf(storage, itemsize));
  return bytes === chunk ? chunk.slice() : bytes;
}

function filtersOf({ shuffle: shuffled, gzip, fletcher32: summed }: Storage, itemsize: number): readonly Filter[] {
  return [
    ...(shuffled ? [{ id: SHUFFLE, values: [itemsize] }] : []),
    ...(gzip === undefined ? [] : [{ id: DEFLATE, values: [gzip] }]),
    ...(summed ? [{ id: FLETCHER32, values: [] }] : []),
  ];
}

/** Which filters are not applied here, as a chunk's index says it: bit i stands for filter i. HDF5's readers undo only the others. */
export const leftOut = (filters: readonly Filter[]): number =>
  filters.reduce(
    (mask, { id }, i) => (id === SHUFFLE || id === DEFLATE || id === FLETCHER32 ? mask : mask + 2 ** i),
    0,
  );

/** What filters make of a chunk, one after another, without those that are {@link leftOut}; the chunk itself where they change nothing. */
export function throughFilters(chunk: Uint8Array, filters: readonly Filter[]): Uint8Array {
  let bytes = chunk;
  for (const { id, values } of filters)
    if (id === DEFLATE) bytes = zlib(bytes, { level: Math.min(9, values[0] ?? 6) });
    else if (id === FLETCHER32) bytes = summed(bytes);
    else if (id === SHUFFLE && (values[0] ?? 1) > 1) bytes = shuffle(bytes, values[0] as number);
  return bytes;
}

function summed(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + 4);
  out.set(bytes);
  new DataView(out.buffer).setUint32(bytes.length, fletcher32(bytes), true);
  return out;
}
