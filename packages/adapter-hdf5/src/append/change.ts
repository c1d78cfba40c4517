import { CapabilityError, quoteText } from "@masquerade/core";
import * as names from "../names.ts";
import type { RawAttr } from "../read/raw.ts";
import { Cursor } from "../structure/cursor.ts";
import type { FileImage } from "../structure/image.ts";
import type { H5Type } from "../type/h5type.ts";
import { groupInfo, hardLink, type Message } from "../write/messages.ts";
import type { ChangedNode, LinkTo, WriteAttr, WriteNode } from "../write/node.ts";
import { listOfUses } from "../write/scales.ts";
import { carried, type Replace } from "./header.ts";
import { LINK, LINK_INFO, linkInfoOf, SYMBOL_TABLE } from "./links.ts";
import type { FileObject, FileObjects } from "./objects.ts";

const GROUP_INFO = 0x0a;
/** Messages of one header, as many as are read again. */
const MOST = 65_000;

/** What is to be different in a file, by the addresses of its objects. */
export interface Changes {
  /** Messages of headers in the place of those that are there. */
  readonly messages: Map<number, ReadonlyMap<number, Message>>;
  /** Integers of attributes. */
  readonly numbers: Map<number, readonly [name: string, value: number]>;
  /** Datasets that a scale is one for, beside those it has. */
  readonly uses: Map<number, [node: WriteNode, axis: number][]>;
  /** New members of groups. */
  readonly added: Map<number, Map<string, WriteNode>>;
}

/** Objects of a file as nodes: kept where they are, until they are changed. */
export class Nodes {
  private readonly known = new Map<number, WriteNode>();

  at(address: number): WriteNode {
    const known = this.known.get(address) ?? { node: "kept", address };
    this.known.set(address, known);
    return known;
  }
  /** Nodes point at each other: what is there becomes the other. */
  change(address: number, to: ChangedNode): void {
    Object.assign(this.at(address) as object, to);
  }
}

/** Makes changed nodes of all objects that get another place. Throws CapabilityError for headers that cannot be written so. */
export function changeAll(
  image: FileImage,
  objects: FileObjects,
  moving: ReadonlySet<number>,
  nodes: Nodes,
  changes: Changes,
): void {
  for (const address of moving) {
    const object = objects.byAddress.get(address);
    if (object === undefined) continue;
    const made =
      object.raw.node === "group"
        ? changedGroup(image, object, nodes, changes)
        : changedDataset(image, object, nodes, changes);
    if (made.messages.length + made.links.length > MOST)
      throw new CapabilityError(
        "hdf5",
        "append",
        `"${quoteText(object.raw.path, 60)}" has more than ${MOST} members, which are not listed anew; write the file anew`,
      );
    nodes.change(address, made);
  }
}

function changedDataset(image: FileImage, { raw, header }: FileObject, nodes: Nodes, changes: Changes): ChangedNode {
  const { address } = raw;
  const uses = changes.uses.get(address) ?? [];
  const number = changes.numbers.get(address);
  const replace: Replace = (name, body, valueAt) => {
    const attr = raw.attrs.find((one) => one.name === name);
    if (attr === undefined) return undefined;
    if (name === "DIMENSION_LIST") return dimensionList(attr, nodes);
    if (name === "REFERENCE_LIST") {
      const told = usesOf(image, body.subarray(valueAt), attr);
      return told === undefined
        ? undefined
        : listOfUses([...told.map(([to, axis]): [WriteNode, number] => [nodes.at(to), axis]), ...uses]);
    }
    return number?.[0] === name ? withInteger(body, valueAt, attr.type.h5, number[1]) : undefined;
  };
  const isNew = uses.length > 0 && !raw.attrs.some(({ name }) => name === "REFERENCE_LIST");
  const instead = changes.messages.get(address) ?? new Map<number, Message>();
  return { node: "changed", ...carried(header, instead, replace, isNew ? [listOfUses(uses)] : []), links: [] };
}

function dimensionList({ name, type, scales }: RawAttr, nodes: Nodes): WriteAttr | undefined {
  const points = type.h5.class === "other" ? type.h5.points : undefined;
  if (scales === undefined || typeof points !== "object" || !pointsTo(points.of)) return undefined;
  const lists = scales.map((some) => some.map((to) => nodes.at(to)));
  return { name, type: { class: "references", size: 16 }, shape: type.shape ?? [], value: { lists } };
}

const pointsTo = (type: H5Type): boolean => type.class === "other" && type.points === "object";

/** What a REFERENCE_LIST says: datasets, and the axes of theirs that the scale is for. Undefined: it is no such list. */
function usesOf(
  image: FileImage,
  value: Uint8Array,
  { type }: RawAttr,
): (readonly [address: number, axis: number])[] | undefined {
  const members = type.h5.class === "compound" ? type.h5.members : [];
  const to = members.find((one) => pointsTo(one.type));
  const axis = members.find((one) => one.type.class === "integer" && one.type.size === 4);
  if (to === undefined || axis?.type.class !== "integer" || axis.type.bigEndian) return undefined;
  return Array.from({ length: type.shape?.[0] ?? 0 }, (_, i) => {
    const one = value.subarray(i * type.h5.size, (i + 1) * type.h5.size);
    const address = new Cursor(one, 0, image).skip(to.offset).address() ?? 0;
    return [address, new Cursor(one, 0, image).skip(axis.offset).u32()] as const;
  });
}

/** An attribute that is one integer, with another value. */
function withInteger(body: Uint8Array, at: number, type: H5Type, value: number): Uint8Array | undefined {
  if (type.class !== "integer") return undefined;
  const out = body.slice();
  let rest = value;
  for (let i = 0; i < type.size; i++, rest = Math.floor(rest / 256))
    out[at + (type.bigEndian ? type.size - 1 - i : i)] = rest % 256;
  return out;
}

function changedGroup(image: FileImage, object: FileObject, nodes: Nodes, changes: Changes): ChangedNode {
  const { raw, header, links } = object;
  const more = [...(changes.added.get(raw.address) ?? new Map<string, WriteNode>())];
  const { next, info } = linkInfoOf(image, header.header, links);
  const instead = new Map<number, Message | undefined>([
    [LINK, undefined],
    [LINK_INFO, undefined],
    [SYMBOL_TABLE, undefined],
  ]);
  // The root is no longer the one array it was made of.
  const replace: Replace = (name) => (name === names.SINGLE && more.length > 0 ? "gone" : undefined);
  const { flags, prefix, messages } = carried(header, instead, replace);
  const about = messages.some((one) => "type" in one && one.type === GROUP_INFO) ? [] : [groupInfo()];
  const own = links.map(({ body, at, address }): LinkTo => {
    return { body, at, node: address === undefined ? undefined : nodes.at(address) };
  });
  const added = more.map(([name, node], i): LinkTo => {
    const { body } = hardLink(name, next === undefined ? undefined : next + i, 0);
    return { body, at: body.length - 8, node };
  });
  return {
    node: "changed",
    flags,
    prefix,
    messages: [info(more.length), ...about, ...messages],
    links: [...own, ...added],
  };
}
