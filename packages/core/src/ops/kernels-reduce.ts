import { float16ToNumber, numberToFloat16 } from "../dtype/float16.ts";

/** Rows of float64 values folded into accumulators: `acc[to + j]` takes `values[at + r * width + j]` of each row r. */
export type RealFold = (
  values: Float64Array,
  at: number,
  rows: number,
  width: number,
  acc: Float64Array,
  to: number,
) => void;
type Wide = BigInt64Array | BigUint64Array;
export type WideFold = (values: Wide, at: number, rows: number, width: number, acc: Wide, to: number) => void;
export type FoldName = "sum" | "prod" | "min" | "max";

const half = (x: number): number => float16ToNumber(numberToFloat16(x));

export const realFolds: { readonly [N in FoldName | "sumSingle" | "prodSingle" | "sumHalf" | "prodHalf"]: RealFold } = {
  sum: (values, at, rows, width, acc, to) => {
    for (let r = 0, k = at; r < rows; r++)
      for (let j = to; j < to + width; j++) acc[j] = (acc[j] as number) + (values[k++] as number);
  },
  sumSingle: (values, at, rows, width, acc, to) => {
    for (let r = 0, k = at; r < rows; r++)
      for (let j = to; j < to + width; j++) acc[j] = Math.fround((acc[j] as number) + (values[k++] as number));
  },
  sumHalf: (values, at, rows, width, acc, to) => {
    for (let r = 0, k = at; r < rows; r++)
      for (let j = to; j < to + width; j++) acc[j] = half((acc[j] as number) + (values[k++] as number));
  },
  prodHalf: (values, at, rows, width, acc, to) => {
    for (let r = 0, k = at; r < rows; r++)
      for (let j = to; j < to + width; j++) acc[j] = half((acc[j] as number) * (values[k++] as number));
  },
  prod: (values, at, rows, width, acc, to) => {
    for (let r = 0, k = at; r < rows; r++)
      for (let j = to; j < to + width; j++) acc[j] = (acc[j] as number) * (values[k++] as number);
  },
  prodSingle: (values, at, rows, width, acc, to) => {
    for (let r = 0, k = at; r < rows; r++)
      for (let j = to; j < to + width; j++) acc[j] = Math.fround((acc[j] as number) * (values[k++] as number));
  },
  min: (values, at, rows, width, acc, to) => {
    for (let r = 0, k = at; r < rows; r++)
      for (let j = to; j < to + width; j++) acc[j] = Math.min(acc[j] as number, values[k++] as number);
  },
  max: (values, at, rows, width, acc, to) => {
    for (let r = 0, k = at; r < rows; r++)
      for (let j = to; j < to + width; j++) acc[j] = Math.max(acc[j] as number, values[k++] as number);
  },
};

export const wideFolds: { readonly [N in FoldName]: WideFold } = {
  sum: (values, at, rows, width, acc, to) => {
    for (let r = 0, k = at; r < rows; r++)
      for (let j = to; j < to + width; j++) acc[j] = BigInt.asIntN(64, (acc[j] as bigint) + (values[k++] as bigint));
  },
  prod: (values, at, rows, width, acc, to) => {
    for (let r = 0, k = at; r < rows; r++)
      for (let j = to; j < to + width; j++) acc[j] = BigInt.asIntN(64, (acc[j] as bigint) * (values[k++] as bigint));
  },
  min: (values, at, rows, width, acc, to) => {
    for (let r = 0, k = at; r < rows; r++)
      for (let j = to; j < to + width; j++)
        if ((values[k++] as bigint) < (acc[j] as bigint)) acc[j] = values[k - 1] as bigint;
  },
  max: (values, at, rows, width, acc, to) => {
    for (let r = 0, k = at; r < rows; r++)
      for (let j = to; j < to + width; j++)
        if ((values[k++] as bigint) > (acc[j] as bigint)) acc[j] = values[k - 1] as bigint;
  },
};

/**
 * NumPy's pairwise summation (numpy/_core/src/umath/loops_utils.h.src): eight running sums up to 128 elements, halves beyond.
 * Its rounding error grows with log2(n). `single` rounds each step to float32.
 */
export function pairwiseSum(a: Float64Array, at: number, n: number, single: boolean): number {
  if (n < 8) {
    let sum = -0;
    for (let i = at; i < at + n; i++) sum = single ? Math.fround(sum + (a[i] as number)) : sum + (a[i] as number);
    return sum;
  }
  if (n <= 128) return single ? eightSingle(a, at, n) : eight(a, at, n);
  const half = halfOf(n);
  const sum = pairwiseSum(a, at, half, single) + pairwiseSum(a, at + half, n - half, single);
  return single ? Math.fround(sum) : sum;
}

/** Where NumPy cuts a run in two: a multiple of 8. */
export function halfOf(n: number): number {
  const half = Math.floor(n / 2);
  return half - (half % 8);
}

function eight(a: Float64Array, at: number, n: number): number {
  let r0 = a[at] as number;
  let r1 = a[at + 1] as number;
  let r2 = a[at + 2] as number;
  let r3 = a[at + 3] as number;
  let r4 = a[at + 4] as number;
  let r5 = a[at + 5] as number;
  let r6 = a[at + 6] as number;
  let r7 = a[at + 7] as number;
  let i = 8;
  for (; i < n - (n % 8); i += 8) {
    r0 += a[at + i] as number;
    r1 += a[at + i + 1] as number;
    r2 += a[at + i + 2] as number;
    r3 += a[at + i + 3] as number;
    r4 += a[at + i + 4] as number;
    r5 += a[at + i + 5] as number;
    r6 += a[at + i + 6] as number;
    r7 += a[at + i + 7] as number;
  }
  let sum = r0 + r1 + (r2 + r3) + (r4 + r5 + (r6 + r7));
  for (; i < n; i++) sum += a[at + i] as number;
  return sum;
}

function eightSingle(a: Float64Array, at: number, n: number): number {
  const f = Math.fround;
  let r0 = a[at] as number;
  let r1 = a[at + 1] as number;
  let r2 = a[at + 2] as number;
  let r3 = a[at + 3] as number;
  let r4 = a[at + 4] as number;
  let r5 = a[at + 5] as number;
  let r6 = a[at + 6] as number;
  let r7 = a[at + 7] as number;
  let i = 8;
  for (; i < n - (n % 8); i += 8) {
    r0 = f(r0 + (a[at + i] as number));
    r1 = f(r1 + (a[at + i + 1] as number));
    r2 = f(r2 + (a[at + i + 2] as number));
    r3 = f(r3 + (a[at + i + 3] as number));
    r4 = f(r4 + (a[at + i + 4] as number));
    r5 = f(r5 + (a[at + i + 5] as number));
    r6 = f(r6 + (a[at + i + 6] as number));
    r7 = f(r7 + (a[at + i + 7] as number));
  }
  let sum = f(f(f(r0 + r1) + f(r2 + r3)) + f(f(r4 + r5) + f(r6 + r7)));
  for (; i < n; i++) sum = f(sum + (a[at + i] as number));
  return sum;
}

/**
 * The same for complex numbers, whose parts NumPy adds up interleaved: four running sums each, 64 numbers at a time. `at` and `n`
 * count numbers (pairs); gives the sum of the parts at even (`part` 0) or odd (1) places.
 */
export function pairwiseComplex(a: Float64Array, at: number, n: number, part: 0 | 1, single: boolean): number {
  const f = single ? Math.fround : Number;
  const v = (i: number): number => a[2 * (at + i) + part] as number;
  if (n < 4) {
    let sum = -0;
    for (let i = 0; i < n; i++) sum = f(sum + v(i));
    return sum;
  }
  if (n <= 64) {
    let [r0, r1, r2, r3] = [v(0), v(1), v(2), v(3)] as [number, number, number, number];
    let i = 4;
    for (; i < n - (n % 4); i += 4) {
      r0 = f(r0 + v(i));
      r1 = f(r1 + v(i + 1));
      r2 = f(r2 + v(i + 2));
      r3 = f(r3 + v(i + 3));
    }
    let sum = f(f(r0 + r1) + f(r2 + r3));
    for (; i < n; i++) sum = f(sum + v(i));
    return sum;
  }
  const half = halfOf(n * 2) / 2;
  return f(pairwiseComplex(a, at, half, part, single) + pairwiseComplex(a, at + half, n - half, part, single));
}
