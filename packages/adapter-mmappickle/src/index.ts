/** masquerade's adapter for mmappickle's dictionaries of arrays. In Node, `@masquerade/adapter-mmappickle/node` has the live dictionary. */
export { mmappickle } from "./format.ts";
export type { MmappickleReadOptions, MmappickleWriteOptions } from "./options.ts";
