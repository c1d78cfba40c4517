import { type ByteSource, checkRange } from "@masquerade/core";

/** Bytes a reader asks for. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** A reader that says which bytes it wants next and is handed them: the same code reads memory at once and sources as they answer. */
export type Reading<T> = Generator<Range, T, Uint8Array>;

/** Runs a reader over bytes in memory. */
export function readBytes<T>(reading: Reading<T>, bytes: Uint8Array): T {
  let step = reading.next();
  while (!step.done) {
    const { offset, length } = step.value;
    checkRange(offset, length, bytes.length);
    step = reading.next(bytes.subarray(offset, offset + length));
  }
  return step.value;
}

/** Runs a reader over a source. */
export async function readSource<T>(
  reading: Reading<T>,
  source: ByteSource,
  signal: AbortSignal | undefined,
): Promise<T> {
  let step = reading.next();
  while (!step.done) {
    const { offset, length } = step.value;
    step = reading.next(await source.read(offset, length, signal));
  }
  return step.value;
}
