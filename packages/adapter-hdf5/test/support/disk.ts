import { type ByteSource, fromBytes } from "@masquerade/core";

/** A file in memory that can be written; `most`: bytes after which the machine stops. */
export class Disk implements ByteSource {
  bytes: Uint8Array;
  left: number;
  constructor(bytes: Uint8Array, most: number = Number.POSITIVE_INFINITY) {
    this.bytes = bytes.slice();
    this.left = most;
  }
  get size(): number {
    return this.bytes.length;
  }
  async read(offset: number, length: number): Promise<Uint8Array> {
    return await fromBytes(this.bytes).read(offset, length);
  }
  async write(offset: number, bytes: Uint8Array): Promise<void> {
    const n = Math.min(bytes.length, this.left);
    this.left -= n;
    if (offset + n > this.bytes.length) {
      const longer = new Uint8Array(offset + n);
      longer.set(this.bytes);
      this.bytes = longer;
    }
    this.bytes.set(bytes.subarray(0, n), offset);
    if (n < bytes.length) throw new Error("the power is gone");
  }
  async [Symbol.asyncDispose](): Promise<void> {}
}
