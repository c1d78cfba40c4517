import { type AxisRange, CapabilityError, OptionError, quoteText } from "@masquerade/core";
import type { KnownFile } from "../file.ts";
import type { RawDataset } from "../read/raw.ts";
import { chunkFinder } from "../structure/chunk-index.ts";
import type { Layout } from "../structure/dataset.ts";
import type { StoredChunk } from "../write/chunk-index.ts";
import { chunkOrigins, copyBox } from "../write/chunks.ts";
import { leftOut, throughFilters } from "../write/filters.ts";
import { chunkedLayout, type Message, space } from "../write/messages.ts";
import type { Appending } from "../write/output.ts";
import { storeIndex } from "../write/stored.ts";
import type { StreamOutput } from "../write/stream-output.ts";

export const DATASPACE = 0x01;
const LAYOUT = 0x08;

/** More of a dataset: elements behind its last along one axis. */
export interface More {
  readonly axis: number;
  /** Indices along the axis. */
  readonly count: number;
  /** The elements as the type has them and in C order; what they point to is appended to `out`, if `points`. */
  readonly bytes: (out: Appending) => Uint8Array;
  readonly points: boolean;
}

/** A dataset that is to be extended, with everything that is needed of the file. */
export interface Extension {
  readonly raw: RawDataset;
  readonly more: More;
  readonly chunks: readonly number[];
  /** The first index of the row of chunks that gets something new. */
  readonly from: number;
  /** What is there from `from` on. */
  readonly edge: Uint8Array;
  /** Chunks that stay as they are. */
  readonly kept: readonly StoredChunk[];
}

const refusal = ({ path }: RawDataset, why: string): CapabilityError =>
  new CapabilityError("hdf5", "append", `"${quoteText(path, 60)}" ${why}`);

/** Nowhere to put what elements point to. */
const nowhere: Appending = { position: 0, append: () => 0 };

type Chunked = Extract<Layout, { layout: "chunked" }>;

/** Throws CapabilityError unless a dataset can grow by `count` along `axis` and is stored in a way that is written here. */
export function demandGrowing(raw: RawDataset, axis: number, count: number): Chunked {
  const { layout, maxShape } = raw.stored;
  const length = raw.shape?.[axis];
  if (length === undefined)
    throw new OptionError("INDEX_INVALID", `"${quoteText(raw.path, 60)}" has no axis ${axis} to append along`, "axis");
  if (length + count > (maxShape[axis] as number))
    throw refusal(
      raw,
      `cannot grow along axis ${axis} beyond ${maxShape[axis]}; write it with resizable: [${axis}] (in h5py, maxshape)`,
    );
  if (layout.layout !== "chunked") throw refusal(raw, "is not stored in chunks, so it cannot grow");
  return layout;
}

/** Reads what is needed to extend a dataset: the chunks at its edge, and where all others are. */
export async function extensionOf({ image, context }: KnownFile, raw: RawDataset, more: More): Promise<Extension> {
  const { axis, count } = more;
  const layout = demandGrowing(raw, axis, count);
  const { chunks, plainEdges } = layout;
  const { stored } = raw;
  const shape = raw.shape as readonly number[];
  const length = shape[axis] as number;
  const per = chunks[axis] as number;
  const from = Math.floor(length / per) * per;
  const ranges = shape.map(
    (n, i): AxisRange => ({ start: i === axis ? from : 0, step: 1, count: i === axis ? n - from : n, keep: true }),
  );
  const bytes = ranges.reduce((n, range) => n * range.count, stored.type.size);
  const edge = bytes === 0 ? new Uint8Array(0) : await context({ ranges }).fetch.bytes(raw.path);
  const kept: StoredChunk[] = [];
  if (!shape.includes(0)) {
    const grid = shape.map((n, i) => Math.ceil(n / (chunks[i] as number)));
    const high = grid.map((n) => n - 1);
    const isPlain = (at: readonly number[]): boolean =>
      plainEdges && at.some((n, i) => n === high[i] && (shape[i] as number) % (chunks[i] as number) !== 0);
    // Chunks at the edge may have gone through no filter by the layout; here each says so of itself.
    const none = 2 ** stored.filters.length - 1;
    for await (const entry of chunkFinder(image, stored, layout)({ low: shape.map(() => 0), high })) {
      const { at, address, size, mask } = entry;
      const origin = at.map((n, i) => n * (chunks[i] as number));
      image.demand(address, size);
      if ((origin[axis] as number) < from) kept.push({ address, size, origin, mask: isPlain(at) ? none : mask });
    }
    kept.sort((a, b) => inOrder(a.origin, b.origin));
    if (kept.some((one, i) => i > 0 && inOrder((kept[i - 1] as StoredChunk).origin, one.origin) === 0))
      throw refusal(raw, "has an index that lists a chunk twice");
  }
  return { raw, more, chunks, from, edge, kept };
}

/**
 * Writes more of a dataset behind everything else in the file, and gives the messages its header is to have. Chunks at the edge that were not
 * full are written anew, under a new index; what is there stays as it is. `half`: see {@link storeIndex}.
 */
export async function extend(
  out: StreamOutput,
  { raw, more, chunks, from, edge, kept }: Extension,
  half: number,
): Promise<ReadonlyMap<number, Message>> {
  const { axis, count, points } = more;
  const { stored } = raw;
  const itemsize = stored.type.size;
  const shape = raw.shape as readonly number[];
  const length = shape[axis] as number;
  const bytes = points ? await out.appendAll((parts) => more.bytes(parts)) : more.bytes(nowhere);
  const before = length - from;
  const along = (n: number): readonly number[] => shape.map((m, i) => (i === axis ? n : m));
  const [edgeShape, moreShape, local] = [along(before), along(count), along(before + count)];
  const all = [...kept];
  const chunk = new Uint8Array(chunks.reduce((n, m) => n * m, itemsize));
  const blank = blankOf(chunk.length, stored.fill);
  const mask = leftOut(stored.filters);
  for (const origin of local.includes(0) ? [] : chunkOrigins(local, chunks)) {
    const size = local.map((n, i) => Math.min(chunks[i] as number, n - (origin[i] as number)));
    if (size.some((n, i) => n < (chunks[i] as number))) chunk.set(blank);
    const at = origin[axis] as number;
    const old = Math.max(0, Math.min(before - at, size[axis] as number));
    const place = (n: number): readonly number[] => shape.map((_, i) => (i === axis ? n : 0));
    const part = (n: number): readonly number[] => size.map((m, i) => (i === axis ? n : m));
    const target = { bytes: chunk, shape: chunks };
    if (old > 0)
      copyBox({ bytes: edge, shape: edgeShape, at: origin }, { ...target, at: place(0) }, part(old), itemsize);
    if (old < (size[axis] as number)) {
      const first = origin.map((n, i) => (i === axis ? at + old - before : n));
      copyBox(
        { bytes, shape: moreShape, at: first },
        { ...target, at: place(old) },
        part((size[axis] as number) - old),
        itemsize,
      );
    }
    const filtered = throughFilters(chunk, stored.filters);
    const whole = origin.map((n, i) => (i === axis ? n + from : n));
    all.push({ address: await out.append(filtered), size: filtered.length, origin: whole, mask });
  }
  const grown = along(length + count);
  all.sort((a, b) => inOrder(a.origin, b.origin));
  const index = await out.appendAll((parts) => storeIndex(parts, all, grown, chunks, half));
  return new Map([
    [DATASPACE, space(grown, stored.maxShape)],
    [LAYOUT, chunkedLayout(index, chunks, itemsize)],
  ]);
}

/** What lies past the edges of a dataset: its fill value. */
function blankOf(length: number, fill: Uint8Array | undefined): Uint8Array {
  const blank = new Uint8Array(length);
  if (fill !== undefined && fill.length > 0) for (let at = 0; at < length; at += fill.length) blank.set(fill, at);
  return blank;
}

function inOrder(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return 0;
}
