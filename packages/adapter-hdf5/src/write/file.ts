import { throwIfAborted } from "@masquerade/core";
import { ByteBuilder, UNDEFINED_ADDRESS } from "./builder.ts";
import { lookup3 } from "./checksum.ts";
import { type StoredChunk, writeChunkIndex } from "./chunk-index.ts";
import { chunkOrigins, gatherChunk } from "./chunks.ts";
import { applyFilters } from "./filters.ts";
import { TextHeap } from "./heap.ts";
import {
  attribute,
  attributeInfo,
  chunkedLayout,
  contiguousLayout,
  datatype,
  fillValue,
  filterPipeline,
  groupInfo,
  hardLink,
  linkInfo,
  type Message,
  space,
} from "./messages.ts";
import type { WriteAttr, WriteDataset, WriteGroup, WriteNode } from "./node.ts";
import { objectHeader } from "./object.ts";
import { FileOutput } from "./output.ts";

/** A version 2 superblock, 48 bytes: file format specification 3.0, section II.A. */
function superblock(root: number, end: number): Uint8Array {
  const block = new ByteBuilder().u8(0x89).text("HDF\r\n").u8(0x1a).text("\n");
  block.u8(2, 8, 8, 0).u64(0).u64(UNDEFINED_ADDRESS).u64(end).u64(root);
  return block.u32(lookup3(block.take())).take();
}

function attributes(heap: TextHeap, attrs: readonly WriteAttr[]): Message[] {
  return [
    attributeInfo(attrs.length),
    ...attrs.map(({ name, type, shape, value }, i) =>
      attribute(name, type, shape, value instanceof Uint8Array ? value : heap.elements(value), i),
    ),
  ];
}

/** Writes a dataset's elements and gives the messages of its header but for the attributes. */
function elements(out: FileOutput, one: WriteDataset, signal: AbortSignal | undefined): Message[] {
  const { type, shape, bytes, storage } = one;
  const messages: Message[] = [datatype(type), space(shape), fillValue(one.fill, storage.chunks !== undefined)];
  if (storage.chunks === undefined)
    return [...messages, contiguousLayout(bytes.length === 0 ? undefined : out.append(bytes), bytes.length)];
  const stored = writeChunks(out, one, storage.chunks, signal);
  const index = stored.length === 0 ? undefined : writeChunkIndex(out, stored, pastEnd(shape, storage.chunks));
  const filters = filterPipeline(storage, type.size);
  messages.push(chunkedLayout(index, storage.chunks, type.size));
  return filters === undefined ? messages : [...messages, filters];
}

/** The first multiple of the chunk shape past every chunk: the last key of the index. */
function pastEnd(shape: readonly number[], chunks: readonly number[]): readonly number[] {
  return shape.map((n, i) => Math.ceil(n / (chunks[i] as number)) * (chunks[i] as number));
}

function writeChunks(
  out: FileOutput,
  { type, shape, bytes, storage, fill }: WriteDataset,
  chunks: readonly number[],
  signal: AbortSignal | undefined,
): StoredChunk[] {
  const stored: StoredChunk[] = [];
  if (bytes.length === 0) return stored;
  const chunk = new Uint8Array(chunks.reduce((n, m) => n * m, type.size));
  const blank = new Uint8Array(chunk.length);
  if (fill !== undefined) for (let at = 0; at < blank.length; at += fill.length) blank.set(fill, at);
  for (const origin of chunkOrigins(shape, chunks)) {
    throwIfAborted(signal);
    const partial = origin.some((at, i) => at + (chunks[i] as number) > (shape[i] as number));
    if (partial) chunk.set(blank);
    gatherChunk(bytes, shape, type.size, origin, chunks, chunk);
    const filtered = applyFilters(chunk, type.size, storage);
    stored.push({ address: out.append(filtered), size: filtered.length, origin });
  }
  return stored;
}

/** Every node, members before the group they are in. Not recursion: groups may be nested as deep as memory allows. */
function leavesFirst(root: WriteGroup): WriteNode[] {
  const out: WriteNode[] = [];
  const pending: WriteNode[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    out.push(node);
    if (node.node === "group") pending.push(...node.members.values());
  }
  return out.reverse();
}

/** A group's header. Its length depends on names and attributes alone, not on addresses. */
function groupHeader(group: WriteGroup, addresses: ReadonlyMap<WriteNode, number>, heap: TextHeap): Uint8Array {
  const links = [...group.members].map(([name, member], i) => hardLink(name, i, addresses.get(member) ?? 0));
  return objectHeader([linkInfo(links.length), groupInfo(), ...links, ...attributes(heap, group.attrs)]);
}

/**
 * A whole HDF5 file in pieces: readable by HDF5 1.8 and newer. The root's header follows the superblock, so that the first bytes tell what is
 * in the file; then the elements of all datasets, the texts, and the other headers, from the leaves up. The same tree gives the same bytes.
 */
export function writeFile(root: WriteGroup, signal?: AbortSignal): readonly Uint8Array[] {
  const out = new FileOutput();
  const nodes = leavesFirst(root);
  const heap = new TextHeap();
  for (const node of nodes)
    for (const attr of node.attrs) if (!(attr.value instanceof Uint8Array)) heap.add(attr.value);
  const addresses = new Map<WriteNode, number>();
  out.append(superblock(0, 0));
  addresses.set(root, out.append(groupHeader(root, addresses, heap)));
  const rootPart = out.parts.length - 1;
  const stored = new Map<WriteNode, Message[]>();
  for (const node of nodes) {
    throwIfAborted(signal);
    if (node.node === "dataset") stored.set(node, elements(out, node, signal));
  }
  heap.write(out);
  for (const node of nodes) {
    if (node === root) continue;
    const header =
      node.node === "group"
        ? groupHeader(node, addresses, heap)
        : objectHeader([...(stored.get(node) as Message[]), ...attributes(heap, node.attrs)]);
    addresses.set(node, out.append(header));
  }
  out.parts[rootPart] = groupHeader(root, addresses, heap);
  out.parts[0] = superblock(addresses.get(root) as number, out.position);
  return out.parts;
}
