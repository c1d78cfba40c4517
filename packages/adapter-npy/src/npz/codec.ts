import { type Codec, exact } from "@masquerade/core";
import { createNpz } from "./create.ts";
import { decodeNpz } from "./decode.ts";
import { encodeNpz, encodeNpzParts } from "./encode.ts";
import type { NpzReadOptions, NpzWriteOptions } from "./format.ts";
import { openNpz } from "./open.ts";

/** NPZ in full: bytes, parts, lazy reads, streamed writing. */
export const npzCodec: Codec<"sync", NpzWriteOptions, NpzReadOptions> = {
  encode: encodeNpz,
  encodeParts: encodeNpzParts,
  decode: decodeNpz,
  open: (source, options) => openNpz(exact(source), options),
  create: createNpz,
};
