import { joinParts, tooLong } from "@masquerade/adapter-protobuf/blocks";
import { SourceError, throwIfAborted } from "@masquerade/core";
import { type Channel, cut } from "./channel.ts";

/** What a channel needs of a WebSocket: the browser's own, and that of the package ws. */
export interface WebSocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  readonly readyState: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: string, listener: (event: object) => void): void;
  /** Present on those of the package ws: stops reading until `resume`. */
  pause?(): void;
  resume?(): void;
  /** Present on those: ends the connection without waiting for the other side. */
  terminate?(): void;
}

/** Bytes that may wait to be sent, and messages that may wait to be taken. */
const MOST_WAITING = 4 << 20;
const MOST_MESSAGES = 16;

/** A WebSocket as a channel: a message of the stream is a binary message. Browsers cannot stop what comes: what is not taken yet waits in memory. */
export async function webSocketChannel(
  socket: WebSocketLike,
  options: { readonly peer?: string; readonly signal?: AbortSignal | undefined } = {},
): Promise<Channel> {
  const { peer = "the other side", signal } = options;
  socket.binaryType = "arraybuffer";
  const waiting: Uint8Array[] = [];
  let ended: { readonly error?: SourceError } | undefined;
  let wake: () => void = () => {};
  const woken = (): Promise<void> => {
    const { promise, resolve } = deferred();
    wake = resolve;
    return promise;
  };
  const end = (error?: SourceError): void => {
    ended ??= error === undefined ? {} : { error };
    wake();
  };
  socket.addEventListener("message", (event: { readonly data?: unknown }) => {
    if (!(event.data instanceof ArrayBuffer)) return end(new SourceError("SOURCE_IO", `${peer} sends text`));
    waiting.push(new Uint8Array(event.data));
    if (waiting.length >= MOST_MESSAGES) socket.pause?.();
    wake();
  });
  socket.addEventListener("close", () => end());
  socket.addEventListener("error", () => end(new SourceError("SOURCE_IO", `the connection with ${peer} failed`)));
  const abort = (): void => {
    wake();
  };
  signal?.addEventListener("abort", abort);
  const until = async (ready: () => boolean): Promise<void> => {
    while (!ready()) {
      throwIfAborted(signal);
      if (ended !== undefined) throw ended.error ?? cut(peer, "before it had begun");
      await woken();
    }
  };
  socket.addEventListener("open", () => wake());
  try {
    await until(() => socket.readyState === 1);
  } catch (error) {
    signal?.removeEventListener("abort", abort);
    if (socket.readyState < 2) socket.close();
    throw error;
  }
  return {
    peer,
    async send(parts) {
      while (socket.bufferedAmount > MOST_WAITING && ended === undefined) {
        throwIfAborted(signal);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      throwIfAborted(signal);
      if (ended !== undefined || socket.readyState !== 1) throw ended?.error ?? cut(peer, "while it was sent to");
      socket.send(joinParts(parts) as Uint8Array<ArrayBuffer>);
    },
    async next(due, nextSignal) {
      const wakeUp = (): void => wake();
      nextSignal?.addEventListener("abort", wakeUp, { once: true });
      try {
        for (;;) {
          throwIfAborted(nextSignal ?? signal);
          const message = waiting.shift();
          if (message !== undefined) {
            if (waiting.length < MOST_MESSAGES / 2) socket.resume?.();
            if (message.length > due.bytes) throw tooLong(message.length, due);
            return message;
          }
          if (ended?.error !== undefined) throw ended.error;
          if (ended !== undefined) return undefined;
          await woken();
        }
      } finally {
        nextSignal?.removeEventListener("abort", wakeUp);
      }
    },
    async close() {
      signal?.removeEventListener("abort", abort);
      if (socket.readyState < 2) socket.close(1000);
    },
    destroy() {
      signal?.removeEventListener("abort", abort);
      if (socket.terminate !== undefined) socket.terminate();
      else if (socket.readyState < 2) socket.close(1000);
    },
  };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
