import type { DTypeInput, Limits } from "@masquerade/core";
import type { Allow } from "@masquerade/numpy-pickle";
import type { LockMethod } from "./lock.ts";

/** How a dictionary is opened. */
export interface MmapDictOptions {
  /** "r" (default): read. "r+": read and write a file that is there. "a+": the same, and make the file if it is not there. */
  readonly mode?: "r" | "r+" | "a+" | undefined;
  readonly lock?: LockMethod | undefined;
  /** Milliseconds to wait for another process. Default 30 000. */
  readonly lockTimeout?: number | undefined;
  /** Wait for the disk, so that a power failure too leaves the old or the new state. Default true; false survives the end of the process only. */
  readonly durable?: boolean | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** Constructors of your own for plain entries, by exact "module name". */
  readonly allow?: Allow | undefined;
}

/** What `create` makes. */
export interface EmptyArray {
  readonly dtype: DTypeInput;
  readonly shape: readonly number[];
  /** With a mask, all False. */
  readonly masked?: boolean | undefined;
  /** Of a masked array: a scalar of the dtype, or a 0-d array of its own. */
  readonly fillValue?: unknown;
}
