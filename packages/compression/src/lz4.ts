import { FormatError, type FormatErrorCode, isMasqueradeError } from "@masquerade/core";
import { ByteOutput } from "./byte-output.ts";
import type { InflateOptions, Where } from "./inflate.ts";
import { xxh32 } from "./xxh32.ts";

const MAGIC = 0x184d2204;
/** Runs up to this are copied word by word. */
const SHORT = 64;
/** Frames of a user's own data, which readers step over: this and the 15 after it. */
const SKIPPABLE = 0x184d2a50;

/**
 * The bytes in an LZ4 file: all its frames joined, every checksum that is there verified (of the header always; of blocks and content when
 * the writer put them in, which Python's lz4 does not do by default). Throws FormatError and LimitError. Source: LZ4 Frame Format 1.6.
 */
export function unlz4(
  bytes: Uint8Array,
  options: Omit<InflateOptions, "format" | "size"> & { readonly format?: string },
): Uint8Array {
  const where = { format: options.format ?? "lz4", offset: options.offset };
  // Memory that is not touched costs nothing.
  const out = new ByteOutput(options.maxBytes, where, Math.max(65_536, 2 * bytes.length));
  const reader = new Lz4Reader(bytes, where.format, options.offset ?? 0, out);
  do reader.frame();
  while (reader.at < bytes.length);
  return out.take();
}

/** Exactly `size` bytes from one LZ4 block, as containers of their own kind hold them: no frame, no checksum. Throws FormatError. */
export function unlz4Block(bytes: Uint8Array, { size, format, offset }: Where & { readonly size: number }): Uint8Array {
  const out = new ByteOutput(size, { format, offset }, size);
  const reader = new Lz4Reader(bytes, format, offset ?? 0, out);
  try {
    reader.sequences(0, bytes.length, 0);
  } catch (cause) {
    if (!isMasqueradeError(cause, "LIMIT_EXCEEDED")) throw cause;
    throw new FormatError("FORMAT_MALFORMED", format, `an LZ4 block holds more than ${size} bytes`, { offset, cause });
  }
  if (out.length !== size)
    throw new FormatError("FORMAT_MALFORMED", format, `an LZ4 block holds ${out.length} bytes, not ${size}`, {
      offset,
    });
  return out.take();
}

class Lz4Reader {
  at = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly format: string;
  private readonly base: number;
  private readonly out: ByteOutput;

  constructor(bytes: Uint8Array, format: string, base: number, out: ByteOutput) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.format = format;
    this.base = base;
    this.out = out;
  }

  frame(): void {
    const start = this.at;
    const magic = this.u32();
    if (magic >>> 4 === SKIPPABLE >>> 4) {
      this.take(this.u32());
      return;
    }
    if (magic !== MAGIC) throw this.bad("does not begin as an LZ4 frame does", start);
    const descriptor = this.at;
    const flags = this.u8();
    const sizes = this.u8();
    if (flags >> 6 !== 1) throw this.bad("an LZ4 frame of another version", descriptor, "FORMAT_VERSION");
    if ((flags & 2) !== 0 || (sizes & 0x8f) !== 0 || sizes >> 4 < 4)
      throw this.bad("reserved bits of an LZ4 frame are set", descriptor);
    const size = (flags & 8) === 0 ? undefined : this.u64();
    if ((flags & 1) !== 0)
      throw this.bad("an LZ4 frame that needs a dictionary, which is not in it", descriptor, "FORMAT_VERSION");
    const check = (xxh32(this.bytes.subarray(descriptor, this.at)) >>> 8) & 0xff;
    if (this.u8() !== check) throw this.bad("the header's checksum does not match", this.at - 1, "FORMAT_CHECKSUM");
    const { out } = this;
    const from = out.length;
    this.blocks(1 << (2 * (sizes >> 4) + 8), (flags & 32) !== 0, (flags & 16) !== 0);
    if (size !== undefined && BigInt(out.length - from) !== size)
      throw this.bad(`the frame holds ${out.length - from} bytes, ${size} are declared`, start);
    if ((flags & 4) !== 0 && this.u32() !== xxh32(out.bytes.subarray(from, out.length)))
      throw this.bad("the content's checksum does not match the data", this.at - 4, "FORMAT_CHECKSUM");
  }

  private blocks(largest: number, independent: boolean, checked: boolean): void {
    const { out } = this;
    const frame = out.length;
    for (;;) {
      const start = this.at;
      const word = this.u32();
      if (word === 0) return;
      const length = word & 0x7fffffff;
      if (length > largest) throw this.bad(`a block of ${length} bytes, at most ${largest} are declared`, start);
      const block = this.take(length);
      if (checked && this.u32() !== xxh32(block))
        throw this.bad("a block's checksum does not match", this.at - 4, "FORMAT_CHECKSUM");
      const from = out.length;
      if (word >>> 31 === 1) out.append(block);
      else this.sequences(start + 4, start + 4 + length, independent ? from : frame);
      if (out.length - from > largest) throw this.bad(`a block holds more than ${largest} bytes`, start);
    }
  }

  /** The sequences of one block: literals, then a match that reaches back to `oldest` at most. Throws LimitError. */
  sequences(start: number, end: number, oldest: number): void {
    const { bytes, view, out } = this;
    let made = out.bytes;
    let into = new DataView(made.buffer);
    let at = start;
    let to = out.length;
    const more = (length: number): number => {
      let byte: number;
      do {
        if (at >= end) throw this.bad("a block ends within a length", at);
        byte = bytes[at++] as number;
        length += byte;
      } while (byte === 255);
      return length;
    };
    const grow = (count: number): void => {
      out.length = to;
      out.reserve(count);
      made = out.bytes;
      into = new DataView(made.buffer);
    };
    while (at < end) {
      const token = bytes[at++] as number;
      let literals = token >> 4;
      if (literals === 15) literals = more(literals);
      if (literals > end - at) throw this.bad("a block ends within its literals", at);
      if (to + literals > made.length) grow(literals);
      if (literals > SHORT) made.set(bytes.subarray(at, at + literals), to);
      // Words may write past their run, into room that comes next.
      else if (at + literals + 3 <= end && to + literals + 3 <= made.length)
        for (let i = 0; i < literals; i += 4) into.setInt32(to + i, view.getInt32(at + i, true), true);
      else for (let i = 0; i < literals; i++) made[to + i] = bytes[at + i] as number;
      to += literals;
      at += literals;
      if (at === end) {
        out.length = to;
        return;
      }
      if (end - at < 2) throw this.bad("a block ends within a match", at);
      const distance = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
      at += 2;
      let length = token & 15;
      if (length === 15) length = more(length);
      length += 4;
      if (distance === 0 || distance > to - oldest) throw this.bad("a match reaches before the data", at);
      if (to + length > made.length) grow(length);
      const from = to - distance;
      if (distance >= length && length > SHORT) made.copyWithin(to, from, from + length);
      else if (distance >= 4 && to + length + 3 <= made.length)
        for (let i = 0; i < length; i += 4) into.setInt32(to + i, into.getInt32(from + i, true), true);
      else if (distance === 1) made.fill(made[from] as number, to, to + length);
      else for (let i = 0; i < length; i++) made[to + i] = made[from + i] as number;
      to += length;
    }
    throw this.bad("a block ends with a match instead of literals", at);
  }

  private take(count: number): Uint8Array {
    if (count > this.bytes.length - this.at)
      throw this.bad("the file ends too early", this.bytes.length, "FORMAT_TRUNCATED");
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
  private u8(): number {
    return this.take(1)[0] as number;
  }
  private u32(): number {
    this.take(4);
    return this.view.getUint32(this.at - 4, true);
  }
  private u64(): bigint {
    this.take(8);
    return this.view.getBigUint64(this.at - 8, true);
  }

  private bad(message: string, at: number, code: FormatErrorCode = "FORMAT_MALFORMED"): FormatError {
    return new FormatError(code, this.format, message, { offset: this.base + at });
  }
}
