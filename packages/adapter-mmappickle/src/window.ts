import { type ByteSource, FormatError, throwIfAborted } from "@masquerade/core";
import { FORMAT } from "./forms.ts";

/** Bytes a reader asks for. */
export interface Want {
  readonly offset: number;
  readonly length: number;
}

/** A reader that says which bytes it wants and is handed them: the same code reads memory at once and sources as they answer. */
export type Reading<T> = Generator<Want, T, Uint8Array>;

export function readNow<T>(reading: Reading<T>, read: (offset: number, length: number) => Uint8Array): T {
  let step = reading.next();
  while (step.done !== true) step = reading.next(read(step.value.offset, step.value.length));
  return step.value;
}

export async function readSoon<T>(
  reading: Reading<T>,
  source: ByteSource,
  signal: AbortSignal | undefined,
): Promise<T> {
  let step = reading.next();
  while (step.done !== true) {
    throwIfAborted(signal);
    step = reading.next(await source.read(step.value.offset, step.value.length, signal));
  }
  return step.value;
}

/** Pieces of the file remembered at once. */
const PIECES = 4;

/** The parts of a file seen last, fetched with some bytes ahead so that what stands together is asked for once. */
export class Window {
  readonly size: number;
  private readonly ahead: number;
  private readonly pieces: { readonly offset: number; readonly bytes: Uint8Array }[] = [];

  constructor(size: number, ahead = 4096) {
    this.size = size;
    this.ahead = ahead;
  }

  /**
   * `length` bytes from `offset`. When they must be fetched, up to `before` bytes in front of them are fetched as well. Throws FormatError
   * when the file ends before.
   */
  *need(offset: number, length: number, before = 0): Reading<Uint8Array> {
    if (!Number.isSafeInteger(offset + length) || offset + length > this.size)
      throw new FormatError("FORMAT_TRUNCATED", FORMAT, `${length} bytes are due, the file ends at ${this.size}`, {
        offset,
      });
    for (const { offset: base, bytes } of this.pieces)
      if (offset >= base && offset + length <= base + bytes.length)
        return bytes.subarray(offset - base, offset - base + length);
    const from = Math.max(0, offset - before);
    const to = Math.min(this.size, Math.max(offset + length, offset + this.ahead));
    const bytes = yield { offset: from, length: to - from };
    this.pieces.unshift({ offset: from, bytes });
    if (this.pieces.length > PIECES) this.pieces.pop();
    return bytes.subarray(offset - from, offset - from + length);
  }
}
