import {
  type AnyArray,
  type Bundle,
  describe,
  type EncodeOptions,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { numpyPickleGraph } from "@masquerade/numpy-pickle";
import { encodePickle, encodePickleParts, type PickleNode } from "@masquerade/pickle";
import { type PickleWriteOptions, resolveWriteOptions } from "./encode-options.ts";
import { pickleLosses } from "./losses.ts";

/**
 * An array, a masked array or a bundle as NumPy pickles it. Throws CapabilityError for what a pickle cannot hold and the
 * caller does not give up, OptionError for options that do not exist.
 */
export function encodePickleFile(
  value: AnyArray | Bundle,
  options: PickleWriteOptions & EncodeOptions = {},
): Uint8Array<ArrayBuffer> {
  const { node, protocol } = prepare(value, options);
  const bytes = encodePickle(node, { protocol });
  options.onProgress?.(bytes.length, bytes.length);
  return bytes;
}

/** The same bytes in parts: views of the arrays' own memory where they are contiguous and in the byte order of the file. */
export function* encodePickleFileParts(
  value: AnyArray | Bundle,
  options: PickleWriteOptions & EncodeOptions = {},
): Generator<Uint8Array> {
  const { node, protocol } = prepare(value, options);
  let done = 0;
  for (const part of encodePickleParts(node, { protocol })) {
    throwIfAborted(options.signal);
    yield part;
    done += part.length;
    options.onProgress?.(done, undefined);
  }
}

function prepare(value: AnyArray | Bundle, options: PickleWriteOptions & EncodeOptions) {
  const resolved = resolveWriteOptions(options);
  throwIfAborted(options.signal);
  refuseLosses("pickle", pickleLosses(describe(value), options), options);
  return { node: numpyPickleGraph(value, resolved) as PickleNode, protocol: resolved.protocol };
}

/**
 * What NumPy's own `dumps()` of an array or masked array gives: a pickle of protocol 2. By default one that NumPy 1.x and
 * 2.x load without a warning (byte for byte that of NumPy 1.x); `numpy: 2` writes what NumPy 2.x does. `pickle.loads`
 * reads it, and so does {@link loads}. Throws as {@link encodePickleFile} does.
 */
export function dumps(
  value: AnyArray | Bundle,
  options: PickleWriteOptions & EncodeOptions = {},
): Uint8Array<ArrayBuffer> {
  return encodePickleFile(value, { ...options, protocol: options.protocol ?? 2 });
}
