import { CapabilityError } from "@masquerade/core";
import * as names from "../names.ts";
import type { RawAttr, RawDataset, RawGroup } from "../read/raw.ts";
import { Cursor } from "../structure/cursor.ts";
import { linksOf } from "../structure/group.ts";
import type { FileImage } from "../structure/image.ts";
import { fieldsOf, type HeaderMessage, type ObjectHeader, readObjectHeader } from "../structure/object-header.ts";
import { ByteBuilder, UNDEFINED_ADDRESS } from "../write/builder.ts";
import type { Message } from "../write/messages.ts";
import type { ChangedAttr, ChangedNode, WriteAttr, WriteNode } from "../write/node.ts";
import { useType } from "../write/scales.ts";

const NIL = 0x00;
const LINK_INFO = 0x02;
const LINK = 0x06;
const ATTRIBUTE = 0x0c;
const SYMBOL_TABLE = 0x11;
/** Flags of a header that tell how attributes are ordered. */
const ORDERED = 0x0c;

const refuse = (path: string, why: string): CapabilityError =>
  new CapabilityError("hdf5", "append", `${path} ${why}; write the file anew with masquerade, and add to that`);

const asItWas = ({ type, flags, order, body }: HeaderMessage): Message => ({
  type,
  flags,
  body,
  ...(order === undefined ? {} : { order }),
});

/** The header of an object that is to be written anew. Throws CapabilityError for headers of the older version. */
export async function headerToChange(image: FileImage, address: number, path: string): Promise<ObjectHeader> {
  const header = await readObjectHeader(image, address);
  if (header.flags === undefined) throw refuse(`"${path}"`, "has a header of HDF5's older kind");
  return header;
}

/** The name of an attribute message, and where in its body the elements begin: section IV.A.2.m, version 3. */
export function attributePlace(
  image: FileImage,
  message: HeaderMessage,
): { readonly name: string; readonly at: number } | undefined {
  const from = new Cursor(message.body, message.offset, image);
  const version = from.u8();
  if (version < 2) return undefined;
  from.skip(1);
  const [name, type, space] = [from.u16(), from.u16(), from.u16()];
  if (version === 3) from.skip(1);
  const label = new TextDecoder().decode(from.take(name)).split("\0", 1)[0] as string;
  return { name: label, at: from.skip(type + space).at };
}

/** A dataset with other messages in the place of some, and its references to `nodes` by their new addresses. */
export function changedDataset(
  image: FileImage,
  header: ObjectHeader,
  raw: RawDataset,
  instead: ReadonlyMap<number, Message>,
  nodes: (address: number) => WriteNode,
): ChangedNode {
  const messages = header.messages.flatMap((one): (Message | ChangedAttr)[] => {
    if (one.type === NIL) return [];
    const attr = one.type === ATTRIBUTE ? referring(image, one, raw, nodes) : undefined;
    if (attr !== undefined) return [{ attr, order: one.order }];
    return [instead.get(one.type) ?? asItWas(one)];
  });
  return { node: "changed", flags: (header.flags as number) & ORDERED, messages, members: undefined };
}

/** An attribute that points to other datasets, with their nodes; undefined for all others. */
function referring(
  image: FileImage,
  message: HeaderMessage,
  raw: RawDataset,
  nodes: (address: number) => WriteNode,
): WriteAttr | undefined {
  const place = attributePlace(image, message);
  const known = raw.attrs.find((one) => one.name === place?.name);
  if (place === undefined || known === undefined) return undefined;
  const { name } = place;
  const shape = known.type.shape ?? [];
  if (name === "DIMENSION_LIST") {
    const lists = (known.scales ?? []).map((some) => some.map(nodes));
    return { name, type: { class: "references", size: 16 }, shape, value: { lists } };
  }
  if (name !== "REFERENCE_LIST") return undefined;
  return {
    name,
    type: useType,
    shape,
    value: { uses: usesOf(image, message, known).map(([at, axis]) => [nodes(at), axis]) },
  };
}

/** What a REFERENCE_LIST says: datasets, and the axes of theirs that the scale is for. */
function usesOf(
  image: FileImage,
  message: HeaderMessage,
  { type }: RawAttr,
): (readonly [address: number, axis: number])[] {
  const place = attributePlace(image, message);
  const from = new Cursor(message.body, message.offset, image);
  from.skip(place?.at ?? 0);
  const { size } = type.h5;
  return Array.from({ length: type.shape?.[0] ?? 0 }, () => {
    const one = new Cursor(from.take(size), message.offset, image);
    return [one.address() ?? 0, one.u32()] as const;
  });
}

/** A group with other members in the place of some, and more. Throws CapabilityError for groups of kinds that are only read. */
export async function changedGroup(
  image: FileImage,
  raw: RawGroup,
  instead: ReadonlyMap<number, WriteNode>,
  more: ReadonlyMap<string, WriteNode>,
): Promise<ChangedNode> {
  const header = await headerToChange(image, raw.address, raw.path);
  const info = fieldsOf(image, header, LINK_INFO);
  if (header.messages.some((one) => one.type === SYMBOL_TABLE) || info === undefined)
    throw refuse(`the group "${raw.path}"`, "is of HDF5's older kind");
  info.skip(1);
  const flags = info.u8();
  if (flags & 1) info.skip(8);
  if (info.address() !== undefined) throw refuse(`the group "${raw.path}"`, "has its members in a heap");
  const links = await linksOf(image, header);
  const tracked = (flags & 1) !== 0;
  let next = links.reduce((n, one) => Math.max(n, (one.order ?? -1) + 1), 0);
  const members: (readonly [string, number | undefined, WriteNode])[] = [];
  const others: Message[] = [];
  for (const message of header.messages) {
    if (message.type !== LINK) continue;
    const link = (await linksOf(image, { ...header, messages: [message] }))[0];
    if (link?.to !== "object" || !instead.has(link.address)) others.push(asItWas(message));
    else members.push([link.name, link.order, instead.get(link.address) as WriteNode]);
  }
  for (const [name, node] of more) members.push([name, tracked ? next++ : undefined, node]);
  const kept = header.messages.filter(({ type }) => type !== NIL && type !== LINK && type !== LINK_INFO);
  const single = (one: HeaderMessage): boolean =>
    more.size > 0 && one.type === ATTRIBUTE && attributePlace(image, one)?.name === names.SINGLE;
  const linkInfo = new ByteBuilder().u8(0, flags & 3);
  if (tracked) linkInfo.u64(next);
  linkInfo.u64(UNDEFINED_ADDRESS).u64(UNDEFINED_ADDRESS);
  if (flags & 2) linkInfo.u64(UNDEFINED_ADDRESS);
  return {
    node: "changed",
    flags: (header.flags as number) & ORDERED,
    messages: [
      { type: LINK_INFO, flags: 0, body: linkInfo.take() },
      ...kept.filter((one) => !single(one)).map(asItWas),
      ...others,
    ],
    members,
  };
}

/** Datasets that point at each other by dimension scales: addresses of those linked to any of `from`, themselves included. */
export function linkedByScales(tree: RawGroup, from: ReadonlySet<number>): ReadonlySet<number> {
  const neighbours = new Map<number, Set<number>>();
  const join = (a: number, b: number): void => void (neighbours.get(a) ?? neighbours.set(a, new Set()).get(a))?.add(b);
  for (const raw of datasetsOf(tree))
    for (const address of scalesOf(raw.attrs).flat()) {
      join(raw.address, address);
      join(address, raw.address);
    }
  const out = new Set(from);
  for (const one of out) for (const other of neighbours.get(one) ?? []) out.add(other);
  return out;
}

const scalesOf = (attrs: readonly RawAttr[]): readonly (readonly number[])[] =>
  attrs.find((one) => one.scales !== undefined)?.scales ?? [];

/** Every dataset once. Recursion is bounded: the tree's depth was. */
export function datasetsOf(group: RawGroup, out: Map<number, RawDataset> = new Map()): Iterable<RawDataset> {
  for (const [, node] of group.members) {
    if (node.node === "dataset") out.set(node.address, node);
    else if (node.node === "group") datasetsOf(node, out);
  }
  return out.values();
}
