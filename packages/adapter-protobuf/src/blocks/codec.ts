import type { Codec } from "@masquerade/core";
import { appendToFile } from "../stream/append.ts";
import { createBlocks } from "./create.ts";
import { decodeBlocks } from "./decode.ts";
import { encodeBlocks } from "./encode.ts";
import type { BlocksReadOptions, BlocksWriteOptions } from "./format.ts";
import { openBlocks } from "./open.ts";

/** Streams of blocks in full: bytes in memory, lazy reads, streamed writing. */
export const blocksCodec: Codec<"async", BlocksWriteOptions, BlocksReadOptions> = {
  encode: encodeBlocks,
  decode: decodeBlocks,
  open: openBlocks,
  append: appendToFile,
  create: (sink, plan, options) => createBlocks(sink, plan, options),
};
