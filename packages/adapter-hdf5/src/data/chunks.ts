import { throwIfAborted } from "@masquerade/core";
import { chunkFinder, type FindChunks } from "../structure/chunk-index.ts";
import { type Box, type ChunkEntry, isWithin } from "../structure/chunk-tree.ts";
import { malformed } from "../structure/cursor.ts";
import type { Layout, Stored } from "../structure/dataset.ts";
import type { FileImage } from "../structure/image.ts";
import { copyPiece, runOf, type Target } from "./copy.ts";
import { Scratch } from "./scratch.ts";
import { unfilter } from "./unfilter.ts";

/** Chunks under way at a time: inflating has several threads. */
const AT_ONCE = 4;
/** Bytes of chunks kept, so that slices of neighbouring rows inflate each chunk once. */
const KEPT_BYTES = 32 << 20;
/** Chunks listed before the first is read, to know whether any is missing. */
const LISTED = 4096;

/** The chunks of one dataset. */
export class Chunks {
  private readonly image: FileImage;
  private readonly stored: Stored;
  private readonly chunks: readonly number[];
  private readonly plainEdges: boolean;
  /** Bytes of a chunk's elements. */
  private readonly size: number;
  private readonly find: FindChunks;
  private readonly kept = new Map<number, Promise<Uint8Array>>();
  private keptBytes = 0;
  private readonly scratch = new Scratch(AT_ONCE);

  constructor(image: FileImage, stored: Stored, layout: Extract<Layout, { layout: "chunked" }>) {
    this.image = image;
    this.stored = stored;
    this.chunks = layout.chunks;
    this.plainEdges = layout.plainEdges;
    this.size = layout.chunks.reduce((n, m) => n * m, stored.type.size);
    this.find = chunkFinder(image, stored, layout);
  }

  /** Fills a target. `blank` gives it the fill value, which elements of chunks that were never written have; undefined: it has it. */
  async read(target: Target, blank: (() => void) | undefined, signal: AbortSignal | undefined): Promise<void> {
    const box = this.box(target);
    const wanted = box.low.reduce((n, low, i) => n * ((box.high[i] as number) - low + 1), 1);
    const running = new Set<Promise<void>>();
    try {
      for await (const entry of this.listed(box, wanted, blank)) {
        throwIfAborted(signal);
        if (this.placeAtOnce(entry, target)) continue;
        if (running.size >= AT_ONCE) await Promise.race(running);
        const one: Promise<void> = this.place(entry, target).finally(() => running.delete(one));
        one.catch(() => {});
        running.add(one);
      }
      await Promise.all(running);
    } finally {
      await Promise.allSettled(running);
    }
  }

  /** The chunks that have something of the target. */
  private box({ ranges }: Target): Box {
    const { chunks } = this;
    const bounds = ranges.map(({ start, step, count }) => {
      const end = start + (count - 1) * step;
      return [Math.min(start, end), Math.max(start, end)] as const;
    });
    return {
      low: bounds.map(([low], i) => Math.floor(low / (chunks[i] as number))),
      high: bounds.map(([, high], i) => Math.floor(high / (chunks[i] as number))),
    };
  }

  /** The chunks of a box that are there; `blank` is called before the first unless all are. */
  private async *listed(box: Box, wanted: number, blank: (() => void) | undefined): AsyncGenerator<ChunkEntry> {
    const first: ChunkEntry[] = [];
    let waits = blank !== undefined;
    let found = 0;
    const begin = (): void => {
      if (waits && first.length < wanted) blank?.();
      waits = false;
    };
    for await (const entry of this.find(box)) {
      if (!isWithin(entry.at, box)) continue;
      if (++found > wanted) throw malformed("an index that lists a chunk twice");
      if (!waits) {
        yield entry;
        continue;
      }
      first.push(entry);
      if (first.length < LISTED) continue;
      begin();
      yield* first;
    }
    if (!waits) return;
    begin();
    yield* first;
  }

  private filtersOf({ at }: ChunkEntry): Stored["filters"] {
    const { chunks, stored } = this;
    const shape = stored.shape as readonly number[];
    // A chunk that reaches past the edge.
    const edge = at.some((n, i) => (n + 1) * (chunks[i] as number) > (shape[i] as number));
    return this.plainEdges && edge ? [] : stored.filters;
  }

  private originOf({ at }: ChunkEntry): readonly number[] {
    return at.map((n, i) => n * (this.chunks[i] as number));
  }

  /** Places a chunk that went through no filter, where it need not be waited for; whether that was so. */
  private placeAtOnce(entry: ChunkEntry, target: Target): boolean {
    const { image, stored, size } = this;
    if (stored.filters.length > 0 || !image.isAtOnce(size)) return false;
    this.demandPlain(entry);
    const bytes = image.dataAtOnce(entry.address, size);
    copyPiece({ bytes, origin: this.originOf(entry), shape: this.chunks }, target);
    return true;
  }

  private demandPlain({ address, size }: ChunkEntry): void {
    if (size === this.size) return;
    throw malformed(`a chunk of ${size} bytes, where ${this.size} are declared`, address + this.image.base);
  }

  private async place(entry: ChunkEntry, target: Target): Promise<void> {
    const { image, chunks } = this;
    const origin = this.originOf(entry);
    const known = this.kept.get(entry.address);
    const run = known === undefined ? runOf(origin, chunks, this.stored.shape as readonly number[], target) : undefined;
    if (run === undefined) {
      copyPiece({ bytes: await (known ?? this.whole(entry)), origin, shape: chunks }, target);
      return;
    }
    const filters = this.filtersOf(entry);
    if (filters.length === 0) {
      this.demandPlain(entry);
      image.demand(entry.address, entry.size);
      await image.dataInto(entry.address, run);
    } else await this.unfiltered(entry, filters, run);
  }

  /** A chunk's elements, or the first of them, in `into`. */
  private async unfiltered(
    { address, size: stored, mask }: ChunkEntry,
    filters: Stored["filters"],
    into?: Uint8Array,
  ): Promise<Uint8Array> {
    const { image, scratch, size } = this;
    const offset = address + image.base;
    // What no filter would change may be kept, and is not to change when the next chunk is read.
    if (image.source.readInto === undefined || filters.length === 0)
      return await unfilter({ bytes: await image.data(address, stored), filters, size, mask, offset }, into);
    image.demand(address, stored);
    const room = scratch.take(stored);
    try {
      await image.dataInto(address, room);
      const made = await unfilter({ bytes: room, filters, size, mask, offset }, into);
      return made.buffer === room.buffer ? made.slice() : made;
    } finally {
      scratch.give(room);
    }
  }

  /** All of a chunk's elements. Those that cost inflating are kept for a while. */
  private whole(entry: ChunkEntry): Promise<Uint8Array> {
    const { size } = this;
    const filters = this.filtersOf(entry);
    const bytes = this.unfiltered(entry, filters);
    if (filters.length === 0 || size > KEPT_BYTES / 2) return bytes;
    this.kept.set(entry.address, bytes);
    this.keptBytes += size;
    bytes.catch(() => {
      if (this.kept.get(entry.address) === bytes && this.kept.delete(entry.address)) this.keptBytes -= size;
    });
    for (const old of this.kept.keys()) {
      if (this.keptBytes <= KEPT_BYTES) break;
      this.kept.delete(old);
      this.keptBytes -= size;
    }
    return bytes;
  }
}
