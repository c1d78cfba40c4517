import { SourceError, throwIfAborted } from "../errors.ts";

/** Random access to bytes that may not be here yet: bytes in memory, a Blob, a file, HTTP ranges. */
export interface ByteSource extends AsyncDisposable {
  /** Total bytes; undefined when nobody says. */
  readonly size: number | undefined;
  /** A name for messages and for choosing a format by extension, where there is one. */
  readonly name?: string | undefined;
  /** Exactly `length` bytes from `offset`, or SourceError: never short, never padded. The result may be a view: do not write into it. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** The same at once, where that is possible (files, bytes). */
  readSync?(offset: number, length: number): Uint8Array;
  /** Fills `target` from `offset`, sparing the allocation; otherwise as `read`. */
  readInto?(offset: number, target: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Everything from the first byte to the last, for sources that do not know their size. Throws LimitError beyond `maxBytes`. */
  readAll?(maxBytes: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** Present on sources that can be written in place. Beyond the end the source grows, and what lies between is zeros. */
  write?(offset: number, bytes: Uint8Array): Promise<void>;
  /** On those that keep what is written for a while: waits until all of it is safe. */
  sync?(): Promise<void>;
}

/** Where bytes go: a file that appears only at `commit`, memory, a network stream. */
export interface ByteSink {
  /** Appends. `bytes` is the caller's again as soon as the promise settles. */
  write(bytes: Uint8Array): Promise<void>;
  /** Appends several pieces at once, where that is cheaper than one by one. */
  writev?(parts: readonly Uint8Array[]): Promise<void>;
  /** Overwrites bytes written before; absent on sinks that are only a stream. */
  writeAt?(offset: number, bytes: Uint8Array): Promise<void>;
  /** Bytes written so far by `write`. */
  readonly position: number;
  /** Makes what was written visible, all of it. */
  commit(): Promise<void>;
  /** Leaves no trace. */
  abort(): Promise<void>;
}

/** Throws SourceError when a range is no range or reaches past the end. */
export function checkRange(offset: number, length: number, size: number | undefined): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0)
    throw new SourceError("SOURCE_IO", `cannot read ${length} bytes at ${offset}`, { offset, length });
  if (size !== undefined && offset + length > size)
    throw new SourceError("SOURCE_SHORT", `${length} bytes wanted at ${offset}, the source ends at ${size}`, {
      offset,
      length,
    });
}

/** The same bytes as a Uint8Array proper: `slice()` of Node's Buffer, which is a Uint8Array too, shares memory. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes in memory as a source. Reads are views. */
export function fromBytes(given: Uint8Array, name?: string): ByteSource {
  const bytes = plainBytes(given);
  const readSync = (offset: number, length: number): Uint8Array => {
    checkRange(offset, length, bytes.length);
    return bytes.subarray(offset, offset + length);
  };
  return {
    size: bytes.length,
    name,
    readSync,
    read: async (offset, length, signal) => {
      throwIfAborted(signal);
      return readSync(offset, length);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
