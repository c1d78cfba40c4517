import { type ArrayIndex, extensibleArray, fixedArray } from "./chunk-array.ts";
import { type Box, type ChunkEntry, chunksOfTree, chunksOfTree2 } from "./chunk-tree.ts";
import { malformed } from "./cursor.ts";
import type { Layout, Stored } from "./dataset.ts";
import type { FileImage } from "./image.ts";

/** Chunks of a dataset that were written, those within `box`, in no order. */
export type FindChunks = (box: Box) => AsyncIterable<ChunkEntry>;

const chunkCount = (shape: readonly number[], chunks: readonly number[]): readonly number[] =>
  shape.map((n, i) => Math.ceil(n / (chunks[i] as number)));

/** The index of a chunked dataset, of any kind. Nothing is read yet. */
export function chunkFinder(
  image: FileImage,
  stored: Stored,
  layout: Extract<Layout, { layout: "chunked" }>,
): FindChunks {
  const { chunks, chunkIndex } = layout;
  const rank = chunks.length;
  const bytes = chunks.reduce((n, m) => n * m, stored.type.size);
  const filtered = stored.filters.length > 0;
  switch (chunkIndex.index) {
    case "none":
      return async function* () {};
    case "btree1":
      return (box) => chunksOfTree(image, chunkIndex.address, chunks, box);
    case "btree2":
      return (box) => chunksOfTree2(image, chunkIndex.address, { rank, filtered, bytes }, box);
    case "single": {
      const { address, size = bytes, mask } = chunkIndex;
      return async function* () {
        yield { at: chunks.map(() => 0), address, size, mask };
      };
    }
    case "implicit":
      return byNumber(stored, chunks, {
        open: async () => ({
          find: async (index) => ({ address: chunkIndex.address + index * bytes, size: bytes, mask: 0 }),
        }),
        bytes: image.end,
      });
    case "fixed":
      return byNumber(stored, chunks, { open: () => fixedArray(image, chunkIndex.address, bytes), bytes: image.end });
    case "extensible": {
      const growing = stored.maxShape.flatMap((n, i) => (n === Number.POSITIVE_INFINITY ? [i] : []));
      if (growing.length !== 1) throw malformed("an extensible array of chunks, and not one axis that grows");
      return byNumber(
        stored,
        chunks,
        { open: () => extensibleArray(image, chunkIndex.address, bytes), bytes: image.end },
        growing[0],
      );
    }
  }
}

/** Chunks that may be asked for of a file of any size, most of which were never written. */
const MOST_ABSENT = 2 ** 20;

/** Chunks numbered in C order over the lengths the axes may have, an axis without end counting as the slowest. */
function byNumber(
  stored: Stored,
  chunks: readonly number[],
  { open, bytes }: { readonly open: () => Promise<ArrayIndex>; readonly bytes: number },
  growing?: number,
): FindChunks {
  const most = chunkCount(stored.maxShape, chunks);
  const axes = chunks.map((_, i) => i);
  const order = growing === undefined ? axes : [growing, ...axes.filter((i) => i !== growing)];
  let index: Promise<ArrayIndex> | undefined;
  return async function* ({ low, high }) {
    const wanted = low.reduce((n, from, i) => n * ((high[i] as number) - from + 1), 1);
    if (wanted > Math.max(MOST_ABSENT, bytes))
      throw malformed(`${wanted} chunks are asked for, more than the file has bytes`);
    index ??= open();
    const { find } = await index;
    const at = [...low];
    for (;;) {
      const number = order.reduce((n, axis, k) => (k === 0 ? 0 : n * (most[axis] as number)) + (at[axis] as number), 0);
      const place = await find(number);
      if (place !== undefined) yield { at: [...at], ...place };
      let axis = at.length - 1;
      while (axis >= 0 && (at[axis] = (at[axis] as number) + 1) > (high[axis] as number)) {
        at[axis] = low[axis] as number;
        axis--;
      }
      if (axis < 0) return;
    }
  };
}
