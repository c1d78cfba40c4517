import { type ByteSource, FormatError, isMasqueradeError, type Limits, throwIfAborted } from "@masquerade/core";
import { WireReader } from "../wire/reader.ts";
import { endBytes } from "./block-message.ts";
import { checkMagic, type Frame } from "./frames.ts";
import type { StreamHead } from "./head.ts";
import { type ReadEnd, type ReadIndex, readEnd, readIndex } from "./read-messages.ts";
import { growChecked, StreamReading } from "./reading.ts";
import { type Due, readLength, SEAL_BYTES, unseal } from "./seal.ts";
import { END, FORMAT, INDEX, messageRules, STREAM_MAGIC } from "./tables.ts";

/** Bytes read at first where the next messages are not known, and at most: what is read becomes more with each time. */
const FIRST_CHUNK = 4096;
const MOST_CHUNK = 1 << 20;

export interface OpenOptions {
  readonly recover?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where blocks are: offsets and sizes of their messages. */
export interface Places {
  offset(index: number): number;
  size(index: number): number;
}

/** The end of a file and where its blocks are. */
export interface Located {
  readonly end: ReadEnd;
  readonly endAt: number;
  readonly growths: ReadIndex["growths"];
  readonly places: Places;
}

/** Messages of a source from the beginning, a chunk at a time. */
export class SourceFrames {
  position = 0;
  readonly #source: ByteSource;
  readonly #size: number;
  #chunk: Uint8Array = new Uint8Array(0);
  #base = 0;
  #next = FIRST_CHUNK;

  constructor(source: ByteSource, size: number) {
    this.#source = source;
    this.#size = size;
  }

  async magic(signal: AbortSignal | undefined): Promise<void> {
    checkMagic(await this.#bytes(0, Math.min(STREAM_MAGIC.length, this.#size), signal));
    this.position = STREAM_MAGIC.length;
  }

  async next(due: Due, signal: AbortSignal | undefined): Promise<Frame | undefined> {
    throwIfAborted(signal);
    if (this.position >= this.#size) return undefined;
    const head = await this.#bytes(this.position, Math.min(5, this.#size - this.position), signal);
    const found = readLength(head, 0, due, this.position);
    if (found === undefined || this.position + found.start + found.length > this.#size)
      throw new FormatError("FORMAT_TRUNCATED", FORMAT, "the file ends within a message", { offset: this.#size });
    const at = this.position + found.start;
    const message = await this.#bytes(at, found.length, signal);
    this.position = at + found.length;
    return { message, at };
  }

  async #bytes(offset: number, length: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    if (offset < this.#base || offset + length > this.#base + this.#chunk.length) {
      const wanted = Math.min(Math.max(length, this.#next), this.#size - offset);
      this.#chunk = await this.#source.read(offset, wanted, signal);
      this.#base = offset;
      this.#next = Math.min(MOST_CHUNK, this.#next * 2);
    }
    return this.#chunk.subarray(offset - this.#base, offset - this.#base + length);
  }
}

/** The places of blocks by the file's index; undefined where it has none. Throws FormatError for a file that has no end. */
export async function byIndex(
  source: ByteSource,
  size: number,
  head: StreamHead,
  limits: Limits,
  options: OpenOptions,
): Promise<Located | undefined> {
  const kind = head.envelope.checksum;
  const tail = endBytes(kind);
  const endAt = size - tail;
  const bytes = endAt < STREAM_MAGIC.length ? new Uint8Array(0) : await source.read(endAt, tail, options.signal);
  if (bytes[0] !== tail - 1 || bytes[1] !== END * 8 + 2)
    throw new FormatError(
      "FORMAT_TRUNCATED",
      FORMAT,
      "the file does not end with an end: writing it was interrupted; the option recover reads what was finished before",
      { offset: size },
    );
  const end = readLast(bytes.subarray(1), kind, limits, endAt + 1);
  if (end.index === 0) return undefined;
  if (end.index < STREAM_MAGIC.length || end.index >= endAt)
    throw new FormatError("FORMAT_MALFORMED", FORMAT, "the index lies outside the file", { offset: endAt });
  if (endAt - end.index > 13 * end.blocks + 65_536 + SEAL_BYTES)
    throw new FormatError("FORMAT_MALFORMED", FORMAT, "the index is longer than its blocks need", {
      offset: end.index,
    });
  const { body } = unseal(await source.read(end.index, endAt - end.index, options.signal), kind, end.index);
  const reader = new WireReader(body, FORMAT, limits, end.index);
  let index: ReadIndex | undefined;
  reader.fields("a message", messageRules, body.length, (field) => {
    if (field !== INDEX || index !== undefined) throw reader.fail("the index is not where the end has it", 0);
    index = readIndex(reader);
  });
  if (index === undefined) throw reader.fail("the index is not where the end has it", 0);
  const { offsets, sizes, growths } = index as ReadIndex;
  for (const { array, length } of growths) growChecked(head, array, length, reader);
  if (head.plan.total !== end.blocks || offsets.length !== end.blocks * 8)
    throw reader.fail(
      `the index has ${offsets.length / 8} blocks, the end ${end.blocks}, the arrays ${head.plan.total}`,
      0,
    );
  return { end, endAt, growths, places: packedPlaces(offsets.slice(), sizes.slice(), endAt) };
}

function packedPlaces(offsets: Uint8Array, sizes: Uint8Array, limit: number): Places {
  const offsetView = new DataView(offsets.buffer);
  const sizeView = new DataView(sizes.buffer);
  return {
    offset: (index) => {
      const offset = Number(offsetView.getBigUint64(index * 8, true));
      if (offset + sizeView.getUint32(index * 4, true) > limit)
        throw new FormatError("FORMAT_MALFORMED", FORMAT, `the index has block ${index} outside the file`);
      return offset;
    },
    size: (index) => sizeView.getUint32(index * 4, true),
  };
}

function readLast(message: Uint8Array, kind: Parameters<typeof unseal>[1], limits: Limits, at: number): ReadEnd {
  const { body } = unseal(message, kind, at);
  const reader = new WireReader(body, FORMAT, limits, at);
  let end: ReadEnd | undefined;
  reader.fields("a message", messageRules, body.length, (field) => {
    if (field !== END || end !== undefined) throw reader.fail("the last message is no end", 0);
    end = readEnd(reader);
  });
  return end as unknown as ReadEnd;
}

/** The places of blocks by reading the whole file once. */
export async function byScan(
  frames: SourceFrames,
  reading: StreamReading,
  size: number,
  options: OpenOptions,
): Promise<Located> {
  const offsets: number[] = [];
  const sizes: number[] = [];
  let growths: { readonly array: number; readonly length: number }[] = [];
  let complete: { end: ReadEnd; endAt: number; growths: typeof growths } | undefined;
  for (;;) {
    const frame = await frames.next(reading.due, options.signal);
    if (frame === undefined) break;
    const event = reading.accept(frame.message, frame.at);
    if (event.kind === "block") {
      offsets[event.block.index] = frame.at;
      sizes[event.block.index] = frame.message.length;
    } else if (event.kind === "growth") growths = [...growths, { array: event.array, length: event.length }];
    else if (event.kind === "end")
      complete = { end: event.end, endAt: frames.position - endBytes(reading.head?.envelope.checksum), growths };
  }
  reading.finish(size);
  const { end, endAt, growths: grown } = complete as NonNullable<typeof complete>;
  const places = { offset: (i: number) => offsets[i] as number, size: (i: number) => sizes[i] as number };
  return { end, endAt, growths: grown, places };
}

/** Bytes of a file up to the last end in it: what was complete before its last session was interrupted. Throws FormatError when nothing was. */
export async function completeSize(
  source: ByteSource,
  size: number,
  limits: Limits,
  options: OpenOptions,
): Promise<number> {
  const frames = new SourceFrames(source, size);
  const reading = new StreamReading(limits);
  let complete = 0;
  try {
    await frames.magic(options.signal);
    for (;;) {
      const frame = await frames.next(reading.due, options.signal);
      if (frame === undefined) break;
      reading.accept(frame.message, frame.at);
      if (reading.ended) complete = frames.position;
    }
  } catch (error) {
    if (complete === 0 || isMasqueradeError(error, "ABORTED")) throw error;
  }
  if (complete === 0)
    throw new FormatError("FORMAT_TRUNCATED", FORMAT, "nothing in the file was finished", { offset: size });
  return complete;
}
