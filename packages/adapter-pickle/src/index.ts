/** masquerade's adapter for Python pickles of NumPy arrays and masked arrays. */
export { loads, pickleCodec } from "./codec.ts";
export { dumps } from "./encode.ts";
export type { PickleWriteOptions } from "./encode-options.ts";
export { pickle } from "./format.ts";
export type { PickleReadOptions } from "./options.ts";
