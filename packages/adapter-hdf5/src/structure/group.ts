import { LimitError } from "@masquerade/core";
import { btree2Records } from "./btree2.ts";
import { Cursor, malformed, nameText } from "./cursor.ts";
import { FractalHeap } from "./fractal-heap.ts";
import type { FileImage } from "./image.ts";
import { fieldsOf, type ObjectHeader } from "./object-header.ts";

/** A member of a group: an object, or words that lead to one. */
export type Link = { readonly name: string; readonly order: number | undefined } & (
  | { readonly to: "object"; readonly address: number }
  | { readonly to: "path"; readonly path: string }
  | { readonly to: "file"; readonly file: string; readonly path: string }
  | { readonly to: "unknown" }
);

const SYMBOL_TABLE = 0x11;
const LINK = 0x06;
const LINK_INFO = 0x02;
/** The deepest B-tree of an old group that is believed. */
const MAX_LEVELS = 16;

export const isGroup = (header: ObjectHeader): boolean =>
  header.messages.some(({ type }) => type === SYMBOL_TABLE || type === LINK_INFO || type === LINK);

/** Members of a group, of either kind: in the order they were made where that is kept, else by name. Throws FormatError, LimitError. */
export async function linksOf(image: FileImage, header: ObjectHeader): Promise<readonly Link[]> {
  const links: Link[] = [];
  const most = image.patience.limits.maxObjects;
  const table = fieldsOf(image, header, SYMBOL_TABLE);
  if (table !== undefined) for await (const link of oldLinks(image, table)) push(links, link, most);
  for (const one of header.messages)
    if (one.type === LINK) push(links, linkMessage(image, new Cursor(one.body, one.offset, image)), most);
  const info = fieldsOf(image, header, LINK_INFO);
  if (info !== undefined) for await (const link of denseLinks(image, info)) push(links, link, most);
  const seen = new Set<string>();
  for (const { name } of links) {
    if (seen.has(name)) throw malformed("a group with two members of one name", header.address + image.base);
    seen.add(name);
  }
  const ordered = links.every((one) => one.order !== undefined);
  return links.sort((a, b) => (ordered ? (a.order as number) - (b.order as number) : a.name < b.name ? -1 : 1));
}

function push(links: Link[], link: Link, most: number): void {
  if (links.length >= most)
    throw new LimitError("maxObjects", `a group has more than ${most} members`, { format: "hdf5" });
  links.push(link);
}

/** A link message: section IV.A.2.g. */
export function linkMessage(image: FileImage, from: Cursor): Link {
  const version = from.u8();
  if (version !== 1) throw from.fail(`a link of version ${version}`);
  const flags = from.u8();
  const type = flags & 8 ? from.u8() : 0;
  const order = flags & 4 ? from.uint(8) : undefined;
  if (flags & 16) from.skip(1);
  const name = nameText(from.take(from.uint(1 << (flags & 3))));
  if (type === 0) {
    const address = from.address();
    if (address === undefined) throw from.fail("a link to no address");
    return { name, order, to: "object", address };
  }
  const value = new Cursor(from.take(from.u16()), from.start + from.at, image);
  if (type === 1) return { name, order, to: "path", path: nameText(value.bytes) };
  if (type !== 64) return { name, order, to: "unknown" };
  value.skip(1);
  return { name, order, to: "file", file: nameText(value.untilNul()), path: nameText(value.untilNul()) };
}

async function* denseLinks(image: FileImage, info: Cursor): AsyncGenerator<Link> {
  for await (const message of denseMessages(image, info)) yield linkMessage(image, message);
}

/** Messages of the links in a fractal heap, listed by name in a B-tree. */
export async function* denseMessages(image: FileImage, info: Cursor): AsyncGenerator<Cursor> {
  const version = info.u8();
  if (version !== 0) throw info.fail(`a link info of version ${version}`);
  if (info.u8() & 1) info.skip(8);
  const [heapAt, names] = [info.address(), info.address()];
  if (heapAt === undefined || names === undefined) return;
  const heap = await FractalHeap.open(image, heapAt);
  for await (const record of btree2Records(image, names, 5, image.patience.limits.maxObjects)) {
    const { bytes, offset } = await heap.object(record.subarray(4));
    yield new Cursor(bytes, offset, image);
  }
}

/** A member of an old group as the file has it: its name, and an object or the path that leads to one. */
export interface SymbolEntry {
  readonly label: Uint8Array;
  readonly to: number | Uint8Array;
}

async function* oldLinks(image: FileImage, table: Cursor): AsyncGenerator<Link> {
  for await (const { label, to } of symbolsOf(image, table)) {
    const about = { name: nameText(label), order: undefined };
    if (typeof to === "number") yield { ...about, to: "object", address: to };
    else yield { ...about, to: "path", path: nameText(to) };
  }
}

/** Symbols of an old group: a version 1 B-tree over nodes of them, their names in a local heap. Sections III.A.1, III.B, III.D. */
export async function* symbolsOf(image: FileImage, table: Cursor): AsyncGenerator<SymbolEntry> {
  const [tree, heapAt] = [table.address(), table.address()];
  if (tree === undefined || heapAt === undefined) return;
  const { offsetSize, lengthSize } = image;
  const head = await image.cursor(heapAt, 8 + 2 * lengthSize + offsetSize);
  const size = head.signature("HEAP", 0).skip(3).length();
  head.length();
  const at = head.address();
  if (size === undefined || at === undefined) throw head.fail("a local heap of nothing");
  const texts = await image.cursor(at, size);
  const text = (offset: number): Uint8Array => {
    if (offset >= texts.bytes.length) throw texts.fail("a name outside its heap");
    texts.at = offset;
    return texts.untilNul();
  };
  for await (const node of symbolNodes(image, tree)) {
    const symbols = await image.peek(node, 8);
    const count = symbols.signature("SNOD", 1).skip(1).u16();
    const entries = await image.cursor(node + 8, count * (2 * offsetSize + 24));
    for (let i = 0; i < count; i++) {
      const label = text(entries.uint(offsetSize));
      const address = entries.address();
      const kind = entries.u32();
      const scratch = entries.skip(4).u32();
      entries.skip(12);
      if (kind === 2) yield { label, to: text(scratch) };
      else if (address === undefined) throw entries.fail("a symbol without an object");
      else yield { label, to: address };
    }
  }
}

/** Addresses of the symbol nodes of an old group, each once. */
async function* symbolNodes(image: FileImage, root: number): AsyncGenerator<number> {
  const { offsetSize, lengthSize } = image;
  const seen = new Set<number>();
  const pending: (readonly [address: number, levels: number])[] = [[root, MAX_LEVELS]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [address, levels] = next;
    if (levels === 0 || seen.has(address))
      throw malformed("a B-tree of a group that does not end", address + image.base);
    seen.add(address);
    const head = await image.cursor(address, 8 + 2 * offsetSize);
    for (const letter of [0x54, 0x52, 0x45, 0x45])
      if (head.u8() !== letter) throw malformed("there is no TREE where one should be", address + image.base);
    if (head.u8() !== 0) throw head.fail("a B-tree of another kind in a group");
    const [level, count] = [head.u8(), head.u16()];
    const body = await image.cursor(address + 8 + 2 * offsetSize, count * (lengthSize + offsetSize));
    const children: number[] = [];
    for (let i = 0; i < count; i++) {
      const child = body.skip(lengthSize).address();
      if (child === undefined) throw body.fail("a node of a B-tree is nowhere");
      children.push(child);
    }
    if (level > 0) for (const child of children.reverse()) pending.push([child, levels - 1]);
    else
      for (const child of children) {
        if (seen.has(child)) throw malformed("a node of a group that is in it twice", child + image.base);
        seen.add(child);
        yield child;
      }
  }
}
