import { type Codec, exact } from "@masquerade/core";
import { decode } from "./decode.ts";
import { createJoblib, encodeJoblib, encodeJoblibParts } from "./encode.ts";
import { openJoblib } from "./open.ts";
import type { JoblibReadOptions, JoblibWriteOptions } from "./options.ts";

export const joblibCodec: Codec<"sync", JoblibWriteOptions, JoblibReadOptions> = {
  encode: encodeJoblib,
  encodeParts: encodeJoblibParts,
  decode,
  open: (source, options) => openJoblib(exact(source), options),
  create: createJoblib,
};
