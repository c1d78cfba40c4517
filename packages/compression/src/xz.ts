import { FormatError, type FormatErrorCode } from "@masquerade/core";
import { ByteOutput } from "./byte-output.ts";
import { crc64 } from "./crc64.ts";
import { crc32, type InflateOptions } from "./inflate.ts";
import { lzmaError } from "./lzma.ts";
import { unlzma2 } from "./lzma2.ts";

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0];
const LZMA2 = 0x21;
/** Bytes of each check. */
const CHECK_SIZES: ReadonlyMap<number, number> = new Map([
  [0, 0],
  [1, 4],
  [4, 8],
]);

/**
 * The bytes in an xz file: all its streams joined; the CRC-32 of every header, index and footer and the check of every block verified
 * (CRC-32, CRC-64 or none; SHA-256 is refused). Filters other than LZMA2 are refused. Throws FormatError and LimitError. Source: The .xz
 * File Format 1.2.1.
 */
export function unxz(
  bytes: Uint8Array,
  options: Omit<InflateOptions, "format" | "size"> & { readonly format?: string },
): Uint8Array {
  const format = options.format ?? "xz";
  const out = new ByteOutput(options.maxBytes, { format, offset: options.offset });
  const reader = new XzReader(bytes, format, options.offset ?? 0, out);
  do reader.stream();
  while (reader.more());
  return out.take();
}

interface Sizes {
  readonly unpadded: number;
  readonly uncompressed: number;
}

class XzReader {
  private at = 0;
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

  /** Steps over padding between streams; whether another follows. */
  more(): boolean {
    const start = this.at;
    while (this.at < this.bytes.length && this.bytes[this.at] === 0) this.at++;
    if ((this.at - start) % 4 !== 0) throw this.bad("padding that is no multiple of four bytes", start);
    return this.at < this.bytes.length;
  }

  stream(): void {
    const start = this.at;
    this.need(12);
    if (MAGIC.some((byte, i) => this.bytes[start + i] !== byte)) throw this.bad("does not begin as xz does", start);
    const check = this.flags(start + 6);
    this.verify(start + 6, 2, start + 8, "the header's CRC-32 does not match");
    this.at = start + 12;
    const blocks: Sizes[] = [];
    for (;;) {
      this.need(1);
      if (this.bytes[this.at] === 0) break;
      blocks.push(this.block(check));
    }
    const indexed = this.index(blocks);
    this.footer(start, indexed);
  }

  private flags(at: number): number {
    const check = this.bytes[at + 1] as number;
    if (this.bytes[at] !== 0 || check > 15) throw this.bad("stream flags of another version", at, "FORMAT_VERSION");
    if (!CHECK_SIZES.has(check))
      throw this.bad(
        check === 10
          ? "its check is SHA-256, which is not verified here; write it with --check=crc64"
          : `check ${check} is not known`,
        at + 1,
        "FORMAT_VERSION",
      );
    return check;
  }

  private block(check: number): Sizes {
    const start = this.at;
    const size = ((this.bytes[start] as number) + 1) * 4;
    this.need(size);
    const end = start + size - 4;
    this.verify(start, size - 4, end, "a block header's CRC-32 does not match");
    const flags = this.bytes[start + 1] as number;
    if ((flags & 0x3c) !== 0) throw this.bad("reserved flags of a block are set", start + 1, "FORMAT_VERSION");
    this.at = start + 2;
    const compressed = (flags & 0x40) === 0 ? undefined : this.number(end);
    const uncompressed = (flags & 0x80) === 0 ? undefined : this.number(end);
    const dictionary = this.filter(flags & 3, end);
    while (this.at < end) if (this.bytes[this.at++] !== 0) throw this.bad("padding that is not zero", this.at - 1);
    this.at = end + 4;
    const { out } = this;
    const from = out.length;
    const data = this.at;
    try {
      this.at = unlzma2(this.bytes, data, dictionary, out);
    } catch (e) {
      throw lzmaError(e, this.format, this.base);
    }
    const length = this.at - data;
    const made = out.length - from;
    if ((compressed ?? length) !== length || (uncompressed ?? made) !== made)
      throw this.bad("a block has another size than its header says", start);
    const unpadded = size + length + (CHECK_SIZES.get(check) as number);
    this.padding(data);
    this.checkBlock(check, from);
    return { unpadded, uncompressed: made };
  }

  /** The one filter there may be; returns the size of its dictionary. */
  private filter(others: number, end: number): number {
    const at = this.at;
    const id = this.number(end);
    if (others !== 0 || id !== LZMA2)
      throw this.bad("a filter other than LZMA2; write it without", at, "FORMAT_VERSION");
    const size = this.number(end);
    const bits = this.at < end && size === 1 ? (this.bytes[this.at++] as number) : 64;
    if (bits > 40) throw this.bad("an impossible dictionary", at);
    return bits === 40 ? 0xffffffff : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
  }

  private checkBlock(check: number, from: number): void {
    const at = this.at;
    const size = CHECK_SIZES.get(check) as number;
    this.need(size);
    this.at += size;
    const made = this.out.bytes.subarray(from, this.out.length);
    const right =
      check === 0 ||
      (check === 1 ? this.view.getUint32(at, true) === crc32(made) : this.view.getBigUint64(at, true) === crc64(made));
    if (!right)
      throw this.bad(
        `the ${check === 1 ? "CRC-32" : "CRC-64"} of a block does not match the data`,
        at,
        "FORMAT_CHECKSUM",
      );
  }

  /** The sizes of all blocks once more; returns the bytes of the index. */
  private index(blocks: readonly Sizes[]): number {
    const start = this.at++;
    const { length } = this.bytes;
    if (this.number(length) !== blocks.length) throw this.bad("the index has another number of blocks", start);
    for (const { unpadded, uncompressed } of blocks)
      if (this.number(length) !== unpadded || this.number(length) !== uncompressed)
        throw this.bad("the index has other sizes than the blocks", start);
    this.padding(start);
    this.need(4);
    this.verify(start, this.at - start, this.at, "the CRC-32 of the index does not match");
    this.at += 4;
    return this.at - start;
  }

  private footer(start: number, indexed: number): void {
    const at = this.at;
    this.need(12);
    this.verify(at + 4, 6, at, "the CRC-32 of the footer does not match");
    if ((this.view.getUint32(at + 4, true) + 1) * 4 !== indexed)
      throw this.bad("the footer has another size of the index", at);
    const same = this.view.getUint16(at + 8) === this.view.getUint16(start + 6);
    if (!same || this.bytes[at + 10] !== 0x59 || this.bytes[at + 11] !== 0x5a)
      throw this.bad("a footer unlike the header", at);
    this.at += 12;
  }

  /** Zeros up to a multiple of four bytes from `start`. */
  private padding(start: number): void {
    while ((this.at - start) % 4 !== 0) {
      this.need(1);
      if (this.bytes[this.at++] !== 0) throw this.bad("padding that is not zero", this.at - 1);
    }
  }

  /** Seven bits a byte, the lowest first, at most nine bytes. */
  private number(end: number): number {
    const start = this.at;
    let value = 0;
    for (let i = 0; i < 9; i++) {
      if (this.at >= end) break;
      const byte = this.bytes[this.at++] as number;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte >= 0x80) continue;
      if ((byte === 0 && i > 0) || !Number.isSafeInteger(value)) break;
      return value;
    }
    throw this.bad(
      "a number that does not end",
      start,
      this.at >= this.bytes.length ? "FORMAT_TRUNCATED" : "FORMAT_MALFORMED",
    );
  }

  private verify(from: number, length: number, at: number, message: string): void {
    if (this.view.getUint32(at, true) !== crc32(this.bytes.subarray(from, from + length)))
      throw this.bad(message, at, "FORMAT_CHECKSUM");
  }

  private need(count: number): void {
    if (count > this.bytes.length - this.at)
      throw this.bad("the file ends too early", this.bytes.length, "FORMAT_TRUNCATED");
  }

  private bad(message: string, at: number, code: FormatErrorCode = "FORMAT_MALFORMED"): FormatError {
    return new FormatError(code, this.format, message, { offset: this.base + at });
  }
}
