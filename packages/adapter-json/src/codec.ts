import type { Codec } from "@masquerade/core";
import { createJson } from "./create.ts";
import { decodeJson } from "./decode.ts";
import { encodeJsonParts, join } from "./encode.ts";
import type { JsonReadOptions, JsonWriteOptions } from "./format.ts";

/** JSON in full: bytes, chunks, streamed writing. */
export const jsonCodec: Codec<"sync", JsonWriteOptions, JsonReadOptions> = {
  encode: (value, options) => join(encodeJsonParts(value, options)),
  encodeParts: encodeJsonParts,
  decode: decodeJson,
  create: createJson,
};
