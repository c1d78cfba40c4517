import type { Codec } from "@masquerade/core";
import { join } from "../encode.ts";
import { createRows } from "./create.ts";
import { decodeRows } from "./decode.ts";
import type { RowsWriteOptions } from "./format.ts";
import { openRows } from "./open.ts";
import { encodeRows } from "./write.ts";

/** Rows of JSON in full. */
export const ndjsonCodec: Codec<"sync", RowsWriteOptions> = {
  encode: (value, options) => join(encodeRows(value, options)),
  encodeParts: (value, options) => encodeRows(value, options),
  decode: decodeRows,
  open: (source, options) => openRows(source, options),
  create: createRows,
};
