import { type AxisRange, throwIfAborted } from "@masquerade/core";
import type { FileImage } from "../structure/image.ts";
import { copyPiece, overlap, type Target } from "./copy.ts";

/** Bytes of a contiguous dataset read at a time, when they cannot go where they belong at once. */
const RUN_BYTES = 4 << 20;

/** Elements that lie in the file one after the other. */
export interface Contiguous {
  readonly image: FileImage;
  readonly address: number;
  readonly shape: readonly number[];
  readonly itemsize: number;
}

/** What `ranges` take: straight into `into` or fresh memory where it is one run of bytes, else by pieces. May be a view of what the source has in memory. */
export async function readContiguous(
  { image, address, shape, itemsize }: Contiguous,
  ranges: readonly AxisRange[],
  options: {
    readonly into: Uint8Array | undefined;
    readonly signal: AbortSignal | undefined;
    readonly target: () => Target;
  },
): Promise<Uint8Array> {
  const { into, signal } = options;
  // From where on all axes are taken whole: one run of bytes for each index of the axes before.
  let split = ranges.length;
  const isWhole = (i: number): boolean => {
    const { start, step, count } = ranges[i] as AxisRange;
    return start === 0 && count === shape[i] && (step === 1 || count === 1);
  };
  while (split > 0 && isWhole(split - 1)) split--;
  const last = split === 0 ? undefined : (ranges[split - 1] as AxisRange);
  const single =
    split === 0 ||
    (ranges.slice(0, split - 1).every((one) => one.count === 1) && (last?.step === 1 || last?.count === 1));
  if (single) {
    const first = ranges.reduce((n, range, i) => n * (shape[i] as number) + range.start, 0) * itemsize;
    const length = ranges.reduce((n, range) => n * range.count, itemsize);
    if (into === undefined) return await image.data(address + first, length, signal);
    await image.dataInto(address + first, into, signal);
    return into;
  }
  const target = options.target();
  for (const { origin, extent } of pieces(shape, ranges, itemsize)) {
    throwIfAborted(signal);
    const start = origin.reduce((n, at, i) => n * (shape[i] as number) + at, 0) * itemsize;
    const bytes = await image.data(
      address + start,
      extent.reduce((n, m) => n * m, itemsize),
    );
    copyPiece({ bytes, origin, shape: extent }, target);
  }
  return target.bytes;
}

/** A part of a contiguous dataset that is one run of bytes. */
interface Run {
  readonly origin: readonly number[];
  readonly extent: readonly number[];
}

/** Runs of at most about {@link RUN_BYTES} that cover what is selected: whole rows of the innermost axes, cut along the axis above. */
function* pieces(shape: readonly number[], ranges: readonly AxisRange[], itemsize: number): Generator<Run> {
  const rank = shape.length;
  // The axis along which runs are cut: everything inside of it fits one run.
  let cut = rank - 1;
  let inside = itemsize;
  while (cut > 0 && inside * (shape[cut] as number) <= RUN_BYTES && isDense(ranges, shape, cut))
    inside *= shape[cut--] as number;
  const span = (i: number): readonly [low: number, high: number] => {
    const { start, step, count } = ranges[i] as AxisRange;
    const end = start + (count - 1) * step;
    return [Math.min(start, end), Math.max(start, end)];
  };
  const [low, high] = span(cut);
  const per = Math.max(1, Math.floor(RUN_BYTES / inside));
  const outer = ranges.slice(0, cut);
  const index = outer.map(() => 0);
  for (;;) {
    const at = outer.map(({ start, step }, i) => start + (index[i] as number) * step);
    for (let from = low; from <= high; from += per) {
      const count = Math.min(per, high - from + 1);
      if (overlap(ranges[cut] as AxisRange, from, from + count)[1] === 0) continue;
      yield {
        origin: [...at, from, ...shape.slice(cut + 1).map(() => 0)],
        extent: [...at.map(() => 1), count, ...shape.slice(cut + 1)],
      };
    }
    let axis = outer.length - 1;
    for (; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (outer[axis] as AxisRange).count) break;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/** Whether reading all of an axis costs little beside what is wanted of it: at least a quarter, or short runs anyway. */
function isDense(ranges: readonly AxisRange[], shape: readonly number[], axis: number): boolean {
  const inner = ranges.slice(axis).reduce((n, range) => n * range.count, 1);
  const all = shape.slice(axis).reduce((n, m) => n * m, 1);
  return inner * 4 >= all || all <= 4096;
}
