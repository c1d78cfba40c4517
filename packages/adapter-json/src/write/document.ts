import {
  type AnyArray,
  type Bundle,
  type DType,
  type Header,
  headerOf,
  isBundle,
  isMaskedArray,
  type NdArray,
  nomask,
  sameDType,
} from "@masquerade/core";
import type { ByteOut } from "./byte-out.ts";
import { type Column, columnOf, writeHidden } from "./columns.ts";
import { writeDType, writeShape } from "./dtype.ts";
import { NestedWriter } from "./nested.ts";
import { writeAttrs, writePlain } from "./plain.ts";
import { writeText } from "./text.ts";

/** Elements written between two pauses, about. */
const PIECE = 16_384;

/** The members of an object, one a line. */
export class Members {
  readonly #out: ByteOut;
  #first = true;

  constructor(out: ByteOut) {
    this.#out = out;
    out.open(123);
  }

  /** Begins a member. */
  name(name: string): void {
    const out = this.#out;
    if (!this.#first) out.byte(44);
    this.#first = false;
    out.newLine();
    writeText(out, name);
    out.byte(58);
    if (out.indent !== 0) out.byte(32);
  }

  end(): void {
    this.#out.close(125, !this.#first);
  }
}

export function writeFormat(members: Members, out: ByteOut): void {
  members.name("format");
  out.text('"masked-array"');
  members.name("version");
  out.text("1");
}

/** Everything about an array but its elements. `data`'s own subclass is told where it is not the array's. */
export function writeArrayHeader(members: Members, out: ByteOut, header: Header, dataSubclass?: string): void {
  const { dtype, shape, order, mask, fillValue, hardMask, dims, subclass, attrs } = header;
  members.name("dtype");
  writeDType(out, dtype);
  members.name("shape");
  writeShape(out, shape);
  if (order === "F") {
    members.name("order");
    out.text('"F"');
  }
  if (mask !== "plain") {
    members.name("mask");
    out.text(mask === "nomask" ? '"nomask"' : '"nulls"');
  }
  if (fillValue !== undefined) writeFill(members, out, fillValue, dtype);
  if (hardMask) {
    members.name("hard_mask");
    out.text("true");
  }
  if (subclass !== undefined) {
    members.name("subclass");
    out.text(`"${subclass}"`);
  }
  if (dataSubclass !== undefined && dataSubclass !== subclass) {
    members.name("data_subclass");
    out.text(`"${dataSubclass}"`);
  }
  if (dims !== undefined) {
    members.name("dims");
    writePlain(out, dims);
  }
  if (attrs.size > 0) {
    members.name("attrs");
    writeAttrs(out, attrs);
  }
}

function writeFill(members: Members, out: ByteOut, fill: NdArray, dtype: DType): void {
  if (!sameDType(fill.dtype, dtype) || fill.dtype.metadata !== dtype.metadata) {
    members.name("fill_value_dtype");
    writeDType(out, fill.dtype);
  }
  members.name("fill_value");
  columnOf(fill, undefined, undefined).write(out, 0);
}

/** An array as an object, pausing now and then so that full chunks can be handed on. */
export function* writeArray(out: ByteOut, array: AnyArray, top: boolean): Generator<void, void, undefined> {
  const data = isMaskedArray(array) ? array.data : array;
  const mask = isMaskedArray(array) && array.mask !== nomask ? (array.mask as NdArray) : undefined;
  const members = new Members(out);
  if (top) writeFormat(members, out);
  writeArrayHeader(members, out, headerOf(array), data.subclass);
  members.name("data");
  const column = columnOf(data, mask, out.style.precision);
  const nested = new NestedWriter(out, data.shape);
  const { size } = data;
  for (let at = 0; at < size; at += PIECE) {
    nested.rows(column, at, Math.min(PIECE, size - at));
    yield;
  }
  nested.end();
  if (mask !== undefined && out.style.hidden && anyMasked(mask)) yield* writeHiddenList(members, out, column, size);
  members.end();
}

/** Whether anything is masked. */
export function anyMasked(mask: NdArray): boolean {
  const bits = mask.toBytes("C");
  for (let i = 0; i < bits.length; i++) if (bits[i] !== 0) return true;
  return false;
}

function* writeHiddenList(
  members: Members,
  out: ByteOut,
  column: Column,
  size: number,
): Generator<void, void, undefined> {
  members.name("hidden");
  out.open(91);
  let first = true;
  for (let at = 0; at < size; at += PIECE) {
    first = writeHidden(out, column, at, Math.min(PIECE, size - at), first);
    yield;
  }
  out.close(93, false);
}

/** A bundle as an object: its kind, its entries by name, its attributes. */
export function* writeBundle(out: ByteOut, bundle: Bundle, top: boolean): Generator<void, void, undefined> {
  const members = new Members(out);
  if (top) writeFormat(members, out);
  writeBundleHeader(members, out, bundle, bundle.keys);
  members.name("entries");
  const entries = new Members(out);
  for (const [name, member] of bundle.entries) {
    entries.name(name);
    if (isBundle(member)) yield* writeBundle(out, member, false);
    else yield* writeArray(out, member, false);
  }
  entries.end();
  members.end();
}

export function writeBundleHeader(
  members: Members,
  out: ByteOut,
  bundle: { readonly kind: string; readonly attrs: Bundle["attrs"] },
  keys: Bundle["keys"],
): void {
  members.name("bundle");
  out.text(`"${bundle.kind}"`);
  if (bundle.attrs.size > 0) {
    members.name("attrs");
    writeAttrs(out, bundle.attrs);
  }
  if (keys.size > 0) {
    members.name("keys");
    writeAttrs(out, keys);
  }
}

/** An array within a Python value. */
export function writeWholeArray(out: ByteOut, array: AnyArray): void {
  run(writeArray(out, array, false));
}

/** A bundle within a Python value. */
export function writeBundleBody(out: ByteOut, bundle: Bundle): void {
  run(writeBundle(out, bundle, false));
}

function run(writing: Generator<void, void, undefined>): void {
  while (writing.next().done !== true);
}
