/** A mmapdict file as a live dictionary in Node, shared with other processes. */
export { MmapArray } from "./array.ts";
export { MmapDict } from "./dict.ts";
export type { LockMethod } from "./lock.ts";
export { openMmapDict } from "./open-dict.ts";
export type { EmptyArray, MmapDictOptions } from "./options.ts";
