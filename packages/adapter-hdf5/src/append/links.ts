import { Cursor, nameText } from "../structure/cursor.ts";
import { denseMessages, linkMessage, symbolsOf } from "../structure/group.ts";
import type { FileImage } from "../structure/image.ts";
import { fieldsOf, type ObjectHeader } from "../structure/object-header.ts";
import { ByteBuilder, UNDEFINED_ADDRESS } from "../write/builder.ts";
import type { Message } from "../write/messages.ts";

export const LINK_INFO = 0x02;
export const LINK = 0x06;
export const SYMBOL_TABLE = 0x11;

/** A link of a group as the message it is, or would be. */
export interface GroupLink {
  readonly name: string;
  readonly order: number | undefined;
  readonly body: Uint8Array;
  /** Where in the body the address is. */
  readonly at: number;
  /** Of the object; undefined for links by words. */
  readonly address: number | undefined;
}

/** All links of a group, of either kind and wherever they are kept, with their names byte for byte. Throws FormatError. */
export async function groupLinks(image: FileImage, header: ObjectHeader): Promise<GroupLink[]> {
  const out: GroupLink[] = [];
  const table = fieldsOf(image, header, SYMBOL_TABLE);
  if (table !== undefined) for await (const { label, to } of symbolsOf(image, table)) out.push(ofSymbol(label, to));
  for (const { type, body, offset } of header.messages)
    if (type === LINK) out.push(ofMessage(image, new Cursor(body, offset, image)));
  const info = fieldsOf(image, header, LINK_INFO);
  if (info !== undefined) for await (const one of denseMessages(image, info)) out.push(ofMessage(image, one));
  return out;
}

function ofMessage(image: FileImage, from: Cursor): GroupLink {
  const link = linkMessage(image, from);
  const address = link.to === "object" ? link.address : undefined;
  // What follows in an old header or a heap is padding.
  const body = from.bytes.slice(0, from.at);
  return { name: link.name, order: link.order, body, at: body.length - image.offsetSize, address };
}

/** A symbol as a link message: names in the character set that old groups are taken to have, and no order. */
function ofSymbol(label: Uint8Array, to: number | Uint8Array): GroupLink {
  const width = label.length < 0x100 ? 0 : 1;
  const soft = typeof to !== "number";
  const out = new ByteBuilder().u8(1, (soft ? 8 : 0) | width);
  if (soft) out.u8(1);
  out.uint(label.length, 1 << width).raw(label);
  if (soft) out.u16(to.length).raw(to);
  else out.u64(to);
  const body = out.take();
  return { name: nameText(label), order: undefined, body, at: body.length - 8, address: soft ? undefined : to };
}

/** Whether a group keeps the order its members were made in, the next number of it, and the message that says so for `count` more, all in the header. */
export function linkInfoOf(
  image: FileImage,
  header: ObjectHeader,
  links: readonly GroupLink[],
): { readonly next: number | undefined; readonly info: (count: number) => Message } {
  const fields = fieldsOf(image, header, LINK_INFO)?.skip(1);
  const flags = (fields?.u8() ?? 0) & 3;
  const tracked = (flags & 1) !== 0;
  const told = tracked ? (fields?.uint(8) ?? 0) : 0;
  const next = links.reduce((n, one) => Math.max(n, (one.order ?? -1) + 1), told);
  return {
    next: tracked ? next : undefined,
    info: (count) => {
      const out = new ByteBuilder().u8(0, flags);
      if (tracked) out.u64(next + count);
      out.u64(UNDEFINED_ADDRESS).u64(UNDEFINED_ADDRESS);
      if (flags & 2) out.u64(UNDEFINED_ADDRESS);
      return { type: LINK_INFO, flags: 0, body: out.take() };
    },
  };
}
