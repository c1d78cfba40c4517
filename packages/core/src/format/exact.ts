import { SourceError } from "../errors.ts";
import type { ByteSource } from "./source.ts";

/**
 * A source held to its contract: `read` and `readSync` give exactly the bytes asked for, or SourceError SOURCE_SHORT. For codecs, which
 * take sources that others wrote: nothing that follows has to ask whether all of it came.
 */
export function exact(source: ByteSource): ByteSource {
  const checked = (bytes: Uint8Array, offset: number, length: number): Uint8Array => {
    if (bytes.length === length) return bytes;
    throw new SourceError(
      "SOURCE_SHORT",
      `${length} bytes were asked for at ${offset}, the source gave ${bytes.length}`,
      {
        offset,
        length,
      },
    );
  };
  const { readSync, readInto, readAll, write, sync } = source;
  return {
    get size() {
      return source.size;
    },
    name: source.name,
    read: async (offset, length, signal) => checked(await source.read(offset, length, signal), offset, length),
    ...(readSync && {
      readSync: (offset: number, length: number) => checked(readSync.call(source, offset, length), offset, length),
    }),
    ...(readInto && { readInto: readInto.bind(source) }),
    ...(readAll && { readAll: readAll.bind(source) }),
    ...(write && { write: write.bind(source) }),
    ...(sync && { sync: sync.bind(source) }),
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}
