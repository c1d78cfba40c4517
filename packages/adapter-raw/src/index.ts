/** masquerade's adapter for raw bytes, whose dtype and shape the caller knows. */
export { type RawReadOptions, type RawWriteOptions, raw } from "./format.ts";
