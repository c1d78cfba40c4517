import {
  type AnyArray,
  type Bundle,
  type ByteSource,
  CapabilityError,
  checkOptions,
  describe,
  type EncodeOptions,
  OptionError,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { type KnownFile, readStructure } from "../file.ts";
import { hdf5 } from "../format.ts";
import type { Hdf5WriteOptions } from "../options.ts";
import type { RawGroup } from "../read/raw.ts";
import { lookup3 } from "../write/checksum.ts";
import type { Message } from "../write/messages.ts";
import { leavesFirst, Metadata } from "../write/metadata.ts";
import type { WriteDataset, WriteNode } from "../write/node.ts";
import { pendingNote } from "../write/pending.ts";
import { DatasetWriter } from "../write/rows.ts";
import { storedMessages } from "../write/stored.ts";
import { StreamOutput } from "../write/stream-output.ts";
import { SUPERBLOCK_BYTES } from "../write/superblock.ts";
import { changedDataset, changedGroup, datasetsOf, headerToChange, linkedByScales } from "./change.ts";
import { extend } from "./extend.ts";
import { planAppend, type Work } from "./work.ts";

/** A file that can be written in place. */
type Target = ByteSource & Required<Pick<ByteSource, "write">>;

/**
 * {@link hdf5}'s append: arrays the file has grow along `axis` (0), others are added. Everything is written behind the end of the file; the
 * superblock, overwritten last and in one piece, says that it is there. So a crash leaves the file as it was, or with all of it. Room that
 * older headers and indices took is not used again. Throws CapabilityError for files whose groups or headers are of HDF5's older kinds.
 */
export async function appendHdf5(
  file: ByteSource,
  value: AnyArray | Bundle,
  options: Hdf5WriteOptions & EncodeOptions = {},
): Promise<void> {
  checkOptions("hdf5", hdf5.options.write, options);
  refuseLosses("hdf5", hdf5.losses(describe(value), options), options);
  if (file.write === undefined || file.size === undefined)
    throw new OptionError("OPTION_INVALID", 'a file is appended to that was opened to be written: mode "r+"', "mode");
  const target = file as Target;
  const known = await readStructure(target, {
    limits: { maxTotalBytes: Number.MAX_SAFE_INTEGER },
    signal: options.signal,
  });
  const { image, version } = known;
  if (version < 2 || image.base !== 0 || image.offsetSize !== 8 || image.lengthSize !== 8)
    throw new CapabilityError(
      "hdf5",
      "append",
      "the file is of HDF5's older kind; write it anew with masquerade, and add to that",
    );
  const work = await planAppend(known, value, options);
  throwIfAborted(options.signal);
  await perform(target, known, work);
}

async function perform(target: Target, known: KnownFile, work: Work): Promise<void> {
  const { image } = known;
  const old = (await target.read(0, SUPERBLOCK_BYTES)).slice();
  const note = pendingNote(image.end);
  let at = image.end;
  await target.write(at, note);
  await target.sync?.();
  at += note.length;
  const out = new StreamOutput(
    {
      async write(bytes) {
        await target.write(at, bytes);
        at += bytes.length;
      },
    },
    at,
  );
  const datasets = new Map<number, ReadonlyMap<number, Message>>();
  for (const { raw, more } of work.growing.values()) datasets.set(raw.address, await extend(image, out, raw, more));
  for (const [address, messages] of work.spaces) datasets.set(address, messages);
  const root = await rebuilt(known, work, datasets);
  const stored = new Map<WriteDataset, readonly Message[]>();
  for (const node of leavesFirst(root)) if (node.node === "dataset") stored.set(node, await store(out, node, work));
  const metadata = new Metadata(root, stored);
  const end = metadata.place(out.position);
  for (const [address, bytes] of metadata.blocks()) await out.putAt(address, bytes);
  await out.flush();
  await target.sync?.();
  // What an append that was interrupted left further behind counts as room not used.
  await target.write(0, movedSuperblock(old, metadata.address(root), Math.max(end, target.size as number)));
  await target.sync?.();
}

async function store(out: StreamOutput, node: WriteDataset, { values }: Work): Promise<readonly Message[]> {
  const value = node.of === undefined ? undefined : values.get(node.of);
  if (value === undefined) return storedMessages(node, { address: undefined, bytes: 0 });
  const writer = new DatasetWriter(out, node);
  await writer.write(value, node.shape[0] ?? 1);
  return await writer.finish();
}

/** The superblock with another root and another end: versions 2 and 3, section II.A. */
function movedSuperblock(old: Uint8Array, root: number, end: number): Uint8Array {
  const block = old.slice();
  const view = new DataView(block.buffer);
  view.setBigUint64(28, BigInt(end), true);
  view.setBigUint64(36, BigInt(root), true);
  view.setUint32(44, lookup3(block.subarray(0, 44)), true);
  return block;
}

/** The tree's headers that change: datasets that do, those that point to them, and all groups above them. */
async function rebuilt(
  { image, tree }: KnownFile,
  work: Work,
  changes: ReadonlyMap<number, ReadonlyMap<number, Message>>,
): Promise<WriteNode> {
  const nodes = new Map<number, WriteNode>();
  const affected = linkedByScales(tree, new Set(changes.keys()));
  const later = new Map<number, () => WriteNode>();
  for (const raw of datasetsOf(tree)) {
    if (!affected.has(raw.address)) continue;
    const header = await headerToChange(image, raw.address, raw.path);
    const instead = changes.get(raw.address) ?? new Map<number, Message>();
    later.set(raw.address, () => changedDataset(image, header, raw, instead, (address) => pointer(nodes, address)));
  }
  // Nodes point at each other: first all are there, then what they say is made.
  for (const address of later.keys()) nodes.set(address, { node: "kept", address });
  const made = new Map([...later].map(([address, make]) => [address, make()] as const));
  for (const [address, node] of made) Object.assign(nodes.get(address) as object, node);
  const root = await rebuiltGroup(image, tree, work, nodes);
  return root ?? { node: "kept", address: tree.address };
}

const pointer = (nodes: ReadonlyMap<number, WriteNode>, address: number): WriteNode =>
  nodes.get(address) ?? { node: "kept", address };

/** Recursion is bounded: the tree's depth was. */
async function rebuiltGroup(
  image: KnownFile["image"],
  group: RawGroup,
  work: Work,
  nodes: Map<number, WriteNode>,
): Promise<WriteNode | undefined> {
  const instead = new Map<number, WriteNode>();
  for (const [, node] of group.members) {
    if (node.node === "dataset" && nodes.has(node.address))
      instead.set(node.address, nodes.get(node.address) as WriteNode);
    if (node.node !== "group") continue;
    const inner = nodes.get(node.address) ?? (await rebuiltGroup(image, node, work, nodes));
    if (inner === undefined) continue;
    nodes.set(node.address, inner);
    instead.set(node.address, inner);
  }
  const more = work.added.get(group.address) ?? new Map<string, WriteNode>();
  if (instead.size === 0 && more.size === 0) return undefined;
  return await changedGroup(image, group, instead, more);
}
