import { FormatError } from "@masquerade/core";

/** Bytes of addresses and of lengths in this file. */
export interface Widths {
  readonly offsetSize: number;
  readonly lengthSize: number;
}

export function malformed(why: string, offset?: number): FormatError {
  return new FormatError("FORMAT_MALFORMED", "hdf5", why, { offset });
}

/** Little-endian fields taken from the front of some bytes of the file. Past their end: FormatError. */
export class Cursor {
  readonly bytes: Uint8Array;
  /** Where in the file the bytes begin. */
  readonly start: number;
  private readonly widths: Widths;
  at = 0;

  constructor(bytes: Uint8Array, start: number, widths: Widths) {
    this.bytes = bytes;
    this.start = start;
    this.widths = widths;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }
  fail(why: string): FormatError {
    return malformed(why, this.start + this.at);
  }
  take(n: number): Uint8Array {
    if (!(n >= 0 && n <= this.left)) throw this.fail("a structure is cut short");
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }
  skip(n: number): this {
    this.take(n);
    return this;
  }
  u8(): number {
    return this.take(1)[0] as number;
  }
  u16(): number {
    return this.uint(2);
  }
  u32(): number {
    return this.uint(4);
  }
  /** An unsigned integer of up to 8 bytes; above 2^53 - 1 it is a float, and no size or place of anything. */
  uint(n: number): number {
    const bytes = this.take(n);
    let value = 0;
    for (let i = n - 1; i >= 0; i--) value = value * 256 + (bytes[i] as number);
    return value;
  }
  /** An address; undefined where all its bits are set. */
  address(): number | undefined {
    const bytes = this.take(this.widths.offsetSize);
    if (bytes.every((byte) => byte === 0xff)) return undefined;
    this.at -= this.widths.offsetSize;
    return this.uint(this.widths.offsetSize);
  }
  /** A length; undefined where all its bits are set. */
  length(): number | undefined {
    const bytes = this.take(this.widths.lengthSize);
    if (bytes.every((byte) => byte === 0xff)) return undefined;
    this.at -= this.widths.lengthSize;
    return this.uint(this.widths.lengthSize);
  }
  /** Four letters that a structure begins with, and its version. */
  signature(letters: string, version: number): this {
    for (const letter of letters)
      if (this.u8() !== letter.charCodeAt(0)) throw malformed(`there is no ${letters} where one should be`, this.start);
    const found = this.u8();
    if (found !== version) throw this.fail(`${letters} of version ${found}`);
    return this;
  }
  /** Bytes up to a NUL, which is taken too. */
  untilNul(): Uint8Array {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw this.fail("a text without an end");
    const bytes = this.take(end - this.at);
    this.at++;
    return bytes;
  }
}

/** Text of names: UTF-8, and where it is none, its bytes as Latin-1, so that different names stay different. */
export function nameText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    let out = "";
    for (const byte of bytes) out += String.fromCharCode(byte);
    return out;
  }
}
