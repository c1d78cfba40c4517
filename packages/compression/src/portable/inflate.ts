import { type Inflated, mostFrom } from "../engine.ts";
import { fixedCodes, type PrefixCode, prefixCode } from "./huffman.ts";

/** Base values of symbols whose ranges follow one another, each 2^extra long. */
function bases(first: number, extra: Uint8Array): Uint16Array {
  let next = first;
  return Uint16Array.from(extra, (bits) => {
    const own = next;
    next += 1 << bits;
    return own;
  });
}

// RFC 1951, 3.2.5: length symbols 257–285 (the last one is 258 alone) and distance symbols 0–29.
const LENGTH_EXTRA = /* @__PURE__ */ Uint8Array.from({ length: 29 }, (_, i) => (i < 4 || i === 28 ? 0 : (i >> 2) - 1));
const LENGTH_BASE = /* @__PURE__ */ bases(3, LENGTH_EXTRA).fill(258, 28);
const DISTANCE_EXTRA = /* @__PURE__ */ Uint8Array.from({ length: 30 }, (_, i) => (i < 2 ? 0 : (i >> 1) - 1));
const DISTANCE_BASE = /* @__PURE__ */ bases(1, DISTANCE_EXTRA);
/** Order in which a dynamic block gives the lengths of its code-length code (RFC 1951, 3.2.7). */
const CODE_ORDER = /* @__PURE__ */ Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15);

/** Thrown and caught in this file only. */
class Stop {
  readonly problem: "truncated" | "corrupt" | "overlong";

  constructor(problem: "truncated" | "corrupt" | "overlong") {
    this.problem = problem;
  }
}

/** One raw deflate stream being inflated: the bit reader and the output. */
class Inflater {
  readonly src: Uint8Array;
  readonly limit: number;
  out: Uint8Array;
  at = 0;
  pos = 0;
  /** Bits read and not used yet, lowest first, and how many. */
  hold = 0;
  count = 0;
  /** Zero bytes that were made up beyond the end of the input. */
  over = 0;

  constructor(src: Uint8Array, limit: number, hint: number) {
    this.src = src;
    this.limit = limit;
    this.out = new Uint8Array(Math.min(limit, mostFrom(src.length), Math.max(hint, 64)));
  }

  bits(n: number): number {
    while (this.count < n) {
      if (this.pos >= this.src.length) throw new Stop("truncated");
      this.hold |= (this.src[this.pos++] as number) << this.count;
      this.count += 8;
    }
    const value = this.hold & ((1 << n) - 1);
    this.hold >>>= n;
    this.count -= n;
    if (this.over > 0 && this.count < this.over * 8) throw new Stop("truncated");
    return value;
  }

  symbol(code: PrefixCode): number {
    while (this.count < code.bits) {
      if (this.pos < this.src.length) this.hold |= (this.src[this.pos++] as number) << this.count;
      else this.over++;
      this.count += 8;
    }
    const entry = code.table[this.hold & ((1 << code.bits) - 1)] as number;
    if (this.over > 0 && (entry === 0 || this.count - (entry & 15) < this.over * 8)) throw new Stop("truncated");
    if (entry === 0) throw new Stop("corrupt");
    this.hold >>>= entry & 15;
    this.count -= entry & 15;
    return entry >> 4;
  }

  /** Gives back whole bytes that were read ahead. */
  align(): void {
    this.pos -= (this.count >> 3) - this.over;
    this.over = 0;
    this.hold = 0;
    this.count = 0;
  }

  /** Room for `n` more bytes of output, by doubling. */
  room(n: number): void {
    const need = this.at + n;
    if (need <= this.out.length) return;
    if (need > this.limit) throw new Stop("overlong");
    const grown = new Uint8Array(Math.min(this.limit, Math.max(need, this.out.length * 2)));
    grown.set(this.out.subarray(0, this.at));
    this.out = grown;
  }

  run(): void {
    let last = 0;
    while (last === 0) {
      last = this.bits(1);
      const type = this.bits(2);
      if (type === 0) this.stored();
      else if (type === 1) this.compressed(...fixedCodes());
      else if (type === 2) this.compressed(...this.dynamicCodes());
      else throw new Stop("corrupt");
    }
    this.align();
  }

  stored(): void {
    this.align();
    const { src, pos } = this;
    if (pos + 4 > src.length) throw new Stop("truncated");
    const length = (src[pos] as number) | ((src[pos + 1] as number) << 8);
    if (length !== (((src[pos + 2] as number) | ((src[pos + 3] as number) << 8)) ^ 0xffff)) throw new Stop("corrupt");
    if (pos + 4 + length > src.length) throw new Stop("truncated");
    this.room(length);
    this.out.set(src.subarray(pos + 4, pos + 4 + length), this.at);
    this.at += length;
    this.pos = pos + 4 + length;
  }

  dynamicCodes(): [PrefixCode, PrefixCode] {
    const literals = this.bits(5) + 257;
    const distances = this.bits(5) + 1;
    const given = this.bits(4) + 4;
    if (literals > 286 || distances > 30) throw new Stop("corrupt");
    const small = new Uint8Array(19);
    for (let i = 0; i < given; i++) small[CODE_ORDER[i] as number] = this.bits(3);
    const code = prefixCode(small, true);
    if (code === undefined) throw new Stop("corrupt");
    const lengths = new Uint8Array(literals + distances);
    for (let i = 0; i < lengths.length; ) {
      const symbol = this.symbol(code);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw new Stop("corrupt");
      const value = symbol === 16 ? (lengths[i - 1] as number) : 0;
      const times = symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
      if (i + times > lengths.length) throw new Stop("corrupt");
      lengths.fill(value, i, i + times);
      i += times;
    }
    if (lengths[256] === 0) throw new Stop("corrupt");
    const first = prefixCode(lengths.subarray(0, literals), false);
    const second = prefixCode(lengths.subarray(literals), false);
    if (first === undefined || second === undefined) throw new Stop("corrupt");
    return [first, second];
  }

  /** The hot loop: state in locals, written back at the end of the block. */
  compressed(literals: PrefixCode, distances: PrefixCode): void {
    const { src } = this;
    const { table: literalTable } = literals;
    const { table: distanceTable } = distances;
    const literalMask = (1 << literals.bits) - 1;
    const distanceMask = (1 << distances.bits) - 1;
    let { out, at, pos, hold, count, over } = this;
    try {
      for (;;) {
        while (count <= 24) {
          if (pos < src.length) hold |= (src[pos++] as number) << count;
          else over++;
          count += 8;
        }
        let entry = literalTable[hold & literalMask] as number;
        hold >>>= entry & 15;
        count -= entry & 15;
        if (over > 0 && count < over * 8) throw new Stop("truncated");
        if (entry === 0) throw new Stop(over > 0 ? "truncated" : "corrupt");
        const symbol = entry >> 4;
        if (symbol < 256) {
          if (at === out.length) {
            this.at = at;
            this.room(1);
            out = this.out;
          }
          out[at++] = symbol;
          continue;
        }
        if (symbol === 256) break;
        if (symbol > 285) throw new Stop("corrupt");
        let extra = LENGTH_EXTRA[symbol - 257] as number;
        const length = (LENGTH_BASE[symbol - 257] as number) + (hold & ((1 << extra) - 1));
        hold >>>= extra;
        count -= extra;
        while (count <= 24) {
          if (pos < src.length) hold |= (src[pos++] as number) << count;
          else over++;
          count += 8;
        }
        entry = distanceTable[hold & distanceMask] as number;
        hold >>>= entry & 15;
        count -= entry & 15;
        if (entry === 0) throw new Stop(over > 0 ? "truncated" : "corrupt");
        if (entry >> 4 > 29) throw new Stop("corrupt");
        extra = DISTANCE_EXTRA[entry >> 4] as number;
        while (count < extra) {
          if (pos < src.length) hold |= (src[pos++] as number) << count;
          else over++;
          count += 8;
        }
        const distance = (DISTANCE_BASE[entry >> 4] as number) + (hold & ((1 << extra) - 1));
        hold >>>= extra;
        count -= extra;
        if (over > 0 && count < over * 8) throw new Stop("truncated");
        if (distance > at) throw new Stop("corrupt");
        if (at + length > out.length) {
          this.at = at;
          this.room(length);
          out = this.out;
        }
        for (const end = at + length; at < end; at++) out[at] = out[at - distance] as number;
      }
    } finally {
      this.at = at;
      this.pos = pos;
      this.hold = hold;
      this.count = count;
      this.over = over;
    }
  }
}

/** {@link Engine.inflate} without Node: RFC 1951, and zlib's rules where the RFC leaves room. */
export function inflate(bytes: Uint8Array, limit: number, hint: number): Inflated {
  const state = new Inflater(bytes, limit, hint);
  try {
    state.run();
  } catch (e) {
    if (!(e instanceof Stop)) throw e;
    return { problem: e.problem, at: Math.min(state.pos, bytes.length) };
  }
  const { out, at, pos } = state;
  return { bytes: out.length === at ? out : out.subarray(0, at), consumed: pos };
}

/** {@link Engine.inflateHead} without Node. */
export function inflateHead(bytes: Uint8Array, limit: number): Uint8Array {
  // A match or a stored block is taken whole or not at all, so there is room for one beyond the limit.
  const state = new Inflater(bytes, limit + 65_535, Math.min(limit, 4096));
  try {
    state.run();
  } catch (e) {
    if (!(e instanceof Stop)) throw e;
  }
  return state.out.subarray(0, Math.min(state.at, limit));
}
