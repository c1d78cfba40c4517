import type { Order, Selection } from "@masquerade/core";

/** Gaps up to this many bytes are read along rather than asked for around: a request costs more. */
const SMALL_GAP = 1024;

/** One axis of a strided copy, in elements: how many, and how far apart on either side. */
export interface CopyAxis {
  readonly count: number;
  readonly file: number;
  readonly memory: number;
}

/** One run of bytes of the file, and where its elements go in the result (which is contiguous in the file's order). */
export interface Piece {
  /** Bytes from the array's first. */
  readonly offset: number;
  readonly length: number;
  /** Slowest first. File positions count from the piece's first element, memory positions from `memoryAt`. */
  readonly axes: readonly CopyAxis[];
  readonly memoryAt: number;
}

/** What reading (or writing) a selection takes, before a byte is fetched. */
export interface Plan {
  /** Elements selected. */
  readonly size: number;
  /** The single run of bytes that is the result as it stands, where there is one. */
  readonly whole: { readonly offset: number; readonly length: number } | undefined;
  /** Runs in ascending order of offset, each of at most about `maxPiece` bytes. */
  pieces(): Generator<Piece>;
}

interface Axis extends CopyAxis {
  /** Smallest index taken, and the distance between indices. */
  readonly low: number;
  readonly step: number;
}

/**
 * The runs of bytes that hold a selection of an array stored contiguously in `order`. Neighbouring runs are joined where the gap is
 * small against what is wanted (so that less than twice the selection is read) or below 1 KiB.
 */
export function planSelection(
  shape: readonly number[],
  order: Order,
  itemsize: number,
  selection: Selection,
  maxPiece: number = 4 << 20,
): Plan {
  const axes = axesOf(shape, order, selection);
  const size = axes.reduce((n, a) => n * a.count, 1);
  if (size === 0 || itemsize === 0) return { size, whole: undefined, *pieces() {} };
  // Elements from first to last of the axes from j on, gaps included.
  const spans = new Array<number>(axes.length + 1).fill(1);
  for (let j = axes.length - 1; j >= 0; j--) {
    const { count, file } = axes[j] as Axis;
    spans[j] = (count - 1) * file + (spans[j + 1] as number);
  }
  let split = axes.length;
  let wanted = 1;
  for (; split > 0; split--) {
    const { count, file } = axes[split - 1] as Axis;
    const gap = count === 1 ? 0 : (file - (spans[split] as number)) * itemsize;
    wanted *= count;
    if (gap > SMALL_GAP && (spans[split - 1] as number) > 1.5 * wanted) break;
  }
  const first = axes.reduce((n, a) => n + (a.low * a.file) / a.step, 0);
  const backwards = axes.some((a) => a.memory < 0);
  const whole =
    split === 0 && spans[0] === size && !backwards ? { offset: first * itemsize, length: size * itemsize } : undefined;
  // Runs too long to hold are cut along the axis that makes them so.
  while (split < axes.length && (spans[Math.min(split + 1, axes.length)] as number) * itemsize > maxPiece) split++;
  return { size, whole, pieces: () => pieces(axes, spans, split, first, itemsize, maxPiece) };
}

function axesOf(shape: readonly number[], order: Order, selection: Selection): readonly Axis[] {
  const slowFirst = shape.map((_, i) => (order === "C" ? i : shape.length - 1 - i));
  const out: Axis[] = [];
  let stride = 1;
  let memory = 1;
  for (const axis of slowFirst.reverse()) {
    const { start, step, count } = selection.ranges[axis] as Selection["ranges"][number];
    const distance = Math.abs(step);
    const low = step > 0 ? start : start + (count - 1) * step;
    out.push({ count, low, step: distance, file: stride * distance, memory: step > 0 ? memory : -memory });
    stride *= shape[axis] as number;
    memory *= count;
  }
  return out.reverse();
}

function* pieces(
  axes: readonly Axis[],
  spans: readonly number[],
  split: number,
  first: number,
  itemsize: number,
  maxPiece: number,
): Generator<Piece> {
  let memory = 0;
  for (const axis of axes) if (axis.memory < 0) memory -= (axis.count - 1) * axis.memory;
  const index = new Array<number>(split).fill(0);
  const inner = axes.slice(split);
  const cut = inner[0];
  const perPiece =
    cut === undefined ? 1 : Math.max(1, Math.min(cut.count, Math.floor(maxPiece / Math.max(cut.file * itemsize, 1))));
  for (;;) {
    let at = first;
    let memoryAt = memory;
    for (let i = 0; i < split; i++) {
      at += (index[i] as number) * (axes[i] as Axis).file;
      memoryAt += (index[i] as number) * (axes[i] as Axis).memory;
    }
    if (cut === undefined) yield { offset: at * itemsize, length: itemsize, axes: [], memoryAt };
    else
      for (let from = 0; from < cut.count; from += perPiece) {
        const count = Math.min(perPiece, cut.count - from);
        yield {
          offset: (at + from * cut.file) * itemsize,
          length: ((count - 1) * cut.file + (spans[split + 1] as number)) * itemsize,
          axes: [{ count, file: cut.file, memory: cut.memory }, ...inner.slice(1)],
          memoryAt: memoryAt + from * cut.memory,
        };
      }
    let i = split - 1;
    while (i >= 0 && (index[i] = (index[i] as number) + 1) === (axes[i] as Axis).count) index[i--] = 0;
    if (i < 0) return;
  }
}
