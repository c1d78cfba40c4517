import type { Order } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import { NdArray } from "../array/ndarray.ts";
import { zeros } from "../array/zeros.ts";
import { NAT } from "../dtype/datetime.ts";
import { type DType, simple } from "../dtype/dtype.ts";
import { float16ToNumber, numberToFloat16 } from "../dtype/float16.ts";
import { OptionError } from "../errors.ts";
import { castArray } from "./astype.ts";
import { type Axis, BLOCK, eachBlock, type Layout, lanesAlong, layoutOf, reducedShape } from "./axis.ts";
import { familyOf, fromFloat64, isTime, toFloat64, toWide } from "./cast.ts";
import { type FoldName, halfOf, pairwiseComplex, pairwiseSum, realFolds, wideFolds } from "./kernels-reduce.ts";
import { classOf } from "./promote.ts";

/** What a reduction goes over, and what becomes of the axes. */
export interface Along {
  /** The axis, or the axes together, that are reduced; negative ones count from the end. Default: all of them. */
  readonly axis?: Axis;
  /** Whether the reduced axes stay, with length 1. Default false. */
  readonly keepdims?: boolean | undefined;
}

/** Along some axes, or with all of them kept: the result is an array. */
export type AlongAxis =
  | { readonly axis: number | readonly number[]; readonly keepdims?: boolean | undefined }
  | { readonly axis?: undefined; readonly keepdims: true };
/** Delta degrees of freedom. */
export interface Ddof {
  /** What is taken from the number of elements before dividing by it. Default 0. */
  readonly ddof?: number | undefined;
}

/** Over the whole array: neither `axis` nor `keepdims`. */
export type Whole = Record<never, never>;

function unsupported(name: string, dtype: DType): never {
  throw new OptionError("DTYPE_MISMATCH", `${name} is not defined for ${dtype.kind} here; cast with astype first`);
}

/** The dtype NumPy adds up and multiplies in: small integers and bools become 64-bit. */
export function sumDType(dtype: DType): DType {
  const cls = classOf(dtype);
  if (cls === "b" || cls === "i") return simple("int64");
  if (cls === "u") return simple("uint64");
  if (cls === "other") return dtype;
  return dtype.byteOrder === "big" ? ({ ...dtype, byteOrder: "little" } as DType) : dtype;
}

/** Elements of real numbers that count as another value: where a flag is set. */
export interface Hidden {
  readonly mask: NdArray;
  readonly value: number;
}

/**
 * sum, prod, min or max of a plain array over an axis (or all), in `dtype`. The result has the reduced shape. `hidden` is for real numbers
 * (`familyOf`) only.
 */
export function fold(name: FoldName, array: NdArray, along: Along, dtype: DType, hidden?: Hidden): NdArray {
  const l = layoutOf(array, along.axis, array.order);
  const load = hidden === undefined ? loader(l) : hiding(l, hidden, along.axis, array.order);
  const out = zeros(dtype, reducedShape(array.shape, along.axis, along.keepdims ?? false));
  if ((name === "min" || name === "max") && l.n === 0 && out.size > 0)
    throw new OptionError("SHAPE_MISMATCH", `${name} of no elements has no value`);
  const family = familyOf(dtype);
  if (family === "wide") foldWide(name, l, dtype, out.storage as BigInt64Array);
  else if (family === "real") {
    const single = dtype.kind === "float32" || dtype.kind === "float16";
    const acc = new Float64Array(out.size);
    if (name === "sum" && l.inner === 1) sumRows(l, load, acc, dtype);
    else foldReal(name, l, load, acc, single ? (dtype.kind === "float16" && l.inner > 1 ? "Half" : "Single") : "");
    fromFloat64(acc, dtype, out.storage);
  } else if (family === "complex" && (name === "sum" || name === "prod")) foldComplex(name, l, dtype, out);
  else unsupported(name, dtype);
  return out;
}

/** Elements of a layout as float64, to be read at once. */
type Load = (from: number, count: number) => Float64Array;

const loader =
  (l: Layout): Load =>
  (from, count) =>
    toFloat64(l.dtype, (l.lanes as Float64Array).subarray(from, from + count), count);

/** The same with what is hidden replaced, block by block: no second array. */
function hiding(l: Layout, { mask, value }: Hidden, axis: Axis, order: Order): Load {
  const plain = loader(l);
  const flags = lanesAlong(mask, axis, order) as Uint8Array;
  const block = new Float64Array(Math.min(BLOCK, flags.length));
  return (from, count) => {
    const values = block.subarray(0, count);
    values.set(plain(from, count));
    for (let i = 0; i < count; i++) if (flags[from + i] !== 0) values[i] = value;
    return values;
  };
}

function foldReal(name: FoldName, l: Layout, load: Load, acc: Float64Array, rounding: "" | "Single" | "Half"): void {
  acc.fill(
    name === "sum" ? -0 : name === "prod" ? 1 : name === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
  );
  if (l.n === 0) acc.fill(name === "prod" ? 1 : 0);
  // Minima and maxima need no rounding.
  const run = realFolds[name === "min" || name === "max" ? name : (`${name}${rounding}` as const)];
  eachBlock(l, load, (values, at, rows, width, to) => run(values, at, rows, width, acc, to));
}

/** Float sums along contiguous memory, pairwise as NumPy does them, and run after run where there are several. */
function sumRows(l: Layout, load: Load, acc: Float64Array, dtype: DType): void {
  const single = dtype.kind === "float32" || dtype.kind === "float16";
  const round = dtype.kind === "float16" ? roundHalf : single ? Math.fround : Number;
  const part = (from: number, n: number): number => {
    if (n <= BLOCK) return pairwiseSum(load(from, n), 0, n, single);
    const half = halfOf(n);
    const sum = part(from, half) + part(from + half, n - half);
    return single ? Math.fround(sum) : sum;
  };
  for (let o = 0; o < l.outer; o++) {
    let total = l.n === l.run ? part(o * l.n, l.n) : 0;
    if (l.n > l.run) for (let r = 0; r < l.n; r += l.run) total = round(total + part(o * l.n + r, l.run));
    acc[o] = total + 0;
  }
}

const roundHalf = (value: number): number => float16ToNumber(numberToFloat16(value));

function foldWide(name: FoldName, l: Layout, dtype: DType, out: BigInt64Array | BigUint64Array): void {
  const run = wideFolds[name];
  const unsigned = dtype.kind === "uint64";
  const time = isTime(dtype);
  const low = unsigned ? 0n : -(2n ** 63n);
  const high = unsigned ? 2n ** 64n - 1n : 2n ** 63n - 1n;
  out.fill(name === "sum" ? 0n : name === "prod" ? 1n : name === "min" ? high : low);
  const load = (from: number, count: number): BigInt64Array | BigUint64Array => {
    const wide = toWide(l.dtype, (l.lanes as Float64Array).subarray(from, from + count), dtype, count);
    return unsigned ? new BigUint64Array(wide.buffer as ArrayBuffer, wide.byteOffset, count) : wide;
  };
  const missing = time ? new Uint8Array(out.length) : undefined;
  eachBlock(l, load, (values, at, rows, width, to) => {
    run(values, at, rows, width, out, to);
    if (missing !== undefined)
      for (let k = 0; k < rows * width; k++) if (values[at + k] === NAT) missing[to + (k % width)] = 1;
  });
  // One NaT makes the result NaT.
  if (missing !== undefined) for (let i = 0; i < missing.length; i++) if (missing[i] !== 0) out[i] = NAT;
}

function foldComplex(name: "sum" | "prod", l: Layout, dtype: DType, out: NdArray): void {
  const pairs = (l.dtype.kind === "complex128" ? l.lanes : new Float64Array(l.lanes as Float32Array)) as Float64Array;
  const single = dtype.kind === "complex64";
  const to = out.storage as Float64Array;
  if (name === "sum" && l.inner === 1) {
    for (let o = 0; o < l.outer; o++)
      for (const part of [0, 1] as const) {
        let total = l.n === l.run ? pairwiseComplex(pairs, o * l.n, l.n, part, single) : 0;
        if (l.n > l.run)
          for (let r = 0; r < l.n; r += l.run) {
            total += pairwiseComplex(pairs, o * l.n + r, l.run, part, single);
            if (single) total = Math.fround(total);
          }
        to[2 * o + part] = total + 0;
      }
    return;
  }
  const round = single ? Math.fround : Number;
  for (let o = 0; o < l.outer; o++)
    for (let j = 0; j < l.inner; j++) {
      let re = name === "prod" ? 1 : 0;
      let im = 0;
      for (let r = 0; r < l.n; r++) {
        const at = 2 * ((o * l.n + r) * l.inner + j);
        const [x, y] = [pairs[at] as number, pairs[at + 1] as number];
        if (name === "sum") {
          re = round(re + x);
          im = round(im + y);
        } else [re, im] = [round(re * x - im * y), round(re * y + im * x)];
      }
      to[2 * (o * l.inner + j)] = re;
      to[2 * (o * l.inner + j) + 1] = im;
    }
}

/** Whether a zero (`stop` 0), or anything else, is among the flags. */
function stops(flags: Uint8Array, stop: 0 | 1): boolean {
  if (stop === 0) return flags.includes(0);
  for (let i = 0; i < flags.length; i++) if (flags[i] !== 0) return true;
  return false;
}

/** Whether any (all) elements over an axis are true. */
export function truth(name: "any" | "all", array: NdArray, along: Along): NdArray {
  const flags = castArray(array, "bool");
  const l = layoutOf(flags, along.axis, flags.order);
  const out = zeros("bool", reducedShape(array.shape, along.axis, along.keepdims ?? false));
  const acc = out.storage;
  const stop = name === "any" ? 1 : 0;
  acc.fill(1 - stop);
  if (l.inner === 1) {
    for (let o = 0; o < l.outer; o++)
      if (stops((l.lanes as Uint8Array).subarray(o * l.n, (o + 1) * l.n), stop)) acc[o] = stop;
    return out as unknown as NdArray;
  }
  const load = (from: number, count: number): Uint8Array => (l.lanes as Uint8Array).subarray(from, from + count);
  eachBlock(l, load, (values, at, rows, width, to) => {
    for (let r = 0, k = at; r < rows; r++)
      for (let j = to; j < to + width; j++) if ((values[k++] === 0) === (stop === 0)) acc[j] = stop;
  });
  return out as unknown as NdArray;
}

/** Index of the first smallest (largest) element over an axis; a NaN or NaT is found first. */
export function argExtreme(name: "argmin" | "argmax", array: NdArray, along: Along): NdArray {
  const l = layoutOf(array, along.axis);
  const out = zeros("int64", reducedShape(array.shape, along.axis, along.keepdims ?? false));
  if (l.n === 0 && out.size > 0) throw new OptionError("SHAPE_MISMATCH", `${name} of no elements has no value`);
  const family = familyOf(array.dtype);
  if (family !== "real" && family !== "wide") unsupported(name, array.dtype);
  const wide = family === "wide";
  const time = isTime(array.dtype);
  const min = name === "argmin";
  const best: (number | bigint)[] | Float64Array = wide ? new Array<bigint>(out.size) : new Float64Array(out.size);
  const load = (from: number, count: number): ArrayLike<number | bigint> => {
    const part = (l.lanes as Float64Array).subarray(from, from + count);
    return wide ? part : toFloat64(l.dtype, part, count);
  };
  eachBlock(l, load, (values, at, rows, width, to, row) => {
    for (let r = 0, k = at; r < rows; r++)
      for (let j = to; j < to + width; j++, k++) {
        const v = values[k] as number | bigint;
        const b = best[j] as number | bigint;
        const first = row + r === 0;
        if (!first && (Number.isNaN(b) || (time && b === NAT))) continue;
        if (first || (min ? v < b : v > b) || Number.isNaN(v) || (time && v === NAT)) {
          best[j] = v as never;
          out.storage[j] = BigInt(row + r);
        }
      }
  });
  return out as unknown as NdArray;
}

/** Running sums (products) along an axis; of the flattened array when `axis` is undefined. */
export function accumulate(name: "sum" | "prod", array: NdArray, axis: number | undefined): NdArray {
  const dtype = sumDType(array.dtype);
  const source = castArray(axis === undefined ? array.reshape([array.size]) : array, dtype);
  const l = layoutOf(source, axis ?? 0);
  const out = new NdArray({
    dtype,
    shape: source.shape,
    storage: gather(source, "C").slice() as never,
  }) as unknown as NdArray;
  const family = familyOf(dtype);
  if (family === "other" || family === "text" || family === "extended" || (isTime(dtype) && name === "prod"))
    unsupported(`cum${name}`, dtype);
  const to = out.storage as Float64Array;
  const step = family === "complex" ? 2 : 1;
  const row = l.inner * step;
  const half = dtype.kind === "float16";
  for (let o = 0; o < l.outer; o++)
    for (let r = 1; r < l.n; r++) {
      const at = (o * l.n + r) * row;
      if (family === "complex") accumulatePairs(name, to, at, row);
      else if (half) accumulateHalf(name, to as unknown as Uint16Array, at, row);
      else if (name === "sum")
        for (let k = at; k < at + row; k++) to[k] = ((to[k - row] as number) + (to[k] as number)) as number;
      else for (let k = at; k < at + row; k++) to[k] = ((to[k - row] as number) * (to[k] as number)) as number;
    }
  return out;
}

function accumulatePairs(name: "sum" | "prod", to: Float64Array, at: number, row: number): void {
  for (let k = at; k < at + row; k += 2) {
    const [ar, ai, br, bi] = [to[k - row], to[k - row + 1], to[k], to[k + 1]] as [number, number, number, number];
    to[k] = name === "sum" ? ar + br : ar * br - ai * bi;
    to[k + 1] = name === "sum" ? ai + bi : ar * bi + ai * br;
  }
}

const halfType: DType = simple("float16") as DType;
function accumulateHalf(name: "sum" | "prod", to: Uint16Array, at: number, row: number): void {
  const before = toFloat64(halfType, to.subarray(at - row, at), row);
  const values = toFloat64(halfType, to.subarray(at, at + row), row);
  realFolds[name](values, 0, 1, row, before, 0);
  fromFloat64(before, halfType, to.subarray(at, at + row));
}
