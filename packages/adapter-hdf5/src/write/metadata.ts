import { ByteBuilder } from "./builder.ts";
import { GlobalHeapWriter } from "./heap.ts";
import { attribute, attributeInfo, groupInfo, hardLink, linkInfo, type Message } from "./messages.ts";
import {
  isReferences,
  type LinkTo,
  type References,
  type WriteAttr,
  type WriteDataset,
  type WriteNode,
} from "./node.ts";
import { objectHeader } from "./object.ts";

/** Bytes and where they go. */
export type PlacedBytes = readonly [address: number, bytes: Uint8Array];

/** Every node below `root` and itself, members before the group they are in. Not recursion: groups may be nested as deep as memory allows. */
export function leavesFirst(root: WriteNode): WriteNode[] {
  const out: WriteNode[] = [];
  const seen = new Set<WriteNode>();
  const pending: { readonly node: WriteNode; readonly members: Iterator<WriteNode> }[] = [];
  const enter = (node: WriteNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    pending.push({ node, members: membersOf(node) });
  };
  enter(root);
  for (let last = pending.at(-1); last !== undefined; last = pending.at(-1)) {
    const next = last.members.next();
    if (next.done === true) out.push((pending.pop() as typeof last).node);
    else enter(next.value);
  }
  return out;
}

function* membersOf(node: WriteNode): Generator<WriteNode> {
  if (node.node === "group") yield* node.members.values();
  else if (node.node === "changed") for (const { node: member } of node.links) if (member !== undefined) yield member;
}

/** The headers of a tree, and what they point to: everything in a file but its elements. */
export class Metadata {
  private readonly heap = new GlobalHeapWriter();
  private readonly addresses = new Map<WriteNode, number>();
  private readonly nodes: readonly WriteNode[];
  private readonly stored: ReadonlyMap<WriteDataset, readonly Message[]>;

  /** `stored`: the messages of each dataset but for its attributes; asked for when headers are built. */
  constructor(root: WriteNode, stored: ReadonlyMap<WriteDataset, readonly Message[]>) {
    this.nodes = leavesFirst(root);
    this.stored = stored;
    for (const node of this.nodes) {
      if (node.node === "kept") this.addresses.set(node, node.address);
      for (const { value } of attrsOf(node)) this.addToHeap(value);
    }
  }

  private addToHeap(value: WriteAttr["value"]): void {
    if (value instanceof Uint8Array) return;
    if (!isReferences(value)) this.heap.addTexts(value);
    else if ("lists" in value)
      for (const list of value.lists)
        this.heap.addList(list, list.length, () => {
          const out = new ByteBuilder();
          for (const node of list) out.u64(this.address(node));
          return out.take();
        });
  }

  address(node: WriteNode): number {
    return this.addresses.get(node) ?? 0;
  }

  /** Where a node's header is to lie, if it has no place yet. */
  put(node: WriteNode, address: number): void {
    this.addresses.set(node, address);
  }

  /** Gives everything that has no place one, from `position` on. Gives the position behind it all. */
  place(position: number): number {
    let at = this.heap.place(position);
    for (const node of this.nodes) {
      if (this.addresses.has(node)) continue;
      at = Math.ceil(at / 8) * 8;
      this.addresses.set(node, at);
      at += this.header(node).length;
    }
    return at;
  }

  /** All of it, in the order of the addresses. */
  blocks(): PlacedBytes[] {
    const headers = this.nodes.flatMap((node): PlacedBytes[] =>
      node.node === "kept" ? [] : [[this.address(node), this.header(node)]],
    );
    return [...this.heap.blocks(), ...headers].sort((a, b) => a[0] - b[0]);
  }

  /** The header of a node. Its length depends on names and values alone, not on addresses. */
  header(node: WriteNode): Uint8Array {
    switch (node.node) {
      case "group": {
        const links = [...node.members].map(([name, member], i) => hardLink(name, i, this.address(member)));
        return objectHeader([linkInfo(links.length), groupInfo(), ...links, ...this.attributes(node.attrs)]);
      }
      case "dataset":
        return objectHeader([...(this.stored.get(node) ?? []), ...this.attributes(node.attrs)]);
      case "changed": {
        const messages = node.messages.map((one) => ("attr" in one ? this.attribute(one.attr, one.order ?? 0) : one));
        return objectHeader([...messages, ...node.links.map((one) => this.link(one))], node.flags, node.prefix);
      }
      case "kept":
        return new Uint8Array(0);
    }
  }

  private link({ body, at, node }: LinkTo): Message {
    const own = body.slice();
    if (node !== undefined) new DataView(own.buffer).setBigUint64(at, BigInt(this.address(node)), true);
    return { type: 0x06, flags: 0, body: own };
  }

  private attributes(attrs: readonly WriteAttr[]): Message[] {
    return [attributeInfo(attrs.length), ...attrs.map((attr, i) => this.attribute(attr, i))];
  }

  private attribute({ name, type, shape, value }: WriteAttr, order: number): Message {
    return attribute(name, type, shape, this.valueOf(value), order);
  }

  private valueOf(value: WriteAttr["value"]): Uint8Array {
    if (value instanceof Uint8Array) return value;
    return isReferences(value) ? this.referencesOf(value) : this.heap.elements(value);
  }

  private referencesOf(value: References): Uint8Array {
    if ("lists" in value) return this.heap.listElements(value.lists);
    const out = new ByteBuilder();
    for (const [node, axis] of value.uses) out.u64(this.address(node)).u32(axis).u32(0);
    return out.take();
  }
}

function attrsOf(node: WriteNode): readonly WriteAttr[] {
  if (node.node === "group" || node.node === "dataset") return node.attrs;
  return node.node === "changed" ? node.messages.flatMap((one) => ("attr" in one ? [one.attr] : [])) : [];
}
