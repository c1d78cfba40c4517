import { assembled, type ReadBlock, type StreamHead, type StreamReading } from "@masquerade/adapter-protobuf/blocks";
import { type AnyArray, type Bundle, type DecodeOptions, resolveLimits } from "@masquerade/core";
import { type BlockStore, newReading } from "./receive.ts";

/** A store in memory. */
export interface MemoryStore extends BlockStore {
  /** The arrays. Throws FormatError, naming the missing blocks, before all is there. */
  value(): Promise<AnyArray | Bundle>;
}

/** Keeps a stream in memory, as it comes: compressed, if it is. */
export function memoryStore(options: Pick<DecodeOptions, "limits" | "signal"> = {}): MemoryStore {
  const reading: StreamReading = newReading(options.limits);
  const head: Uint8Array[] = [];
  const blocks: ReadBlock[] = [];
  return {
    reading,
    head,
    async keep(message, event) {
      if (event.kind === "block") blocks[event.block.index] = event.block;
      else if (event.kind !== "index") head.push(message.slice());
    },
    async finish() {},
    async value() {
      reading.finish();
      return await assembled(reading.head as StreamHead, blocks, resolveLimits(options.limits), options);
    },
  };
}
