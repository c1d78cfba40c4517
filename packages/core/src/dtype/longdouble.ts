import type { LongDoubleLayout } from "./dtype.ts";

/** One extended-precision value, kept exactly: its little-endian bytes and their layout. */
export class LongDouble {
  readonly bytes: Uint8Array;
  readonly layout: LongDoubleLayout;

  constructor(bytes: Uint8Array, layout: LongDoubleLayout) {
    this.bytes = bytes;
    this.layout = layout;
  }
}
