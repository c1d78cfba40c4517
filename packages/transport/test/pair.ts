import { SourceError } from "@masquerade/core";
import type { Channel } from "@masquerade/transport";

/** One direction: messages that wait, and whoever waits for them. */
class Pipe {
  readonly #waiting: Uint8Array[] = [];
  #wake: () => void = () => {};
  ended = false;
  /** What becomes of a message on its way. */
  change: (message: Uint8Array, number: number) => readonly Uint8Array[] = (message) => [message];
  passed = 0;
  most = 0;

  push(message: Uint8Array): void {
    this.#waiting.push(...this.change(message, this.passed++));
    this.most = Math.max(this.most, this.#waiting.length);
    this.#wake();
  }

  end(): void {
    this.ended = true;
    this.#wake();
  }

  get full(): boolean {
    return this.#waiting.length >= 2;
  }

  async room(): Promise<void> {
    while (this.full && !this.ended) await new Promise((resolve) => setTimeout(resolve, 0));
  }

  async shift(): Promise<Uint8Array | undefined> {
    while (this.#waiting.length === 0 && !this.ended)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this.#waiting.shift();
  }
}

export interface Pair {
  readonly sender: Channel;
  readonly receiver: Channel;
  /** From the sender to the receiver. */
  readonly forth: Pipe;
  cut(): void;
}

/** Two ends of a connection in memory, on which two messages may be under way. */
export function pair(): Pair {
  const forth = new Pipe();
  const back = new Pipe();
  const end = (out: Pipe, into: Pipe): Channel => ({
    peer: "the other end",
    async send(parts) {
      await out.room();
      if (out.ended) throw new SourceError("SOURCE_CLOSED", "the connection has ended");
      const joined = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
      let at = 0;
      for (const part of parts) {
        joined.set(part, at);
        at += part.length;
      }
      out.push(joined);
    },
    next: async () => await into.shift(),
    close: async () => out.end(),
    destroy: () => {
      out.end();
      into.end();
    },
  });
  return {
    sender: end(forth, back),
    receiver: end(back, forth),
    forth,
    cut: () => {
      forth.end();
      back.end();
    },
  };
}
