/** masquerade's adapter for JSON: one documented shape that is valid, lossless and readable; as one document, or as lines. */
export { type JsonReadOptions, type JsonWriteOptions, json } from "./format.ts";
export { ndjson, type RowsWriteOptions } from "./rows/format.ts";
