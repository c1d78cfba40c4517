import { CapabilityError, quoteText } from "@masquerade/core";
import type { Hdf5WriteOptions } from "../options.ts";
import { autoChunks } from "./chunks.ts";
import type { Storage } from "./node.ts";

/** The options, and whether everything goes into chunks: what is written in turns cannot be contiguous. */
export interface TreeOptions extends Hdf5WriteOptions {
  readonly always?: boolean;
}

const contiguous: Storage = { chunks: undefined, gzip: undefined, shuffle: false, fletcher32: false };

/** Lengths the axes of an array may grow to. */
export function maxShapeOf(shape: readonly number[], { resizable = [] }: Hdf5WriteOptions): readonly number[] {
  return shape.map((n, axis) => (resizable.includes(axis) ? Number.POSITIVE_INFINITY : n));
}

/** How an array is stored: contiguous, unless chunks are asked for, or needed by a filter or for growing. Throws CapabilityError. */
export function storageOf(
  shape: readonly number[],
  maxShape: readonly number[],
  itemsize: number,
  options: TreeOptions,
): Storage {
  const { gzip, shuffle = false, checksum = false, chunks } = options;
  const growing = maxShape.flatMap((n, axis) => (n === Number.POSITIVE_INFINITY ? [axis] : []));
  const auto = autoChunks(shape, itemsize, growing);
  if (auto === undefined) return contiguous;
  const given = chunks !== undefined && chunks.length === shape.length ? chunks : undefined;
  const filtered = gzip !== undefined || shuffle || checksum;
  const needed = filtered || growing.length > 0 || options.always === true;
  if (given === undefined && !needed) return contiguous;
  if (given !== undefined && given.reduce((n, m) => n * m, itemsize) > 2 ** 31)
    throw new CapabilityError("hdf5", "chunks", `a chunk of (${quoteText(given.join(", "))}) is larger than 2 GiB`);
  // A chunk longer than an axis that never grows only takes room.
  const fitted = given?.map((n, axis) => Math.min(n, maxShape[axis] as number)) ?? auto;
  return { chunks: fitted, gzip, shuffle, fletcher32: checksum };
}
