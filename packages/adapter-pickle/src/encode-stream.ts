import {
  type AnyArray,
  type Bundle,
  type BundleHeader,
  type ByteSink,
  type EncodeOptions,
  type FileWriter,
  type Header,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { createNumpyPickle } from "@masquerade/numpy-pickle";
import { encodePickleFileParts } from "./encode.ts";
import { type PickleWriteOptions, resolveWriteOptions } from "./encode-options.ts";
import { pickleLosses } from "./losses.ts";

/**
 * Writes a pickle as its blocks come: for each array all blocks of data, then all of the mask. From protocol 3 on, and in
 * protocol 0, nothing of the arrays is kept; protocols 1 and 2 give the length of what is still to come, which is put right
 * afterwards and needs a sink that can be overwritten (CapabilityError otherwise). Small plans and arrays of Python objects
 * are gathered in memory until the end. The bytes are those of encode, but that planes of a single byte, which CPython would
 * share where they are equal, are each written.
 */
export async function createPickle(
  sink: ByteSink,
  plan: Header | BundleHeader,
  options: PickleWriteOptions & EncodeOptions = {},
): Promise<FileWriter> {
  const resolved = resolveWriteOptions(options);
  throwIfAborted(options.signal);
  refuseLosses("pickle", pickleLosses(plan, options), options);
  const encodeParts = (value: AnyArray | Bundle): Iterable<Uint8Array> => encodePickleFileParts(value, options);
  return await createNumpyPickle(sink, plan, { ...resolved, format: "pickle", encodeParts }, options);
}
