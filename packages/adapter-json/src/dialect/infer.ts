import { type DType, dtypes } from "@masquerade/core";
import type { Cursor } from "../read/cursor.ts";
import { Raw, type Tree } from "../read/tree.ts";

/** The shape of nested lists, which must be the same all over. */
export function shapeOfLists(tree: Tree, cursor: Cursor, at: number): readonly number[] {
  const shape: number[] = [];
  for (let one: Tree | undefined = tree; Array.isArray(one); one = (one as readonly Tree[])[0]) shape.push(one.length);
  check(tree, shape, 0, cursor, at);
  if (shape.length > cursor.limits.maxDims)
    throw cursor.tooMuch("maxDims", `${shape.length} dimensions are more than ${cursor.limits.maxDims}`, at);
  return shape;
}

/** The depth is limited where trees are read. */
function check(tree: Tree, shape: readonly number[], axis: number, cursor: Cursor, at: number): void {
  const length = shape[axis];
  if (Array.isArray(tree) !== (length !== undefined) || (Array.isArray(tree) && tree.length !== length))
    throw cursor.fail("the lists are not all of one shape", at);
  if (Array.isArray(tree)) for (const one of tree as readonly Tree[]) check(one, shape, axis + 1, cursor, at);
}

const words: ReadonlySet<Tree> = new Set<Tree>(["NaN", "Infinity", "-Infinity"]);

/** What dtype the elements look like: bool, int64 (uint64 where it takes that), float64, or str as wide as the longest. */
export function inferDType(tree: Tree, cursor: Cursor, at: number): DType {
  const seen = { bool: 0, int: 0, float: 0, word: 0, text: 0, wide: 0, unsigned: false, negative: false };
  const pending: Tree[] = [tree];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    if (one === null) continue;
    if (Array.isArray(one)) for (const item of one as readonly Tree[]) pending.push(item);
    else if (typeof one === "boolean") seen.bool++;
    else if (typeof one === "bigint") {
      seen.int++;
      seen.unsigned ||= one > 2n ** 63n - 1n;
      seen.negative ||= one < 0n;
      if (one > 2n ** 64n - 1n || one < -(2n ** 63n))
        throw cursor.fail("an integer beyond 64 bits; give it with descr", at);
    } else if (typeof one === "number") seen.float++;
    else if (words.has(one)) seen.word++;
    else if (typeof one === "string") {
      seen.text++;
      seen.wide = Math.max(seen.wide, [...one].length);
    } else if (one instanceof Raw || typeof one === "object") throw cursor.fail("objects are no elements here", at);
  }
  const number = seen.int + seen.float > 0;
  if (seen.text > 0 && !number && seen.bool === 0) return dtypes.str(Math.max(seen.wide, seen.word > 0 ? 9 : 1));
  if (seen.bool > 0 && !number && seen.word + seen.text === 0) return dtypes.simple("bool");
  if (seen.text > 0 || seen.bool > 0) throw cursor.fail("elements of several types; give it with descr", at);
  if (seen.int === 0 || seen.float + seen.word > 0) return dtypes.simple("float64");
  if (seen.unsigned && seen.negative) throw cursor.fail("integers beyond 64 bits; give it with descr", at);
  return dtypes.simple(seen.unsigned ? "uint64" : "int64");
}
