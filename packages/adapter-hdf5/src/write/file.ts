import { throwIfAborted } from "@masquerade/core";
import { ByteBuilder, UNDEFINED_ADDRESS } from "./builder.ts";
import { lookup3 } from "./checksum.ts";
import { writeChunkIndex, type StoredChunk } from "./chunk-index.ts";
import { chunkOrigins, gatherChunk } from "./chunks.ts";
import { applyFilters } from "./filters.ts";
import { heapTexts } from "./heap.ts";
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

function attributes(out: FileOutput, attrs: readonly WriteAttr[]): Message[] {
  return [
    attributeInfo(attrs.length),
    ...attrs.map(({ name, type, shape, value }, i) =>
      attribute(name, type, shape, value instanceof Uint8Array ? value : heapTexts(out, value), i),
    ),
  ];
}

function dataset(out: FileOutput, one: WriteDataset, signal: AbortSignal | undefined): number {
  const { type, shape, bytes, storage } = one;
  const attrs = attributes(out, one.attrs);
  const messages: Message[] = [datatype(type), space(shape), fillValue(one.fill, storage.chunks !== undefined)];
  if (storage.chunks === undefined)
    messages.push(contiguousLayout(bytes.length === 0 ? undefined : out.append(bytes), bytes.length));
  else {
    const stored = writeChunks(out, one, storage.chunks, signal);
    const index = stored.length === 0 ? undefined : writeChunkIndex(out, stored, pastEnd(shape, storage.chunks));
    messages.push(chunkedLayout(index, storage.chunks, type.size));
    const filters = filterPipeline(storage, type.size);
    if (filters !== undefined) messages.push(filters);
  }
  return out.append(objectHeader([...messages, ...attrs]));
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

/**
 * A whole HDF5 file in pieces: readable by HDF5 1.8 and newer. Groups before their members would not know the members' addresses, so the
 * file is written from the leaves to the root. The same tree gives the same bytes.
 */
export function writeFile(root: WriteGroup, signal?: AbortSignal): readonly Uint8Array[] {
  const out = new FileOutput();
  out.append(new Uint8Array(48));
  const addresses = new Map<WriteNode, number>();
  // Not recursion: groups may be nested as deep as memory allows.
  const pending: { readonly node: WriteNode; readonly entered: boolean }[] = [{ node: root, entered: false }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, entered } = next;
    throwIfAborted(signal);
    if (node.node === "dataset") addresses.set(node, dataset(out, node, signal));
    else if (entered) {
      const links = [...node.members].map(([name, member], i) => hardLink(name, i, addresses.get(member) as number));
      const messages = [linkInfo(links.length), groupInfo(), ...links, ...attributes(out, node.attrs)];
      addresses.set(node, out.append(objectHeader(messages)));
    } else {
      pending.push({ node, entered: true });
      for (const member of [...node.members.values()].reverse()) pending.push({ node: member, entered: false });
    }
  }
  out.parts[0] = superblock(addresses.get(root) as number, out.position);
  return out.parts;
}
