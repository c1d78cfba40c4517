import { FormatError, type Limits, type NdArray, sameDType, sameShape } from "@masquerade/core";
import type { NpyHeader } from "@masquerade/numpy";
import { decodeObjectArray } from "@masquerade/numpy-pickle";

/**
 * The object array behind a header: a pickle of the whole array (numpy.lib.format.write_array), read through NumPy's exact allow-list.
 * Throws UnsafeContentError for anything foreign, FormatError when header and pickle disagree (np.load believes the pickle).
 */
export function readObjects(
  bytes: Uint8Array,
  header: NpyHeader,
  limits: Limits,
  place: { readonly format: string; readonly offset: number },
): { readonly array: NdArray; readonly end: number } {
  const { dataOffset, dtype, shape, order } = header;
  const { array, end } = decodeObjectArray(bytes, dataOffset, { format: place.format, limits, base: place.offset });
  const agrees = sameDType(array.dtype, dtype) && sameShape(array.shape, shape) && array.order === order;
  // An empty or 1-D array is in both orders; the header may say either.
  const eitherOrder = sameShape(array.shape, shape) && (array.size === 0 || shape.filter((n) => n > 1).length < 2);
  if (!agrees && !(eitherOrder && sameDType(array.dtype, dtype)))
    throw new FormatError("FORMAT_MALFORMED", place.format, "the pickled array is not the one the header describes", {
      offset: place.offset + dataOffset,
    });
  return { array, end };
}
