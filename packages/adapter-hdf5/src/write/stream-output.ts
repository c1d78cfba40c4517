import type { ByteSink } from "@masquerade/core";
import { type Appending, FileOutput } from "./output.ts";

/** Bytes gathered before they are handed on: small pieces cost a call each. */
const GATHER = 1 << 20;

/** A file on its way to a sink, byte after byte; `start` is the address of its first. */
export class StreamOutput {
  position: number;
  private readonly sink: Pick<ByteSink, "write">;
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;

  constructor(sink: Pick<ByteSink, "write">, start = 0) {
    this.sink = sink;
    this.position = start;
  }

  /** Appends at the next multiple of 8, or, `close`, right behind what is there. Gives the address. */
  async append(bytes: Uint8Array, close = false): Promise<number> {
    const gap = close ? 0 : (8 - (this.position % 8)) % 8;
    if (gap > 0) await this.put(new Uint8Array(gap));
    const address = this.position;
    await this.put(bytes);
    return address;
  }

  /** What `fill` appends, all at once. */
  async appendAll<T>(fill: (out: Appending) => T): Promise<T> {
    const parts = new FileOutput();
    parts.position = this.position;
    const result = fill(parts);
    for (const part of parts.parts) await this.put(part);
    return result;
  }

  /** Bytes at an address that is not behind us. */
  async putAt(address: number, bytes: Uint8Array): Promise<void> {
    if (address > this.position) await this.put(new Uint8Array(address - this.position));
    await this.put(bytes);
  }

  private async put(bytes: Uint8Array): Promise<void> {
    this.position += bytes.length;
    if (bytes.length >= GATHER) {
      await this.flush();
      await this.sink.write(bytes);
      return;
    }
    // The caller's again as soon as this returns: a copy.
    this.pending.push(bytes.slice());
    this.pendingBytes += bytes.length;
    if (this.pendingBytes >= GATHER) await this.flush();
  }

  /** Hands on everything gathered. */
  async flush(): Promise<void> {
    if (this.pendingBytes === 0) return;
    const all = new Uint8Array(this.pendingBytes);
    let at = 0;
    for (const part of this.pending) {
      all.set(part, at);
      at += part.length;
    }
    this.pending = [];
    this.pendingBytes = 0;
    await this.sink.write(all);
  }
}
