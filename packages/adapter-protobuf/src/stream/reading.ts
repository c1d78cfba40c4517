import { FormatError, type Limits, quoteText } from "@masquerade/core";
import { MOST_BYTES } from "../message/tables.ts";
import { WireReader } from "../wire/reader.ts";
import { endMessage } from "./block-message.ts";
import { BlockSet, type NumberRun, runsText } from "./block-set.ts";
import { readFailure } from "./control.ts";
import { type Envelope, readEnvelope } from "./envelope-read.ts";
import { joinParts } from "./frames.ts";
import { type HeadArray, headOf, readHeader, type StreamHead } from "./head.ts";
import { type PlannedBlock, type StreamArray, slowestAxis } from "./plan.ts";
import {
  type ReadBlock,
  type ReadEnd,
  type ReadIndex,
  readBlock,
  readEnd,
  readGrowth,
  readIndex,
} from "./read-messages.ts";
import { Digest, type Due, unseal } from "./seal.ts";
import { BLOCK, END, FAILURE, FORMAT, GROWTH, INDEX, messageRules } from "./tables.ts";

export type StreamEvent =
  | { readonly kind: "envelope"; readonly envelope: Envelope }
  | { readonly kind: "header"; readonly header: HeadArray }
  | { readonly kind: "block"; readonly block: ReadBlock }
  | { readonly kind: "growth"; readonly array: number; readonly length: number }
  | { readonly kind: "index"; readonly index: ReadIndex }
  | { readonly kind: "end"; readonly end: ReadEnd };

/**
 * Reads the messages of one stream, one after another, and holds them to what is due. Blocks may come in any order; which are missing
 * is known at every moment. Throws FormatError and LimitError; what the other side said in a `failure` is a SourceError.
 */
export class StreamReading {
  head: StreamHead | undefined;
  /** Blocks that have come. */
  readonly have: BlockSet = new BlockSet();
  /** Whether the last message was an end. */
  ended = false;
  readonly #limits: Limits;
  #envelope: Envelope | undefined;
  readonly #headers: HeadArray[] = [];
  #digest: Digest | undefined;
  #digested = 0;
  readonly #sums: Map<number, number> = new Map();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Bytes the next message may have. */
  get due(): Due {
    if (this.#envelope === undefined) return { bytes: this.#limits.maxMetadataBytes, limit: "maxMetadataBytes" };
    if (this.head === undefined) return { bytes: this.#limits.maxHeaderBytes + 64, limit: "maxHeaderBytes" };
    return { bytes: Math.min(MOST_BYTES, Math.max(this.head.most, 13 * this.head.plan.total + 65_536)) };
  }

  /** Digest of the blocks that have come, once all have. */
  get digest(): number {
    return this.#digest?.value ?? 0;
  }

  /** Another answer to a request begins: what follows an end once more is no surprise. */
  again(): void {
    this.ended = false;
  }

  /** Whether a message is a `failure`. */
  isFailure(message: Uint8Array): boolean {
    return message[0] === FAILURE * 8 + 2;
  }

  /** The end of the stream, once all blocks have come. */
  endMessage(): Uint8Array {
    const sum = this.#envelope?.checksum;
    return joinParts(endMessage(this.head?.plan.total ?? 0, 0, this.digest, sum).parts);
  }

  /** The blocks that have not come, as runs. */
  missing(most?: number): NumberRun[] {
    return this.have.missing(this.head?.plan.total ?? 0, most);
  }

  /** Throws FormatError, naming the missing blocks, unless the stream is complete. `at`: where it ends. */
  finish(at?: number): void {
    const { head } = this;
    if (head === undefined)
      throw new FormatError("FORMAT_TRUNCATED", FORMAT, "the stream ends before its blocks", { offset: at });
    const missing = this.missing(13);
    if (missing.length > 0) throw missingError(missing, head, at);
    if (!this.ended)
      throw new FormatError("FORMAT_TRUNCATED", FORMAT, "the stream has no end; it was not finished", { offset: at });
  }

  /** Reads the next message, which begins at byte `at`. */
  accept(message: Uint8Array, at: number): StreamEvent {
    if (this.#envelope === undefined) {
      const envelope = readEnvelope(message, this.#limits, at);
      this.#envelope = envelope;
      this.#digest = new Digest(envelope.checksum);
      if (envelope.headers === 0) this.head = headOf(envelope, [], at);
      return { kind: "envelope", envelope };
    }
    if (this.isFailure(message)) throw readFailure(message, this.#limits, at);
    const { body, sum } = unseal(message, this.#envelope.checksum, at);
    if (this.head === undefined) {
      const header = readHeader(body, this.#envelope, this.#headers.length, this.#limits, at);
      this.#headers.push(header);
      if (this.#headers.length === this.#envelope.headers) this.head = headOf(this.#envelope, this.#headers, at);
      return { kind: "header", header };
    }
    const reader = new WireReader(body, FORMAT, this.#limits, at);
    let event: StreamEvent | undefined;
    reader.fields("a message", messageRules, body.length, (field) => {
      if (event !== undefined) throw reader.fail("a message is two things at once");
      event = this.#read(reader, field, this.head as StreamHead, sum, at);
    });
    if (event === undefined) throw reader.fail("a message is nothing at all", 0);
    return event;
  }

  #read(reader: WireReader, field: number, head: StreamHead, sum: number, at: number): StreamEvent {
    if (this.ended && field !== GROWTH) throw reader.fail("something follows the end of the stream", 0);
    switch (field) {
      case BLOCK: {
        const block = readBlock(reader, head, sum, at);
        if (!this.have.add(block.index)) throw reader.fail(`block ${block.index} comes twice`, 0);
        this.#addSum(block.index, sum);
        return { kind: "block", block };
      }
      case GROWTH: {
        const { array, length } = readGrowth(reader);
        growChecked(head, array, length, reader);
        this.ended = false;
        return { kind: "growth", array, length };
      }
      case INDEX:
        return { kind: "index", index: readIndex(reader) };
      case END: {
        const end = readEnd(reader);
        if (end.blocks !== head.plan.total)
          throw reader.fail(`the end tells of ${end.blocks} blocks, the arrays have ${head.plan.total}`, 0);
        this.ended = true;
        if (this.have.size === head.plan.total && end.digest !== this.digest)
          throw new FormatError("FORMAT_CHECKSUM", FORMAT, "the digest of all blocks is not that of the stream's end", {
            offset: at,
          });
        return { kind: "end", end };
      }
      default:
        throw reader.fail("a message comes that is not due", 0);
    }
  }

  #addSum(index: number, sum: number): void {
    if (index !== this.#digested) {
      this.#sums.set(index, sum);
      return;
    }
    this.#digest?.add(sum);
    for (;;) {
      const next = this.#sums.get(++this.#digested);
      if (next === undefined) return;
      this.#digest?.add(next);
      this.#sums.delete(this.#digested);
    }
  }
}

/** Applies a growth. Throws FormatError for one that is none. */
export function growChecked(head: StreamHead, array: number, length: number, reader: WireReader): void {
  const grown: StreamArray | undefined = head.plan.arrays[array];
  const axis = grown === undefined ? -1 : slowestAxis(grown.shape, grown.order);
  const now = grown?.shape[axis];
  if (grown === undefined || now === undefined) throw reader.fail(`array ${array} cannot grow`, 0);
  if (length < now) throw reader.fail(`array ${array} grows from ${now} to ${length}`, 0);
  const rest = grown.shape.reduce(
    (n, dim, i) => (i === axis ? n : n * Math.max(1, dim)),
    Math.max(1, grown.dtype.itemsize),
  );
  if (!Number.isSafeInteger(length * rest) || (grown.dtype.itemsize === 0 && length * rest > reader.limits.maxElements))
    throw reader.limit("maxElements", `array ${array} grows so much`, 0);
  head.plan.grow(array, length);
}

/** The blocks that are missing, by number and by what they are. */
export function missingError(missing: readonly NumberRun[], head: StreamHead, at?: number): FormatError {
  const first = head.plan.at((missing[0] as NumberRun).first) as PlannedBlock;
  const path = head.arrays[first.array]?.path ?? "";
  const where = path === "" ? "" : ` of "${quoteText(path, 40)}"`;
  return new FormatError(
    "FORMAT_TRUNCATED",
    FORMAT,
    `blocks are missing: ${runsText(missing)} (the first has the ${first.plane} of elements ${first.start} to ${first.start + first.count - 1}${where})`,
    { offset: at },
  );
}
