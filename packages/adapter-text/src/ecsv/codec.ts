import type { Codec } from "@masquerade/core";
import { join } from "../join.ts";
import { decodeEcsv } from "./decode.ts";
import { encodeEcsvParts } from "./encode.ts";
import type { EcsvReadOptions, EcsvWriteOptions } from "./format.ts";

/** ECSV in full. */
export const ecsvCodec: Codec<"sync", EcsvWriteOptions, EcsvReadOptions> = {
  encode: (value, options) => join([...encodeEcsvParts(value, options)]),
  encodeParts: (value, options) => encodeEcsvParts(value, options),
  decode: (bytes, options) => decodeEcsv(bytes, options),
};
