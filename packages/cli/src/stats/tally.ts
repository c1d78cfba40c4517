import type { DType } from "@masquerade/core";
import { elementJson, type Json, numberJson } from "../json-value.ts";
import { IntegerMoments, Spread, Sum } from "./moments.ts";
import { Ranks } from "./ranks.ts";
import { measures, type Visible } from "./visible.ts";

/** What the visible elements of an array are, but for their counts. */
export interface Found {
  readonly min?: Json;
  readonly max?: Json;
  readonly mean?: Json;
  readonly std?: Json;
}

/** Collects from the visible elements of block after block. */
export interface Tally {
  readonly seen: number;
  /** The first pass: everything. */
  add(visible: Visible): void;
  found(): Found;
  /** Quantiles; none of kinds without an order. */
  readonly quantiles?: Quantiles | undefined;
}

/** Quantiles, which may need the blocks again: see {@link Ranks}. */
export interface Quantiles {
  addAgain(visible: Visible): void;
  needsPass(fractions: readonly number[]): boolean;
  at(fraction: number): Json;
}

/** `quantiles`: whether they are wanted too. */
export function tallyOf(dtype: DType, quantiles: boolean): Tally {
  switch (measures[dtype.kind]) {
    case "numbers":
      return new NumberTally(dtype, quantiles);
    case "integers":
      return new IntegerTally(dtype, quantiles);
    case "pairs":
      return new PairTally();
    default:
      return { seen: 0, add: () => {}, found: () => ({}) };
  }
}

class NumberTally implements Tally {
  seen = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  readonly #sum: Sum = new Sum();
  readonly #spread: Spread = new Spread();
  readonly #dtype: DType;
  readonly #ranks: Ranks | undefined;

  constructor(dtype: DType, quantiles: boolean) {
    this.#dtype = dtype;
    this.#ranks = quantiles ? new Ranks("float") : undefined;
  }

  add({ numbers }: Visible): void {
    let [min, max] = [this.#min, this.#max];
    for (const value of numbers) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
    [this.#min, this.#max] = [min, max];
    this.seen += numbers.length;
    this.#sum.add(numbers);
    this.#spread.add(numbers);
    this.#ranks?.add(numbers);
  }

  found(): Found {
    const json = (value: number): Json => (this.seen === 0 ? null : numberJson(value));
    const extreme = (value: number): Json => (this.#dtype.kind === "bool" && this.seen > 0 ? value === 1 : json(value));
    return {
      min: extreme(this.#min),
      max: extreme(this.#max),
      mean: json(this.#sum.value / this.seen),
      std: json(Math.sqrt(this.#spread.variance)),
    };
  }

  get quantiles(): Quantiles | undefined {
    const ranks = this.#ranks;
    if (ranks === undefined) return undefined;
    const value = (rank: number): number => ranks.at(rank) as number;
    return {
      addAgain: ({ numbers }) => ranks.add(numbers),
      needsPass: (fractions) => ranks.needsPass(fractions.flatMap((one) => neighbours(one, this.seen))),
      at: (fraction) => {
        const [low, high] = neighbours(fraction, this.seen);
        if (low === undefined || high === undefined) return null;
        return numberJson(between(value(low), value(high), fraction * (this.seen - 1) - low));
      },
    };
  }
}

/** int64, uint64 and times. Dates have no mean. */
class IntegerTally implements Tally {
  seen = 0;
  readonly #moments: IntegerMoments;
  readonly #dtype: DType;
  readonly #ranks: Ranks | undefined;

  constructor(dtype: DType, quantiles: boolean) {
    const signed = dtype.kind !== "uint64";
    this.#dtype = dtype;
    this.#moments = new IntegerMoments(signed);
    this.#ranks = quantiles ? new Ranks(signed ? "signed" : "unsigned") : undefined;
  }

  add({ integers }: Visible): void {
    this.seen += integers.length;
    this.#moments.add(integers);
    this.#ranks?.add(integers);
  }

  found(): Found {
    const json = (value: bigint | undefined): Json => (value === undefined ? null : elementJson(this.#dtype, value));
    const ends = { min: json(this.#moments.min), max: json(this.#moments.max) };
    if (this.#dtype.kind === "datetime64") return ends;
    if (this.seen === 0) return { ...ends, mean: null, std: null };
    return { ...ends, mean: numberJson(this.#moments.mean), std: numberJson(Math.sqrt(this.#moments.variance)) };
  }

  get quantiles(): Quantiles | undefined {
    const ranks = this.#ranks;
    if (ranks === undefined) return undefined;
    return {
      addAgain: ({ integers }) => ranks.add(integers),
      needsPass: (fractions) => ranks.needsPass(fractions.flatMap((one) => neighbours(one, this.seen))),
      at: (fraction) => {
        const [low, high] = neighbours(fraction, this.seen);
        if (low === undefined || high === undefined) return null;
        return this.#between(ranks.at(low) as bigint, ranks.at(high) as bigint, fraction * (this.seen - 1) - low);
      },
    };
  }

  /** Exact where it is an element; else between two of them, of times the count below. */
  #between(low: bigint, high: bigint, part: number): Json {
    if (part === 0 || low === high) return elementJson(this.#dtype, low);
    const time = this.#dtype.kind === "datetime64" || this.#dtype.kind === "timedelta64";
    if (!time) return numberJson(between(Number(low), Number(high), part));
    return elementJson(this.#dtype, low + BigInt(Math.trunc(Number(high - low) * part)));
  }
}

/** Complex numbers: mean, and NumPy's standard deviation (of the distances from it). */
class PairTally implements Tally {
  seen = 0;
  readonly #sums = [new Sum(), new Sum()] as const;
  readonly #spreads = [new Spread(), new Spread()] as const;

  add({ pairs }: Visible): void {
    this.seen += pairs.length / 2;
    for (const part of [0, 1] as const) {
      this.#sums[part].add(pairs, part, 2);
      this.#spreads[part].add(pairs, part, 2);
    }
  }

  found(): Found {
    if (this.seen === 0) return { mean: null, std: null };
    const [re, im] = this.#spreads;
    return {
      mean: this.#sums.map((sum) => numberJson(sum.value / this.seen)),
      std: numberJson(Math.sqrt(re.variance + im.variance)),
    };
  }
}

/** Ranks of the elements a quantile lies between. */
function neighbours(fraction: number, count: number): [] | [number, number] {
  if (count === 0) return [];
  const low = Math.floor(fraction * (count - 1));
  return [low, Math.min(low + 1, count - 1)];
}

/** As NumPy interpolates (its default method, "linear"). */
function between(low: number, high: number, part: number): number {
  if (low === high) return low;
  const distance = high - low;
  return part >= 0.5 ? high - distance * (1 - part) : low + distance * part;
}
