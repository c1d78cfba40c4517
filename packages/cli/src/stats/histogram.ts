import { type DType, type LazyArray, OptionError, type Progress } from "@masquerade/core";
import { elementJson, type Json, numberJson } from "../json-value.ts";
import { piecesOf } from "../pieces.ts";
import { measures, type Visible, visibleOf } from "./visible.ts";

/** Counts of the visible elements of an array in bins of equal width, as `numpy.histogram` counts them. */
export interface Histogram {
  /** Limits of the bins, one more than there are bins. Each bin holds its lower limit and not its upper one; the last holds both. */
  readonly edges: readonly Json[];
  readonly counts: readonly number[];
  readonly masked: number;
  readonly nan: number;
  /** Visible elements that are infinite, or (with a range) outside of it. */
  readonly outside: number;
}

export interface HistogramOptions {
  readonly bins: number;
  /** Default: from the least to the greatest visible finite element. */
  readonly range?: readonly [number, number] | undefined;
  readonly onProgress?: Progress | undefined;
}

/** Reads the array block by block, twice unless `range` is given. Throws OptionError DTYPE_MISMATCH for what has no order. */
export async function histogramOf(array: LazyArray, options: HistogramOptions): Promise<Histogram> {
  const { dtype, shape } = array.header;
  const measure = measures[dtype.kind];
  if (measure !== "numbers" && measure !== "integers")
    throw new OptionError("DTYPE_MISMATCH", `a histogram needs numbers with an order, not ${dtype.kind}`);
  const size = shape.reduce((n, dim) => n * dim, 1);
  const total = options.range === undefined ? 2 * size : size;
  let done = 0;
  const took = (elements: number): void => options.onProgress?.((done += elements), total);
  const range = options.range ?? (await finiteRange(array, took));
  // From here on integers are counted from `base`, so that distances between large ones are exact.
  const base = measure === "integers" ? BigInt(Math.round(range === undefined ? 0 : Number(range[0]))) : 0n;
  const ends = range === undefined ? ([0, 1] as const) : (range.map((end) => relative(end, base)) as [number, number]);
  const bins = new Bins(ends[0], ends[1], options.bins);
  let [masked, nan] = [0, 0];
  for await (const value of piecesOf(array)) {
    const visible = visibleOf(value);
    masked += visible.masked;
    nan += visible.nan;
    bins.add(relativeNumbers(visible, measure, base));
    took(value.size);
  }
  return { edges: edgesJson(dtype, bins.edges, base), counts: [...bins.counts], masked, nan, outside: bins.outside };
}

const relative = (end: number | bigint, base: bigint): number =>
  typeof end === "bigint" ? Number(end - base) : end - Number(base);

function relativeNumbers({ numbers, integers }: Visible, measure: "numbers" | "integers", base: bigint): Float64Array {
  if (measure === "numbers") return numbers;
  const out = new Float64Array(integers.length);
  for (let i = 0; i < out.length; i++) out[i] = Number((integers[i] as bigint) - base);
  return out;
}

/** Undefined when nothing finite is visible. */
async function finiteRange(
  array: LazyArray,
  took: (elements: number) => void,
): Promise<readonly [number | bigint, number | bigint] | undefined> {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [least, greatest]: (bigint | undefined)[] = [];
  for await (const value of piecesOf(array)) {
    const { numbers, integers } = visibleOf(value);
    for (const one of numbers) {
      if (one < low && one !== Number.NEGATIVE_INFINITY) low = one;
      if (one > high && one !== Number.POSITIVE_INFINITY) high = one;
    }
    for (const one of integers) {
      if (least === undefined || one < least) least = one;
      if (greatest === undefined || one > greatest) greatest = one;
    }
    took(value.size);
  }
  if (least !== undefined && greatest !== undefined) return [least, greatest];
  return low <= high ? [low, high] : undefined;
}

/** NumPy's bins: what rounding puts beside its bin is moved back. */
class Bins {
  readonly edges: Float64Array;
  readonly counts: Float64Array;
  outside = 0;

  constructor(low: number, high: number, bins: number) {
    const [first, last] = low === high ? [low - 0.5, high + 0.5] : [low, high];
    const step = (last - first) / bins;
    this.edges = Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? last : i * step + first));
    this.counts = new Float64Array(bins);
  }

  add(values: Float64Array): void {
    const { edges, counts } = this;
    const bins = counts.length;
    const [first, last] = [edges[0] as number, edges[bins] as number];
    const width = last - first;
    for (const value of values) {
      if (!(value >= first && value <= last)) {
        this.outside++;
        continue;
      }
      let bin = Math.min(bins - 1, Math.trunc(((value - first) / width) * bins));
      if (value < (edges[bin] as number)) bin--;
      else if (bin !== bins - 1 && value >= (edges[bin + 1] as number)) bin++;
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
}

function edgesJson(dtype: DType, edges: Float64Array, base: bigint): Json[] {
  const time = dtype.kind === "datetime64" || dtype.kind === "timedelta64";
  return Array.from(edges, (edge) =>
    time ? elementJson(dtype, base + BigInt(Math.round(edge))) : numberJson(edge + Number(base)),
  );
}
