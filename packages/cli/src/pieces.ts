import { type AnyArray, defaultBlockBytes, type LazyArray, pieceRanges, sizeOf } from "@masquerade/core";

/**
 * Every element of an array once, in pieces of about `maxBytes` whatever its shape: `blocks()` gives at least one index of the slowest axis,
 * and a single row may be all of it.
 */
export async function* piecesOf(array: LazyArray, maxBytes: number = defaultBlockBytes): AsyncGenerator<AnyArray> {
  const { shape, dtype, order } = array.header;
  const row = order === "C" ? shape.slice(1) : shape.slice(0, -1);
  if (sizeOf(row) * dtype.itemsize <= maxBytes) {
    for await (const { value } of array.blocks({ plane: "both", maxBytes })) yield value;
    return;
  }
  for (const { selection } of pieceRanges(shape, order, dtype.itemsize, maxBytes))
    yield await array.read(selection, { plane: "both" });
}
