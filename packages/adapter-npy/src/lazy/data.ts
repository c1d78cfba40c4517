import { type ByteSource, throwIfAborted } from "@masquerade/core";
import type { Range } from "../reading.ts";

/** The bytes of one array wherever they are. Offsets count from the array's first byte. */
export interface DataBytes {
  /** The bytes of each run in turn; runs are in ascending order. The result may be a view: do not write into it. */
  runs<R extends Range>(runs: Iterable<R>, signal?: AbortSignal): AsyncGenerator<readonly [run: R, bytes: Uint8Array]>;
  /** Reads a run straight into memory, where the source can. */
  readonly into?: ((offset: number, target: Uint8Array, signal?: AbortSignal) => Promise<void>) | undefined;
  /** Overwrites bytes in place, where that can be done. */
  readonly write?: ((offset: number, bytes: Uint8Array) => Promise<void>) | undefined;
}

/** Requests on their way at once, and the bytes they may bring together (a single one may bring more). */
const AHEAD = 8;
const AHEAD_BYTES = 8 << 20;
/** Runs shorter than this are read at once where the source can: an asynchronous read costs more than its bytes. */
const SHORT = 65_536;
/** Bytes read at once before others get a turn. */
const TURN = 8 << 20;

/** An array whose bytes lie in the source as they are, from `base` on. */
export function positional(source: ByteSource, base: number): DataBytes {
  const { readInto, write } = source;
  return {
    into:
      readInto === undefined
        ? undefined
        : (offset, target, signal) => readInto.call(source, base + offset, target, signal),
    runs: (runs, signal) => readRuns(source, base, runs, signal),
    write: write === undefined ? undefined : (offset, bytes) => write.call(source, base + offset, bytes),
  };
}

async function* readRuns<R extends Range>(
  source: ByteSource,
  base: number,
  runs: Iterable<R>,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly [run: R, bytes: Uint8Array]> {
  const waiting: (readonly [run: R, bytes: Promise<Uint8Array>])[] = [];
  let waitingBytes = 0;
  let sinceTurn = 0;
  for (const run of runs) {
    throwIfAborted(signal);
    if (source.readSync !== undefined && run.length < SHORT && waiting.length === 0) {
      sinceTurn += run.length + 512;
      if (sinceTurn > TURN) {
        sinceTurn = 0;
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      yield [run, source.readSync(base + run.offset, run.length)];
      continue;
    }
    while (waiting.length > 0 && (waiting.length >= AHEAD || waitingBytes + run.length > AHEAD_BYTES)) {
      const [oldest, its] = waiting.shift() as (typeof waiting)[number];
      waitingBytes -= oldest.length;
      yield [oldest, await its];
    }
    const bytes = source.read(base + run.offset, run.length, signal);
    bytes.catch(() => {}); // a failure is reported when its turn comes
    waiting.push([run, bytes]);
    waitingBytes += run.length;
  }
  for (const [run, bytes] of waiting) yield [run, await bytes];
}
