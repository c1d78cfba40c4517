/** masquerade's adapter for Python pickles of NumPy arrays and masked arrays. `loads` and `dumps` are in its entry "codec". */
export type { PickleWriteOptions } from "./encode-options.ts";
export { pickle } from "./format.ts";
export type { PickleReadOptions } from "./options.ts";
