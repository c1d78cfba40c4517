import type { Stored } from "../structure/dataset.ts";

/** The dimensions of array elements as those of the dataset: the same bytes in the same places. */
export function flat(stored: Stored): Stored {
  let { type } = stored;
  const inner: number[] = [];
  while (type.class === "array") {
    inner.push(...type.dims);
    type = type.base;
  }
  if (inner.length === 0) return stored;
  const { layout, shape, maxShape } = stored;
  return {
    ...stored,
    type,
    shape: shape === null ? null : [...shape, ...inner],
    maxShape: [...maxShape, ...inner],
    layout: layout.layout === "chunked" ? { ...layout, chunks: [...layout.chunks, ...inner] } : layout,
  };
}
