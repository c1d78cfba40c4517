/** masquerade's adapter for Protocol Buffers. The schema is in proto/masquerade/v1. */
export { type BlocksReadOptions, type BlocksWriteOptions, blocks } from "./blocks/format.ts";
export { type ProtobufReadOptions, type ProtobufWriteOptions, protobuf } from "./protobuf/format.ts";
