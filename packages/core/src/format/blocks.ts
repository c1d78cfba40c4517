import type { Order } from "../array/any.ts";
import type { SelectionItem } from "../array/selection.ts";
import { OptionError } from "../errors.ts";

/** Bytes of data in one block unless the caller says otherwise. */
export const defaultBlockBytes: number = 8 * 2 ** 20;

/** A run along the slowest axis. */
export interface BlockRange {
  readonly start: number;
  readonly count: number;
  /** The same as a selection of the whole array. */
  readonly selection: readonly SelectionItem[];
}

/**
 * Cuts an array into runs along its slowest axis (axis 0 in C order, the last in Fortran order), each of at most `maxBytes` bytes of data but
 * at least one index. 0-d arrays are one run; an axis of length 0 gives none.
 */
export function* blockRanges(
  shape: readonly number[],
  order: Order,
  itemsize: number,
  maxBytes: number = defaultBlockBytes,
): Generator<BlockRange> {
  if (!(maxBytes > 0)) throw new OptionError("OPTION_INVALID", `maxBytes is positive, not ${maxBytes}`, "maxBytes");
  if (shape.length === 0) {
    yield { start: 0, count: 1, selection: [] };
    return;
  }
  const axis = order === "C" ? 0 : shape.length - 1;
  const length = shape[axis] as number;
  let bytes = itemsize;
  for (let i = 0; i < shape.length; i++) if (i !== axis) bytes *= shape[i] as number;
  const most = bytes === 0 ? length : Math.max(1, Math.floor(maxBytes / bytes));
  for (let start = 0; start < length; start += most) {
    const count = Math.min(most, length - start);
    const run = { start, stop: start + count };
    yield { start, count, selection: order === "C" ? [run] : ["...", run] };
  }
}
