import { type AnyArray, throwIfAborted } from "@masquerade/core";
import type { StoredChunk } from "./chunk-index.ts";
import type { Message } from "./messages.ts";
import { leavesFirst, Metadata } from "./metadata.ts";
import type { WriteDataset, WriteGroup } from "./node.ts";
import { FileOutput } from "./output.ts";
import { chunksOfRows, storedMessages, storeIndex } from "./stored.ts";
import { SUPERBLOCK_BYTES, superblock } from "./superblock.ts";

/** Writes a dataset's elements and gives the messages of its header but for the attributes. */
function store(out: FileOutput, one: WriteDataset, bytes: Uint8Array, signal: AbortSignal | undefined): Message[] {
  const { chunks } = one.storage;
  if (chunks === undefined)
    return storedMessages(one, {
      address: bytes.length === 0 ? undefined : out.append(bytes),
      bytes: bytes.length,
    });
  const stored: StoredChunk[] = [];
  for (const { origin, bytes: chunk } of chunksOfRows(one, bytes, 0)) {
    throwIfAborted(signal);
    stored.push({ address: out.append(chunk), size: chunk.length, origin });
  }
  return storedMessages(one, { address: storeIndex(out, stored, one.shape, chunks), bytes: 0 });
}

/**
 * A whole HDF5 file in pieces: readable by HDF5 1.8 and newer. The root's header follows the superblock, so that the first bytes tell what is
 * in the file; then the elements of all datasets, the texts, and the other headers, from the leaves up. The same tree gives the same bytes.
 */
export function writeFile(
  root: WriteGroup,
  values: ReadonlyMap<string, AnyArray>,
  signal?: AbortSignal,
): readonly Uint8Array[] {
  const out = new FileOutput();
  const stored = new Map<WriteDataset, readonly Message[]>();
  const metadata = new Metadata(root, stored);
  out.append(new Uint8Array(SUPERBLOCK_BYTES));
  metadata.put(root, out.append(metadata.header(root)));
  for (const node of leavesFirst(root)) {
    throwIfAborted(signal);
    if (node.node !== "dataset") continue;
    const value = node.of === undefined ? undefined : values.get(node.of);
    stored.set(node, store(out, node, value === undefined ? new Uint8Array(0) : node.bytes(value, out), signal));
  }
  const end = metadata.place(out.position);
  const parts = [...out.parts];
  parts[0] = superblock(metadata.address(root), end);
  let at = out.position;
  for (const [address, bytes] of metadata.blocks()) {
    if (address < out.position) {
      parts[1] = bytes;
      continue;
    }
    if (address > at) parts.push(new Uint8Array(address - at));
    parts.push(bytes);
    at = address + bytes.length;
  }
  return parts;
}
