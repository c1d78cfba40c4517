/** NumPy's text: dtype strings and descr, the NPY header, Python literals. */
export { dtypeString } from "@masquerade/core";
export { type DescrOptions, descrOf, type ParsedDescr, parseDescr } from "./descr.ts";
export { type DTypeOptions, parseDType } from "./dtype-string.ts";
export { formatLiteral } from "./format-literal.ts";
export { type LiteralOptions, parseLiteral } from "./literal.ts";
export {
  type NpyHeader,
  type NpyHeaderOptions,
  type NpyVersion,
  npyHeaderLength,
  npyMagic,
  npyPrefixLength,
  readNpyHeader,
} from "./npy-header.ts";
export { type NpyHeaderInit, writeNpyHeader } from "./npy-header-write.ts";
