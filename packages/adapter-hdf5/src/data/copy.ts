import type { AxisRange } from "@masquerade/core";

/** Some elements in C order: `shape` of them, the first of which has the place `origin` in the whole array. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly origin: readonly number[];
  readonly shape: readonly number[];
}

/** An array to be filled: what `ranges` select of the whole, in C order. */
export interface Target {
  readonly bytes: Uint8Array;
  readonly ranges: readonly AxisRange[];
  readonly itemsize: number;
}

/** Which indices of a range lie in [from, to): the first of them, and how many. */
export function overlap(range: AxisRange, from: number, to: number): readonly [first: number, count: number] {
  const { start, step, count } = range;
  // Index k takes start + k * step.
  const [low, high] =
    step > 0
      ? [Math.ceil((from - start) / step), Math.floor((to - 1 - start) / step)]
      : [Math.ceil((start - to + 1) / -step), Math.floor((start - from) / -step)];
  const first = Math.max(0, low);
  return [first, Math.max(0, Math.min(count - 1, high) - first + 1)];
}

/**
 * The place in a target of what a chunk has of it, where that is one run in both and begins with the chunk's first element: the chunk at
 * `origin`, of which what reaches past `shape` is nowhere. undefined: it is not so.
 */
export function runOf(
  origin: readonly number[],
  chunks: readonly number[],
  shape: readonly number[],
  { bytes, ranges, itemsize }: Target,
): Uint8Array | undefined {
  let first = 0;
  let stride = itemsize;
  let length = itemsize;
  // All inner axes are whole in the chunk and in the target.
  let dense = true;
  for (let i = ranges.length - 1; i >= 0; i--) {
    const { start, step, count } = ranges[i] as AxisRange;
    const from = origin[i] as number;
    const inside = Math.min(chunks[i] as number, (shape[i] as number) - from);
    const at = from - start;
    if (at < 0 || at + inside > count || (step !== 1 && inside > 1) || (inside > 1 && !dense)) return undefined;
    dense &&= inside === chunks[i] && inside === count;
    first += at * stride;
    stride *= count;
    length *= inside;
  }
  return bytes.subarray(first, first + length);
}

/** Copies what a piece has of a target. */
export function copyPiece(piece: Piece, target: Target): void {
  const { itemsize, ranges } = target;
  const rank = ranges.length;
  let from = 0;
  let to = 0;
  const axes: { count: number; from: number; to: number }[] = [];
  let fromStride = itemsize;
  let toStride = itemsize;
  for (let i = rank - 1; i >= 0; i--) {
    const range = ranges[i] as AxisRange;
    const origin = piece.origin[i] as number;
    const length = piece.shape[i] as number;
    const [first, count] = overlap(range, origin, origin + length);
    if (count === 0) return;
    from += (range.start + first * range.step - origin) * fromStride;
    to += first * toStride;
    axes.push({ count, from: range.step * fromStride, to: toStride });
    fromStride *= length;
    toStride *= range.count;
  }
  // Innermost axes that are whole on both sides are one run.
  let run = itemsize;
  while (axes.length > 0 && axes[0]?.from === run && axes[0].to === run)
    run *= (axes.shift() as { count: number }).count;
  copyRuns(piece.bytes, target.bytes, axes.reverse(), { from, to, run });
}

function copyRuns(
  source: Uint8Array,
  target: Uint8Array,
  axes: readonly { readonly count: number; readonly from: number; readonly to: number }[],
  at: { from: number; to: number; readonly run: number },
): void {
  const { run } = at;
  const inner = axes.at(-1);
  if (inner === undefined) {
    target.set(source.subarray(at.from, at.from + run), at.to);
    return;
  }
  const outer = axes.slice(0, -1);
  const index = outer.map(() => 0);
  let { from, to } = at;
  for (;;) {
    copyRow(source, target, inner, from, to, run);
    let axis = outer.length - 1;
    for (; axis >= 0; axis--) {
      const one = outer[axis] as (typeof axes)[number];
      from += one.from;
      to += one.to;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < one.count) break;
      from -= one.from * one.count;
      to -= one.to * one.count;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

function copyRow(
  source: Uint8Array,
  target: Uint8Array,
  { count, from: fromStep, to: toStep }: { readonly count: number; readonly from: number; readonly to: number },
  from: number,
  to: number,
  run: number,
): void {
  if (run <= 16)
    for (let k = 0, f = from, t = to; k < count; k++, f += fromStep, t += toStep)
      for (let b = 0; b < run; b++) target[t + b] = source[f + b] as number;
  else
    for (let k = 0, f = from, t = to; k < count; k++, f += fromStep, t += toStep)
      target.set(source.subarray(f, f + run), t);
}
