import { ByteBuilder, UNDEFINED_ADDRESS } from "./builder.ts";
import type { Appending } from "./output.ts";

/** A chunk in the file. */
export interface StoredChunk {
  readonly address: number;
  readonly size: number;
  /** Its first element. */
  readonly origin: readonly number[];
  /** Bit i: filter i was left out. Default: none was. */
  readonly mask?: number;
}

/** Half of the children a node has room for; the library's default, where a superblock does not say. */
export const HALF = 32;

/**
 * A version 1 B-tree over chunks in C order of their origins, built from the leaves up; gives the root's address.
 * `end` is a multiple of the chunk shape past every chunk. File format specification 3.0, section III.A.1, node type 1: every HDF5 since 1.0 reads it.
 * `half`: half of the children a node of this file has room for.
 */
export function writeChunkIndex(
  out: Appending,
  chunks: readonly StoredChunk[],
  end: readonly number[],
  half: number = HALF,
): number {
  const rank = end.length;
  const keyBytes = 8 + 8 * (rank + 1);
  const nodeBytes = 24 + 2 * half * 8 + (2 * half + 1) * keyBytes;
  let children: readonly StoredChunk[] = chunks;
  for (let level = 0; ; level++) {
    const nodes: StoredChunk[] = [];
    const count = Math.ceil(children.length / (2 * half));
    // Nodes of a level lie one after another: a multiple of 8 bytes each, so siblings are known before they are written.
    const first = Math.ceil(out.position / 8) * 8;
    for (let n = 0; n < count; n++) {
      const some = children.slice(n * 2 * half, (n + 1) * 2 * half);
      const node = new ByteBuilder().text("TREE").u8(1, level).u16(some.length);
      node.u64(n === 0 ? UNDEFINED_ADDRESS : first + (n - 1) * nodeBytes);
      node.u64(n === count - 1 ? UNDEFINED_ADDRESS : first + (n + 1) * nodeBytes);
      const key = (size: number, origin: readonly number[], mask = 0): void => {
        node.u32(size).u32(mask);
        for (const at of origin) node.u64(at);
        node.u64(0);
      };
      for (const child of some) {
        key(child.size, child.origin, child.mask);
        node.u64(child.address);
      }
      const next = children[(n + 1) * 2 * half];
      key(next?.size ?? 0, next?.origin ?? end, next?.mask);
      const address = out.append(node.zeros(nodeBytes - node.length).take());
      nodes.push({ ...(some[0] as StoredChunk), address });
    }
    if (nodes.length === 1) return (nodes[0] as StoredChunk).address;
    children = nodes;
  }
}
