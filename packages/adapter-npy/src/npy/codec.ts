import type { Codec } from "@masquerade/core";
import { createNpy } from "./create.ts";
import { decodeNpy } from "./decode.ts";
import { encodeNpyParts, join } from "./encode.ts";
import type { NpyReadOptions, NpyWriteOptions } from "./format.ts";
import { openNpy } from "./open.ts";

/** NPY in full: bytes, parts, lazy reads, writing in place, streamed writing. */
export const npyCodec: Codec<"sync", NpyWriteOptions, NpyReadOptions> = {
  encode: (value, options) => join(encodeNpyParts(value, options)),
  encodeParts: encodeNpyParts,
  decode: decodeNpy,
  open: openNpy,
  create: createNpy,
};
