import { ByteBuilder, UNDEFINED_ADDRESS } from "./builder.ts";
import type { Appending } from "./output.ts";

/** A chunk in the file. */
export interface StoredChunk {
  readonly address: number;
  readonly size: number;
  /** Its first element. */
  readonly origin: readonly number[];
}

/** Half of the children a node has room for; the library's default, as version 2 superblocks do not say. */
const HALF = 32;

interface Child {
  readonly address: number;
  readonly size: number;
  readonly origin: readonly number[];
}

/**
 * A version 1 B-tree over chunks in C order of their origins, built from the leaves up; gives the root's address.
 * `end` is a multiple of the chunk shape past every chunk. File format specification 3.0, section III.A.1, node type 1: every HDF5 since 1.0 reads it.
 */
export function writeChunkIndex(out: Appending, chunks: readonly StoredChunk[], end: readonly number[]): number {
  const rank = end.length;
  const keyBytes = 8 + 8 * (rank + 1);
  const nodeBytes = 24 + 2 * HALF * 8 + (2 * HALF + 1) * keyBytes;
  let children: readonly Child[] = chunks;
  for (let level = 0; ; level++) {
    const nodes: Child[] = [];
    const count = Math.ceil(children.length / (2 * HALF));
    // Nodes of a level lie one after another: a multiple of 8 bytes each, so siblings are known before they are written.
    const first = Math.ceil(out.position / 8) * 8;
    for (let n = 0; n < count; n++) {
      const some = children.slice(n * 2 * HALF, (n + 1) * 2 * HALF);
      const node = new ByteBuilder().text("TREE").u8(1, level).u16(some.length);
      node.u64(n === 0 ? UNDEFINED_ADDRESS : first + (n - 1) * nodeBytes);
      node.u64(n === count - 1 ? UNDEFINED_ADDRESS : first + (n + 1) * nodeBytes);
      const key = (size: number, origin: readonly number[]): void => {
        node.u32(size).u32(0);
        for (const at of origin) node.u64(at);
        node.u64(0);
      };
      for (const child of some) {
        key(child.size, child.origin);
        node.u64(child.address);
      }
      const next = children[(n + 1) * 2 * HALF];
      key(next?.size ?? 0, next?.origin ?? end);
      const address = out.append(node.zeros(nodeBytes - node.length).take());
      nodes.push({ address, size: (some[0] as Child).size, origin: (some[0] as Child).origin });
    }
    if (nodes.length === 1) return (nodes[0] as Child).address;
    children = nodes;
  }
}
