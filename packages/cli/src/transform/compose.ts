import type { AxisRange, Selection, SelectionItem } from "@masquerade/core";

/**
 * The selection of a source that gives what `inner` takes from what `outer` takes of it: a part of a part, read in one go. Undefined where
 * there is none: an axis that `outer` made is left empty by `inner`.
 */
export function compose(outer: Selection, inner: Selection): SelectionItem[] | undefined {
  const items: SelectionItem[] = [];
  let next = 0;
  /** Axes of the source that `outer` dropped, up to this one. */
  const dropUpTo = (axis: number): void => {
    for (; next < axis; next++) items.push((outer.ranges[next] as AxisRange).start);
  };
  let at = 0;
  const take = (middle: number): boolean => {
    const axis = outer.axes[middle];
    const range = inner.ranges[middle] as AxisRange;
    if (axis === undefined) {
      // An axis of length 1 that is not in the source: kept, dropped, or (which no selection says) emptied.
      if (range.count !== 1) return false;
      if (range.keep) items.push(null);
      return true;
    }
    dropUpTo(axis);
    items.push(through(outer.ranges[axis] as AxisRange, range));
    next = axis + 1;
    return true;
  };
  for (const middle of inner.axes) {
    if (middle === undefined) {
      items.push(null);
      continue;
    }
    for (; at < middle; at++) if (!take(at)) return undefined;
    if (!take(middle)) return undefined;
    at = middle + 1;
  }
  for (; at < inner.ranges.length; at++) if (!take(at)) return undefined;
  dropUpTo(outer.ranges.length);
  return items;
}

/** One axis: what `inner` takes of what `outer` takes. */
function through(outer: AxisRange, inner: AxisRange): SelectionItem {
  const start = outer.start + inner.start * outer.step;
  if (!inner.keep) return start;
  if (inner.count === 0) return { start: 0, stop: 0 };
  const step = outer.step * inner.step;
  const last = start + (inner.count - 1) * step;
  // Downwards to the first element there is no number that says where to stop.
  const stop = step > 0 ? last + 1 : last === 0 ? undefined : last - 1;
  return { start, stop, step };
}
