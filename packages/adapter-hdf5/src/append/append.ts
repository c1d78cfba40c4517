import {
  type AnyArray,
  type Bundle,
  type ByteSource,
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
import type { FileImage } from "../structure/image.ts";
import type { Message } from "../write/messages.ts";
import { leavesFirst, Metadata } from "../write/metadata.ts";
import type { WriteDataset, WriteNode } from "../write/node.ts";
import { pendingNote } from "../write/pending.ts";
import { DatasetWriter } from "../write/rows.ts";
import { storedMessages } from "../write/stored.ts";
import { StreamOutput } from "../write/stream-output.ts";
import { changeAll, Nodes } from "./change.ts";
import { type Extension, extend, extensionOf } from "./extend.ts";
import { FileObjects } from "./objects.ts";
import { type Superblock, superblockOf } from "./superblock.ts";
import { planAppend, type Work } from "./work.ts";

/** A file that can be written in place. */
type Target = ByteSource & Required<Pick<ByteSource, "write">>;

/** Everything an append needs to know of the file: from here on nothing of it is read, and nothing is refused. */
interface Prepared {
  readonly target: Target;
  readonly image: FileImage;
  readonly superblock: Superblock;
  readonly root: number;
  readonly work: Work;
  readonly extensions: readonly Extension[];
  /** Makes the nodes of what gets another place, with these messages in the place of others. */
  readonly change: (messages: Map<number, ReadonlyMap<number, Message>>) => Nodes;
}

/**
 * {@link hdf5}'s append: arrays the file has grow along `axis` (0), others are added. Everything is written behind the end of the file; the
 * superblock, overwritten last and in one piece, says that it is there. So a crash leaves the file as it was, or with all of it. Room that
 * older headers and indices took is not used again. Whatever tool wrote the file: what is refused (CapabilityError, OptionError) is before a byte
 * is written.
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
  const known = await readStructure(
    target,
    {
      limits: { maxTotalBytes: Number.MAX_SAFE_INTEGER },
      signal: options.signal,
    },
    { asStored: true },
  );
  const prepared = await prepare(target, known, value, options);
  throwIfAborted(options.signal);
  await perform(prepared);
}

async function prepare(
  target: Target,
  known: KnownFile,
  value: AnyArray | Bundle,
  options: Hdf5WriteOptions,
): Promise<Prepared> {
  const { image, version, walked } = known;
  const superblock = await superblockOf(target, image, version);
  const objects = await FileObjects.of(known);
  const nodes = new Nodes();
  const work = await planAppend(known, value, options, { datasets: objects.datasets(), nodes });
  const { growing, spaces, added, uses, numbers } = work;
  const moving = await objects.moving([...growing.keys(), ...spaces.keys(), ...added.keys(), ...uses.keys()]);
  const extensions: Extension[] = [];
  for (const { raw, more } of growing.values()) extensions.push(await extensionOf(known, raw, more));
  const change = (messages: Map<number, ReadonlyMap<number, Message>>): Nodes => {
    changeAll(image, objects, moving, nodes, { messages, numbers, uses, added });
    return nodes;
  };
  // What cannot be is known before anything is written: everything but where chunks will be.
  change(new Map());
  for (const members of added.values()) for (const node of members.values()) demandWritable(node, work);
  return { target, image, superblock, root: walked.address, work, extensions, change };
}

/** Throws CapabilityError for texts that HDF5 does not hold. */
function demandWritable(top: WriteNode, { values }: Work): void {
  for (const node of leavesFirst(top)) {
    const value = node.node === "dataset" && node.of !== undefined ? values.get(node.of) : undefined;
    if (node.node !== "dataset" || value === undefined) continue;
    if (value.dtype.kind === "str" || value.dtype.kind === "string")
      node.bytes(value, { position: 0, append: () => 0 });
  }
}

async function perform({ target, image, superblock, root, work, extensions, change }: Prepared): Promise<void> {
  const { base } = image;
  const note = pendingNote(image.end + base);
  let at = image.end + base;
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
    at - base,
  );
  const messages = new Map<number, ReadonlyMap<number, Message>>(work.spaces);
  for (const one of extensions) messages.set(one.raw.address, await extend(out, one, superblock.half));
  const top = change(messages).at(root);
  const stored = new Map<WriteDataset, readonly Message[]>();
  for (const node of leavesFirst(top)) if (node.node === "dataset") stored.set(node, await store(out, node, work));
  const metadata = new Metadata(top, stored);
  const end = metadata.place(out.position);
  for (const [address, bytes] of metadata.blocks()) await out.putAt(address, bytes);
  await out.flush();
  await target.sync?.();
  // What an append that was interrupted left further behind counts as room not used.
  const size = (target.size as number) - base;
  await target.write(base, superblock.moved(metadata.address(top), Math.max(end, size)));
  await target.sync?.();
}

async function store(out: StreamOutput, node: WriteDataset, { values }: Work): Promise<readonly Message[]> {
  const value = node.of === undefined ? undefined : values.get(node.of);
  if (value === undefined) return storedMessages(node, { address: undefined, bytes: 0 });
  const writer = new DatasetWriter(out, node);
  await writer.write(value, node.shape[0] ?? 1);
  return await writer.finish();
}
