import type { Integers } from "./visible.ts";
import { LOWER, UPPER, wordsOf } from "./words.ts";

const AT_ONCE = 2 ** 20;

/** A sum that keeps what rounding loses (Neumaier's). */
export class Sum {
  #sum = 0;
  #lost = 0;

  add(values: Float64Array, start = 0, step = 1): void {
    let [sum, lost] = [this.#sum, this.#lost];
    for (let i = start; i < values.length; i += step) {
      const value = values[i] as number;
      const next = sum + value;
      lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
      sum = next;
    }
    [this.#sum, this.#lost] = [sum, lost];
  }

  get value(): number {
    return Number.isFinite(this.#sum) ? this.#sum + this.#lost : this.#sum;
  }
}

/** The sum of squared distances from the mean, block by block: each in two passes, then put together as Chan, Golub and LeVeque do. */
export class Spread {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(values: Float64Array, start = 0, step = 1): void {
    const n = Math.ceil((values.length - start) / step);
    if (n <= 0) return;
    const sum = new Sum();
    sum.add(values, start, step);
    const mean = sum.value / n;
    let squares = 0;
    for (let i = start; i < values.length; i += step) {
      const distance = (values[i] as number) - mean;
      squares += distance * distance;
    }
    const apart = mean - this.#mean;
    const all = this.#count + n;
    this.#squares += squares + (this.#count === 0 ? 0 : apart * apart * ((this.#count * n) / all));
    this.#mean += (apart * n) / all;
    this.#count = all;
  }

  /** Of all of them (NumPy's `std` with ddof 0) is its root. */
  get variance(): number {
    return this.#squares / this.#count;
  }
}

/** Least, greatest, sum and spread of 64-bit integers: the sum is exact. */
export class IntegerMoments {
  readonly #signed: boolean;
  #count = 0;
  #sum = 0n;
  #first: bigint | undefined;
  readonly #spread: Spread = new Spread();
  min: bigint | undefined;
  max: bigint | undefined;

  constructor(signed: boolean) {
    this.#signed = signed;
  }

  add(all: Integers): void {
    // So few at once that sums of 32-bit halves stay below 2^53.
    for (let at = 0; at < all.length; at += AT_ONCE) this.#addSome(all.subarray(at, at + AT_ONCE));
  }

  #addSome(values: Integers): void {
    this.#first ??= values[0] as bigint;
    const [firstUpper, firstLower] = this.#halves(this.#first);
    const words = wordsOf(values);
    // Distances from the first value are exact as long as they are below 2^53, whatever the values are.
    const distances = new Float64Array(values.length);
    let [least, greatest, leastAt, greatestAt] = [Infinity, -Infinity, 0, 0];
    let [uppers, lowers] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      const raw = words[2 * i + UPPER] as number;
      const upper = this.#signed ? raw | 0 : raw;
      const lower = words[2 * i + LOWER] as number;
      uppers += upper;
      lowers += lower;
      distances[i] = (upper - firstUpper) * 2 ** 32 + (lower - firstLower);
      if (upper < least || (upper === least && lower < (words[2 * leastAt + LOWER] as number)))
        [least, leastAt] = [upper, i];
      if (upper > greatest || (upper === greatest && lower > (words[2 * greatestAt + LOWER] as number)))
        [greatest, greatestAt] = [upper, i];
    }
    const [low, high] = [values[leastAt] as bigint, values[greatestAt] as bigint];
    if (this.min === undefined || low < this.min) this.min = low;
    if (this.max === undefined || high > this.max) this.max = high;
    this.#sum += (BigInt(uppers) << 32n) + BigInt(lowers);
    this.#count += values.length;
    this.#spread.add(distances);
  }

  #halves(value: bigint): [upper: number, lower: number] {
    const upper = value >> 32n;
    return [Number(upper), Number(value - (upper << 32n))];
  }

  /** The quotient in float64, without rounding the sum first. */
  get mean(): number {
    const n = BigInt(this.#count);
    return Number(this.#sum / n) + Number(this.#sum % n) / this.#count;
  }

  get variance(): number {
    return this.#spread.variance;
  }
}
