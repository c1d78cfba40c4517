import type { ByteOutput } from "./byte-output.ts";

/** Where each group of probabilities begins. */
const MATCH = 0;
const REP = MATCH + 12 * 16;
const REP0_LONG = REP + 12;
const REP_G0 = REP0_LONG + 12 * 16;
const REP_G1 = REP_G0 + 12;
const REP_G2 = REP_G1 + 12;
const SLOT = REP_G2 + 12;
const SPECIAL = SLOT + 4 * 64;
const ALIGN = SPECIAL + 128;
const LENGTH = ALIGN + 16;
/** choice, choice2; 16 times 8 low; 16 times 8 middle; 256 high. */
const LENGTH_SIZE = 2 + 16 * 8 * 2 + 256;
const REP_LENGTH = LENGTH + LENGTH_SIZE;
const LITERAL = REP_LENGTH + LENGTH_SIZE;

/** Why a stream could not be decoded. */
export class LzmaFailure extends Error {
  readonly problem: "truncated" | "corrupt";
  /** Offset in the input. */
  readonly at: number;

  constructor(problem: "truncated" | "corrupt", at: number) {
    super(problem);
    this.problem = problem;
    this.at = at;
  }
}

/**
 * The decoder that LZMA files and the chunks of LZMA2 share: range coder, probabilities, the last four distances. What it makes is also its
 * window. Throws {@link LzmaFailure}, and what the output throws. Source: the LZMA specification in the LZMA SDK.
 */
export class LzmaDecoder {
  /** Input position. */
  at = 0;
  /** Position in the output at which the window begins. */
  window = 0;
  private readonly input: Uint8Array;
  private readonly out: ByteOutput;
  private readonly dictionary: number;
  private probabilities: Uint16Array = new Uint16Array(0);
  private end = 0;
  private range = 0;
  private code = 0;
  private contextBits = 0;
  private positionBits = 0;
  private positionMask = 0;
  private state = 0;
  private rep0 = 0;
  private rep1 = 0;
  private rep2 = 0;
  private rep3 = 0;

  constructor(input: Uint8Array, out: ByteOutput, dictionary: number) {
    this.input = input;
    this.out = out;
    this.dictionary = Math.max(dictionary, 4096);
  }

  /** Takes the properties byte: (pb * 5 + lp) * 9 + lc. False when it is none. */
  properties(byte: number, mostLiteralBits: number): boolean {
    if (byte >= 225) return false;
    const lc = byte % 9;
    const lp = Math.floor(byte / 9) % 5;
    if (lc + lp > mostLiteralBits) return false;
    this.contextBits = lc;
    this.positionBits = lp;
    this.positionMask = (1 << Math.floor(byte / 45)) - 1;
    const size = LITERAL + (0x300 << (lc + lp));
    if (this.probabilities.length !== size) this.probabilities = new Uint16Array(size);
    return true;
  }

  resetState(): void {
    this.probabilities.fill(1024);
    this.state = this.rep0 = this.rep1 = this.rep2 = this.rep3 = 0;
  }

  /** Starts the range coder on the input from `at` to `end`. */
  start(at: number, end: number): void {
    this.at = at;
    this.end = end;
    if (this.next() !== 0) throw this.corrupt();
    this.range = 0xffffffff;
    this.code = 0;
    for (let i = 0; i < 4; i++) this.code = ((this.code << 8) | this.next()) >>> 0;
    if (this.code === this.range) throw this.corrupt();
  }

  /** Whether the range coder is at an end: every encoder leaves it so. */
  get finished(): boolean {
    return this.code === 0;
  }

  /**
   * Decodes until the output is `limit` bytes long, or up to the end marker where `marked` allows one. Returns whether the marker was found.
   */
  decode(limit: number, marked: boolean): boolean {
    const { out, probabilities } = this;
    while (out.length < limit || (marked && out.length === limit && !this.finished)) {
      const position = out.length - this.window;
      const place = position & this.positionMask;
      const context = (this.state << 4) + place;
      if (this.bit(MATCH + context) === 0) {
        if (out.length === limit) throw this.corrupt();
        this.literal(position, probabilities);
        continue;
      }
      let length: number;
      if (this.bit(REP + this.state) === 0) {
        this.rep3 = this.rep2;
        this.rep2 = this.rep1;
        this.rep1 = this.rep0;
        length = this.length(LENGTH, place);
        this.state = this.state < 7 ? 7 : 10;
        this.rep0 = this.distance(length);
        if (this.rep0 === 0xffffffff) {
          if (!marked || length !== 0) throw this.corrupt();
          return true;
        }
      } else {
        if (position === 0) throw this.corrupt();
        if (this.bit(REP_G0 + this.state) === 0) {
          if (this.bit(REP0_LONG + context) === 0) {
            this.state = this.state < 7 ? 9 : 11;
            this.copy(1, limit);
            continue;
          }
        } else this.swapDistances();
        length = this.length(REP_LENGTH, place);
        this.state = this.state < 7 ? 8 : 11;
      }
      this.copy(length + 2, limit);
    }
    return false;
  }

  private swapDistances(): void {
    let distance: number;
    if (this.bit(REP_G1 + this.state) === 0) distance = this.rep1;
    else {
      if (this.bit(REP_G2 + this.state) === 0) distance = this.rep2;
      else {
        distance = this.rep3;
        this.rep3 = this.rep2;
      }
      this.rep2 = this.rep1;
    }
    this.rep1 = this.rep0;
    this.rep0 = distance;
  }

  private copy(length: number, limit: number): void {
    const { out, rep0 } = this;
    if (rep0 >= out.length - this.window || rep0 >= this.dictionary || length > limit - out.length)
      throw this.corrupt();
    out.reserve(length);
    out.repeat(rep0 + 1, length);
  }

  private literal(position: number, probabilities: Uint16Array): void {
    const { out, contextBits, state } = this;
    const before = position > 0 ? (out.bytes[out.length - 1] as number) : 0;
    const context = ((position & ((1 << this.positionBits) - 1)) << contextBits) + (before >> (8 - contextBits));
    const from = LITERAL + 0x300 * context;
    let symbol = 1;
    if (state >= 7) {
      // After a match the byte differs from the one the match would have gone on with: it is part of the context.
      if (this.rep0 >= position) throw this.corrupt();
      let expected = out.bytes[out.length - this.rep0 - 1] as number;
      do {
        const top = (expected >> 7) & 1;
        expected <<= 1;
        const bit = this.bit(from + ((1 + top) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== top) break;
      } while (symbol < 256);
    }
    while (symbol < 256) symbol = (symbol << 1) | this.bit(from + symbol);
    if (out.length === out.bytes.length) out.reserve(1);
    out.bytes[out.length++] = symbol & 0xff;
    this.state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
    if (probabilities.length === 0) throw this.corrupt();
  }

  /** A length less 2. */
  private length(from: number, place: number): number {
    if (this.bit(from) === 0) return this.tree(from + 2 + place * 8, 3);
    if (this.bit(from + 1) === 0) return 8 + this.tree(from + 2 + 128 + place * 8, 3);
    return 16 + this.tree(from + 2 + 256, 8);
  }

  /** A distance less 1; 0xffffffff is the end marker. */
  private distance(length: number): number {
    const slot = this.tree(SLOT + Math.min(length, 3) * 64, 6);
    if (slot < 4) return slot;
    const low = (slot >> 1) - 1;
    const base = ((2 | (slot & 1)) << low) >>> 0;
    if (slot < 14) return base + this.reverseTree(SPECIAL + base - slot, low);
    return (base + ((this.direct(low - 4) << 4) >>> 0) + this.reverseTree(ALIGN, 4)) >>> 0;
  }

  private tree(from: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.bit(from + symbol);
    return symbol - (1 << bits);
  }

  private reverseTree(from: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(from + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  /** Bits of even chance. */
  private direct(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      this.range >>>= 1;
      let bit = 0;
      if (this.code >= this.range) {
        this.code -= this.range;
        bit = 1;
      }
      value = (value << 1) | bit;
      if (this.range < 0x1000000) this.shift();
    }
    return value;
  }

  private bit(index: number): number {
    const { probabilities } = this;
    const p = probabilities[index] as number;
    const bound = (this.range >>> 11) * p;
    let bit: number;
    if (this.code < bound) {
      this.range = bound;
      probabilities[index] = p + ((2048 - p) >> 5);
      bit = 0;
    } else {
      this.range -= bound;
      this.code -= bound;
      probabilities[index] = p - (p >> 5);
      bit = 1;
    }
    if (this.range < 0x1000000) this.shift();
    return bit;
  }

  private shift(): void {
    this.range = (this.range << 8) >>> 0;
    this.code = ((this.code << 8) | this.next()) >>> 0;
  }

  private next(): number {
    if (this.at >= this.end) throw new LzmaFailure("truncated", this.at);
    return this.input[this.at++] as number;
  }

  private corrupt(): LzmaFailure {
    return new LzmaFailure("corrupt", this.at);
  }
}
