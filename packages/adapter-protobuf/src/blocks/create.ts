import type { BundleHeader, ByteSink, EncodeOptions, FileWriter, Header, Subclass } from "@masquerade/core";
import { throwIfAborted } from "@masquerade/core";
import { IndexBuilder } from "../stream/block-message.ts";
import { StreamEncoder } from "../stream/encoder.ts";
import { framed, magicBytes } from "../stream/frames.ts";
import { lengthPrefix, type Sealed } from "../stream/seal.ts";
import type { BlocksWriteOptions } from "./format.ts";

/** Writes messages to a sink, and knows where. */
export class MessageSink {
  readonly sink: ByteSink;

  constructor(sink: ByteSink) {
    this.sink = sink;
  }

  /** Writes a message after its length and says where it begins. */
  async message(message: Sealed): Promise<number> {
    const at = this.sink.position + lengthPrefix(message.length).length;
    await this.parts(framed(message));
    return at;
  }

  async parts(parts: readonly Uint8Array[]): Promise<void> {
    const { sink } = this;
    if (sink.writev !== undefined && parts.length > 1) await sink.writev(parts);
    else for (const part of parts) await sink.write(part);
  }
}

/** blocks' create: envelope and headers at once, blocks as they are complete, the index and the end at the end. */
export async function createBlocks(
  sink: ByteSink,
  plan: Header | BundleHeader,
  options: BlocksWriteOptions & EncodeOptions = {},
  dataSubclasses: readonly (Subclass | undefined)[] = [],
): Promise<FileWriter> {
  throwIfAborted(options.signal);
  const encoder = new StreamEncoder(plan, options, dataSubclasses);
  const out = new MessageSink(sink);
  const index = new IndexBuilder();
  await out.parts([magicBytes()]);
  for (const message of encoder.head()) await out.message(message);
  let done = 0;
  return {
    planes: "together",
    async write(part) {
      throwIfAborted(options.signal);
      for await (const block of encoder.push(part)) {
        index.add(block.index, await out.message(block), block.length);
        options.onProgress?.(++done, encoder.plan.total);
      }
    },
    async finish() {
      encoder.finish();
      const at = await out.message(index.message([], encoder.how.checksum));
      await out.message(encoder.end(at));
      await sink.commit();
    },
    async abort() {
      await sink.abort();
    },
  };
}
