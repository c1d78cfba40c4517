import { isMasqueradeError, LimitError, SourceError, throwIfAborted } from "../errors.ts";
import type { Progress } from "./format.ts";
import type { ByteSource } from "./source.ts";

const CHUNK = 2 ** 24;

/** Everything a source holds, once. Throws LimitError (maxBytes) before reading, where the size is known. */
export async function readWhole(
  source: ByteSource,
  maxBytes: number,
  options: { readonly signal?: AbortSignal | undefined; readonly onProgress?: Progress | undefined } = {},
): Promise<Uint8Array> {
  const { signal, onProgress } = options;
  throwIfAborted(signal);
  const { size } = source;
  if (size === undefined) {
    if (source.readAll === undefined)
      throw new SourceError("SOURCE_IO", "the source does not know its size and cannot be read whole");
    const all = await source.readAll(maxBytes, signal);
    onProgress?.(all.length, all.length);
    return all;
  }
  if (size > maxBytes)
    throw new LimitError("maxBytes", `the file has ${size} bytes, more than ${maxBytes}; open() reads it by parts`);
  if (source.readInto === undefined || size <= CHUNK) {
    const all = await source.read(0, size, signal);
    onProgress?.(size, size);
    return all;
  }
  const all = new Uint8Array(size);
  for (let at = 0; at < size; at += CHUNK) {
    await source.readInto(at, all.subarray(at, Math.min(size, at + CHUNK)), signal);
    onProgress?.(Math.min(size, at + CHUNK), size);
  }
  return all;
}

/** Bytes a format may look at to recognise itself. */
export const HEAD_BYTES = 4096;

/** The first bytes of a source, at most {@link HEAD_BYTES}. */
export async function readHead(source: ByteSource, signal?: AbortSignal): Promise<Uint8Array> {
  if (source.size !== undefined) return await source.read(0, Math.min(HEAD_BYTES, source.size), signal);
  // Nobody says how much there is: halve until it is not too much.
  for (let length = HEAD_BYTES; length > 0; length = Math.floor(length / 2)) {
    try {
      return await source.read(0, length, signal);
    } catch (error) {
      if (!isMasqueradeError(error, "SOURCE_SHORT")) throw error;
    }
  }
  return new Uint8Array(0);
}
