import {
  type AnyArray,
  type Bundle,
  type ByteSink,
  describe,
  type EncodeOptions,
  eachArray,
  isMaskedArray,
  lazyFromArray,
  type Subclass,
  throwIfAborted,
} from "@masquerade/core";
import { joinParts } from "../stream/frames.ts";
import { createBlocks } from "./create.ts";
import type { BlocksWriteOptions } from "./format.ts";

/** Classes of masked arrays' data, which a header does not say, in the order of the arrays. */
export function dataSubclassesOf(value: AnyArray | Bundle): (Subclass | undefined)[] {
  return [...eachArray(value)].map(([, array]) => (isMaskedArray(array) ? array.data.subclass : undefined));
}

/** {@link blocks}' encode: the stream in one piece. */
export async function encodeBlocks(
  value: AnyArray | Bundle,
  options: BlocksWriteOptions & EncodeOptions = {},
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const sink = collecting(parts);
  const writer = await createBlocks(sink, describe(value), options, dataSubclassesOf(value));
  for (const [path, array] of eachArray(value))
    for await (const block of lazyFromArray(array, path).blocks()) {
      throwIfAborted(options.signal);
      await writer.write(block);
    }
  await writer.finish();
  return joinParts(parts);
}

/** Keeps what is written as it is given, to be joined once: what is written are views of the arrays, or is made for the purpose. */
function collecting(parts: Uint8Array[]): ByteSink {
  let position = 0;
  return {
    get position() {
      return position;
    },
    async write(bytes) {
      parts.push(bytes);
      position += bytes.length;
    },
    async commit() {},
    async abort() {},
  };
}
