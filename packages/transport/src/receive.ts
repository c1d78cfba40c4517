import {
  receiptMessage,
  requestMessage,
  runsText,
  type StreamEvent,
  StreamReading,
} from "@masquerade/adapter-protobuf/blocks";
import {
  FormatError,
  isMasqueradeError,
  type Limits,
  type Progress,
  resolveLimits,
  SourceError,
  throwIfAborted,
} from "@masquerade/core";
import { type Channel, cut } from "./channel.ts";
import { giveUp } from "./send.ts";

/** Where the messages of a stream are kept until it is complete. */
export interface BlockStore {
  /** The state of what is kept, from earlier connections too. */
  readonly reading: StreamReading;
  /** Envelope, headers and growths that are kept. */
  readonly head: readonly Uint8Array[];
  /** Keeps a message, which is verified. Its memory is the store's from now on. */
  keep(message: Uint8Array, event: StreamEvent): Promise<void>;
  /** Everything is there. */
  finish(): Promise<void>;
}

/** How blocks are received. */
export interface ReceiveOptions {
  readonly limits?: Partial<Limits> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with blocks that are there and in all. */
  readonly onProgress?: Progress | undefined;
}

/** What was received. */
export interface Received {
  /** Blocks of the stream, and those that came on this connection. */
  readonly blocks: number;
  readonly received: number;
  readonly digest: number;
}

/** Runs of blocks in one request; what is missing beyond them is asked for in the next. */
const MOST_RUNS = 50_000;

/**
 * Receives a stream of blocks into a store: asks for what the store lacks, verifies every message before anything is done with it, and confirms when
 * all is there. What has come before a failure stays in the store, so that the next connection resumes. Throws SourceError (SOURCE_CLOSED: the
 * connection ended; SOURCE_CHANGED: it is another stream than the one begun, or its values have changed since), FormatError, LimitError, AbortedError; the sender is told.
 */
export async function receiveBlocks(
  channel: Channel,
  store: BlockStore,
  options: ReceiveOptions = {},
): Promise<Received> {
  const { reading } = store;
  const before = reading.have.size;
  const { peer } = channel;
  try {
    for (;;) {
      throwIfAborted(options.signal);
      const begun = reading.head !== undefined;
      const had = reading.have.size;
      await channel.send([requestMessage(begun ? reading.missing(MOST_RUNS) : undefined)]);
      await receiveOne(channel, store, options);
      const missing = reading.missing(MOST_RUNS);
      if (missing.length === 0) break;
      if (reading.have.size === had)
        throw new FormatError(
          "FORMAT_TRUNCATED",
          "blocks",
          `${channel.peer} does not send the blocks ${runsText(missing)}`,
        );
    }
    reading.finish();
    await store.finish();
    const blocks = reading.have.size;
    await channel.send([receiptMessage(blocks, reading.digest)]);
    await channel.close();
    return { blocks, received: blocks - before, digest: reading.digest };
  } catch (failed) {
    // Envelope and headers are the same, every block is as it was sent, and together they are not what is sent now.
    const changed = before > 0 && reading.ended && isMasqueradeError(failed, "FORMAT_CHECKSUM");
    const error = changed
      ? new SourceError(
          "SOURCE_CHANGED",
          `the blocks kept from an earlier connection are not those of the stream that ${peer} sends now: its values have changed. Resuming cannot mend that; begin anew with an empty store`,
          { cause: failed },
        )
      : failed;
    await giveUp(channel, error);
    throw error;
  }
}

/** One answer: the head, which must be the one that is kept, blocks, and the end. */
async function receiveOne(channel: Channel, store: BlockStore, options: ReceiveOptions): Promise<void> {
  const { reading } = store;
  const { signal, onProgress } = options;
  const kept = [...store.head];
  if (kept.length > 0) reading.again();
  let position = 0;
  for (;;) {
    throwIfAborted(signal);
    const message = await channel.next(reading.due, signal);
    if (message === undefined) throw cut(channel.peer, progressText(reading));
    const expected = kept[position++];
    if (expected !== undefined) {
      if (reading.isFailure(message)) reading.accept(message, 0);
      if (!same(message, expected))
        throw new SourceError(
          "SOURCE_CHANGED",
          `${channel.peer} sends another stream than the one that was begun; begin anew with an empty store`,
        );
      continue;
    }
    const event = reading.accept(message, 0);
    if (event.kind === "end") return;
    await store.keep(message, event);
    if (event.kind === "block") onProgress?.(reading.have.size, reading.head?.plan.total);
  }
}

function progressText(reading: StreamReading): string {
  const { head, have } = reading;
  return head === undefined ? "before the stream had begun" : `after ${have.size} of ${head.plan.total} blocks`;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** A stream that is begun anew, with these limits. */
export const newReading = (limits?: Partial<Limits>): StreamReading => new StreamReading(resolveLimits(limits));
