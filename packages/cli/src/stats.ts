import {
  type AnyArray,
  type Block,
  type DType,
  float16ToNumber,
  isMaskedArray,
  type LazyArray,
  nomask,
  type Storage,
} from "@masquerade/core";
import { elementJson, type Json, numberJson } from "./json-value.ts";

/** Elements that are not masked, those that are, and what the visible ones are. Of kinds without an order only the counts. */
export interface Stats {
  /** Elements that are not masked. */
  readonly count: number;
  readonly masked: number;
  /** Visible elements that are NaN or NaT. */
  readonly nan?: number;
  /** Least and greatest visible element that is not NaN; null when there is none. */
  readonly min?: Json;
  readonly max?: Json;
  /** Mean of the visible elements that are not NaN, in float64; null when there are none. */
  readonly mean?: Json;
}

type Ordered = "number" | "bigint" | undefined;

const ORDERED: { readonly [K in DType["kind"]]?: Ordered } = {
  bool: "number",
  int8: "number",
  int16: "number",
  int32: "number",
  uint8: "number",
  uint16: "number",
  uint32: "number",
  float16: "number",
  float32: "number",
  float64: "number",
  int64: "bigint",
  uint64: "bigint",
  datetime64: "bigint",
  timedelta64: "bigint",
};

const NAT = -(2n ** 63n);

/** Statistics of an array in a file, block by block: memory does not grow with the array. */
export async function statsOf(array: LazyArray): Promise<Stats> {
  const { dtype, shape } = array.header;
  const total = shape.reduce((n, dim) => n * dim, 1);
  const kind = ORDERED[dtype.kind];
  const tally = kind === "bigint" ? new BigTally(dtype) : kind === "number" ? new NumberTally(dtype) : new CountTally();
  for await (const block of array.blocks({ plane: "both" })) take(tally, block);
  return { count: total - tally.masked, masked: tally.masked, ...tally.found() };
}

function take(tally: Tally, { value }: Block): void {
  const mask = maskBytes(value);
  const data = (isMaskedArray(value) ? value.data : value).toC();
  tally.add(data, mask, value.size);
}

/** One byte an element in C order, true where the element (of a record: any field of it) is masked; undefined when nothing can be. */
function maskBytes(value: AnyArray): Uint8Array | undefined {
  if (!isMaskedArray(value) || value.mask === nomask) return undefined;
  const bytes = value.mask.toC() as Uint8Array;
  const { itemsize } = value.mask.dtype;
  if (value.mask.dtype.kind === "bool") return bytes;
  const any = new Uint8Array(value.size);
  for (let i = 0; i < any.length; i++) for (let k = 0; k < itemsize; k++) if (bytes[i * itemsize + k] !== 0) any[i] = 1;
  return any;
}

interface Tally {
  readonly masked: number;
  add(data: Storage, mask: Uint8Array | undefined, size: number): void;
  found(): Partial<Stats>;
}

class CountTally implements Tally {
  masked = 0;

  add(_data: Storage, mask: Uint8Array | undefined, size: number): void {
    if (mask !== undefined) for (let i = 0; i < size; i++) if (mask[i] !== 0) this.masked++;
  }

  found(): Partial<Stats> {
    return {};
  }
}

class NumberTally implements Tally {
  masked = 0;
  #nan = 0;
  #seen = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  /** Neumaier's compensated sum. */
  #sum = 0;
  #lost = 0;
  readonly #dtype: DType;

  constructor(dtype: DType) {
    this.#dtype = dtype;
  }

  add(data: Storage, mask: Uint8Array | undefined, size: number): void {
    const values = data as Float64Array;
    const { kind } = this.#dtype;
    let [min, max, sum, lost] = [this.#min, this.#max, this.#sum, this.#lost];
    for (let i = 0; i < size; i++) {
      if (mask !== undefined && mask[i] !== 0) {
        this.masked++;
        continue;
      }
      let value = values[i] as number;
      if (kind === "float16") value = float16ToNumber(value);
      else if (kind === "bool") value = value === 0 ? 0 : 1;
      if (Number.isNaN(value)) {
        this.#nan++;
        continue;
      }
      this.#seen++;
      if (value < min) min = value;
      if (value > max) max = value;
      const next = sum + value;
      lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
      sum = next;
    }
    [this.#min, this.#max, this.#sum, this.#lost] = [min, max, sum, lost];
  }

  found(): Partial<Stats> {
    const sum = Number.isFinite(this.#sum) ? this.#sum + this.#lost : this.#sum;
    const json = (value: number): Json => (this.#seen === 0 ? null : numberJson(value));
    const extreme = (value: number): Json =>
      this.#dtype.kind === "bool" && this.#seen > 0 ? value === 1 : json(value);
    return { nan: this.#nan, min: extreme(this.#min), max: extreme(this.#max), mean: json(sum / this.#seen) };
  }
}

/** int64 and times: the sum is exact. Dates have no mean. */
class BigTally implements Tally {
  masked = 0;
  #nan = 0;
  #seen = 0;
  #min: bigint | undefined;
  #max: bigint | undefined;
  #sum = 0n;
  readonly #dtype: DType;

  constructor(dtype: DType) {
    this.#dtype = dtype;
  }

  add(data: Storage, mask: Uint8Array | undefined, size: number): void {
    const values = data as BigInt64Array;
    const time = this.#dtype.kind === "datetime64" || this.#dtype.kind === "timedelta64";
    let [min, max] = [this.#min, this.#max];
    for (let i = 0; i < size; i++) {
      if (mask !== undefined && mask[i] !== 0) {
        this.masked++;
        continue;
      }
      const value = values[i] as bigint;
      if (time && value === NAT) {
        this.#nan++;
        continue;
      }
      this.#seen++;
      if (min === undefined || value < min) min = value;
      if (max === undefined || value > max) max = value;
      this.#sum += value;
    }
    [this.#min, this.#max] = [min, max];
  }

  found(): Partial<Stats> {
    const json = (value: bigint | undefined): Json => (value === undefined ? null : elementJson(this.#dtype, value));
    const ends = { nan: this.#nan, min: json(this.#min), max: json(this.#max) };
    if (this.#dtype.kind === "datetime64") return ends;
    return { ...ends, mean: this.#seen === 0 ? null : meanOf(this.#sum, this.#seen) };
  }
}

/** The quotient in float64, without rounding the sum first. */
function meanOf(sum: bigint, count: number): number {
  const n = BigInt(count);
  return Number(sum / n) + Number(sum % n) / count;
}
