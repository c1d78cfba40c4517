import {
  type AnyArray,
  type Block,
  type Bundle,
  type BundleHeader,
  type ByteSink,
  CapabilityError,
  type EncodeOptions,
  eachHeader,
  type FileWriter,
  FormatError,
  type Header,
  isMaskedArray,
  type NdArray,
  quoteText,
  throwIfAborted,
} from "@masquerade/core";
import {
  expandParts,
  type Payload,
  type PayloadPart,
  type PicklePart,
  type Pickler,
  picklePieces,
} from "@masquerade/pickle";
import { canPlan, numpyPickleHeaderGraph, type Slot } from "./encode.ts";
import { collectingWriter, elementsBefore } from "./encode-collect.ts";
import type { NumpyPickleOptions } from "./encode-graph.ts";

/** Plans whose arrays are smaller than this altogether are gathered and written at once. */
const SMALL = 1 << 18;

export interface NumpyStreamOptions extends NumpyPickleOptions {
  /** Format id for errors. */
  readonly format: string;
  readonly pickler?: Pickler | undefined;
  /** Writes a value that was gathered whole. */
  readonly encodeParts: (value: AnyArray | Bundle) => Iterable<Uint8Array>;
}

/**
 * Writes a pickle as its blocks come: for each array all blocks of data, then all of the mask. From protocol 3 on, and in
 * protocol 0, nothing of the arrays is kept; protocols 1 and 2 give the length of what is still to come, which is put right
 * afterwards and needs a sink that can be overwritten (CapabilityError otherwise). Small plans and arrays of Python objects
 * are gathered in memory until the end.
 */
export async function createNumpyPickle(
  sink: ByteSink,
  plan: Header | BundleHeader,
  how: NumpyStreamOptions,
  options: EncodeOptions,
): Promise<FileWriter> {
  const { format, protocol, pickler } = how;
  let total = 0;
  let known = true;
  for (const [, header] of eachHeader(plan)) {
    known &&= canPlan(header);
    total += header.shape.reduce((product, n) => product * n, header.dtype.itemsize + 1);
  }
  if (!known || total < SMALL) return collectingWriter(sink, plan, how);
  if ((protocol === 1 || protocol === 2) && sink.writeAt === undefined)
    throw new CapabilityError(
      format,
      "streamed",
      `protocol ${protocol} cannot be written as a stream, because it gives lengths before it can know them; use protocol 4`,
    );
  const slots = new Map<Payload, Slot>();
  const graph = numpyPickleHeaderGraph(plan, how, (slot) => {
    const payload: Payload = { size: slot.size };
    slots.set(payload, slot);
    return payload;
  });
  const writer = new PickleStream(format, sink, picklePieces(graph, { protocol, pickler }), slots, options);
  await writer.advance();
  return writer;
}

/** The plane whose bytes come next, and what of it has come. */
interface Current {
  readonly slot: Slot;
  readonly part: PayloadPart;
  /** Raw bytes still to come, and bytes written. */
  left: number;
  written: number;
}

class PickleStream implements FileWriter {
  readonly planes = "data-first" as const;
  readonly pieces = true;
  readonly #format: string;
  readonly #sink: ByteSink;
  readonly #pieces: Iterator<PicklePart>;
  readonly #slots: ReadonlyMap<Payload, Slot>;
  readonly #options: EncodeOptions;
  #current: Current | undefined;

  constructor(
    format: string,
    sink: ByteSink,
    pieces: Iterator<PicklePart>,
    slots: ReadonlyMap<Payload, Slot>,
    options: EncodeOptions,
  ) {
    this.#format = format;
    this.#sink = sink;
    this.#pieces = pieces;
    this.#slots = slots;
    this.#options = options;
  }

  /** Writes up to the next plane that is still to come, or to the end. */
  async advance(): Promise<void> {
    for (let step = this.#pieces.next(); step.done !== true; step = this.#pieces.next()) {
      const part = step.value;
      if (part instanceof Uint8Array) await this.#sink.write(part);
      else {
        const slot = this.#slots.get(part.payload);
        if (slot !== undefined) {
          this.#current = { slot, part, left: slot.size, written: 0 };
          if (slot.plane === "data" || slot.header.mask === "mask") return;
          await this.#writeZeros(this.#current);
          continue;
        }
        const bytes = part.payload.read?.() ?? new Uint8Array(0);
        for (const piece of expandParts(bytes, part.form)) await this.#sink.write(piece);
      }
    }
    this.#current = undefined;
  }

  async write(block: Block): Promise<void> {
    throwIfAborted(this.#options.signal);
    const bytes = this.#bytesOf(block);
    if (bytes.length === 0) return;
    const current = this.#current;
    if (current === undefined || current.slot.array !== block.array || current.slot.plane !== block.plane)
      throw misplaced(this.#format, block, current?.slot);
    const { slot } = current;
    const before = block.position ?? elementsBefore(block.start, slot.header);
    if (before * block.value.dtype.itemsize !== slot.size - current.left)
      throw new FormatError(
        "FORMAT_MALFORMED",
        this.#format,
        `a block of "${quoteText(block.array)}" starts at ${block.start}, which is not where the last one ended`,
      );
    if (bytes.length > current.left)
      throw new FormatError(
        "FORMAT_MALFORMED",
        this.#format,
        `the ${block.plane} of "${quoteText(block.array)}" has ${current.left} bytes left, a block brings ${bytes.length}`,
      );
    await this.#take(current, bytes);
    this.#options.onProgress?.(this.#sink.position, undefined);
    if (current.left === 0) await this.advance();
  }

  /** Writes bytes of the current plane. */
  async #take(current: Current, bytes: Uint8Array): Promise<void> {
    for (const piece of expandParts(bytes, current.part.form)) {
      await this.#sink.write(piece);
      current.written += piece.length;
    }
    current.left -= bytes.length;
    if (current.left === 0) await this.#patch(current);
  }

  /** The full mask that stands for nomask. */
  async #writeZeros(current: Current): Promise<void> {
    const zeros = new Uint8Array(Math.min(current.left, SMALL));
    while (current.left > 0) {
      throwIfAborted(this.#options.signal);
      await this.#take(current, zeros.subarray(0, Math.min(current.left, zeros.length)));
    }
  }

  /** The length of a text, which stands in the four bytes before it. */
  async #patch(current: Current): Promise<void> {
    if (current.part.size !== undefined || current.part.form !== "utf8") return;
    if (current.written > 0xffffffff)
      throw new CapabilityError(
        this.#format,
        "values",
        `${current.written} bytes in one piece do not fit this protocol; use 4 or 5`,
      );
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, current.written, true);
    await this.#sink.writeAt?.(this.#sink.position - current.written - 4, length);
  }

  #bytesOf(block: Block): Uint8Array {
    const slot = this.#current?.slot;
    if (block.plane === "both" || isMaskedArray(block.value)) throw misplaced(this.#format, block, slot);
    return (block.value as NdArray).toBytes(slot?.header.order ?? "C");
  }

  async finish(): Promise<void> {
    if (this.#current !== undefined) {
      const { slot, left } = this.#current;
      throw new FormatError(
        "FORMAT_TRUNCATED",
        this.#format,
        `${left} bytes of the ${slot.plane} of "${quoteText(slot.array)}" were never written`,
      );
    }
    await this.#sink.commit();
  }

  async abort(): Promise<void> {
    await this.#sink.abort();
  }
}

function misplaced(format: string, block: Block, slot: Slot | undefined): FormatError {
  const wanted = slot === undefined ? "nothing more" : `the ${slot.plane} of "${quoteText(slot.array)}"`;
  return new FormatError(
    "FORMAT_MALFORMED",
    format,
    `a block of plane ${block.plane} of "${quoteText(block.array)}" came where ${wanted} was due (data first, then mask)`,
  );
}
