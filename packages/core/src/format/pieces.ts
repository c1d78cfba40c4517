import type { Order } from "../array/any.ts";
import type { SelectionItem } from "../array/selection.ts";
import { blockRanges, defaultBlockBytes } from "./blocks.ts";

/** A run of elements of an array, one behind the other in its order, that is a part of a selection's shape. */
export interface Piece {
  /** Index of the first element, and how many there are along each axis. */
  readonly start: readonly number[];
  readonly shape: readonly number[];
  /** The same as a selection of the whole array that keeps every axis. */
  readonly selection: readonly SelectionItem[];
  /** Elements of the array before it, in its order. */
  readonly position: number;
}

/**
 * Cuts an array into runs of at most `maxBytes` bytes of data (but at least one element) whatever its shape: where one index of the slowest axis
 * is more than that, within the index. Arrays without elements give none.
 */
export function* pieceRanges(
  shape: readonly number[],
  order: Order,
  itemsize: number,
  maxBytes: number = defaultBlockBytes,
): Generator<Piece> {
  if (shape.includes(0)) return;
  const slowFirst = order === "C" ? shape : shape.toReversed();
  const outer = axesWalked(slowFirst, itemsize, maxBytes);
  const rest = slowFirst.slice(outer);
  let position = 0;
  for (const index of indicesOf(slowFirst.slice(0, outer)))
    for (const { start, count } of blockRanges(rest, "C", itemsize, maxBytes)) {
      const counts = rest.length === 0 ? [] : [count, ...rest.slice(1)];
      const first = [...index, ...(rest.length === 0 ? [] : [start]), ...rest.slice(1).map(() => 0)];
      const size = [...index.map(() => 1), ...counts];
      const [from, dims] = order === "C" ? [first, size] : [first.toReversed(), size.toReversed()];
      yield {
        start: from,
        shape: dims,
        selection: from.map((at, axis) => ({ start: at, stop: at + (dims[axis] as number) })),
        position,
      };
      position += size.reduce((n, dim) => n * dim, 1);
    }
}

/** How many of the slowest axes are walked index by index, for what is below one of theirs to be small enough. */
export function axesWalked(slowFirst: readonly number[], itemsize: number, maxBytes: number): number {
  let bytes = slowFirst.reduce((n, dim) => n * dim, itemsize);
  let outer = 0;
  while (outer < slowFirst.length - 1 && bytes > 0) {
    bytes /= slowFirst[outer] as number;
    if (bytes <= maxBytes) break;
    outer++;
  }
  return bytes === 0 ? 0 : outer;
}

function* indicesOf(shape: readonly number[]): Generator<number[]> {
  const index = shape.map(() => 0);
  for (;;) {
    yield [...index];
    let axis = shape.length - 1;
    while (axis >= 0 && ++(index[axis] as number) === shape[axis]) index[axis--] = 0;
    if (axis < 0) return;
  }
}
