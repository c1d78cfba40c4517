import type { ByteSource, DType, Limits, PlainValue } from "@masquerade/core";
import { decodeMask } from "../message/mask.ts";
import { WireReader } from "../wire/reader.ts";
import { readObjects } from "./block-bytes.ts";
import { type BlockCodec, blockCodec } from "./compress.ts";
import type { StreamHead } from "./head.ts";
import { byIndex, byScan, completeSize, type Located, type OpenOptions, type Places, SourceFrames } from "./locate.ts";
import { isObjects } from "./outline.ts";
import { boolsOf, type PlannedBlock, type StreamArray } from "./plan.ts";
import { type ReadBlock, type ReadEnd, type ReadIndex, readBlock } from "./read-messages.ts";
import { StreamReading } from "./reading.ts";
import { unseal } from "./seal.ts";
import { BLOCK, FORMAT, messageRules } from "./tables.ts";

/** Bytes of decoded blocks that are kept, and how many. */
const KEEP_BYTES = 1 << 25;
const KEEP_BLOCKS = 16;

/** What is in a block, decoded: elements' bytes, bools of a mask, or objects. */
export type BlockContent = Uint8Array | readonly PlainValue[];

interface Found extends Located {
  readonly head: StreamHead;
  readonly headMessages: readonly Uint8Array[];
}

/** A file of blocks with random access. */
export class BlockFile {
  readonly head: StreamHead;
  /** The messages at the beginning as they are: envelope and headers. */
  readonly headMessages: readonly Uint8Array[];
  /** Its last end, and where the bytes after that end are. */
  readonly end: ReadEnd;
  readonly endAt: number;
  readonly growths: ReadIndex["growths"];
  readonly #source: ByteSource;
  readonly limits: Limits;
  readonly #places: Places;
  readonly #codec: BlockCodec;
  readonly #kept: Map<number, { readonly content: Promise<BlockContent>; readonly bytes: number }> = new Map();
  #keptBytes = 0;

  private constructor(source: ByteSource, limits: Limits, codec: BlockCodec, found: Found) {
    this.#source = source;
    this.limits = limits;
    this.#codec = codec;
    this.head = found.head;
    this.headMessages = found.headMessages;
    this.end = found.end;
    this.endAt = found.endAt;
    this.growths = found.growths;
    this.#places = found.places;
  }

  /** Throws FormatError, LimitError, SourceError. The source's size is known. */
  static async open(source: ByteSource, limits: Limits, options: OpenOptions = {}): Promise<BlockFile> {
    const whole = source.size as number;
    const size = options.recover === true ? await completeSize(source, whole, limits, options) : whole;
    const frames = new SourceFrames(source, size);
    await frames.magic(options.signal);
    const reading = new StreamReading(limits);
    const headMessages: Uint8Array[] = [];
    while (reading.head === undefined) {
      const frame = await frames.next(reading.due, options.signal);
      if (frame === undefined) {
        reading.finish(size);
        break;
      }
      const event = reading.accept(frame.message, frame.at);
      if (event.kind === "envelope" || event.kind === "header") headMessages.push(frame.message.slice());
    }
    const head = reading.head as StreamHead;
    const found =
      (await byIndex(source, size, head, limits, options)) ?? (await byScan(frames, reading, size, options));
    return new BlockFile(source, limits, await blockCodec(head.envelope.codec), { head, headMessages, ...found });
  }

  /** Byte at which the message of a block begins, and its bytes. */
  place(index: number): { readonly offset: number; readonly size: number } {
    return { offset: this.#places.offset(index), size: this.#places.size(index) };
  }

  /** The message of a block as it is in the file, verified, and its checksum. */
  async message(
    index: number,
    signal?: AbortSignal,
  ): Promise<{ readonly message: Uint8Array; readonly block: ReadBlock }> {
    const { offset, size } = this.place(index);
    const message = await this.#source.read(offset, size, signal);
    const { body, sum } = unseal(message, this.head.envelope.checksum, offset);
    const reader = new WireReader(body, FORMAT, this.limits, offset);
    let block: ReadBlock | undefined;
    reader.fields("a message", messageRules, body.length, (field) => {
      if (field !== BLOCK || block !== undefined) throw reader.fail(`block ${index} is not where the index has it`, 0);
      block = readBlock(reader, this.head, sum, offset);
    });
    if (block === undefined || (block as ReadBlock).index !== index)
      throw reader.fail(`block ${index} is not where the index has it`, 0);
    return { message, block };
  }

  /** What is in a block. The last ones are kept, and shared by all who ask: no one's signal ends another's reading. */
  content(index: number): Promise<BlockContent> {
    const kept = this.#kept.get(index);
    if (kept !== undefined) return kept.content;
    const due = this.head.plan.at(index) as PlannedBlock;
    const array = this.head.plan.arrays[due.array] as StreamArray;
    const bytes = due.count * Math.max(1, due.plane === "mask" ? boolsOf(array.dtype) : array.dtype.itemsize);
    for (const [oldest, { bytes: its }] of this.#kept) {
      if (this.#kept.size < KEEP_BLOCKS && this.#keptBytes + bytes <= KEEP_BYTES) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= its;
    }
    const content = this.#decoded(index, array);
    this.#kept.set(index, { content, bytes });
    this.#keptBytes += bytes;
    content.catch(() => {
      if (this.#kept.get(index)?.content !== content) return;
      this.#kept.delete(index);
      this.#keptBytes -= bytes;
    });
    return content;
  }

  async #decoded(index: number, array: StreamArray): Promise<BlockContent> {
    const { block } = await this.message(index);
    const bytes = await this.#codec.uncompress(block.data, block.length, block.at);
    if (block.plane === "mask") {
      const place = { format: FORMAT, offset: block.at };
      return decodeMask(bytes, this.head.envelope.mask, block.count * boolsOf(array.dtype), place);
    }
    const dtype: DType = array.dtype;
    return isObjects(dtype) ? readObjects(bytes, dtype, block.count, this.limits, block.at) : bytes;
  }
}
