import { type AnyArray, isMaskedArray, OptionError } from "@masquerade/core";

/** A one-dimensional array as columns of a plot: the least and greatest visible finite value of each. */
export interface Trace {
  readonly columns: number;
  /** NaN where nothing finite is visible. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** 1 where at least half of what the column stands for is masked. */
  readonly masked: Uint8Array;
  readonly range: readonly [low: number, high: number] | undefined;
}

/** Throws OptionError SHAPE_MISMATCH for other dimensions, DTYPE_MISMATCH for what is no number. */
export function traceOf(array: AnyArray, most: number): Trace {
  if (array.ndim !== 1)
    throw new OptionError("SHAPE_MISMATCH", `a line needs one dimension, not ${array.ndim}; take a slice`);
  if (/^c(omplex|longdouble)/.test(array.dtype.kind))
    throw new OptionError("DTYPE_MISMATCH", "complex numbers have no picture: real and imaginary part are two");
  const data = isMaskedArray(array) ? array.data : array;
  const values = data.astype("float64").toC();
  const mask = isMaskedArray(array) ? (array.maskArray().toC() as Uint8Array) : undefined;
  const columns = Math.min(values.length, Math.max(1, most));
  const low = new Float64Array(columns).fill(Number.NaN);
  const high = new Float64Array(columns).fill(Number.NaN);
  const masked = new Uint8Array(columns);
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let column = 0; column < columns; column++) {
    const start = Math.floor((column * values.length) / columns);
    const stop = Math.floor(((column + 1) * values.length) / columns);
    let covered = 0;
    for (let i = start; i < stop; i++) {
      const value = values[i] as number;
      if (mask !== undefined && mask[i] !== 0) covered++;
      else if (Number.isFinite(value)) {
        if (!((low[column] as number) <= value)) low[column] = value;
        if (!((high[column] as number) >= value)) high[column] = value;
      }
    }
    masked[column] = covered > 0 && covered * 2 >= stop - start ? 1 : 0;
    if ((low[column] as number) < least) least = low[column] as number;
    if ((high[column] as number) > greatest) greatest = high[column] as number;
  }
  return { columns, low, high, masked, range: least <= greatest ? [least, greatest] : undefined };
}

/** Each column as often as fits into `columns`: short arrays are drawn in steps. */
export function stretched(trace: Trace, columns: number): Trace {
  const times = Math.floor(columns / Math.max(1, trace.columns));
  if (times <= 1) return trace;
  const wide = trace.columns * times;
  const repeat = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: wide }, (_, i) => values[Math.floor(i / times)] as number);
  const masked = Uint8Array.from({ length: wide }, (_, i) => trace.masked[Math.floor(i / times)] as number);
  return { columns: wide, low: repeat(trace.low), high: repeat(trace.high), masked, range: trace.range };
}
