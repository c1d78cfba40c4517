import { AbortedError, SourceError, throwIfAborted } from "../errors.ts";
import { type ByteSource, checkRange } from "./source.ts";

/** A Blob or a File (a file input, a drop, OPFS) as a source. A File changed on disk since it was chosen is SOURCE_CHANGED. */
export function fromBlob(blob: Blob, name?: string): ByteSource {
  const called = name ?? (blob as { readonly name?: unknown }).name;
  const read = async (offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> => {
    throwIfAborted(signal);
    checkRange(offset, length, blob.size);
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
    } catch (cause) {
      const changed = (cause as { readonly name?: unknown } | null)?.name === "NotReadableError";
      throw new SourceError(
        changed ? "SOURCE_CHANGED" : "SOURCE_IO",
        changed ? "the file was changed or removed since it was chosen" : `cannot read ${length} bytes at ${offset}`,
        { offset, length, cause },
      );
    }
    if (signal?.aborted) throw new AbortedError(signal.reason);
    if (bytes.length !== length)
      throw new SourceError("SOURCE_SHORT", `${length} bytes wanted at ${offset}, ${bytes.length} came`, {
        offset,
        length,
      });
    return bytes;
  };
  return {
    size: blob.size,
    name: typeof called === "string" && called !== "" ? called : undefined,
    read,
    [Symbol.asyncDispose]: async () => {},
  };
}
