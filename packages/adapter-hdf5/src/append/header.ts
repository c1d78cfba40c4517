import { CapabilityError, quoteText } from "@masquerade/core";
import { attributeMessages } from "../structure/attributes.ts";
import { Cursor, nameText } from "../structure/cursor.ts";
import type { FileImage } from "../structure/image.ts";
import { type HeaderMessage, type ObjectHeader, readObjectHeader } from "../structure/object-header.ts";
import { ByteBuilder, UNDEFINED_ADDRESS } from "../write/builder.ts";
import type { Message } from "../write/messages.ts";
import type { ChangedAttr, WriteAttr } from "../write/node.ts";

const NIL = 0x00;
const ATTRIBUTE = 0x0c;
const MODIFIED = 0x12;
const ATTRIBUTE_INFO = 0x15;
const COUNT = 0x16;
/** Flags of a header: how attributes are ordered and kept, and that it has times. */
const CARRIED = 0x3c;
const TIMES = 0x20;
/** A message's length has 16 bits. */
const MOST = 0xffff;

/** What becomes of an attribute that is there: other elements, or gone; undefined: as it was. */
export type Replace = (name: string, body: Uint8Array, valueAt: number) => Uint8Array | WriteAttr | "gone" | undefined;

/** The header of an object that is to be written anew as one of version 2, but for links. */
export interface Carried {
  readonly flags: number;
  readonly prefix: Uint8Array;
  readonly messages: readonly (Message | ChangedAttr)[];
}

const asItWas = ({ type, flags, order, body }: HeaderMessage): Message => ({
  type,
  flags,
  body,
  ...(order === undefined ? {} : { order }),
});

/** Everything an object's header needs from the file to be written anew. */
export interface HeaderToCarry {
  readonly header: ObjectHeader;
  readonly path: string;
  /** Its attributes as messages, wherever they were kept. */
  readonly attributes: readonly (Message & {
    readonly dense: boolean;
    readonly name: string;
    readonly valueAt: number;
  })[];
}

export async function headerToCarry(image: FileImage, address: number, path: string): Promise<HeaderToCarry> {
  const header = await readObjectHeader(image, address);
  const attributes = (await attributeMessages(image, header)).map(({ from, flags, order, dense }) => {
    const { name, at } = attributePlace(image, from.bytes, from.start);
    return { type: ATTRIBUTE, flags, order, body: from.bytes, dense, name, valueAt: at };
  });
  return { header, path, attributes };
}

/** The name of an attribute message, and where in its body the elements begin: section IV.A.2.m, versions 1 to 3. */
export function attributePlace(
  image: FileImage,
  body: Uint8Array,
  offset: number,
): { readonly name: string; readonly at: number } {
  const from = new Cursor(body, offset, image);
  const version = from.u8();
  from.skip(1);
  const padded = (n: number): number => (version === 1 ? Math.ceil(n / 8) * 8 : n);
  const [name, type, space] = [from.u16(), from.u16(), from.u16()];
  if (version === 3) from.skip(1);
  const label = from.take(padded(name)).subarray(0, name);
  const end = label.indexOf(0);
  const text = nameText(end < 0 ? label : label.subarray(0, end));
  return { name: text, at: from.skip(padded(type) + padded(space)).at };
}

/**
 * The header with other messages in the place of some (undefined: none), other attributes in the place of some, and more of them. Throws
 * CapabilityError where attributes that were in a heap do not fit a header.
 */
export function carried(
  { header, path, attributes }: HeaderToCarry,
  instead: ReadonlyMap<number, Message | undefined>,
  replace: Replace,
  more: readonly WriteAttr[] = [],
): Carried {
  const made = attributes.map((one) => ({ one, by: replace(one.name, one.body, one.valueAt) }));
  const touched = more.length > 0 || made.some(({ by }) => by !== undefined);
  const isOld = header.flags === undefined;
  const messages: (Message | ChangedAttr)[] = [];
  for (const one of header.messages) {
    if (one.type === NIL || one.type === ATTRIBUTE || one.type === ATTRIBUTE_INFO) continue;
    if (isOld && one.type === MODIFIED) continue;
    if (!instead.has(one.type)) messages.push(asItWas(one));
    else {
      const other = instead.get(one.type);
      if (other !== undefined) messages.push(other);
    }
  }
  const info = header.messages.find((one) => one.type === ATTRIBUTE_INFO);
  const tracked = (orderFlags(header, info) & 1) !== 0;
  if (info !== undefined && !touched) messages.push(asItWas(info));
  else if (isOld || touched) messages.push(inHeader(header, info, more.length, path));
  for (const { one, by } of made) {
    const { dense, order } = one;
    if (by === "gone" || (dense && !touched)) continue;
    const kept = tracked && order !== undefined ? { order } : {};
    if (by !== undefined && !(by instanceof Uint8Array)) messages.push({ attr: by, order: kept.order });
    else
      messages.push({ type: ATTRIBUTE, flags: one.flags, body: demandShort(by ?? one.body, path, one.name), ...kept });
  }
  const next = info !== undefined && tracked ? nextOrder(info.body) : 0;
  more.forEach((attr, i) => {
    messages.push({ attr, order: tracked ? next + i : undefined });
  });
  if (!isOld) return { flags: (header.flags as number) & CARRIED, prefix: header.prefix, messages };
  if (header.count > 1 && !messages.some((one) => "type" in one && one.type === COUNT))
    messages.push({ type: COUNT, flags: 0, body: new ByteBuilder().u8(0).u32(header.count).take() });
  const modified = header.messages.find((one) => one.type === MODIFIED)?.body.slice(4, 8);
  if (modified?.length !== 4) return { flags: 0, prefix: new Uint8Array(0), messages };
  // Headers of version 2 have four times; of version 1 the one of the last change.
  return { flags: TIMES, prefix: Uint8Array.from([...modified, ...modified, ...modified, ...modified]), messages };
}

const nextOrder = (body: Uint8Array): number => (body[2] as number) + 256 * (body[3] as number);

/** How the order of attributes is kept: as their message says, or before there are any, the header. */
const orderFlags = ({ flags = 0 }: ObjectHeader, info: HeaderMessage | undefined): number =>
  (info?.body[1] ?? flags >> 2) & 3;

/** Says that attributes are in the header, and how their order is kept. */
function inHeader(header: ObjectHeader, info: HeaderMessage | undefined, more: number, path: string): Message {
  const flags = orderFlags(header, info);
  const body = new ByteBuilder().u8(0, flags);
  if (flags & 1) {
    const next = (info === undefined ? 0 : nextOrder(info.body)) + more;
    if (next > MOST) throw unfit(path, "has too many attributes to have one more");
    body.u16(next);
  }
  body.u64(UNDEFINED_ADDRESS).u64(UNDEFINED_ADDRESS);
  if (flags & 2) body.u64(UNDEFINED_ADDRESS);
  return { type: ATTRIBUTE_INFO, flags: info?.flags ?? 0, body: body.take() };
}

function demandShort(body: Uint8Array, path: string, name: string): Uint8Array {
  if (body.length <= MOST) return body;
  throw unfit(path, `has the attribute "${quoteText(name, 40)}" of ${body.length} bytes beside one that is to change`);
}

const unfit = (path: string, why: string): CapabilityError =>
  new CapabilityError("hdf5", "append", `"${quoteText(path, 60)}" ${why}; write the file anew`);
