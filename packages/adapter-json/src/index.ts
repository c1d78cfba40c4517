/** masquerade's adapter for JSON: one documented shape that is valid, lossless and readable. */
export { type JsonReadOptions, type JsonWriteOptions, json } from "./format.ts";
