import type { Codec } from "@masquerade/core";
import { createJson } from "./create.ts";
import { decodeJson } from "./decode.ts";
import { encodeJson, encodeJsonParts } from "./encode.ts";
import type { JsonReadOptions, JsonWriteOptions } from "./format.ts";
import { openJson } from "./open.ts";

/** JSON in full: bytes, chunks, streamed writing. */
export const jsonCodec: Codec<"sync", JsonWriteOptions, JsonReadOptions> = {
  encode: encodeJson,
  encodeParts: (value, options) => encodeJsonParts(value, options),
  decode: decodeJson,
  open: (source, options) => openJson(source, options),
  create: createJson,
};
