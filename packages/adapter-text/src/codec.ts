import type { Codec } from "@masquerade/core";
import { decodeText } from "./decode.ts";
import { encodeTextParts } from "./encode.ts";
import type { Flavour } from "./flavour.ts";
import type { TextReadOptions, TextWriteOptions } from "./format.ts";

/** A text format in full. */
export function textCodec(flavour: Flavour): Codec<"sync", TextWriteOptions, TextReadOptions> {
  return {
    encode: (value, options) => join([...encodeTextParts(flavour, value, options)]),
    encodeParts: (value, options) => encodeTextParts(flavour, value, options),
    decode: (bytes, options) => decodeText(flavour, bytes, options),
  };
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
