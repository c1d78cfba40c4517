import { type AnyArray, type Bundle, type Codec, type DecodeOptions, exact } from "@masquerade/core";
import { decode } from "./decode.ts";
import { encodePickleFile, encodePickleFileParts } from "./encode.ts";
import type { PickleWriteOptions } from "./encode-options.ts";
import { createPickle } from "./encode-stream.ts";
import { openPickle } from "./open.ts";
import type { PickleReadOptions } from "./options.ts";

export { dumps } from "./encode.ts";

export const pickleCodec: Codec<"sync", PickleWriteOptions, PickleReadOptions> = {
  encode: encodePickleFile,
  encodeParts: encodePickleFileParts,
  decode,
  open: (source, options) => openPickle(exact(source), options),
  create: createPickle,
};

/**
 * What Python's `pickle.loads(bytes)` gives, read without running anything: an array, a masked array, or a bundle of them. Throws
 * FormatError, LimitError, UnsafeContentError; CapabilityError when the pickle holds no array.
 */
export function loads(bytes: Uint8Array, options: PickleReadOptions & DecodeOptions = {}): AnyArray | Bundle {
  return decode(bytes, options);
}
