import { FormatError } from "@masquerade/core";
import { DeferredBytes } from "./decode-values.ts";

/** Thrown by a reader whose window is too short: the machine has changed nothing yet, whoever feeds it moves the window and resumes. */
export class NeedBytes extends Error {
  /** Bytes wanted from the opcode's beginning; 0: the end of the line that begins at `from`. */
  readonly count: number;
  readonly from: number;

  constructor(count: number, from: number) {
    super("more bytes are needed");
    this.count = count;
    this.from = from;
  }
}

export interface ReaderOptions {
  readonly format?: string | undefined;
  /** Offset in the file of the first byte of the window. */
  readonly base?: number | undefined;
  /** Bytes of the whole file (Infinity when nobody says); default: the window is the file. */
  readonly size?: number | undefined;
  /** Payloads of at least this many bytes are not read but become {@link DeferredBytes}. Default: never. */
  readonly deferAbove?: number | undefined;
}

/** Little-endian input with one gate: every byte the machine sees has passed {@link PickleReader.take}. */
export class PickleReader {
  readonly format: string;
  readonly size: number;
  readonly deferAbove: number;
  /** The window, and where it begins in the file. */
  bytes: Uint8Array;
  base: number;
  /** Next byte, in the window. */
  pos = 0;
  /** A line found beforehand (lines can be longer than the window): file offsets of its first byte and of its line feed. */
  knownLine: { readonly from: number; readonly end: number } | undefined = undefined;

  constructor(bytes: Uint8Array, options: ReaderOptions = {}) {
    this.bytes = bytes;
    this.format = options.format ?? "pickle";
    this.base = options.base ?? 0;
    this.size = options.size ?? this.base + bytes.length;
    this.deferAbove = options.deferAbove ?? Number.POSITIVE_INFINITY;
  }

  /** File offset of the next byte. */
  get offset(): number {
    return this.base + this.pos;
  }
  get remaining(): number {
    return this.size - this.base - this.pos;
  }

  /** The next `n` bytes, a view. Throws FormatError FORMAT_TRUNCATED when the file has fewer. */
  take(n: number): Uint8Array {
    const from = this.pos;
    if (!Number.isSafeInteger(n) || n < 0 || n > this.remaining) throw this.truncated(n);
    if (from + n > this.bytes.length) throw new NeedBytes(from + n, this.offset);
    this.pos = from + n;
    return this.bytes.subarray(from, from + n);
  }

  /** The next `n` bytes as text if they are ASCII and here; otherwise undefined, and nothing is taken. */
  shortAscii(n: number): string | undefined {
    const { bytes, pos } = this;
    if (n > 48 || pos + n > bytes.length) return undefined;
    let text = "";
    for (let i = pos; i < pos + n; i++) {
      const c = bytes[i] as number;
      if (c >= 0x80) return undefined;
      text += String.fromCharCode(c);
    }
    this.pos = pos + n;
    return text;
  }

  /** The next `n` bytes; where they are too many to be read now, only their place. */
  payload(n: number): Uint8Array | DeferredBytes {
    if (this.deferAbove === Number.POSITIVE_INFINITY) return this.take(n);
    // A copy: a view would keep the whole window alive.
    if (n < this.deferAbove) return this.take(n).slice();
    if (n > this.remaining) throw this.truncated(n);
    const place = new DeferredBytes(this.offset, n);
    this.pos += n;
    return place;
  }

  u8(): number {
    const from = this.pos;
    if (from >= this.bytes.length) this.short(1);
    this.pos = from + 1;
    return this.bytes[from] as number;
  }

  u16(): number {
    const from = this.pos;
    if (from + 2 > this.bytes.length) this.short(2);
    this.pos = from + 2;
    return (this.bytes[from] as number) | ((this.bytes[from + 1] as number) << 8);
  }

  i32(): number {
    const from = this.pos;
    if (from + 4 > this.bytes.length) this.short(4);
    this.pos = from + 4;
    const b = this.bytes;
    return (
      (b[from] as number) |
      ((b[from + 1] as number) << 8) |
      ((b[from + 2] as number) << 16) |
      ((b[from + 3] as number) << 24)
    );
  }

  u32(): number {
    return this.i32() >>> 0;
  }

  /** An 8-byte length. Refused as truncated when it is more than what is left, before it is ever used as a number. */
  length64(): number {
    const low = this.u32();
    const high = this.u32();
    if (high >= 0x200000) throw this.truncated(Number.POSITIVE_INFINITY);
    return high * 4294967296 + low;
  }

  /** The bytes up to the next line feed, which is consumed. */
  line(): Uint8Array {
    const line = this.findLine();
    const bytes = this.take(line);
    this.pos++;
    return bytes;
  }

  /** As {@link line}, not read when it is too long for the window. */
  linePayload(): Uint8Array | DeferredBytes {
    const length = this.findLine();
    const line = this.payload(length);
    this.pos++;
    return line;
  }

  private findLine(): number {
    if (this.knownLine?.from === this.offset) return this.knownLine.end - this.knownLine.from;
    const end = this.bytes.indexOf(10, this.pos);
    if (end >= 0) return end - this.pos;
    if (this.base + this.bytes.length >= this.size) throw this.truncated(1);
    throw new NeedBytes(0, this.offset);
  }

  /** The window lacks `n` bytes: throws, either because the file does or to ask for more. */
  private short(n: number): never {
    if (n > this.remaining) throw this.truncated(n);
    throw new NeedBytes(this.pos + n, this.offset);
  }

  private truncated(n: number): FormatError {
    const wanted =
      Number.isSafeInteger(n) && n >= 0 ? `${n} byte${n === 1 ? "" : "s"}` : "an impossible number of bytes";
    return new FormatError("FORMAT_TRUNCATED", this.format, `${wanted} wanted, the file ends at ${this.size}`, {
      offset: this.offset,
    });
  }
}
