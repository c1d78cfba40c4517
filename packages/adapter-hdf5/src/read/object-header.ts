import { FormatError } from "@masquerade/core";
import type { Superblock } from "../superblock.ts";
import type { H5Type } from "../type/h5type.ts";
import { parseDatatype } from "../type/parse.ts";

/** A message of an object header, where it lies. */
export interface HeaderMessage {
  readonly type: number;
  /** The body says where the message is, not what it is. */
  readonly shared: boolean;
  readonly offset: number;
  readonly body: Uint8Array;
}

/** Blocks a header may be continued in. */
const MAX_BLOCKS = 1000;
const CONTINUATION = 0x10;
const FILTER_PIPELINE = 0x0b;
const FILL_VALUE = 0x05;
const OLD_FILL_VALUE = 0x04;

/** What a header in the file's bytes says that the library does not tell: tags, floats' layouts, external files. */
export class ObjectHeader {
  readonly messages: readonly HeaderMessage[];
  private readonly bytes: Uint8Array;
  private readonly file: Superblock;

  /** `address` as the file has it, counted from the base address. Throws FormatError. */
  constructor(bytes: Uint8Array, file: Superblock, address: number) {
    this.bytes = bytes;
    this.file = file;
    this.messages = this.read(address + file.base);
  }

  /** The datatype, through a committed one where there is one. Throws FormatError. */
  datatype(): H5Type {
    const own = this.messages.find((one) => one.type === 0x03);
    if (own === undefined) throw this.fail("no datatype message", 0);
    if (!own.shared) return parseDatatype(own.body, own.offset);
    const version = own.body[0];
    const at = own.offset + (version === 1 ? 8 : 2);
    const target = new ObjectHeader(this.bytes, this.file, this.address(at));
    const committed = target.messages.find((one) => one.type === 0x03 && !one.shared);
    if (committed === undefined) throw this.fail("a committed datatype that is none", at);
    return parseDatatype(committed.body, committed.offset);
  }

  /** Ids of the filters elements went through, in the order of writing. Throws FormatError. */
  filters(): number[] {
    const pipeline = this.messages.find((one) => one.type === FILTER_PIPELINE);
    if (pipeline === undefined) return [];
    const { offset } = pipeline;
    const version = this.uint(offset, 1);
    const count = this.uint(offset + 1, 1);
    const ids: number[] = [];
    let at = offset + (version === 1 ? 8 : 2);
    for (let i = 0; i < count; i++) {
      const id = this.uint(at, 2);
      const named = version === 1 || id >= 256;
      const name = named ? this.uint(at + 2, 2) : 0;
      const values = this.uint(at + (named ? 6 : 4), 2);
      at +=
        (named ? 8 : 6) +
        (version === 1 ? Math.ceil(name / 8) * 8 : name) +
        4 * (values + (version === 1 ? values % 2 : 0));
      ids.push(id);
    }
    return ids;
  }

  /** Whether a fill value was set, rather than left to the library's zeros. Messages 5 (versions 1 to 3) and, before it, 4. */
  fillDefined(): boolean {
    const own = this.messages.find((one) => one.type === FILL_VALUE && !one.shared);
    if (own === undefined) {
      const old = this.messages.find((one) => one.type === OLD_FILL_VALUE && !one.shared);
      return old !== undefined && this.uint(old.offset, 4) > 0;
    }
    const { offset, body } = own;
    if (body[0] === 3) return ((body[1] ?? 0) & 0x20) !== 0;
    return body[3] === 1 && body.length >= 8 && this.uint(offset + 4, 4) > 0;
  }

  private fail(what: string, offset: number): FormatError {
    return new FormatError("FORMAT_MALFORMED", "hdf5", `an object header with ${what}`, { offset });
  }

  private slice(at: number, length: number): Uint8Array {
    if (!Number.isSafeInteger(at) || !Number.isSafeInteger(length) || length < 0 || at + length > this.bytes.length)
      throw this.fail("a part outside the file", at);
    return this.bytes.subarray(at, at + length);
  }

  private uint(at: number, size: number): number {
    let value = 0;
    for (const byte of this.slice(at, size).toReversed()) value = value * 256 + byte;
    return value;
  }

  private address(at: number): number {
    return this.uint(at, this.file.offsetSize);
  }

  /** File format specification 3.0, section IV.A.1: versions 1 and 2. */
  private read(start: number): HeaderMessage[] {
    const out: HeaderMessage[] = [];
    const isNew = this.uint(start, 4) === 0x5244_484f;
    const flags = isNew ? this.uint(start + 5, 1) : 0;
    const sizeBytes = 1 << (flags & 3);
    const sizeAt = isNew ? start + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0) : start + 8;
    const size = this.uint(sizeAt, isNew ? sizeBytes : 4);
    const first = isNew ? sizeAt + sizeBytes : start + 16;
    if (!isNew && this.uint(start, 1) !== 1) throw this.fail("an unknown version", start);
    const blocks: (readonly [from: number, to: number])[] = [[first, first + size]];
    const head = isNew ? 4 + (flags & 4 ? 2 : 0) : 8;
    for (let block = 0; block < blocks.length; block++) {
      if (block >= MAX_BLOCKS) throw this.fail(`more than ${MAX_BLOCKS} parts`, start);
      const [from, to] = blocks[block] as readonly [number, number];
      this.slice(from, to - from);
      for (let at = from; at + head <= to; ) {
        const type = this.uint(at, isNew ? 1 : 2);
        const length = this.uint(at + (isNew ? 1 : 2), 2);
        const shared = (this.uint(at + (isNew ? 3 : 4), 1) & 2) !== 0;
        const offset = at + head;
        if (offset + length > to) throw this.fail("a message past its end", at);
        at = offset + length;
        if (type !== CONTINUATION) {
          out.push({ type, shared, offset, body: this.slice(offset, length) });
          continue;
        }
        const next = this.address(offset) + this.file.base;
        const bytes = this.uint(offset + this.file.offsetSize, this.file.lengthSize);
        // A newer part begins with its name and ends with a checksum.
        blocks.push(isNew ? [next + 4, next + bytes - 4] : [next, next + bytes]);
      }
    }
    return out;
  }
}
