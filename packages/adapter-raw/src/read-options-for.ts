import { type BundleHeader, dtypeString, type Header, isBundleHeader } from "@masquerade/core";
import { descrOf, formatLiteral } from "@masquerade/numpy";
import type { RawReadOptions, RawWriteOptions } from "./format.ts";

/** What a reader of a file of one such array must be told. */
export function readOptionsFor(header: Header | BundleHeader, options: RawWriteOptions = {}): RawReadOptions {
  if (isBundleHeader(header)) return {};
  const { dtype, shape } = header;
  const descr = dtype.kind === "struct" ? formatLiteral(descrOf(dtype, "raw")) : dtypeString(dtype);
  const order = options.order === "A" ? header.order : options.order;
  return { descr, shape, order };
}
