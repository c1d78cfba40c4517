import { type CapabilityError, isMasqueradeError } from "@masquerade/core";
import type { Hdf5ReadOptions } from "../options.ts";

/** Whether an error is that of a dataset no dtype holds, and such are to be left out. */
export function isLeftOut(error: unknown, options: Hdf5ReadOptions): boolean {
  if (options.unreadable !== "skip" || !isMasqueradeError(error, "CAPABILITY_MISSING")) return false;
  return (error as CapabilityError).capability === "dtype";
}
