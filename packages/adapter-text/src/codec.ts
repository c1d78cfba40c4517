import type { Codec } from "@masquerade/core";
import { createText } from "./create.ts";
import { decodeText } from "./decode.ts";
import { encodeText, encodeTextParts } from "./encode.ts";
import type { Flavour } from "./flavour.ts";
import type { TextReadOptions, TextWriteOptions } from "./format.ts";
import { openText } from "./open.ts";

/** A text format in full. */
export function textCodec(flavour: Flavour): Codec<"sync", TextWriteOptions, TextReadOptions> {
  return {
    encode: (value, options) => encodeText(flavour, value, options),
    encodeParts: (value, options) => encodeTextParts(flavour, value, options),
    decode: (bytes, options) => decodeText(flavour, bytes, options),
    open: (source, options) => openText(flavour, source, options),
    create: (sink, plan, options) => createText(flavour, sink, plan, options),
  };
}
