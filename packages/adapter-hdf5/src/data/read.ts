import { type AxisRange, throwIfAborted } from "@masquerade/core";
import { chunkFinder, type FindChunks } from "../structure/chunk-index.ts";
import { type ChunkEntry, isWithin } from "../structure/chunk-tree.ts";
import { malformed } from "../structure/cursor.ts";
import type { Layout, Stored } from "../structure/dataset.ts";
import type { FileImage } from "../structure/image.ts";
import { copyPiece, overlap, type Piece, type Target } from "./copy.ts";
import { unfilter } from "./unfilter.ts";

/** Bytes of a contiguous dataset read at a time, when they cannot go where they belong at once. */
const RUN_BYTES = 4 << 20;
/** Chunks under way at a time: inflating has several threads. */
const AT_ONCE = 4;
/** Bytes of chunks kept, so that slices of neighbouring rows inflate each chunk once. */
const KEPT_BYTES = 32 << 20;

/** Elements of one dataset, read by parts. */
export class Elements {
  private readonly image: FileImage;
  private readonly stored: Stored;
  private readonly find: FindChunks | undefined;
  private readonly kept = new Map<string, Promise<Uint8Array>>();
  private keptBytes = 0;

  constructor(image: FileImage, stored: Stored) {
    this.image = image;
    this.stored = stored;
    if (stored.layout.layout === "chunked") this.find = chunkFinder(image, stored, stored.layout);
  }

  /** Rows that lie together in the file: blocks of whole multiples of it inflate nothing twice. */
  get rows(): number {
    const { layout } = this.stored;
    return layout.layout === "chunked" ? (layout.chunks[0] as number) : 1;
  }

  /**
   * The elements that `ranges` take along each axis, as the type has them and in C order. `into`: where they go instead of fresh memory.
   * They may be a view of what the source has in memory.
   */
  async read(
    ranges: readonly AxisRange[],
    options: { readonly into?: Uint8Array | undefined; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Uint8Array> {
    const { into, signal } = options;
    const { layout, type, shape } = this.stored;
    const size = ranges.reduce((n, range) => n * range.count, type.size);
    const target = (): Target => {
      const bytes = into ?? new Uint8Array(size);
      return { bytes, ranges, itemsize: type.size };
    };
    if (size === 0 || shape === null) return into ?? new Uint8Array(0);
    if (layout.layout === "chunked")
      return (await this.chunked(target(), layout, { fresh: into === undefined, signal })).bytes;
    if (layout.layout === "contiguous" && layout.address !== undefined) {
      const all = shape.reduce((n, m) => n * m, type.size);
      if (layout.size !== undefined && layout.size < all) throw malformed("a dataset is larger than its place");
      this.image.demand(layout.address, all);
      return await this.contiguous(layout.address, shape, ranges, { into, signal, target });
    }
    if (layout.layout === "compact") {
      const all = shape.reduce((n, m) => n * m, type.size);
      if (layout.bytes.length < all) throw malformed("a dataset is larger than its place");
      const found = target();
      copyPiece({ bytes: layout.bytes, origin: shape.map(() => 0), shape }, found);
      return found.bytes;
    }
    if (layout.layout !== "contiguous") throw malformed(`a ${layout.layout} dataset has no elements here`);
    const found = target();
    this.blank(found.bytes);
    return found.bytes;
  }

  /** What was never written. */
  private blank(bytes: Uint8Array): void {
    const { fill } = this.stored;
    if (fill === undefined || fill.every((byte) => byte === 0)) {
      bytes.fill(0);
      return;
    }
    bytes.set(fill.subarray(0, bytes.length));
    for (let done = fill.length; done < bytes.length; done *= 2)
      bytes.copyWithin(done, 0, Math.min(done, bytes.length - done));
  }

  private async contiguous(
    address: number,
    shape: readonly number[],
    ranges: readonly AxisRange[],
    options: {
      readonly into: Uint8Array | undefined;
      readonly signal: AbortSignal | undefined;
      readonly target: () => Target;
    },
  ): Promise<Uint8Array> {
    const { into, signal } = options;
    const { image } = this;
    const itemsize = this.stored.type.size;
    // From where on all axes are taken whole: one run of bytes for each index of the axes before.
    let split = ranges.length;
    const isWhole = (i: number): boolean => {
      const { start, step, count } = ranges[i] as AxisRange;
      return start === 0 && count === shape[i] && (step === 1 || count === 1);
    };
    while (split > 0 && isWhole(split - 1)) split--;
    const last = split === 0 ? undefined : (ranges[split - 1] as AxisRange);
    const single =
      split === 0 ||
      (ranges.slice(0, split - 1).every((one) => one.count === 1) && (last?.step === 1 || last?.count === 1));
    if (single) {
      const first = ranges.reduce((n, range, i) => n * (shape[i] as number) + range.start, 0) * itemsize;
      const length = ranges.reduce((n, range) => n * range.count, itemsize);
      const { source, base } = image;
      image.check();
      if (into === undefined) return await image.data(address + first, length);
      if (source.readInto === undefined) into.set(await image.data(address + first, length));
      else await source.readInto(address + first + base, into, signal);
      return into;
    }
    const target = options.target();
    for (const { origin, extent } of pieces(shape, ranges, itemsize)) {
      throwIfAborted(signal);
      const start = origin.reduce((n, at, i) => n * (shape[i] as number) + at, 0) * itemsize;
      const bytes = await image.data(
        address + start,
        extent.reduce((n, m) => n * m, itemsize),
      );
      copyPiece({ bytes, origin, shape: extent }, target);
    }
    return target.bytes;
  }

  private async chunked(
    target: Target,
    layout: Extract<Layout, { layout: "chunked" }>,
    { fresh, signal }: { readonly fresh: boolean; readonly signal: AbortSignal | undefined },
  ): Promise<Target> {
    const { chunks } = layout;
    const shape = this.stored.shape as readonly number[];
    const bounds = target.ranges.map(({ start, step, count }) => {
      const end = start + (count - 1) * step;
      return [Math.min(start, end), Math.max(start, end)] as const;
    });
    const box = {
      low: bounds.map(([low], i) => Math.floor(low / (chunks[i] as number))),
      high: bounds.map(([, high], i) => Math.floor(high / (chunks[i] as number))),
    };
    const grid = shape.map((n, i) => Math.ceil(n / (chunks[i] as number)));
    const wanted = box.low.reduce((n, low, i) => n * ((box.high[i] as number) - low + 1), 1);
    let found = 0;
    const running = new Set<Promise<void>>();
    const place = async (entry: ChunkEntry): Promise<void> => {
      const piece = await this.piece(entry, layout, grid);
      copyPiece(piece, target);
    };
    // A chunk that is missing leaves elements at the fill value. Fresh memory is zero already.
    if (!fresh || this.stored.fill?.some((byte) => byte !== 0)) this.blank(target.bytes);
    const { readSync } = this.image.source;
    const atOnce = readSync !== undefined && this.stored.filters.length === 0;
    try {
      for await (const entry of (this.find as FindChunks)(box)) {
        throwIfAborted(signal);
        if (!isWithin(entry.at, box)) continue;
        if (++found > wanted) throw malformed("an index that lists a chunk twice");
        if (atOnce) {
          copyPiece(this.pieceAtOnce(entry, chunks), target);
          continue;
        }
        if (running.size >= AT_ONCE) await Promise.race(running);
        const one: Promise<void> = place(entry).finally(() => running.delete(one));
        one.catch(() => {});
        running.add(one);
      }
      await Promise.all(running);
    } finally {
      await Promise.allSettled(running);
    }
    return target;
  }

  /** A chunk that went through no filter, from a source that need not be waited for. */
  private pieceAtOnce({ address, size, at }: ChunkEntry, chunks: readonly number[]): Piece {
    const { image } = this;
    const want = chunks.reduce((n, m) => n * m, this.stored.type.size);
    if (size !== want) throw malformed(`a chunk of ${size} bytes, where ${want} are declared`, address + image.base);
    image.demand(address, size);
    const bytes = image.source.readSync?.(address + image.base, size) as Uint8Array;
    return { bytes, origin: at.map((n, i) => n * (chunks[i] as number)), shape: chunks };
  }

  private async piece(
    entry: ChunkEntry,
    layout: Extract<Layout, { layout: "chunked" }>,
    grid: readonly number[],
  ): Promise<Piece> {
    const { chunks, plainEdges } = layout;
    const shape = this.stored.shape as readonly number[];
    const origin = entry.at.map((n, i) => n * (chunks[i] as number));
    const edge =
      plainEdges &&
      entry.at.some((n, i) => n === (grid[i] as number) - 1 && (shape[i] as number) % (chunks[i] as number) !== 0);
    return { bytes: await this.chunk(entry, chunks, edge), origin, shape: chunks };
  }

  /** A chunk's elements. Those that cost inflating are kept for a while. */
  private chunk(entry: ChunkEntry, chunks: readonly number[], plain: boolean): Promise<Uint8Array> {
    const { image, stored } = this;
    const size = chunks.reduce((n, m) => n * m, stored.type.size);
    const filters = plain ? [] : stored.filters;
    const offset = entry.address + image.base;
    const key = `${entry.address}`;
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const bytes = image
      .data(entry.address, entry.size)
      .then((raw) => unfilter(raw, filters, { size, mask: entry.mask, offset }));
    if (filters.length === 0 || size > KEPT_BYTES / 2) return bytes;
    this.kept.set(key, bytes);
    this.keptBytes += size;
    for (const old of this.kept.keys()) {
      if (this.keptBytes <= KEPT_BYTES) break;
      this.kept.delete(old);
      this.keptBytes -= size;
    }
    return bytes;
  }
}

/** A part of a contiguous dataset that is one run of bytes. */
interface Run {
  readonly origin: readonly number[];
  readonly extent: readonly number[];
}

/** Runs of at most about {@link RUN_BYTES} that cover what is selected: whole rows of the innermost axes, cut along the axis above. */
function* pieces(shape: readonly number[], ranges: readonly AxisRange[], itemsize: number): Generator<Run> {
  const rank = shape.length;
  // The axis along which runs are cut: everything inside of it fits one run.
  let cut = rank - 1;
  let inside = itemsize;
  while (cut > 0 && inside * (shape[cut] as number) <= RUN_BYTES && isDense(ranges, shape, cut))
    inside *= shape[cut--] as number;
  const span = (i: number): readonly [low: number, high: number] => {
    const { start, step, count } = ranges[i] as AxisRange;
    const end = start + (count - 1) * step;
    return [Math.min(start, end), Math.max(start, end)];
  };
  const [low, high] = span(cut);
  const per = Math.max(1, Math.floor(RUN_BYTES / inside));
  const outer = ranges.slice(0, cut);
  const index = outer.map(() => 0);
  for (;;) {
    const at = outer.map(({ start, step }, i) => start + (index[i] as number) * step);
    for (let from = low; from <= high; from += per) {
      const count = Math.min(per, high - from + 1);
      if (overlap(ranges[cut] as AxisRange, from, from + count)[1] === 0) continue;
      yield {
        origin: [...at, from, ...shape.slice(cut + 1).map(() => 0)],
        extent: [...at.map(() => 1), count, ...shape.slice(cut + 1)],
      };
    }
    let axis = outer.length - 1;
    for (; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (outer[axis] as AxisRange).count) break;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/** Whether reading all of an axis costs little beside what is wanted of it: at least a quarter, or short runs anyway. */
function isDense(ranges: readonly AxisRange[], shape: readonly number[], axis: number): boolean {
  const inner = ranges.slice(axis).reduce((n, range) => n * range.count, 1);
  const all = shape.slice(axis).reduce((n, m) => n * m, 1);
  return inner * 4 >= all || all <= 4096;
}
