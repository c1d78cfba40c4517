import { type Codec, exact } from "@masquerade/core";
import { appendMmappickle } from "./append.ts";
import { createMmappickle } from "./create.ts";
import { decode } from "./decode.ts";
import { encode, encodeParts } from "./encode.ts";
import { openMmappickle } from "./open.ts";
import type { MmappickleReadOptions, MmappickleWriteOptions } from "./options.ts";

export const mmappickleCodec: Codec<"sync", MmappickleWriteOptions, MmappickleReadOptions> = {
  encode,
  encodeParts,
  decode,
  open: (source, options) => openMmappickle(exact(source), options),
  append: (file, value, options) => appendMmappickle(exact(file), value, options),
  create: createMmappickle,
};
