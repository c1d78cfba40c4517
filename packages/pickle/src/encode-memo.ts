import type { BytesNode } from "./encode-nodes.ts";

/** What the memo knows an object by: the node, or the value itself of strings and bytes that CPython has only one of. */
export type MemoKey = object | string | number;

/** Indices in the order in which objects are completed. */
export class Memo {
  readonly #indices: Map<MemoKey, number> = new Map();
  #size = 0;

  indexOf(key: MemoKey | undefined): number | undefined {
    return key === undefined ? undefined : this.#indices.get(key);
  }

  /** The next index; without a key nothing will ever ask for it again. */
  add(key: MemoKey | undefined): number {
    if (key !== undefined) this.#indices.set(key, this.#size);
    return this.#size++;
  }
}

/**
 * The key of a str. CPython keeps one object of the empty string and, of each latin-1 character, the one that code makes
 * (a primitive here) beside the one that stands in source code (a node).
 */
export function textKey(value: string, node: object | undefined): MemoKey | undefined {
  if (value.length === 0) return value;
  return node ?? (value.length === 1 && value.charCodeAt(0) < 256 ? value : undefined);
}

/** The key of bytes: CPython keeps one object of the empty bytes and of each single byte. */
export function bytesKey(node: BytesNode): MemoKey {
  const { size, read } = node.payload;
  if (size === 0) return -1;
  const byte = size === 1 ? read?.()[0] : undefined;
  return byte ?? node;
}
