import { connect, createServer, type Server, type Socket } from "node:net";
import { FrameReader, framed, magicBytes } from "@masquerade/adapter-protobuf/blocks";
import { AbortedError, isMasqueradeError, SourceError, throwIfAborted } from "@masquerade/core";
import { type Channel, cut } from "../channel.ts";
import { Incoming } from "./incoming.ts";

/** Where a connection goes, or comes in. */
export interface TcpOptions {
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  readonly port: number;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte in either direction after which the other side is taken for gone. Default 60,000; 0: never. */
  readonly timeout?: number | undefined;
}

/** A server that has begun to listen. */
export interface TcpListener extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** The next connection. Throws AbortedError, SourceError when the server is closed. */
  accept(): Promise<Channel>;
  close(): Promise<void>;
}

const IDLE = 60_000;
/** Bytes that may wait to be sent: a socket's own mark (16 KiB) would have every block wait for the one before. */
const MOST_WAITING = 1 << 20;

/** A TCP connection as a channel: the byte stream of proto/BLOCKS.md in both directions. */
export function tcpChannel(
  socket: Socket,
  options: { readonly signal?: AbortSignal | undefined; readonly timeout?: number | undefined } = {},
): Channel {
  const incoming = new Incoming();
  incoming.begin(socket, true);
  return channelOver(socket, incoming, options);
}

function channelOver(socket: Socket, incoming: Incoming, options: Pick<TcpOptions, "signal" | "timeout">): Channel {
  const { signal } = options;
  const peer = `${socket.remoteAddress ?? "the other side"}:${socket.remotePort ?? 0}`;
  let failed: Error | undefined;
  let begun = false;
  socket.setNoDelay(true);
  const timeout = options.timeout ?? IDLE;
  if (timeout > 0)
    socket.setTimeout(timeout, () => socket.destroy(new Error(`nothing has moved for ${timeout} milliseconds`)));
  const abort = (): void => {
    socket.destroy();
  };
  signal?.addEventListener("abort", abort);
  socket.on("error", (error) => {
    failed ??= error;
  });
  socket.on("close", () => signal?.removeEventListener("abort", abort));
  const reader = new FrameReader({ [Symbol.asyncIterator]: () => incoming });
  const problem = (what: string): Error =>
    signal?.aborted === true ? new AbortedError(signal.reason) : cut(peer, what, failed);

  async function write(parts: readonly Uint8Array[]): Promise<void> {
    if (failed !== undefined || socket.destroyed || socket.writableEnded) throw problem("while it was sent to");
    socket.cork();
    for (const part of parts) socket.write(part);
    socket.uncork();
    if (socket.writableLength < MOST_WAITING) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        socket.off("drain", done).off("close", done);
        resolve();
      };
      socket.on("drain", done).on("close", done);
      if (socket.destroyed) done();
    });
    if (failed !== undefined || socket.destroyed) throw problem("while it was sent to");
  }

  return {
    peer,
    async send(parts) {
      throwIfAborted(signal);
      if (!begun) await write([magicBytes()]);
      begun = true;
      await write(framed({ parts, length: parts.reduce((n, part) => n + part.length, 0), sum: 0 }));
    },
    async next(due, nextSignal) {
      try {
        return (await reader.next(due, nextSignal ?? signal))?.message;
      } catch (error) {
        // A connection that ends within a message has ended.
        if (isMasqueradeError(error, "FORMAT_TRUNCATED")) throw problem("within a message");
        if (isMasqueradeError(error)) throw error;
        failed ??= error as Error;
        throw problem("while it was read from");
      }
    },
    async close() {
      await new Promise<void>((resolve) => {
        if (socket.destroyed) return resolve();
        socket.once("close", () => resolve());
        incoming.discard();
        socket.end(() => {
          if (socket.readableEnded) socket.destroy();
        });
      });
    },
    destroy() {
      socket.destroy();
    },
  };
}

/** Connects to a server. Throws SourceError SOURCE_IO, AbortedError. */
export async function connectTcp(options: TcpOptions): Promise<Channel> {
  const { host = "127.0.0.1", port, signal } = options;
  throwIfAborted(signal);
  const incoming = new Incoming();
  const socket = connect({ host, port, onread: incoming.onread });
  incoming.begin(socket, false);
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => {
      socket.destroy();
      reject(new AbortedError(signal?.reason));
    };
    const fail = (cause: Error): void => {
      signal?.removeEventListener("abort", abort);
      reject(new SourceError("SOURCE_IO", `cannot connect to ${host}:${port}: ${cause.message}`, { cause }));
    };
    signal?.addEventListener("abort", abort, { once: true });
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.off("error", fail);
      signal?.removeEventListener("abort", abort);
      resolve();
    });
  });
  return channelOver(socket, incoming, options);
}

/** Listens for connections. `port` 0: any that is free. Throws SourceError SOURCE_IO. */
export async function listenTcp(options: TcpOptions): Promise<TcpListener> {
  const { host = "127.0.0.1", port, signal } = options;
  throwIfAborted(signal);
  const arrived: Socket[] = [];
  let wake: () => void = () => {};
  const server: Server = createServer({ pauseOnConnect: false }, (socket) => {
    socket.on("error", () => {}); // reported by the channel, or nobody has asked for it
    arrived.push(socket);
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new SourceError("SOURCE_IO", `cannot listen on ${host}:${port}: ${cause.message}`, { cause })),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const close = async (): Promise<void> => {
    for (const socket of arrived) socket.destroy();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    wake();
  };
  return {
    host,
    port: address !== null && typeof address === "object" ? address.port : port,
    async accept() {
      const abort = (): void => wake();
      signal?.addEventListener("abort", abort, { once: true });
      try {
        for (;;) {
          throwIfAborted(signal);
          const socket = arrived.shift();
          if (socket !== undefined) return tcpChannel(socket, options);
          if (!server.listening) throw new SourceError("SOURCE_CLOSED", "the server is closed");
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        signal?.removeEventListener("abort", abort);
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
