import { Complex, dtypes, FormatError, isMaskedArray, isNdArray, NdArray } from "@masquerade/core";

/**
 * The fill value of a pickled masked array, as it was stored: a 0-d array with its own dtype; undefined when it was never set.
 * A bare Python value is what `numpy.array(value)` makes of it. Throws FormatError for anything else.
 */
export function fillValueOf(
  value: unknown,
  where: { readonly format: string; readonly offset: number },
): NdArray | undefined {
  if (value === null || value === undefined) return undefined;
  if (isNdArray(value)) {
    if (value.shape.length === 0) return value;
    throw bad(where, `a fill value of shape (${value.shape.join(", ")})`);
  }
  if (isMaskedArray(value)) throw bad(where, "a fill value that is itself masked");
  const made = fromPlain(value);
  if (made === undefined) throw bad(where, "a fill value that is no scalar");
  return made as unknown as NdArray;
}

function bad(where: { readonly format: string; readonly offset: number }, message: string): FormatError {
  return new FormatError("FORMAT_MALFORMED", where.format, message, { offset: where.offset });
}

function fromPlain(
  value: unknown,
):
  | NdArray<"bool">
  | NdArray<"int64">
  | NdArray<"float64">
  | NdArray<"complex128">
  | NdArray<"str">
  | NdArray<"bytes">
  | undefined {
  const shape: readonly number[] = [];
  switch (typeof value) {
    case "boolean":
      return new NdArray({ dtype: dtypes.simple("bool"), shape, storage: Uint8Array.of(value ? 1 : 0) });
    case "bigint":
      if (BigInt.asIntN(64, value) !== value) return undefined;
      return new NdArray({ dtype: dtypes.simple("int64"), shape, storage: BigInt64Array.of(value) });
    case "number":
      return new NdArray({ dtype: dtypes.simple("float64"), shape, storage: Float64Array.of(value) });
    case "string": {
      const points = Uint32Array.from(value, (c) => c.codePointAt(0) ?? 0);
      return new NdArray({ dtype: dtypes.str(points.length), shape, storage: points });
    }
    default:
      if (value instanceof Complex)
        return new NdArray({ dtype: dtypes.simple("complex128"), shape, storage: Float64Array.of(value.re, value.im) });
      if (value instanceof Uint8Array) return new NdArray({ dtype: dtypes.bytes(value.length), shape, storage: value });
      return undefined;
  }
}
