/** masquerade's adapter for Protocol Buffers. The schema is in proto/masquerade/v1. */
export { type ProtobufReadOptions, type ProtobufWriteOptions, protobuf } from "./protobuf/format.ts";
