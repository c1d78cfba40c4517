import type { Codec } from "@masquerade/core";
import { decodeProtobuf } from "./decode.ts";
import { encodeProtobuf, encodeProtobufParts } from "./encode.ts";
import type { ProtobufReadOptions, ProtobufWriteOptions } from "./format.ts";

export const protobufCodec: Codec<"sync", ProtobufWriteOptions, ProtobufReadOptions> = {
  encode: encodeProtobuf,
  encodeParts: encodeProtobufParts,
  decode: decodeProtobuf,
};
