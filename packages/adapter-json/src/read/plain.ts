import { Complex, type PlainValue, Tuple } from "@masquerade/core";
import type { Cursor } from "./cursor.ts";
import { readNestedDocument } from "./document.ts";
import { Raw, type Tree } from "./tree.ts";

/** The Python value a tree stands for: the inverse of what `writePlain` writes. Throws FormatError about `cursor`'s place. */
export function plainOf(tree: Tree, cursor: Cursor): PlainValue {
  if (tree instanceof Raw) throw cursor.fail("an array is not a value of its own here");
  if (tree === null || typeof tree !== "object") return tree;
  if (!(tree instanceof Map)) return listOf(tree as readonly Tree[], cursor);
  const members = tree as ReadonlyMap<string, Tree>;
  const [first] = members.keys();
  if (first?.startsWith("$") === true && members.size === 1) return taggedOf(first, members.get(first) as Tree, cursor);
  return new Map([...members].map(([name, value]) => [name, plainOf(value, cursor)] as const));
}

/** Attributes: as {@link plainOf} of an object, whose names are not tags. */
export function attrsOf(tree: Tree, cursor: Cursor): ReadonlyMap<string, PlainValue> {
  if (!(tree instanceof Map)) throw cursor.fail("an object expected");
  const out = new Map<string, PlainValue>();
  for (const [name, value] of tree as ReadonlyMap<string, Tree>)
    out.set(name, value instanceof Raw ? readNestedDocument(cursor, value) : plainOf(value, cursor));
  return out;
}

function listOf(items: Tree, cursor: Cursor): PlainValue[] {
  if (!Array.isArray(items)) throw cursor.fail("a list expected");
  return (items as readonly Tree[]).map((item) => plainOf(item, cursor));
}

function taggedOf(tag: string, value: Tree, cursor: Cursor): PlainValue {
  switch (tag) {
    case "$none":
      return null;
    case "$int":
      return intOf(value, cursor);
    case "$float":
      return floatOf(value, cursor);
    case "$bytes":
      return base64Of(value, cursor);
    case "$tuple":
      return new Tuple(listOf(value, cursor));
    case "$complex": {
      const parts = listOf(value, cursor).map((part) => (typeof part === "bigint" ? Number(part) : part));
      if (parts.length !== 2 || parts.some((part) => typeof part !== "number"))
        throw cursor.fail("$complex takes a list of two numbers");
      return new Complex(parts[0] as number, parts[1] as number);
    }
    case "$dict":
      return new Map(
        listOf(value, cursor).map((pair): readonly [PlainValue, PlainValue] => {
          if (!Array.isArray(pair) || pair.length !== 2) throw cursor.fail("$dict takes a list of pairs");
          return pair as unknown as readonly [PlainValue, PlainValue];
        }),
      );
    case "$array":
    case "$bundle":
      return readNestedDocument(cursor, value as Raw);
    default:
      throw cursor.fail(`${JSON.stringify(tag)} is no tag of this format`);
  }
}

function intOf(value: Tree, cursor: Cursor): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value !== "string" || !/^-?\d+$/.test(value)) throw cursor.fail("$int takes digits in quotes");
  if (value.length > cursor.limits.maxDigits)
    throw cursor.tooMuch("maxDigits", `an integer of ${value.length} digits is longer than ${cursor.limits.maxDigits}`);
  return BigInt(value);
}

const words: ReadonlyMap<Tree, number> = new Map<Tree, number>([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

function floatOf(value: Tree, cursor: Cursor): number {
  const found = typeof value === "bigint" ? Number(value) : typeof value === "number" ? value : words.get(value);
  if (found === undefined) throw cursor.fail('$float takes a number, "NaN", "Infinity" or "-Infinity"');
  return found;
}

function base64Of(value: Tree, cursor: Cursor): Uint8Array {
  if (typeof value !== "string" || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value))
    throw cursor.fail("$bytes takes base64");
  const text = atob(value);
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}
