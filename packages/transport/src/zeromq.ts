import { joinParts, tooLong } from "@masquerade/adapter-protobuf/blocks";
import { SourceError, throwIfAborted } from "@masquerade/core";
import { type Channel, cut } from "./channel.ts";

/** What a channel needs of a ZeroMQ socket that sends and receives (PAIR; DEALER with a single peer): those of the package zeromq. */
export interface ZeroMqLike {
  send(parts: readonly Uint8Array[]): Promise<void>;
  receive(): Promise<readonly Uint8Array[]>;
  close(): void;
}

/** Ends a stream of messages where the transport itself has no end: an empty part. */
const GOODBYE: Uint8Array = new Uint8Array(0);

/**
 * A ZeroMQ socket as a channel: each part of a multipart message is a message of the stream. Back-pressure is the socket's high-water mark. ZeroMQ does not
 * tell that a peer has gone: `timeout` milliseconds (default 30,000) without a message are an end. Closing sends an empty part.
 */
export function zeroMqChannel(
  socket: ZeroMqLike,
  options: { readonly peer?: string; readonly timeout?: number; readonly signal?: AbortSignal | undefined } = {},
): Channel {
  const { peer = "the other side", timeout = 30_000, signal } = options;
  const waiting: Uint8Array[] = [];
  let ended = false;
  const destroy = (): void => {
    if (!ended) socket.close();
    ended = true;
  };
  return {
    peer,
    async send(parts) {
      throwIfAborted(signal);
      if (ended) throw cut(peer, "while it was sent to");
      try {
        await timed(socket.send([joinParts(parts)]), timeout, signal);
      } catch (cause) {
        throwIfAborted(signal);
        throw new SourceError("SOURCE_CLOSED", `${peer} takes nothing more`, { cause });
      }
    },
    async next(due, nextSignal) {
      while (waiting.length === 0) {
        if (ended) return undefined;
        try {
          for (const part of await timed(socket.receive(), timeout, nextSignal ?? signal)) waiting.push(part);
        } catch (cause) {
          throwIfAborted(nextSignal ?? signal);
          throw new SourceError("SOURCE_CLOSED", `nothing has come from ${peer} for ${timeout} ms`, { cause });
        }
      }
      const message = waiting.shift() as Uint8Array;
      if (message.length === 0) {
        ended = true;
        return undefined;
      }
      if (message.length > due.bytes) throw tooLong(message.length, due);
      return message;
    },
    async close() {
      if (!ended) await timed(socket.send([GOODBYE]), timeout, undefined).catch(() => {});
      destroy();
    },
    destroy,
  };
}

function timed<T>(work: Promise<T>, milliseconds: number, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error("aborted"));
    const timer = setTimeout(() => reject(new Error("timeout")), milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    });
  });
}
