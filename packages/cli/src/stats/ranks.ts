import type { Integers } from "./visible.ts";
import { elementOf, LOWER, lowerKey, type Sorting, UPPER, upperKey, wordsOf } from "./words.ts";

/** Elements kept at most, to be sorted. */
const ROOM = 2 ** 21;
/** Bits of a key that the first pass counts by, and that each further pass adds. */
const FIRST_BITS = 16;
const MORE_BITS = 12;

type Elements = Float64Array | Integers;

/** Elements whose keys begin with the same bits, among which ranks are looked for. */
interface Group {
  readonly prefix: number;
  /** Elements with smaller keys. */
  readonly below: number;
  /** By the next bits of the key. */
  readonly counts: Float64Array;
  /** The first element that was seen, and whether all others were it too: many equal ones (zeros, say) need no further pass. */
  first: { readonly element: number | bigint; readonly upper: number; readonly lower: number } | undefined;
  uniform: boolean;
}

/**
 * The elements of given ranks (0: the least) of any number of elements, exactly, in memory that does not grow with them. What fits is kept and
 * sorted; else a pass counts elements by the leading bits of their keys, and further passes look only at those that begin as the ranks do.
 * Use: `add` every block; `needsPass(ranks)` says whether every block has to come again; then `at(rank)`.
 */
export class Ranks {
  readonly #sorting: Sorting;
  readonly #room: number;
  /** Bits of the keys that the groups are told apart by; 0 in the first pass. */
  #bits = 0;
  #groups: Map<number, Group> = new Map();
  /** Whether a key that begins with these 16 bits can be in a group. */
  #flags: Uint8Array | undefined;
  #kept: Elements | undefined;
  #size = 0;
  #overflow = false;
  readonly #found: Map<number, number | bigint> = new Map();

  constructor(sorting: Sorting, room: number = ROOM) {
    this.#sorting = sorting;
    this.#room = room;
    this.#groups.set(0, {
      prefix: 0,
      below: 0,
      counts: new Float64Array(2 ** FIRST_BITS),
      first: undefined,
      uniform: false,
    });
  }

  add(elements: Elements): void {
    if (elements.length === 0) return;
    if (this.#bits === 0) this.#addAll(elements);
    else this.#addSome(elements);
  }

  #addAll(elements: Elements): void {
    const { counts } = this.#groups.get(0) as Group;
    const words = wordsOf(elements);
    const sorting = this.#sorting;
    for (let i = UPPER; i < words.length; i += 2) {
      const bin = upperKey(words[i] as number, sorting) >>> (32 - FIRST_BITS);
      counts[bin] = (counts[bin] as number) + 1;
    }
    if (this.#overflow) return;
    if (this.#size + elements.length > this.#room) {
      this.#drop();
      return;
    }
    const kept = this.#demand(elements, elements.length);
    (kept as Float64Array).set(elements as Float64Array, this.#size);
    this.#size += elements.length;
  }

  #addSome(elements: Elements): void {
    const words = wordsOf(elements);
    const sorting = this.#sorting;
    const [bits, flags] = [this.#bits, this.#flags as Uint8Array];
    const only = this.#groups.size === 1 ? [...this.#groups.values()][0] : undefined;
    for (let i = 0; i < elements.length; i++) {
      const raw = words[2 * i + UPPER] as number;
      const upper = upperKey(raw, sorting);
      if (flags[upper >>> 16] === 0) continue;
      const lower = lowerKey(words[2 * i + LOWER] as number, raw, sorting);
      const prefix = leading(upper, lower, bits);
      const group = only === undefined ? this.#groups.get(prefix) : only.prefix === prefix ? only : undefined;
      if (group === undefined) continue;
      const bin = between(upper, lower, bits);
      group.counts[bin] = (group.counts[bin] as number) + 1;
      if (group.first === undefined) group.first = { element: elements[i] as number | bigint, upper, lower };
      else if (group.uniform && (group.first.upper !== upper || group.first.lower !== lower)) group.uniform = false;
      if (this.#overflow) continue;
      if (this.#size === this.#room) this.#drop();
      else this.#demand(elements, 1)[this.#size++] = elements[i] as never;
    }
  }

  /** Room for `more` elements of the kind of `like`. */
  #demand(like: Elements, more: number): Elements {
    const wanted = this.#size + more;
    if (this.#kept !== undefined && this.#kept.length >= wanted) return this.#kept;
    const Kind = like.constructor as new (length: number) => Elements;
    const grown = new Kind(Math.min(this.#room, Math.max(1024, wanted, 2 * (this.#kept?.length ?? 0))));
    if (this.#kept !== undefined) (grown as Float64Array).set(this.#kept as Float64Array);
    this.#kept = grown;
    return grown;
  }

  #drop(): void {
    [this.#kept, this.#size, this.#overflow] = [undefined, 0, true];
  }

  /** Ends a pass. True: every block has to be added again, before these ranks are known. Ranks are the same in every call. */
  needsPass(ranks: readonly number[]): boolean {
    const open = ranks.filter((rank) => !this.#found.has(rank));
    if (open.length === 0) return false;
    if (!this.#overflow) {
      this.#settle(open);
      return false;
    }
    const next = new Map<number, Group>();
    const width = this.#bits === 0 ? FIRST_BITS : MORE_BITS;
    const groups = [...this.#groups.values()];
    for (const rank of open) {
      const group = groups.findLast((one) => one.below <= rank) as Group;
      if (group.uniform && group.first !== undefined) {
        this.#found.set(rank, group.first.element);
        continue;
      }
      let [bin, below] = [0, group.below];
      while (below + (group.counts[bin] as number) <= rank) below += group.counts[bin++] as number;
      const prefix = group.prefix * 2 ** width + bin;
      // All bits are known: so is the element.
      if (this.#bits + width === 64) this.#found.set(rank, elementOf(keyOf(group.prefix, bin), this.#sorting));
      else if (!next.has(prefix)) {
        const counts = new Float64Array(2 ** MORE_BITS);
        next.set(prefix, { prefix, below, counts, first: undefined, uniform: true });
      }
    }
    this.#bits += width;
    this.#groups = new Map([...next].sort(([a], [b]) => a - b));
    this.#flags = new Uint8Array(2 ** 16);
    for (const prefix of next.keys()) this.#flags[Math.floor(prefix / 2 ** (this.#bits - 16))] = 1;
    this.#overflow = false;
    return next.size > 0;
  }

  /** What was kept holds the groups one after another, once it is sorted. */
  #settle(ranks: readonly number[]): void {
    const sorted = (this.#kept as Elements).subarray(0, this.#size).sort();
    let start = 0;
    const groups = [...this.#groups.values()].map((group) => {
      const at = start;
      start += group.counts.reduce((sum, count) => sum + count, 0);
      return { group, at };
    });
    for (const rank of ranks) {
      const { group, at } = groups.findLast((one) => one.group.below <= rank) as (typeof groups)[number];
      this.#found.set(rank, sorted[at + rank - group.below] as number | bigint);
    }
  }

  /** The element of a rank that `needsPass` was asked for. */
  at(rank: number): number | bigint {
    return this.#found.get(rank) as number | bigint;
  }
}

/** The first `bits` of a key, of which there are 16, 28, 40 or 52. */
function leading(upper: number, lower: number, bits: number): number {
  return bits <= 32 ? upper >>> (32 - bits) : upper * 2 ** (bits - 32) + (lower >>> (64 - bits));
}

/** The MORE_BITS after those. */
function between(upper: number, lower: number, bits: number): number {
  const mask = 2 ** MORE_BITS - 1;
  if (bits + MORE_BITS <= 32) return (upper >>> (32 - bits - MORE_BITS)) & mask;
  if (bits >= 32) return (lower >>> (64 - bits - MORE_BITS)) & mask;
  const fromUpper = 32 - bits;
  return ((upper << (MORE_BITS - fromUpper)) | (lower >>> (32 - (MORE_BITS - fromUpper)))) & mask;
}

const keyOf = (prefix: number, bin: number): bigint => BigInt(prefix) * BigInt(2 ** MORE_BITS) + BigInt(bin);
