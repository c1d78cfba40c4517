import { type AxisRange, contiguousStrides } from "@masquerade/core";
import type { PayloadReader } from "./lazy-payload.ts";

/** Gaps of up to this many bytes are read rather than skipped. */
const GAP = 32 * 1024;
/** Most bytes fetched by one read that joins several rows. */
const SPAN = 8 * 2 ** 20;

/**
 * What a selection takes from C-contiguous memory of `shape`: the elements, C-contiguous in the shape of the ranges' counts. Reads only the
 * stretches that hold them, joined where they lie close, so memory stays near that of the result.
 */
export async function readStrided(
  reader: PayloadReader,
  shape: readonly number[],
  itemsize: number,
  ranges: readonly AxisRange[],
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const counts = ranges.map((r) => r.count);
  const total = counts.reduce((product, n) => product * n, 1);
  const out = new Uint8Array(total * itemsize);
  if (out.length === 0) return out;
  const strides = contiguousStrides(shape, "C");
  const inner = innerAxis(shape, ranges);
  // One row: everything below the axes before `inner`.
  const run = itemsize * ((strides[inner] as number | undefined) ?? 1);
  const range: AxisRange = ranges[inner] ?? { start: 0, step: 1, count: 1, keep: true };
  const sparse = Math.abs(range.step) * run > GAP;
  const rows: RowPlan = {
    run,
    step: range.step * run,
    count: sparse ? 1 : range.count,
    perRow: sparse ? range.count : 1,
    rowStep: sparse ? range.step * run : 0,
    outer: ranges.slice(0, Math.max(inner, 0)),
    outerStrides: strides.slice(0, Math.max(inner, 0)).map((s) => s * itemsize),
    first: range.start * run,
  };
  await readRows(reader, rows, out, signal);
  return out;
}

interface RowPlan {
  /** Bytes that lie together; distance between such runs of one row; how many there are in a row. */
  readonly run: number;
  readonly step: number;
  readonly count: number;
  /** Rows that lie `rowStep` apart before the outer axes advance. */
  readonly perRow: number;
  readonly rowStep: number;
  readonly outer: readonly AxisRange[];
  /** In bytes. */
  readonly outerStrides: readonly number[];
  readonly first: number;
}

/** The last axis that is not taken whole; 0 when all are, -1 for 0-d memory. */
function innerAxis(shape: readonly number[], ranges: readonly AxisRange[]): number {
  for (let axis = shape.length - 1; axis > 0; axis--) {
    const r = ranges[axis] as AxisRange;
    if (r.count !== shape[axis] || r.step !== 1) return axis;
  }
  return shape.length - 1 < 0 ? -1 : 0;
}

async function readRows(
  reader: PayloadReader,
  plan: RowPlan,
  out: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { run, step, count } = plan;
  const low = step < 0 ? (count - 1) * step : 0;
  const length = (count - 1) * Math.abs(step) + run;
  const outerRows = plan.outer.reduce((product, r) => product * r.count, 1);
  const rows = outerRows * plan.perRow;
  const index = plan.outer.map(() => 0);
  let base = plan.first;
  plan.outer.forEach((r, axis) => {
    base += r.start * (plan.outerStrides[axis] as number);
  });
  let sub = 0;
  const nextStart = (): number => {
    const start = base + sub * plan.rowStep;
    if (++sub < plan.perRow) return start;
    sub = 0;
    for (let axis = plan.outer.length - 1; axis >= 0; axis--) {
      const r = plan.outer[axis] as AxisRange;
      const stride = (plan.outerStrides[axis] as number) * r.step;
      index[axis] = (index[axis] as number) + 1;
      base += stride;
      if ((index[axis] as number) < r.count) return start;
      base -= stride * r.count;
      index[axis] = 0;
    }
    return start;
  };
  let written = 0;
  let pending = rows === 0 ? undefined : nextStart();
  for (let row = 0; row < rows && pending !== undefined; ) {
    // Rows that lie close, one after another, are fetched together.
    const starts = [pending];
    let from = pending + low;
    let to = from + length;
    row++;
    pending = undefined;
    while (row < rows) {
      const start = nextStart();
      const a = start + low;
      const b = a + length;
      if (a > to + GAP || b < from - GAP || Math.max(to, b) - Math.min(from, a) > SPAN) {
        pending = start;
        break;
      }
      from = Math.min(from, a);
      to = Math.max(to, b);
      starts.push(start);
      row++;
    }
    const bytes = await reader.read(from, to - from, signal);
    for (const start of starts) written = copyRow(bytes, start - from, plan, out, written);
  }
}

function copyRow(bytes: Uint8Array, at: number, plan: RowPlan, out: Uint8Array, written: number): number {
  const { run, step, count } = plan;
  if (step === run) {
    out.set(bytes.subarray(at, at + run * count), written);
    return written + run * count;
  }
  for (let i = 0; i < count; i++, at += step, written += run) {
    if (run > 32) out.set(bytes.subarray(at, at + run), written);
    else for (let k = 0; k < run; k++) out[written + k] = bytes[at + k] as number;
  }
  return written;
}
