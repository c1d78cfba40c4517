import { CapabilityError, FormatError, type Limits, type NdArray, sameDType, sameShape } from "@masquerade/core";
import type { NpyHeader } from "@masquerade/numpy";
import { decodeObjectArray, numpyPickleGraph } from "@masquerade/numpy-pickle";
import { encodePickle } from "@masquerade/pickle";
import { objectsWhy } from "./format.ts";

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

/** How object arrays are written. */
export interface ObjectWriting {
  readonly objects?: boolean | undefined;
  readonly numpy?: 1 | 2 | undefined;
}

/** Pickle protocol of np.save, by NumPy's major version (numpy.lib.format.write_array). */
const protocols = { 1: 3, 2: 4 } as const;

/** The pickle np.save puts behind the header of an object array. Throws CapabilityError unless it is asked for. */
export function writeObjects(array: NdArray, format: string, { objects, numpy = 1 }: ObjectWriting): Uint8Array {
  if (objects !== true) throw new CapabilityError(format, "dtype", `cannot hold the dtype: ${objectsWhy}`);
  // Writers of a subclass write plain arrays (np.asanyarray keeps it, but no NPY header says so).
  const plain = array.with({ subclass: undefined });
  return encodePickle(numpyPickleGraph(plain, { protocol: protocols[numpy], numpy }), { protocol: protocols[numpy] });
}
