import type { Selection, SelectionItem } from "@masquerade/core";

/** The first row of a selection, and the one behind the last. */
export function rowsOf({ ranges }: Selection): readonly [first: number, last: number] {
  const [range] = ranges;
  if (range === undefined) return [0, 1];
  const { start, step, count } = range;
  if (count === 0) return [0, 0];
  const end = start + (count - 1) * step;
  return [Math.min(start, end), Math.max(start, end) + 1];
}

/** The same selection of the rows from `first` on. */
export function within({ ranges, axes }: Selection, first: number): SelectionItem[] {
  const items: SelectionItem[] = [];
  let next = 0;
  const dropped = (until: number): void => {
    for (; next < until; next++) items.push((ranges[next]?.start ?? 0) - (next === 0 ? first : 0));
  };
  for (const axis of axes) {
    if (axis === undefined) {
      items.push(null);
      continue;
    }
    dropped(axis);
    const range = ranges[axis];
    if (range === undefined) continue;
    const start = range.start - (axis === 0 ? first : 0);
    const stop = start + range.count * range.step;
    if (range.count === 0) items.push({ start: 0, stop: 0 });
    else items.push({ start, step: range.step, ...(stop >= 0 && { stop }) });
    next = axis + 1;
  }
  dropped(ranges.length);
  return items;
}
