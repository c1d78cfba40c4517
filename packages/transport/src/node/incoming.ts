import type { Socket } from "node:net";

/** Bytes that may wait to be taken. */
const MOST_WAITING = 1 << 20;
/** Bytes of the memory that is read into, at first and at most, and how few of them are not read into any more. */
const FIRST_ROOM = 1 << 16;
const MOST_ROOM = 1 << 20;
const LEAST_ROOM = 1 << 15;

/**
 * The bytes that come through a socket, chunk by chunk; it is paused while many of them wait. A socket may be made with {@link Incoming.onread}:
 * then it reads into large pieces of memory, in which most messages lie as a whole, instead of one of 64 KiB each time.
 */
export class Incoming implements AsyncIterator<Uint8Array> {
  readonly #chunks: Uint8Array[] = [];
  #held = 0;
  #socket: Socket | undefined;
  #ended = false;
  #discarding = false;
  #wake: () => void = () => {};
  #next = FIRST_ROOM;
  #room: Uint8Array = new Uint8Array(0);

  /** The option of that name of `net.Socket`. */
  readonly onread = {
    buffer: (): Uint8Array => {
      if (this.#room.length < LEAST_ROOM) {
        this.#room = Buffer.allocUnsafeSlow(this.#next);
        this.#next = Math.min(MOST_ROOM, this.#next * 2);
      }
      return this.#room;
    },
    callback: (length: number): boolean => {
      this.#take(this.#room.subarray(0, length));
      this.#room = this.#room.subarray(length);
      return true;
    },
  };

  /** `socket` gives its data by events, unless it was made with {@link onread}. */
  begin(socket: Socket, byEvents: boolean): void {
    this.#socket = socket;
    if (byEvents) socket.on("data", (chunk: Uint8Array) => this.#take(chunk));
    socket.on("end", () => {
      this.#ended = true;
    });
    for (const event of ["end", "error", "close"]) socket.on(event, () => this.#wake());
    if (this.#held >= MOST_WAITING) socket.pause();
  }

  #take(chunk: Uint8Array): void {
    if (this.#discarding) return;
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held >= MOST_WAITING) this.#socket?.pause();
    this.#wake();
  }

  /** Throws what the socket failed with. */
  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const value = this.#chunks.shift();
      const socket = this.#socket;
      if (value !== undefined) {
        this.#held -= value.length;
        if (socket?.isPaused() && this.#held < MOST_WAITING / 2) socket.resume();
        return { value, done: false };
      }
      if (this.#ended) return { value: undefined, done: true };
      if (socket?.destroyed) throw socket.errored ?? new Error("it was closed");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Throws away what is there and what comes from now on: the end behind it would not be seen otherwise. */
  discard(): void {
    this.#discarding = true;
    this.#chunks.length = 0;
    this.#socket?.resume();
  }
}
