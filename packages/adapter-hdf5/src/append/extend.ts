import { type AxisRange, CapabilityError, OptionError, quoteText } from "@masquerade/core";
import { Elements } from "../data/read.ts";
import type { RawDataset } from "../read/raw.ts";
import { chunkFinder } from "../structure/chunk-index.ts";
import type { FileImage } from "../structure/image.ts";
import type { StoredChunk } from "../write/chunk-index.ts";
import { chunkOrigins, gatherChunk } from "../write/chunks.ts";
import { applyFilters } from "../write/filters.ts";
import { chunkedLayout, type Message, space } from "../write/messages.ts";
import type { Storage } from "../write/node.ts";
import { storeIndex } from "../write/stored.ts";
import type { StreamOutput } from "../write/stream-output.ts";

const DATASPACE = 0x01;
const LAYOUT = 0x08;

/** More of a dataset: elements behind its last along one axis, as the type has them and in C order. */
export interface More {
  readonly axis: number;
  /** Indices along the axis. */
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Throws CapabilityError unless a dataset can grow by `count` along `axis` and is stored in a way that is written here. */
export function storageToExtend(
  raw: RawDataset,
  axis: number,
  count: number,
): Storage & { readonly chunks: readonly number[] } {
  const named = `"${quoteText(raw.path, 60)}"`;
  const { layout, filters, maxShape } = raw.stored;
  const length = raw.shape?.[axis];
  if (length === undefined)
    throw new OptionError("INDEX_INVALID", `${named} has no axis ${axis} to append along`, "axis");
  const refuse = (why: string): CapabilityError => new CapabilityError("hdf5", "append", `${named} ${why}`);
  if (length + count > (maxShape[axis] as number))
    throw refuse(`cannot grow along axis ${axis}; write it with resizable: [${axis}]`);
  const index = layout.layout === "chunked" ? layout.chunkIndex.index : "";
  if (layout.layout !== "chunked" || (index !== "btree1" && index !== "none"))
    throw refuse("has its chunks in an index that is only read; write the file anew, and add to that");
  const ids = filters.map((one) => one.id).join();
  if (!/^(2,?)?(1,?)?(3)?$/.test(ids)) throw refuse("is stored through filters that are only undone");
  const level = filters.find((one) => one.id === 1)?.values[0];
  return {
    chunks: layout.chunks,
    gzip: filters.some((one) => one.id === 1) ? Math.min(9, level ?? 6) : undefined,
    shuffle: filters.some((one) => one.id === 2),
    fletcher32: filters.some((one) => one.id === 3),
  };
}

/**
 * Writes more of a dataset behind everything else in the file, and gives the messages its header is to have. Chunks at the edge that were not
 * full are written anew; what is there stays as it is.
 */
export async function extend(
  image: FileImage,
  out: StreamOutput,
  raw: RawDataset,
  more: More,
): Promise<ReadonlyMap<number, Message>> {
  const { axis, count, bytes } = more;
  const storage = storageToExtend(raw, axis, count);
  const { chunks } = storage;
  const { stored } = raw;
  const itemsize = stored.type.size;
  const shape = raw.shape as readonly number[];
  const length = shape[axis] as number;
  const per = chunks[axis] as number;
  // The first row of chunks that gets something new.
  const from = Math.floor(length / per) * per;
  const ranges = shape.map(
    (n, i): AxisRange => ({ start: i === axis ? from : 0, step: 1, count: i === axis ? n - from : n, keep: true }),
  );
  const before = await new Elements(image, stored).read(ranges);
  const slab = joined(before, bytes, shape, axis, { before: length - from, after: count, itemsize });
  const local = shape.map((n, i) => (i === axis ? length - from + count : n));
  const all: StoredChunk[] = [];
  if (stored.layout.layout === "chunked" && !shape.includes(0)) {
    const high = shape.map((n, i) => Math.ceil(n / (chunks[i] as number)) - 1);
    for await (const { at, address, size, mask } of chunkFinder(
      image,
      stored,
      stored.layout,
    )({ low: shape.map(() => 0), high })) {
      if (mask !== 0)
        throw new CapabilityError("hdf5", "append", `"${quoteText(raw.path, 60)}" has chunks that filters left out`);
      const origin = at.map((n, i) => n * (chunks[i] as number));
      if ((origin[axis] as number) < from) all.push({ address, size, origin });
    }
  }
  const chunk = new Uint8Array(chunks.reduce((n, m) => n * m, itemsize));
  for (const origin of local.includes(0) ? [] : chunkOrigins(local, chunks)) {
    fillWith(chunk, stored.fill);
    gatherChunk(slab, local, itemsize, origin, chunks, chunk);
    const filtered = applyFilters(chunk, itemsize, storage);
    const place = origin.map((n, i) => (i === axis ? n + from : n));
    all.push({ address: await out.append(filtered), size: filtered.length, origin: place });
  }
  const grown = shape.map((n, i) => (i === axis ? n + count : n));
  const sorted = all.sort((a, b) => inOrder(a.origin, b.origin));
  const index = await out.appendAll((parts) => storeIndex(parts, sorted, grown, chunks));
  return new Map([
    [DATASPACE, space(grown, stored.maxShape)],
    [LAYOUT, chunkedLayout(index, chunks, itemsize)],
  ]);
}

function fillWith(chunk: Uint8Array, fill: Uint8Array | undefined): void {
  if (fill === undefined) chunk.fill(0);
  else for (let at = 0; at < chunk.length; at += fill.length) chunk.set(fill, at);
}

function inOrder(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return 0;
}

/** Two arrays in C order, one behind the other along an axis. */
function joined(
  first: Uint8Array,
  second: Uint8Array,
  shape: readonly number[],
  axis: number,
  sizes: { readonly before: number; readonly after: number; readonly itemsize: number },
): Uint8Array {
  const inner = shape.slice(axis + 1).reduce((n, m) => n * m, sizes.itemsize);
  const outer = shape.slice(0, axis).reduce((n, m) => n * m, 1);
  const [a, b] = [sizes.before * inner, sizes.after * inner];
  const out = new Uint8Array(outer * (a + b));
  for (let i = 0; i < outer; i++) {
    out.set(first.subarray(i * a, (i + 1) * a), i * (a + b));
    out.set(second.subarray(i * b, (i + 1) * b), i * (a + b) + a);
  }
  return out;
}
