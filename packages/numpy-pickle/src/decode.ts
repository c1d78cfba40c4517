import { CapabilityError, type DecodeOptions, isNdArray, type NdArray } from "@masquerade/core";
import { type DecodedPickle, decodePickleAt, type PickleDecodeOptions } from "@masquerade/pickle";
import { type Allow, assembleGlobals, numpyGlobals } from "./decode-tables.ts";

export interface ObjectArrayOptions {
  /** Format id for errors. */
  readonly format: string;
  readonly limits?: DecodeOptions["limits"];
  /** The caller's own emulators. */
  readonly allow?: Allow | undefined;
  /** Offset in the file of the first byte, for errors. */
  readonly base?: number | undefined;
  readonly copy?: boolean | undefined;
}

/** A NumPy pickle that begins at `start`, by NumPy's own names and the caller's. See {@link decodePickleAt}. */
export function decodeNumpyPickle(bytes: Uint8Array, start: number, options: ObjectArrayOptions): DecodedPickle {
  const full: PickleDecodeOptions = { ...options, globals: assembleGlobals([numpyGlobals], options.allow) };
  return decodePickleAt(bytes, start, full);
}

/**
 * The pickle in which formats with a binary header of their own (NPY, joblib) keep an object array: an ndarray of objects. Returns it and
 * the offset behind it. Throws FormatError, LimitError, UnsafeContentError; CapabilityError when the pickle holds something else.
 */
export function decodeObjectArray(
  bytes: Uint8Array,
  start: number,
  options: ObjectArrayOptions,
): { readonly array: NdArray; readonly end: number } {
  const { value, end } = decodeNumpyPickle(bytes, start, options);
  if (!isNdArray(value)) throw new CapabilityError(options.format, "pickled values", "its pickle holds no ndarray");
  return { array: value, end };
}
