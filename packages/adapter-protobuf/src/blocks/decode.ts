import {
  type AnyArray,
  type Bundle,
  checkOptions,
  type DecodeOptions,
  FormatError,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import { assembled } from "../stream/assemble.ts";
import { framesIn } from "../stream/frames.ts";
import type { StreamHead } from "../stream/head.ts";
import { IndexCheck } from "../stream/index-check.ts";
import type { ReadBlock } from "../stream/read-messages.ts";
import { StreamReading } from "../stream/reading.ts";
import { type BlocksReadOptions, blocks } from "./format.ts";

/**
 * {@link blocks}' decode: every message verified first, then the arrays put together; where nothing is compressed they lie over the bytes given
 * until their elements are asked for, unless `copy` is set.
 */
export async function decodeBlocks(
  bytes: Uint8Array,
  options: BlocksReadOptions & DecodeOptions = {},
): Promise<AnyArray | Bundle> {
  checkOptions("blocks", blocks.options.read, options);
  throwIfAborted(options.signal);
  const { signal } = options;
  const limits = resolveLimits(options.limits);
  const end = options.recover === true ? completeEnd(bytes, options) : bytes.length;
  const reading = new StreamReading(limits);
  const found: ReadBlock[] = [];
  const index = new IndexCheck();
  for (const { message, at } of framesIn(bytes.subarray(0, end), () => reading.due)) {
    const event = reading.accept(message, at);
    if (event.kind === "block") found.push(event.block);
    index.accept(event, at, message.length);
    if (found.length % 64 === 0) throwIfAborted(signal);
  }
  reading.finish(end);
  index.finish();
  found.sort((a, b) => a.index - b.index);
  return await assembled(reading.head as StreamHead, found, limits, options);
}

/** Where the last session that was finished ends. Throws FormatError if none was. */
function completeEnd(bytes: Uint8Array, options: DecodeOptions): number {
  const reading = new StreamReading(resolveLimits(options.limits));
  let end = 0;
  try {
    for (const { message, at } of framesIn(bytes, () => reading.due)) {
      throwIfAborted(options.signal);
      reading.accept(message, at);
      if (reading.ended) end = at + message.length;
    }
  } catch (error) {
    if (end === 0) throw error;
  }
  if (end === 0) throw new FormatError("FORMAT_TRUNCATED", "blocks", "nothing in the file was finished");
  return end;
}
