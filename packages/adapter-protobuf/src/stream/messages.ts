import {
  type AnyArray,
  type Bundle,
  type DecodeOptions,
  type EncodeOptions,
  type OpenFile,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import type { BlocksReadOptions, BlocksWriteOptions } from "../blocks/format.ts";
import { finished } from "../message/finished.ts";
import { MOST_BYTES } from "../message/tables.ts";
import { Assembler } from "./assemble.ts";
import { FrameReader, framed, joinParts, magicBytes } from "./frames.ts";
import type { StreamHead } from "./head.ts";
import type { ReadBlock } from "./read-messages.ts";
import { StreamReading } from "./reading.ts";
import { type Due, tooLong } from "./seal.ts";
import { type BlockSource, blockSource } from "./source.ts";

/** The messages of a stream, each in one piece: for transports that have messages of their own. */
export async function* writeMessages(
  from: AnyArray | Bundle | OpenFile,
  options: BlocksWriteOptions & EncodeOptions = {},
): AsyncGenerator<Uint8Array> {
  for await (const parts of blockSource(from, options).messages({ signal: options.signal })) yield joinParts(parts);
}

/** A stream as bytes, the magic and the lengths among them: for sockets, HTTP bodies, files. Nothing is made before it is asked for. */
export async function* writeByteStream(
  from: AnyArray | Bundle | OpenFile | BlockSource,
  options: BlocksWriteOptions & EncodeOptions = {},
): AsyncGenerator<Uint8Array> {
  const source = "messages" in from ? from : blockSource(from, options);
  yield magicBytes();
  for await (const parts of source.messages({ signal: options.signal }))
    yield* framed({ parts, length: parts.reduce((n, part) => n + part.length, 0), sum: 0 });
}

/** The messages in a byte stream. Throws FormatError where it is cut off within one, LimitError. */
export async function* messagesOf(
  chunks: AsyncIterable<Uint8Array>,
  options: Pick<DecodeOptions, "limits" | "signal"> = {},
): AsyncGenerator<Uint8Array> {
  const { maxBytes } = resolveLimits(options.limits);
  const due: Due = { bytes: Math.min(maxBytes + 65_536, MOST_BYTES), limit: "maxBytes" };
  const reader = new FrameReader(chunks);
  try {
    for (;;) {
      const frame = await reader.next(due, options.signal);
      if (frame === undefined) return;
      yield frame.message;
    }
  } finally {
    await reader.close();
  }
}

/**
 * The value in a stream of messages, which may come in any order after envelope and headers; blocks are put in their places as they come.
 * Throws FormatError (for missing blocks with their numbers), LimitError, AbortedError.
 */
export async function readMessages(
  messages: AsyncIterable<Uint8Array>,
  options: BlocksReadOptions & DecodeOptions = {},
): Promise<AnyArray | Bundle> {
  return await assembledAsTheyCome(messages, options, true);
}

/** `first`: the first end is the last message. */
async function assembledAsTheyCome(
  messages: AsyncIterable<Uint8Array>,
  options: BlocksReadOptions & DecodeOptions,
  first: boolean,
): Promise<AnyArray | Bundle> {
  const limits = resolveLimits(options.limits);
  const reading = new StreamReading(limits);
  const waiting = new Map<number, ReadBlock>();
  let assembler: Assembler | undefined;
  let next = 0;
  let at = 0;
  for await (const message of messages) {
    throwIfAborted(options.signal);
    if (message.length > reading.due.bytes) throw tooLong(message.length, reading.due, at);
    const event = reading.accept(message, at);
    at += message.length;
    const { head } = reading;
    if (head !== undefined && (assembler === undefined || event.kind === "growth")) {
      assembler ??= await Assembler.begin(head, limits, {});
      assembler.check();
    }
    if (event.kind === "block") {
      // A view of the transport's memory is not kept.
      if (event.block.index !== next)
        waiting.set(event.block.index, { ...event.block, data: event.block.data.slice() });
      else waiting.set(next, event.block);
      for (let block = waiting.get(next); block !== undefined; block = waiting.get(++next)) {
        waiting.delete(next);
        await assembler?.put(block);
        options.onProgress?.(next + 1, (head as StreamHead).plan.total);
      }
    }
    if (event.kind === "end" && first) break;
  }
  reading.finish(at);
  return finished((assembler as Assembler).value(), options);
}

/** {@link readMessages} of a byte stream to its end: the body of an HTTP response, a file, also one that has grown. */
export function readByteStream(
  chunks: AsyncIterable<Uint8Array>,
  options: BlocksReadOptions & DecodeOptions = {},
): Promise<AnyArray | Bundle> {
  return assembledAsTheyCome(messagesOf(chunks, options), options, false);
}
