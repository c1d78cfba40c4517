import { LimitError } from "@masquerade/core";
import type { Where } from "./inflate.ts";

const FIRST = 65_536;

/** Bytes as a decoder makes them: memory grows with what is there, and never past a limit. */
export class ByteOutput {
  /** Made so far: the first `length` of these. */
  bytes: Uint8Array;
  length = 0;
  private readonly limit: number;
  private readonly where: Where;

  /** `first`: how much memory is taken at once, where it is known how much is made. */
  constructor(limit: number, where: Where, first: number = FIRST) {
    // A full buffer is where the limit is looked at.
    this.bytes = new Uint8Array(Math.min(first, limit));
    this.limit = limit;
    this.where = where;
  }

  /** Makes room for `count` more bytes. Throws LimitError (maxBytes) before more than the limit is held. */
  reserve(count: number): void {
    const need = this.length + count;
    if (need > this.limit)
      throw new LimitError("maxBytes", `compressed data hold more than ${this.limit} bytes`, {
        format: this.where.format,
        offset: this.where.offset,
      });
    if (need <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(need, Math.min(this.bytes.length * 2, this.limit)));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** Copies bytes in. */
  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Repeats `count` bytes from `distance` back, where the two may overlap. Room must have been made; `distance` is at most `length`. */
  repeat(distance: number, count: number): void {
    const { bytes } = this;
    let to = this.length;
    let from = to - distance;
    this.length = to + count;
    if (distance >= count && count > 32) {
      bytes.copyWithin(to, from, from + count);
      return;
    }
    for (let n = count; n > 0; n--) bytes[to++] = bytes[from++] as number;
  }

  /** What was made, without the room behind it where that is worth a copy. */
  take(): Uint8Array {
    const view = this.bytes.subarray(0, this.length);
    return this.length < this.bytes.length / 2 ? view.slice() : view;
  }
}
