import type { Order } from "@masquerade/core";

/** Bytes of a run unless the caller says otherwise: as few as these for small arrays, doubled up to the second for large ones. */
const LEAST_BYTES = 65_536;
const USUAL_BYTES = 1 << 20;
/** Runs that an array is cut into before they become longer. */
const MANY = 1024;

/** The shape of an array's blocks when the caller does not give one (proto/BLOCKS.md, "Which blocks there are"). */
export function blockShapeFor(
  shape: readonly number[],
  order: Order,
  itemsize: number,
  blockBytes: number | undefined,
): readonly number[] {
  let bytes = blockBytes ?? LEAST_BYTES;
  if (blockBytes === undefined) {
    const all = shape.reduce((n, dim) => n * dim, itemsize);
    while (bytes < USUAL_BYTES && all > MANY * bytes) bytes *= 2;
  }
  const most = Math.max(1, Math.floor(bytes / Math.max(1, itemsize)));
  const lengths = shape.map(() => 1);
  let inner = 1;
  for (const axis of fastFirst(shape.length, order)) {
    const whole = Math.max(1, shape[axis] as number);
    const isSlowest = axis === (order === "C" ? 0 : shape.length - 1);
    if (isSlowest || inner * whole > most) {
      lengths[axis] = Math.max(1, Math.floor(most / inner));
      break;
    }
    lengths[axis] = whole;
    inner *= whole;
  }
  return lengths;
}

/** The axes from the one that varies fastest in memory to the slowest. */
function fastFirst(ndim: number, order: Order): readonly number[] {
  const axes = Array.from({ length: ndim }, (_, i) => i);
  return order === "C" ? axes.reverse() : axes;
}

/** How an array is cut into runs: `outer` times the pieces of `most` rows out of `rows`, a row being `inner` elements. */
export interface Runs {
  readonly outer: number;
  readonly rows: number;
  readonly most: number;
  readonly inner: number;
  /** Runs for each of `outer`. */
  readonly pieces: number;
  /** Runs in all. */
  readonly count: number;
  /** The axis that is cut; -1 for a 0-d array. */
  readonly axis: number;
}

/** The runs of an array by the shape of its blocks; undefined where such blocks are no runs of memory. */
export function runsOf(shape: readonly number[], order: Order, lengths: readonly number[]): Runs | undefined {
  if (lengths.length !== shape.length) return undefined;
  const axes = fastFirst(shape.length, order);
  let at = 0;
  let inner = 1;
  for (; at < axes.length - 1; at++) {
    const dim = shape[axes[at] as number] as number;
    if (lengths[axes[at] as number] !== Math.max(1, dim)) break;
    inner *= dim;
  }
  const axis = axes[at] ?? -1;
  const slower = axes.slice(at + 1);
  if (slower.some((one) => lengths[one] !== 1)) return undefined;
  const rows = axis < 0 ? 1 : (shape[axis] as number);
  const most = axis < 0 ? 1 : (lengths[axis] as number);
  if (most < 1 || (slower.length > 0 && most > Math.max(1, rows))) return undefined;
  const outer = slower.reduce((n, one) => n * (shape[one] as number), 1);
  const empty = outer * rows * inner === 0;
  const pieces = empty ? 0 : Math.ceil(rows / most);
  return { outer, rows, most, inner, pieces, count: outer * pieces, axis };
}

/** A run: its first element in memory order, and how many. */
export interface Run {
  readonly start: number;
  readonly count: number;
}

/** Run `number` of {@link runsOf}. */
export function runAt(runs: Runs, number: number): Run {
  const outer = Math.floor(number / runs.pieces);
  const row = (number % runs.pieces) * runs.most;
  return {
    start: (outer * runs.rows + row) * runs.inner,
    count: Math.min(runs.most, runs.rows - row) * runs.inner,
  };
}

/** Which run element `element` is in. */
export function runOf(runs: Runs, element: number): number {
  const row = Math.floor(element / runs.inner);
  return Math.floor(row / runs.rows) * runs.pieces + Math.floor((row % runs.rows) / runs.most);
}
