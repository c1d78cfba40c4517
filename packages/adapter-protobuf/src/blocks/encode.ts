import {
  type AnyArray,
  type Bundle,
  describe,
  type EncodeOptions,
  eachArray,
  isMaskedArray,
  lazyFromArray,
  memorySink,
  type Subclass,
  throwIfAborted,
} from "@masquerade/core";
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
  const sink = memorySink();
  const writer = await createBlocks(sink, describe(value), options, dataSubclassesOf(value));
  for (const [path, array] of eachArray(value))
    for await (const block of lazyFromArray(array, path).blocks()) {
      throwIfAborted(options.signal);
      await writer.write(block);
    }
  await writer.finish();
  return sink.bytes();
}
