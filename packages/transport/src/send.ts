import {
  type BlockSource,
  type Control,
  type Due,
  failureMessage,
  type MessageParts,
  readControl,
} from "@masquerade/adapter-protobuf/blocks";
import {
  AbortedError,
  isMasqueradeError,
  type Progress,
  resolveLimits,
  SourceError,
  throwIfAborted,
} from "@masquerade/core";
import { type Channel, cut } from "./channel.ts";

/** Bytes a receiver's message may have: a request with many runs. */
const CONTROL: Due = { bytes: 1 << 22 };
/** Milliseconds that a receiver's last words are waited for. */
const GRACE = 500;
/** Requests on one connection: one, and some for what got lost. */
const MOST_REQUESTS = 16;

/** How blocks are sent. */
export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with blocks done and in all. */
  readonly onProgress?: Progress | undefined;
}

/** What was sent, once the receiver has confirmed it. */
export interface Sent {
  /** Blocks of the stream, and those that were sent on this connection. */
  readonly blocks: number;
  readonly sent: number;
  /** Digest of all blocks: the receiver has the same. */
  readonly digest: number;
}

/**
 * Sends a stream of blocks: waits for what the receiver asks for, sends it, and succeeds when the receiver confirms that it has everything.
 * Throws SourceError when the connection ends before (SOURCE_CLOSED) or the receiver gives up (SOURCE_IO), and what reading the source throws,
 * which the receiver is told.
 */
export async function sendBlocks(channel: Channel, source: BlockSource, options: SendOptions = {}): Promise<Sent> {
  const { signal, onProgress } = options;
  let sent = 0;
  try {
    let control = await next(channel, "before it asked for anything", signal);
    for (let requests = 1; control.kind === "request"; requests++) {
      if (requests > MOST_REQUESTS) throw new SourceError("SOURCE_IO", `${channel.peer} asks again and again`);
      const messages = source.messages({
        runs: control.runs,
        signal,
        onBlock: (index, was) => {
          if (was) sent++;
          onProgress?.(index + 1, source.blocks);
        },
      });
      control = await answer(channel, messages, signal);
    }
    if (control.digest !== source.digest() || control.blocks !== source.blocks)
      throw new SourceError("SOURCE_CHANGED", `${channel.peer} has other blocks than those that were sent`);
    await channel.close();
    return { blocks: source.blocks, sent, digest: control.digest };
  } catch (error) {
    await giveUp(channel, error);
    throw error;
  }
}

/** Sends what was asked for and listens meanwhile: the receiver may give up at any time. Returns what it says to all of it. */
async function answer(
  channel: Channel,
  messages: AsyncIterable<MessageParts>,
  signal: AbortSignal | undefined,
): Promise<Control> {
  let heard: { readonly control?: Control; readonly error?: unknown } | undefined;
  const hearing = next(channel, "before it confirmed", signal).then(
    (control) => {
      heard = { control };
    },
    (error: unknown) => {
      heard = { error };
    },
  );
  const failed = (): unknown => heard?.error;
  try {
    for await (const parts of messages) {
      throwIfAborted(signal);
      if (heard !== undefined) break;
      await channel.send(parts);
    }
  } catch (error) {
    // The connection may have ended because the receiver gave up, and what it said is still on its way.
    if (error instanceof SourceError)
      await Promise.race([hearing, new Promise((resolve) => setTimeout(resolve, GRACE))]);
    throw failed() ?? error;
  }
  await hearing;
  const { control, error } = heard as NonNullable<typeof heard>;
  if (control === undefined) throw error;
  return control;
}

async function next(channel: Channel, when: string, signal: AbortSignal | undefined): Promise<Control> {
  const message = await channel.next(CONTROL, signal);
  if (message === undefined) throw cut(channel.peer, when);
  return readControl(message, resolveLimits({}));
}

/** Tells the other side why, if it still listens, and ends the connection. */
export async function giveUp(channel: Channel, error: unknown): Promise<void> {
  const known = isMasqueradeError(error);
  // What the other side did by leaving it need not be told.
  if (!isMasqueradeError(error, "SOURCE_CLOSED")) {
    const code = error instanceof AbortedError ? "ABORTED" : known ? error.code : "UNKNOWN";
    const told = channel.send([failureMessage(code, known ? error.message : "an unexpected error")]);
    await told.then(() => channel.close()).catch(() => {});
  }
  channel.destroy();
}
