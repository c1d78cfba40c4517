import { crc32, deflateRawChunks } from "@masquerade/compression";
import {
  type Block,
  type BundleHeader,
  type ByteSink,
  checkOptions,
  type EncodeOptions,
  eachHeader,
  type FileWriter,
  type Header,
  type NdArray,
  OptionError,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { writeNpyHeader } from "@masquerade/numpy";
import { acceptBlock, missingBlocks, type PlaneWriter, totalOf } from "../lazy/writing.ts";
import { dataDescriptor, directoryParts, encodeName, localHeader, type MemberRecord } from "../zip/write.ts";
import { absentMask } from "./encode.ts";
import { type NpzWriteOptions, npz } from "./format.ts";
import { type Member, membersOf } from "./members.ts";
import { Pipe } from "./pipe.ts";

/** Compressed bytes of a member on their way to the sink. */
interface Deflating {
  readonly pipe: Pipe;
  readonly done: Promise<void>;
}

/** Writes the members of an archive one after another. */
class NpzWriter implements FileWriter {
  readonly planes = "data-first" as const;
  readonly pieces = true;
  readonly sink: ByteSink;
  readonly options: NpzWriteOptions & EncodeOptions;
  readonly members: readonly Member[];
  readonly comment: Uint8Array;
  readonly fills: ReadonlyMap<string, NdArray>;
  readonly records: MemberRecord[] = [];
  next = 0;
  current: PlaneWriter | undefined;
  deflating: Deflating | undefined;

  constructor(sink: ByteSink, plan: Header | BundleHeader, options: NpzWriteOptions & EncodeOptions) {
    const { members, comment } = membersOf(plan);
    this.sink = sink;
    this.options = options;
    this.members = members;
    this.comment = comment;
    this.fills = new Map(
      [...eachHeader(plan)].flatMap(([path, h]) => (h.fillValue === undefined ? [] : [[path, h.fillValue]])),
    );
  }

  /** Begins members until one needs blocks: fill values, absent masks and empty planes need none. */
  async advance(): Promise<void> {
    while (this.next < this.members.length) {
      const member = this.members[this.next++] as Member;
      await this.begin(member);
      const ready =
        member.plane === "fill" ? (this.fills.get(member.path) as NdArray) : member.nomask ? absentMask() : undefined;
      if (ready !== undefined) {
        await this.put(ready.toBytes(ready.order));
        await this.end();
        continue;
      }
      const { dtype, shape, order } = member.header;
      this.current = { path: member.path, plane: member.plane as "data" | "mask", shape, order, dtype, done: 0 };
      if (totalOf(this.current) > 0) return;
      await this.end();
    }
    this.current = undefined;
  }

  async begin(member: Member): Promise<void> {
    const { dtype, shape, order } = member.header;
    const header = writeNpyHeader({ dtype, shape, order, format: "npz" });
    const size = header.length + dtype.itemsize * shape.reduce((n, d) => n * d, 1);
    const name = encodeName(`${member.key}.npy`);
    const record: MemberRecord = {
      name: name.bytes,
      utf8: name.utf8,
      method: this.options.compress ? 8 : 0,
      descriptor: this.sink.writeAt === undefined,
      offset: this.sink.position,
      crc: 0,
      size,
      packedSize: size,
    };
    this.records.push(record);
    await this.sink.write(localHeader(record));
    if (this.options.compress) {
      const pipe = new Pipe();
      const start = this.sink.position;
      const done = (async () => {
        try {
          for await (const chunk of deflateRawChunks(pipe, { level: this.options.level ?? 6 }))
            await this.sink.write(chunk);
          record.packedSize = this.sink.position - start;
        } catch (e) {
          pipe.fail(e);
          throw e;
        }
      })();
      done.catch(() => {}); // reported by put and end
      this.deflating = { pipe, done };
    }
    await this.put(header);
  }

  async put(bytes: Uint8Array): Promise<void> {
    const record = this.records.at(-1) as MemberRecord;
    record.crc = crc32(bytes, record.crc);
    if (this.deflating === undefined) await this.sink.write(bytes);
    else await this.deflating.pipe.push(bytes);
  }

  /** Completes the member: its checksum and sizes go into its header, or behind it where the sink cannot go back. */
  async end(): Promise<void> {
    const record = this.records.at(-1) as MemberRecord;
    if (this.deflating !== undefined) {
      this.deflating.pipe.end();
      await this.deflating.done;
      this.deflating = undefined;
    }
    if (record.descriptor) await this.sink.write(dataDescriptor(record));
    else await this.sink.writeAt?.(record.offset, localHeader(record));
  }

  async write(block: Block): Promise<void> {
    throwIfAborted(this.options.signal);
    if (block.value.size === 0) return; // of an empty array, which was written when its turn came
    const { current } = this;
    if (
      current === undefined ||
      block.array !== current.path ||
      (block.plane !== current.plane && block.plane !== "both")
    ) {
      const want = current === undefined ? "nothing more" : `blocks of ${current.plane} of "${current.path}"`;
      throw new OptionError("INDEX_INVALID", `npz: ${want} expected, not ${block.plane} of "${block.array}"`);
    }
    if (block.plane === "both" && this.hasMask(current.path))
      throw new OptionError(
        "INDEX_INVALID",
        "npz: all data of a masked array come before its mask, in blocks of one plane each",
      );
    await this.put(acceptBlock(current, block, "npz"));
    this.options.onProgress?.(this.sink.position, undefined);
    if (current.done === totalOf(current)) {
      await this.end();
      await this.advance();
    }
  }

  hasMask(path: string): boolean {
    return this.members.some((m) => m.path === path && m.plane === "mask" && !m.nomask);
  }

  async finish(): Promise<void> {
    if (this.current !== undefined) throw missingBlocks("npz", this.current);
    for (const part of directoryParts(this.records, this.sink.position, this.comment)) await this.sink.write(part);
    await this.sink.commit();
  }

  async abort(): Promise<void> {
    this.deflating?.pipe.fail(new Error("aborted"));
    await this.deflating?.done.catch(() => {});
    await this.sink.abort();
  }
}

/** {@link npz}'s create: members in the order of the plan, each array's data before its mask. */
export async function createNpz(
  sink: ByteSink,
  plan: Header | BundleHeader,
  options: NpzWriteOptions & EncodeOptions = {},
): Promise<FileWriter> {
  checkOptions("npz", npz.options.write, options);
  // Object arrays are one pickle: they are not written by blocks.
  refuseLosses("npz", npz.losses(plan, { ...options, objects: false }), options);
  const writer = new NpzWriter(sink, plan, options);
  await writer.advance();
  return writer;
}
