import { FormatError, type Limits, quoteText } from "@masquerade/core";
import { MOST_BYTES } from "../message/tables.ts";
import { WireReader } from "../wire/reader.ts";
import { BlockSet, type NumberRun, runsText } from "./block-set.ts";
import { readFailure } from "./control.ts";
import { type Envelope, readEnvelope } from "./envelope-read.ts";
import { type HeadArray, headOf, readHeader, type StreamHead } from "./head.ts";
import { isObjects } from "./outline.ts";
import { boolsOf, type PlannedBlock, type StreamArray, slowestAxis } from "./plan.ts";
import { Digest, unseal } from "./seal.ts";
import {
  BLOCK,
  type BlockMaskEncoding,
  blockRules,
  END,
  endRules,
  FAILURE,
  FORMAT,
  GROWTH,
  growthRules,
  INDEX,
  indexRules,
  messageRules,
  planes,
} from "./tables.ts";

/** A block as it came, verified, still compressed. */
export interface ReadBlock extends PlannedBlock {
  /** Bytes uncompressed. */
  readonly length: number;
  readonly data: Uint8Array;
  /** Checksum of its message. */
  readonly sum: number;
  /** Where in the file its message begins. */
  readonly at: number;
}

export interface ReadEnd {
  readonly blocks: number;
  readonly index: number;
  readonly digest: number;
}

export interface ReadIndex {
  readonly offsets: Uint8Array;
  readonly sizes: Uint8Array;
  readonly growths: readonly { readonly array: number; readonly length: number }[];
}

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
  get most(): number {
    if (this.#envelope === undefined) return this.#limits.maxMetadataBytes;
    if (this.head === undefined) return this.#limits.maxHeaderBytes + 64;
    return Math.min(MOST_BYTES, Math.max(this.head.most, 13 * this.head.plan.total + 65_536));
  }

  /** Digest of the blocks that have come, once all have. */
  get digest(): number {
    return this.#digest?.value ?? 0;
  }

  /** Notes a block that is there already, from an earlier connection. */
  note(index: number, sum: number): void {
    if (this.have.add(index)) this.#addSum(index, sum);
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
    if (message[0] === FAILURE * 8 + 2) throw readFailure(message, this.#limits, at);
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

/** A message Block, held to the plan. */
export function readBlock(reader: WireReader, head: StreamHead, sum: number, at: number): ReadBlock {
  let index = 0;
  let array = 0;
  let plane: PlannedBlock["plane"] | undefined;
  let start = 0;
  let count = 0;
  let length = 0;
  let data = new Uint8Array(0);
  reader.message("a block", blockRules, (field) => {
    if (field === 1) index = reader.number();
    else if (field === 2) array = reader.number();
    else if (field === 3) plane = reader.enumeration("a plane", planes);
    else if (field === 4) start = reader.number();
    else if (field === 5) count = reader.number();
    else if (field === 6) length = reader.number();
    else data = reader.bytes("the data of a block") as Uint8Array<ArrayBuffer>;
  });
  const due = head.plan.at(index);
  if (due === undefined) throw reader.fail(`there is no block ${index}; the arrays have ${head.plan.total}`, 0);
  if (due.array !== array || due.plane !== plane || due.start !== start || due.count !== count)
    throw reader.fail(
      `block ${index} is not elements ${due.start} to ${due.start + due.count - 1} of the ${due.plane} of array ${due.array}`,
      0,
    );
  const must = lengthOf(due, head.plan.arrays[array] as StreamArray, head.envelope.mask);
  if (must !== undefined && length !== must) throw reader.fail(`block ${index} has ${must} bytes, not ${length}`, 0);
  if (data.length > length) throw reader.fail(`block ${index} of ${length} bytes takes ${data.length}`, 0);
  if (length > reader.limits.maxBytes) throw reader.limit("maxBytes", `a block of ${length} bytes`, 0);
  return { ...due, length, data, sum, at };
}

/** Bytes of a block uncompressed; undefined for objects, whose size nobody knows. */
export function lengthOf(block: PlannedBlock, array: StreamArray, mask: BlockMaskEncoding): number | undefined {
  if (block.plane === "data") return isObjects(array.dtype) ? undefined : block.count * array.dtype.itemsize;
  const bools = block.count * boolsOf(array.dtype);
  return mask === "raw" ? bools : Math.ceil(bools / 8);
}

export function readGrowth(reader: WireReader): { readonly array: number; readonly length: number } {
  let array = 0;
  let length = 0;
  reader.message("a growth", growthRules, (field) => {
    if (field === 1) array = reader.number();
    else length = reader.number();
  });
  return { array, length };
}

export function readIndex(reader: WireReader): ReadIndex {
  let offsets = new Uint8Array(0);
  let sizes = new Uint8Array(0);
  const growths: { readonly array: number; readonly length: number }[] = [];
  reader.message("an index", indexRules, (field) => {
    if (field === 1) offsets = reader.bytes("offsets") as Uint8Array<ArrayBuffer>;
    else if (field === 2) sizes = reader.bytes("sizes") as Uint8Array<ArrayBuffer>;
    else growths.push(readGrowth(reader));
  });
  if (offsets.length % 8 !== 0 || sizes.length % 4 !== 0 || offsets.length !== sizes.length * 2)
    throw reader.fail("an index has not one offset and one size for each block");
  return { offsets, sizes, growths };
}

export function readEnd(reader: WireReader): ReadEnd {
  const seen: [number?, number?, number?] = [];
  reader.message("an end", endRules, (field) => {
    const at = reader.at;
    const value = field === 3 ? reader.fixed32() : Number(reader.fixed64());
    if (!Number.isSafeInteger(value)) throw reader.fail("a number is larger than 2^53 - 1", at);
    seen[field - 1] = value;
  });
  const [blocks, index, digest] = seen;
  if (blocks === undefined || index === undefined || digest === undefined)
    throw reader.fail("an end lacks its blocks, its index or its digest");
  return { blocks, index, digest };
}
