import {
  type AnyArray,
  type Attrs,
  Bundle,
  type BundleKind,
  type BundleMember,
  Complex,
  noAttrs,
  type PlainValue,
  quoteText,
  Tuple,
} from "@masquerade/core";
import type { Range, WireReader } from "../wire/reader.ts";
import { integerOf, numberOf } from "./bits.ts";
import type { BufferTable } from "./buffers.ts";
import { readArray } from "./read-array.ts";
import {
  attributeRules,
  bundleRules,
  complexRules,
  dictItemRules,
  entryRules,
  sequenceRules,
  valueRules,
} from "./rules.ts";
import { bundleKinds } from "./tables.ts";

/** A message Value, next or in the range given. */
export function readValue(reader: WireReader, buffers: BufferTable, range?: Range): PlainValue {
  const start = range?.start ?? reader.at;
  let found: { readonly value: PlainValue } | undefined;
  const field = (number: number): void => {
    if (found !== undefined) throw reader.fail("a value is two things at once");
    found = { value: kindOf(reader, buffers, number) };
  };
  if (range === undefined) reader.message("a value", valueRules, field);
  else reader.later("a value", range, valueRules, field);
  if (found === undefined) throw reader.fail("a value is nothing at all", start);
  return (found as { readonly value: PlainValue }).value;
}

function kindOf(reader: WireReader, buffers: BufferTable, field: number): PlainValue {
  switch (field) {
    case 1:
      if (!reader.boolean("none")) throw reader.fail("a value is not None and nothing else");
      return null;
    case 2:
      return reader.boolean("a bool");
    case 3:
      return BigInt.asIntN(64, reader.fixed64());
    case 4:
      return bigInteger(reader);
    case 5:
      return numberOf(reader.fixed64());
    case 6:
      return reader.text("a text");
    case 7:
      return Uint8Array.from(reader.bytes("bytes"));
    case 8:
      return readComplex(reader);
    case 9:
      return readItems(reader, buffers);
    case 10:
      return new Tuple(readItems(reader, buffers));
    case 11:
      return readDict(reader, buffers);
    case 12:
      return readArray(reader, buffers);
    default:
      return readBundle(reader, buffers);
  }
}

function bigInteger(reader: WireReader): bigint {
  const at = reader.at;
  const raw = reader.bytes("an integer");
  const { maxDigits } = reader.limits;
  // 0.415 bytes a decimal digit.
  if (raw.length > maxDigits * 0.416 + 8) throw reader.limit("maxDigits", `an integer of ${raw.length} bytes`, at);
  const value = integerOf(raw);
  if (raw.length < 8 || BigInt.asIntN(64, value) === value) throw reader.fail("a big integer is a small one", at);
  return value;
}

function readComplex(reader: WireReader): Complex {
  let re = 0n;
  let im = 0n;
  reader.message("a complex number", complexRules, (field) => {
    if (field === 1) re = reader.fixed64();
    else im = reader.fixed64();
  });
  return new Complex(numberOf(re), numberOf(im));
}

function readItems(reader: WireReader, buffers: BufferTable): PlainValue[] {
  const items: PlainValue[] = [];
  reader.message("a sequence", sequenceRules, () => items.push(readValue(reader, buffers)));
  return items;
}

function readDict(reader: WireReader, buffers: BufferTable): ReadonlyMap<PlainValue, PlainValue> {
  const items = new Map<PlainValue, PlainValue>();
  reader.message("a dict", sequenceRules, () => {
    let key: PlainValue | undefined;
    let value: PlainValue | undefined;
    reader.message("an item of a dict", dictItemRules, (field) => {
      if (field === 1) key = readValue(reader, buffers);
      else value = readValue(reader, buffers);
    });
    if (key === undefined || value === undefined) throw reader.fail("an item of a dict lacks its key or its value");
    if (items.has(key)) throw reader.fail("a dict has a key twice");
    items.set(key, value);
  });
  return items;
}

/** One message Attribute, into `into`. */
export function readAttribute(reader: WireReader, buffers: BufferTable, into: Map<string, PlainValue>): void {
  let name = "";
  let value: PlainValue | undefined;
  reader.message("an attribute", attributeRules, (field) => {
    if (field === 1) name = reader.text("an attribute's name");
    else value = readValue(reader, buffers);
  });
  if (value === undefined) throw reader.fail(`the attribute "${quoteText(name)}" has no value`);
  if (into.has(name)) throw reader.fail(`the attribute "${quoteText(name)}" comes twice`);
  into.set(name, value);
}

/** Attributes as the model has them: none is one shared map. */
export const attrsOf = (read: ReadonlyMap<string, PlainValue>): Attrs => (read.size === 0 ? noAttrs : read);

/** The fields of a message Bundle, one by one, and the bundle they make. */
export function bundleParts(
  reader: WireReader,
  buffers: BufferTable,
): { readonly field: (number: number) => void; readonly done: () => Bundle } {
  let kind: BundleKind | undefined;
  const entries = new Map<string, BundleMember>();
  const attrs = new Map<string, PlainValue>();
  const keys = new Map<string, PlainValue>();
  return {
    field: (number) => {
      if (number === 1) kind = reader.enumeration("a bundle's kind", bundleKinds);
      else if (number === 2) readEntry(reader, buffers, entries);
      else readAttribute(reader, buffers, number === 3 ? attrs : keys);
    },
    done: () => new Bundle(bundleOf(reader, kind, entries, attrs, keys)),
  };
}

/** What a message Bundle says, checked as a whole. */
export function bundleOf<M>(
  reader: WireReader,
  kind: BundleKind | undefined,
  entries: ReadonlyMap<string, M>,
  attrs: ReadonlyMap<string, PlainValue>,
  keys: ReadonlyMap<string, PlainValue>,
): {
  readonly kind: BundleKind;
  readonly entries: ReadonlyMap<string, M>;
  readonly attrs: Attrs;
  readonly keys: ReadonlyMap<string, PlainValue>;
} {
  if (kind === undefined) throw reader.fail("a bundle does not say what it is");
  for (const name of keys.keys())
    if (!entries.has(name) && !attrs.has(name)) throw reader.fail(`a key belongs to nothing: "${quoteText(name)}"`);
  if (kind !== "dict" && !isCounted(entries, attrs)) throw reader.fail(`items of a ${kind} are called 0, 1, …`);
  return { kind, entries, attrs: attrsOf(attrs), keys };
}

/** Whether the names of arrays and plain values together are 0, 1, … without a gap. */
function isCounted(entries: ReadonlyMap<string, unknown>, attrs: ReadonlyMap<string, unknown>): boolean {
  const count = entries.size + attrs.size;
  for (const names of [entries.keys(), attrs.keys()])
    for (const name of names) if (!/^(0|[1-9]\d{0,15})$/.test(name) || Number(name) >= count) return false;
  return [...entries.keys()].every((name) => !attrs.has(name));
}

export function readBundle(reader: WireReader, buffers: BufferTable): Bundle {
  const parts = bundleParts(reader, buffers);
  reader.message("a bundle", bundleRules, parts.field);
  return parts.done();
}

function readEntry(reader: WireReader, buffers: BufferTable, into: Map<string, BundleMember>): void {
  let name = "";
  let member: AnyArray | Bundle | undefined;
  reader.message("a member of a bundle", entryRules, (field) => {
    if (field === 1) {
      name = reader.text("a member's name");
      return;
    }
    if (member !== undefined) throw reader.fail("a member of a bundle is two things at once");
    member = field === 2 ? readArray(reader, buffers) : readBundle(reader, buffers);
  });
  if (member === undefined) throw reader.fail(`the member "${quoteText(name)}" is nothing at all`);
  if (into.has(name)) throw reader.fail(`the member "${quoteText(name)}" comes twice`);
  into.set(name, member);
}
