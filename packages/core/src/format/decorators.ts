import { isMasqueradeError, OptionError, throwIfAborted } from "../errors.ts";
import { type ByteSource, checkRange } from "./source.ts";

/** How much of a source is kept. */
export interface CacheOptions {
  /** Bytes of one block; reads are rounded to blocks. Default 64 KiB. */
  readonly blockSize?: number;
  /** Blocks kept, the least recently used going first. Default 64. */
  readonly maxBlocks?: number;
}

/**
 * A source that remembers what it read, in aligned blocks. Reads of more than a quarter of the cache go straight through, so that one
 * large array does not push out the headers. Where the size is unknown, blocks that would reach past the end are read exactly and not kept.
 */
export function cached(source: ByteSource, options: CacheOptions = {}): ByteSource {
  const blockSize = positive("blockSize", options.blockSize ?? 65_536);
  const maxBlocks = positive("maxBlocks", options.maxBlocks ?? 64);
  const blocks = new Map<number, Uint8Array>();
  const direct = Math.max(1, Math.floor(maxBlocks / 4)) * blockSize;

  const touch = (index: number): Uint8Array | undefined => {
    const block = blocks.get(index);
    if (block === undefined) return undefined;
    blocks.delete(index);
    blocks.set(index, block);
    return block;
  };
  const keep = (from: number, bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length; at += blockSize) {
      // A copy: a view would keep the whole run alive after the other blocks have gone.
      blocks.set(from + at / blockSize, bytes.slice(at, at + blockSize));
    }
    for (const index of blocks.keys()) {
      if (blocks.size <= maxBlocks) break;
      blocks.delete(index);
    }
  };
  /** The part of a range that is not here yet, rounded to blocks; undefined when all of it is. */
  const missing = (offset: number, length: number): { from: number; start: number; length: number } | undefined => {
    let first = Math.floor(offset / blockSize);
    let last = Math.floor((offset + length - 1) / blockSize);
    while (first <= last && touch(first) !== undefined) first++;
    while (last >= first && touch(last) !== undefined) last--;
    if (first > last) return undefined;
    const start = first * blockSize;
    const end = Math.min((last + 1) * blockSize, source.size ?? Number.POSITIVE_INFINITY);
    return { from: first, start, length: end - start };
  };
  /** Joins a range from the cache and from `fresh`, which holds what was missing. */
  const assemble = (offset: number, length: number, fresh?: { start: number; bytes: Uint8Array }): Uint8Array => {
    const only = blocks.get(Math.floor(offset / blockSize));
    const within = offset % blockSize;
    if (only !== undefined && within + length <= blockSize) return only.subarray(within, within + length);
    if (fresh !== undefined && offset >= fresh.start && offset + length <= fresh.start + fresh.bytes.length)
      return fresh.bytes.subarray(offset - fresh.start, offset - fresh.start + length);
    const out = new Uint8Array(length);
    for (let at = offset; at < offset + length; ) {
      const inFresh = fresh !== undefined && at >= fresh.start && at < fresh.start + fresh.bytes.length;
      const base = inFresh ? fresh.start : at - (at % blockSize);
      const bytes = inFresh ? fresh.bytes : (blocks.get(base / blockSize) as Uint8Array);
      const piece = bytes.subarray(at - base, Math.min(bytes.length, offset + length - base));
      out.set(piece, at - offset);
      at += piece.length;
    }
    return out;
  };
  /** A range whose missing part has just arrived. */
  const settle = (offset: number, length: number, start: number, from: number, bytes: Uint8Array): Uint8Array => {
    const result = assemble(offset, length, { start, bytes });
    keep(from, bytes);
    return result;
  };

  const readSync = source.readSync?.bind(source);
  const write = source.write?.bind(source);
  return {
    get size() {
      return source.size;
    },
    name: source.name,
    async read(offset, length, signal) {
      throwIfAborted(signal);
      checkRange(offset, length, source.size);
      if (length === 0) return new Uint8Array(0);
      if (length > direct) return await source.read(offset, length, signal);
      const gap = missing(offset, length);
      if (gap === undefined) return assemble(offset, length);
      // What is here now may be pushed out while waiting: remember it.
      const here = new Map(blocks);
      let bytes: Uint8Array;
      try {
        bytes = await source.read(gap.start, gap.length, signal);
      } catch (error) {
        if (source.size !== undefined || !isMasqueradeError(error, "SOURCE_SHORT")) throw error;
        return await source.read(offset, length, signal);
      }
      for (const [index, block] of here) if (!blocks.has(index)) blocks.set(index, block);
      return settle(offset, length, gap.start, gap.from, bytes);
    },
    ...(readSync && {
      readSync(offset: number, length: number): Uint8Array {
        checkRange(offset, length, source.size);
        if (length === 0) return new Uint8Array(0);
        if (length > direct) return readSync(offset, length);
        const gap = missing(offset, length);
        if (gap === undefined) return assemble(offset, length);
        return settle(offset, length, gap.start, gap.from, readSync(gap.start, gap.length));
      },
    }),
    ...(source.readAll && { readAll: source.readAll.bind(source) }),
    ...(write && {
      async write(offset: number, bytes: Uint8Array): Promise<void> {
        const last = Math.floor((offset + bytes.length - 1) / blockSize);
        const forget = (): void => {
          for (const index of [...blocks.keys()])
            if (index >= Math.floor(offset / blockSize) - 1 && index <= last) blocks.delete(index);
        };
        forget();
        await write(offset, bytes);
        forget();
      },
    }),
    async [Symbol.asyncDispose]() {
      blocks.clear();
      await source[Symbol.asyncDispose]();
    },
  };
}

function positive(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new OptionError("OPTION_INVALID", `${option} is a positive integer, not ${value}`, option);
}

/** A source that counts what is asked of the one it wraps. */
export interface CountingSource extends ByteSource {
  /** Reads so far, and their bytes. */
  readonly reads: number;
  readonly bytes: number;
  /** Every read, in order. */
  readonly ranges: readonly { readonly offset: number; readonly length: number }[];
}

/** Counts reads: for tests, and for showing what an operation costs. */
export function counting(source: ByteSource): CountingSource {
  const ranges: { offset: number; length: number }[] = [];
  let bytes = 0;
  const note = (offset: number, length: number): void => {
    ranges.push({ offset, length });
    bytes += length;
  };
  const { readSync, readInto, readAll, write } = source;
  return {
    get size() {
      return source.size;
    },
    name: source.name,
    get reads() {
      return ranges.length;
    },
    get bytes() {
      return bytes;
    },
    ranges,
    read(offset, length, signal) {
      note(offset, length);
      return source.read(offset, length, signal);
    },
    ...(readSync && {
      readSync(offset: number, length: number): Uint8Array {
        note(offset, length);
        return readSync.call(source, offset, length);
      },
    }),
    ...(readInto && {
      readInto(offset: number, target: Uint8Array, signal?: AbortSignal): Promise<void> {
        note(offset, target.length);
        return readInto.call(source, offset, target, signal);
      },
    }),
    ...(readAll && {
      async readAll(maxBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
        const all = await readAll.call(source, maxBytes, signal);
        note(0, all.length);
        return all;
      },
    }),
    ...(write && { write: write.bind(source) }),
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}
