import { type StoredChunk, writeChunkIndex } from "./chunk-index.ts";
import { chunkOrigins, gatherChunk } from "./chunks.ts";
import { applyFilters } from "./filters.ts";
import {
  chunkedLayout,
  contiguousLayout,
  datatype,
  fillValue,
  filterPipeline,
  type Message,
  space,
} from "./messages.ts";
import type { WriteDataset } from "./node.ts";
import type { Appending } from "./output.ts";

/** The messages of a dataset's header but for the attributes: where its elements are. */
export function storedMessages(
  { type, shape, maxShape, storage, fill }: WriteDataset,
  where: { readonly address: number | undefined; readonly bytes: number },
): Message[] {
  const messages: Message[] = [datatype(type), space(shape, maxShape), fillValue(fill, storage.chunks !== undefined)];
  if (storage.chunks === undefined) return [...messages, contiguousLayout(where.address, where.bytes)];
  messages.push(chunkedLayout(where.address, storage.chunks, type.size));
  const filters = filterPipeline(storage, type.size);
  return filters === undefined ? messages : [...messages, filters];
}

/** The index of a dataset's chunks, appended; undefined: there are none. */
export function storeIndex(
  out: Appending,
  chunks: readonly StoredChunk[],
  shape: readonly number[],
  chunkShape: readonly number[],
  half?: number,
): number | undefined {
  if (chunks.length === 0) return undefined;
  // The first multiple of the chunk shape past every chunk: the last key of the index.
  const end = shape.map((n, i) => Math.ceil(n / (chunkShape[i] as number)) * (chunkShape[i] as number));
  return writeChunkIndex(out, chunks, end, half);
}

/**
 * Chunks of some rows of a dataset, ready to be stored: `bytes` are the rows from `first` on, `first` is the beginning of a row of chunks.
 * What lies past the edges of the dataset is its fill value.
 */
export function* chunksOfRows(
  { type, shape, fill, storage }: WriteDataset,
  bytes: Uint8Array,
  first: number,
): Generator<{ readonly origin: readonly number[]; readonly bytes: Uint8Array }> {
  const chunks = storage.chunks as readonly number[];
  const row = shape.slice(1).reduce((n, m) => n * m, type.size);
  if (bytes.length === 0 || row === 0) return;
  const rows = bytes.length / row;
  const local = [rows, ...shape.slice(1)];
  const chunk = new Uint8Array(chunks.reduce((n, m) => n * m, type.size));
  const blank = new Uint8Array(chunk.length);
  if (fill !== undefined) for (let at = 0; at < blank.length; at += fill.length) blank.set(fill, at);
  for (const origin of chunkOrigins(local, chunks)) {
    const partial = origin.some((at, i) => at + (chunks[i] as number) > (local[i] as number));
    if (partial) chunk.set(blank);
    gatherChunk(bytes, local, type.size, origin, chunks, chunk);
    yield {
      origin: [(origin[0] as number) + first, ...origin.slice(1)],
      bytes: applyFilters(chunk, type.size, storage),
    };
  }
}
