import { type AnyArray, blockRanges, defaultBlockBytes, type LazyArray, type SelectionItem } from "@masquerade/core";

/**
 * Every element of an array once, in pieces of about `maxBytes` whatever its shape: `blocks()` gives at least one index of the slowest axis,
 * and a single row may be all of it.
 */
export async function* piecesOf(array: LazyArray, maxBytes: number = defaultBlockBytes): AsyncGenerator<AnyArray> {
  const { shape, dtype, order } = array.header;
  const rows = order === "C" ? shape : shape.toReversed();
  const outer = outerAxes(rows, dtype.itemsize, maxBytes);
  if (outer === 0) {
    for await (const { value } of array.blocks({ plane: "both", maxBytes })) yield value;
    return;
  }
  for (const index of indicesOf(rows.slice(0, outer)))
    for (const { start, count } of blockRanges(rows.slice(outer), "C", dtype.itemsize, maxBytes)) {
      const items: SelectionItem[] = [...index, { start, stop: start + count }];
      yield await array.read(order === "C" ? items : ["...", ...items.toReversed()], { plane: "both" });
    }
}

/** How many of the slowest axes are walked index by index, for what is below one of theirs to be small enough. */
function outerAxes(shape: readonly number[], itemsize: number, maxBytes: number): number {
  let bytes = shape.reduce((n, dim) => n * dim, itemsize);
  let outer = 0;
  while (outer < shape.length - 1 && bytes > 0) {
    bytes /= shape[outer] as number;
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
