import { btree2Records } from "./btree2.ts";
import { Cursor, malformed } from "./cursor.ts";
import type { FileImage } from "./image.ts";

/** A chunk that was written. */
export interface ChunkEntry {
  /** Which one: along each axis, counted in chunks. */
  readonly at: readonly number[];
  readonly address: number;
  /** Bytes in the file. */
  readonly size: number;
  /** Bit i: filter i was left out. */
  readonly mask: number;
}

/** Some of the chunks of a dataset: from `low` to `high`, both included, along each axis. */
export interface Box {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export const isWithin = (at: readonly number[], { low, high }: Box): boolean =>
  at.every((n, i) => n >= (low[i] as number) && n <= (high[i] as number));

/** Deeper than any tree of 2^64 chunks. */
const MAX_LEVELS = 24;

const isBefore = (a: readonly number[], b: readonly number[]): boolean => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] as number) < (b[i] as number);
  return false;
};

/** Chunks listed by a version 1 B-tree: section III.A.1, node type 1. Subtrees outside the box are not read. */
export async function* chunksOfTree(
  image: FileImage,
  root: number,
  chunks: readonly number[],
  box: Box,
): AsyncGenerator<ChunkEntry> {
  yield* treeNode({ image, chunks, box, seen: new Set() }, root, {});
}

interface Walk {
  readonly image: FileImage;
  readonly chunks: readonly number[];
  readonly box: Box;
  readonly seen: Set<number>;
}

interface Key {
  readonly size: number;
  readonly mask: number;
  readonly at: readonly number[];
}

/** Recursion is bounded: each level is one lower than the one above, and none is above {@link MAX_LEVELS}. */
async function* treeNode(
  walk: Walk,
  address: number,
  { level: expected, end }: { readonly level?: number; readonly end?: readonly number[] | undefined },
): AsyncGenerator<ChunkEntry> {
  const { image, chunks, box, seen } = walk;
  const rank = chunks.length;
  const headBytes = 8 + 2 * image.offsetSize;
  const head = await image.cursor(address, headBytes);
  for (const letter of [0x54, 0x52, 0x45, 0x45])
    if (head.u8() !== letter) throw malformed("there is no TREE where one should be", address + image.base);
  if (head.u8() !== 1) throw head.fail("a B-tree of another kind lists chunks");
  const [level, count] = [head.u8(), head.u16()];
  if (seen.has(address) || level > MAX_LEVELS || (expected !== undefined && level !== expected))
    throw malformed("a B-tree of chunks that does not end", address + image.base);
  seen.add(address);
  if (count === 0) return;
  const keyBytes = 8 + 8 * (rank + 1);
  const body = await image.cursor(address + headBytes, count * (keyBytes + image.offsetSize) + keyBytes);
  let key = keyOf(body, chunks);
  for (let i = 0; i < count; i++) {
    const child = body.address();
    const next = keyOf(body, chunks);
    const here = key;
    key = next;
    if (isBefore(box.high, here.at)) return;
    if (child === undefined) throw body.fail("a node of a B-tree is nowhere");
    if (level > 0) {
      // HDF5 does not keep the last key of a node up to date: what ends the last child is the key that ends the node above.
      const until = i === count - 1 ? end : next.at;
      if (until === undefined || isBefore(box.low, until))
        yield* treeNode(walk, child, { level: level - 1, end: until });
    } else if (isWithin(here.at, box)) yield { at: here.at, address: child, size: here.size, mask: here.mask };
  }
}

function keyOf(from: Cursor, chunks: readonly number[]): Key {
  const [size, mask] = [from.u32(), from.u32()];
  const at = chunks.map((n) => {
    const offset = from.uint(8) / n;
    // A key that begins nothing, the last one, may be anywhere.
    return Number.isInteger(offset) ? offset : Math.floor(offset);
  });
  from.skip(8);
  return { size, mask, at };
}

/** Chunks listed by a version 2 B-tree: section III.A.2, record types 10 and 11. */
export async function* chunksOfTree2(
  image: FileImage,
  root: number,
  { rank, filtered, bytes }: { readonly rank: number; readonly filtered: boolean; readonly bytes: number },
  box: Box,
): AsyncGenerator<ChunkEntry> {
  // Each record takes bytes of the file: more of them are a tree that leads to itself.
  const most = image.end;
  for await (const record of btree2Records(image, root, filtered ? 11 : 10, most)) {
    const from = new Cursor(record, 0, image);
    const address = from.address();
    const size = filtered ? from.uint(record.length - image.offsetSize - 4 - 8 * rank) : bytes;
    const mask = filtered ? from.u32() : 0;
    const at = Array.from({ length: rank }, () => from.uint(8));
    if (address !== undefined && isWithin(at, box)) yield { at, address, size, mask };
  }
}
