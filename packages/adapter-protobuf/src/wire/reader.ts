import { FormatError, LimitError, type Limits, quoteText } from "@masquerade/core";
import protobuf from "protobufjs/minimal.js";

/** Depth of messages within messages: what the C++ and Python libraries read (their default recursion limit). */
export const MAX_DEPTH = 100;

/** Field numbers from here on are annotations, which a reader may skip (proto/README.md). */
const FIRST_ANNOTATION = 100;

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/** What may be in a message, by field number: its wire type, and whether it may come more than once. */
export interface FieldRule {
  readonly name: string;
  readonly wire: typeof VARINT | typeof FIXED64 | typeof BYTES | typeof FIXED32;
  readonly repeated?: boolean;
  /** A repeated number that may also come unpacked. */
  readonly packable?: boolean;
}
export type MessageRules = Readonly<Record<number, FieldRule>>;

/** Where a message lies: bytes from the start of the file. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const utf8: TextDecoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A strict reader of one message and those within it: over protobufjs' Reader, which keeps the position and hands out views, with what
 * that reader lets pass refused: numbers cut to 32 bits, lengths past the enclosing message, a singular field twice, fields nobody knows,
 * wrong wire types, groups. Every failure is a FormatError with the offset in the file.
 */
export class WireReader {
  readonly format: string;
  readonly limits: Limits;
  readonly base: number;
  readonly #reader: protobuf.Reader;
  #depth = 0;

  /** `base`: where in the file the message begins; the offsets of errors count from the file's beginning. */
  constructor(bytes: Uint8Array, format: string, limits: Limits, base = 0) {
    this.format = format;
    this.limits = limits;
    this.base = base;
    this.#reader = new protobuf.Reader(bytes);
  }

  /** Byte of the message that is read next. */
  get at(): number {
    return this.#reader.pos;
  }

  fail(message: string, at: number = this.at): FormatError {
    return new FormatError("FORMAT_MALFORMED", this.format, message, { offset: this.base + at });
  }

  limit(name: keyof Limits, what: string, at: number = this.at): LimitError {
    return new LimitError(name, `${what}: more than ${this.limits[name]}`, {
      format: this.format,
      offset: this.base + at,
    });
  }

  /** An unsigned number below 2^53, at most ten bytes long as the wire format has it. */
  number(): number {
    const reader = this.#reader;
    const { buf, len } = reader;
    const start = reader.pos;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      if (reader.pos >= len) throw this.#short("a number", start);
      const byte = buf[reader.pos++] as number;
      value += (byte & 127) * scale;
      scale *= 128;
      if (byte < 128) {
        if (!Number.isSafeInteger(value)) throw this.fail("a number is larger than 2^53 - 1", start);
        return value;
      }
    }
    throw this.fail("a number has more than ten bytes", start);
  }

  boolean(what: string): boolean {
    const at = this.at;
    const value = this.number();
    if (value > 1) throw this.fail(`${what} is ${value}, which is neither false nor true`, at);
    return value === 1;
  }

  /** A number looked up in an enumeration's table; 0 is a field left out. Throws FormatError FORMAT_VERSION for one that is not in it. */
  enumeration<T>(what: string, table: readonly (T | undefined)[]): T | undefined {
    const at = this.at;
    const value = this.number();
    const known = table[value];
    if (known === undefined && value !== 0)
      throw new FormatError(
        "FORMAT_VERSION",
        this.format,
        `${what} has the unknown value ${value}; a newer version wrote it, or the file is damaged`,
        { offset: this.base + at },
      );
    return known;
  }

  fixed32(): number {
    if (this.#reader.len - this.at < 4) throw this.#short("four bytes", this.at);
    return this.#reader.fixed32();
  }

  /** Eight bytes as bits. */
  fixed64(): bigint {
    if (this.#reader.len - this.at < 8) throw this.#short("eight bytes", this.at);
    const low = this.#reader.fixed32();
    return (BigInt(this.#reader.fixed32()) << 32n) | BigInt(low);
  }

  /** Bytes with their length before them: a view. */
  bytes(what: string): Uint8Array {
    const length = this.#length(what);
    const reader = this.#reader;
    const view = reader.raw(reader.pos, reader.pos + length);
    reader.pos += length;
    return view;
  }

  text(what: string): string {
    const at = this.at;
    const raw = this.bytes(what);
    try {
      return utf8.decode(raw);
    } catch {
      throw this.fail(`${what} is not UTF-8`, at);
    }
  }

  /** Numbers, packed or one at a time. At most `limits.maxDims` of them: shapes are all there is. */
  numbers(what: string, wire: number, into: number[]): void {
    const one = (): void => {
      if (into.length >= this.limits.maxDims) throw this.limit("maxDims", `dimensions of ${what}`);
      into.push(this.number());
    };
    if (wire === VARINT) one();
    else
      this.#within(what, (end) => {
        while (this.at < end) one();
      });
  }

  /** Passes over a message and says where it lies, to be read later. */
  range(what: string): Range {
    const length = this.#length(what);
    const start = this.at;
    this.#reader.pos += length;
    return { start, end: start + length };
  }

  /** Reads a message passed over before: it counts as one level of nesting. */
  later(what: string, range: Range, rules: MessageRules, field: (number: number, wire: number) => void): void {
    const reader = this.#reader;
    const { pos, len } = reader;
    reader.pos = range.start;
    reader.len = range.end;
    this.#depth++;
    this.fields(what, rules, range.end, field);
    this.#depth--;
    reader.pos = pos;
    reader.len = len;
  }

  /** A message within this one: `field` is called at each of its fields and must read it. */
  message(what: string, rules: MessageRules, field: (number: number, wire: number) => void): void {
    if (++this.#depth > MAX_DEPTH) throw this.fail(`messages are nested more than ${MAX_DEPTH} deep`);
    this.#within(what, (end) => this.fields(what, rules, end, field));
    this.#depth--;
  }

  /** The fields of a message that ends at `end`. */
  fields(what: string, rules: MessageRules, end: number, field: (number: number, wire: number) => void): void {
    let seen = 0;
    while (this.at < end) {
      const at = this.at;
      const tag = this.number();
      const number = Math.floor(tag / 8);
      const wire = tag % 8;
      if (number < 1 || number >= 2 ** 29)
        throw this.fail(`${what} has a field with the impossible number ${number}`, at);
      const rule = Object.hasOwn(rules, number) ? rules[number] : undefined;
      if (rule === undefined) {
        if (number < FIRST_ANNOTATION)
          throw new FormatError(
            "FORMAT_VERSION",
            this.format,
            `${what} has the unknown field ${number}; a newer version wrote it, or the file is damaged`,
            { offset: this.base + at },
          );
        this.#skip(what, wire, at);
        continue;
      }
      if (wire !== rule.wire && !(rule.packable === true && wire === VARINT))
        throw this.fail(`field ${rule.name} of ${what} has wire type ${wire}, not ${rule.wire}`, at);
      if (rule.repeated !== true) {
        const bit = 1 << number;
        if ((seen & bit) !== 0) throw this.fail(`field ${rule.name} of ${what} comes twice`, at);
        seen |= bit;
      }
      field(number, wire);
    }
    if (this.at !== end) throw this.fail(`${what} runs past its end at byte ${end}`);
  }

  #skip(what: string, wire: number, at: number): void {
    if (wire === VARINT) {
      const { buf, len } = this.#reader;
      for (let i = 0; i < 10; i++) {
        if (this.at >= len) throw this.#short(what, at);
        if ((buf[this.#reader.pos++] as number) < 128) return;
      }
      throw this.fail("a number has more than ten bytes", at);
    }
    if (wire === FIXED32) this.fixed32();
    else if (wire === FIXED64) this.fixed64();
    else if (wire === BYTES) this.bytes(what);
    else throw this.fail(`${what} has a field of wire type ${wire}`, at);
  }

  /** Reads a length and what it covers, within which nothing can be read beyond it. */
  #within(what: string, read: (end: number) => void): void {
    const length = this.#length(what);
    const reader = this.#reader;
    const outer = reader.len;
    reader.len = reader.pos + length;
    read(reader.len);
    reader.len = outer;
  }

  #length(what: string): number {
    const at = this.at;
    const length = this.number();
    const left = this.#reader.len - this.at;
    if (length > left)
      throw new FormatError(
        "FORMAT_TRUNCATED",
        this.format,
        `${quoteText(what)} takes ${length} bytes, there are ${left}`,
        { offset: this.base + at },
      );
    return length;
  }

  #short(what: string, at: number): FormatError {
    return new FormatError("FORMAT_TRUNCATED", this.format, `${what} is cut off`, { offset: this.base + at });
  }
}
