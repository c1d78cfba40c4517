import { LimitError } from "@masquerade/core";
import { type Cursor, malformed } from "./cursor.ts";
import type { FileImage } from "./image.ts";

/** Signature, version, type and checksum of a node. */
const NODE_OVERHEAD = 10;

/** Bytes in which a number up to `most` is written. */
export const bytesFor = (most: number): number => Math.floor(Math.log2(Math.max(most, 1)) / 8) + 1;

interface Tree {
  readonly image: FileImage;
  readonly type: number;
  readonly nodeSize: number;
  readonly recordSize: number;
  /** Bytes of a child's number of records. */
  readonly countSize: number;
  /** Bytes of the number of records below a child, by the child's depth. */
  readonly totalSizes: readonly number[];
  readonly most: number;
  seen: number;
}

/** Every record of a version 2 B-tree, in order: file format specification 3.0, section III.A.2. Throws FormatError, LimitError beyond `most`. */
export async function* btree2Records(
  image: FileImage,
  address: number,
  type: number,
  most: number,
): AsyncGenerator<Uint8Array> {
  const head = await image.checked(address, 22 + image.offsetSize + image.lengthSize);
  head.signature("BTHD", 0);
  const found = head.u8();
  if (found !== type) throw head.fail(`a B-tree of type ${found} where one of type ${type} should be`);
  const [nodeSize, recordSize, depth] = [head.u32(), head.u16(), head.u16()];
  const root = head.skip(2).address();
  const count = head.u16();
  if (root === undefined || count === 0) return;
  if (recordSize === 0 || nodeSize < NODE_OVERHEAD + recordSize || depth > 32) throw head.fail("an impossible B-tree");
  const inLeaf = Math.floor((nodeSize - NODE_OVERHEAD) / recordSize);
  const countSize = bytesFor(inLeaf);
  const totalSizes = [0];
  let below = inLeaf;
  for (let level = 1; level <= depth; level++) {
    const pointer = image.offsetSize + countSize + (totalSizes[level - 1] as number);
    const here = Math.floor((nodeSize - NODE_OVERHEAD - pointer) / (recordSize + pointer));
    below = (here + 1) * below + here;
    totalSizes.push(bytesFor(below));
  }
  yield* node({ image, type, nodeSize, recordSize, countSize, totalSizes, most, seen: 0 }, root, depth, count);
}

/** Recursion is bounded by the depth. */
async function* node(tree: Tree, address: number, depth: number, count: number): AsyncGenerator<Uint8Array> {
  const { image, recordSize, countSize, totalSizes, most } = tree;
  const pointer = depth === 0 ? 0 : image.offsetSize + countSize + (totalSizes[depth - 1] as number);
  const size = NODE_OVERHEAD + count * recordSize + (count + 1) * pointer;
  if (size > tree.nodeSize) throw malformed("a node of a B-tree is larger than its place", address + image.base);
  const cursor: Cursor = await image.checked(address, size);
  cursor.signature(depth === 0 ? "BTLF" : "BTIN", 0);
  if (cursor.u8() !== tree.type) throw cursor.fail("a node of another B-tree");
  const records = cursor.take(count * recordSize);
  for (let i = 0; i <= count; i++) {
    if (depth > 0) {
      const child = cursor.address();
      const inChild = cursor.uint(countSize);
      cursor.skip(totalSizes[depth - 1] as number);
      if (child === undefined) throw cursor.fail("a node of a B-tree is nowhere");
      yield* node(tree, child, depth - 1, inChild);
    }
    if (i === count) return;
    if (++tree.seen > most)
      throw new LimitError("maxObjects", `a B-tree has more than ${most} records`, { format: "hdf5" });
    yield records.subarray(i * recordSize, (i + 1) * recordSize);
  }
}
