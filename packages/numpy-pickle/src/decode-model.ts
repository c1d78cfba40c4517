import {
  type AnyArray,
  Bundle,
  type BundleMember,
  CapabilityError,
  type DecodeOptions,
  fillOut,
  isArray,
  isBundle,
  OptionError,
  type PlainValue,
  Tuple,
} from "@masquerade/core";
import { formatLiteral } from "@masquerade/numpy";
import { DeferredArray } from "./decode-array.ts";
import { DeferredMaskedArray } from "./decode-masked.ts";
import { isUnread } from "./decode-unread.ts";

/** An array of a pickle: here, or its data still in the file. */
export type Leaf = AnyArray | DeferredArray | DeferredMaskedArray;

export function isLeaf(value: unknown): value is Leaf {
  return isArray(value) || value instanceof DeferredArray || value instanceof DeferredMaskedArray;
}

/**
 * The value of a pickle as the model has it: an array, or its containers as bundles, down to the last that holds an array; everything
 * else beside the arrays is an attribute. Shared values stay shared. Throws CapabilityError when there is no array at all.
 */
export function toModel(value: unknown, format: string): Leaf | Bundle {
  if (isLeaf(value) || isBundle(value)) return value as Leaf | Bundle;
  const converter = new Converter();
  if (!converter.holdsArray(value))
    throw new CapabilityError(format, "plain values", `the file holds ${describeFound(value)} and no array`);
  return converter.bundle(value as Container);
}

type Container = readonly unknown[] | Tuple | ReadonlyMap<unknown, unknown>;

function isContainer(value: unknown): value is Container {
  return Array.isArray(value) || value instanceof Tuple || value instanceof Map;
}

function itemsOf(value: Container): readonly unknown[] {
  if (value instanceof Tuple) return value.items;
  return value instanceof Map ? [...value.values()] : (value as readonly unknown[]);
}

/** What the machine has finished nests at most `maxDepth` deep, so recursion is bounded here. */
class Converter {
  private readonly holding: Map<object, boolean> = new Map();
  private readonly made: Map<object, Bundle> = new Map();

  holdsArray(value: unknown): boolean {
    if (isLeaf(value) || isBundle(value)) return true;
    if (!isContainer(value)) return false;
    const known = this.holding.get(value);
    if (known !== undefined) return known;
    let holds = false;
    for (const item of itemsOf(value)) if (this.holdsArray(item)) holds = true;
    this.holding.set(value, holds);
    return holds;
  }

  bundle(value: Container): Bundle {
    const known = this.made.get(value);
    if (known !== undefined) return known;
    const made = value instanceof Map ? this.dict(value) : this.sequence(value);
    this.made.set(value, made);
    return made;
  }

  private member(value: unknown): BundleMember | undefined {
    if (isLeaf(value) || isBundle(value)) return value as BundleMember;
    return this.holdsArray(value) ? this.bundle(value as Container) : undefined;
  }

  private sequence(value: Container): Bundle {
    const entries: [string, BundleMember][] = [];
    const attrs = new Map<string, PlainValue>();
    itemsOf(value).forEach((item, i) => {
      const member = this.member(item);
      if (member === undefined) attrs.set(String(i), item as PlainValue);
      else entries.push([String(i), member]);
    });
    return new Bundle({ kind: value instanceof Tuple ? "tuple" : "list", entries, attrs });
  }

  private dict(value: ReadonlyMap<unknown, unknown>): Bundle {
    const entries: [string, BundleMember][] = [];
    const attrs = new Map<string, PlainValue>();
    const all = new Map<string, PlainValue>();
    let mixed = false;
    for (const [key, item] of value) {
      const name = uniqueName(key, all, value);
      all.set(name, key as PlainValue);
      const member = this.member(item);
      if (member === undefined) attrs.set(name, item as PlainValue);
      else {
        mixed ||= attrs.size > 0;
        entries.push([name, member]);
      }
    }
    // Where arrays and attributes are mixed their order is that of all the keys.
    const keys = mixed ? all : new Map([...all].filter(([, key]) => typeof key !== "string"));
    return new Bundle({ entries, attrs, keys });
  }
}

/** A dict's key as a name: Python's text for it, and distinct (1 and "1" are two keys). */
function uniqueName(key: unknown, taken: ReadonlyMap<string, unknown>, dict: ReadonlyMap<unknown, unknown>): string {
  if (typeof key === "string" && !taken.has(key)) return key;
  const text = typeof key === "string" ? key : keyText(key);
  const isFree = (name: string): boolean => !taken.has(name) && !dict.has(name);
  if (isFree(text)) return text;
  let n = 2;
  while (!isFree(`${text} #${n}`)) n++;
  return `${text} #${n}`;
}

function keyText(key: unknown): string {
  if (typeof key === "bigint") return String(key);
  if (isArray(key)) return "array";
  return formatLiteral(key as PlainValue);
}

/** What a value without arrays is, for a message. */
function describeFound(value: unknown): string {
  if (value === null) return "None";
  switch (typeof value) {
    case "boolean":
      return "a bool";
    case "bigint":
      return "an int";
    case "number":
      return "a float";
    case "string":
      return isUnread(value) ? value : "a str";
  }
  if (value instanceof Uint8Array) return "bytes";
  if (!isContainer(value)) return "a value";
  const kind = value instanceof Tuple ? "a tuple" : value instanceof Map ? "a dict" : "a list";
  const n = itemsOf(value).length;
  return `${kind} of ${n} item${n === 1 ? "" : "s"}`;
}

/** What `select` and `out`, the options every format has, make of a decoded value. Throws OptionError. */
export function picked(value: AnyArray | Bundle, options: DecodeOptions): BundleMember {
  let one: BundleMember = value;
  if (options.select !== undefined && options.select !== "") {
    if (!isBundle(value))
      throw new OptionError("INDEX_INVALID", "the file holds a single array without a name", "select");
    one = value.get(options.select);
  }
  if (options.out === undefined) return one;
  if (isBundle(one)) throw new OptionError("OPTION_INVALID", "out takes one array; choose it with select", "out");
  return "mask" in one ? one.with({ data: fillOut(one.data, options.out) }) : fillOut(one, options.out);
}
