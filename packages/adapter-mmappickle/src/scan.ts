import type { Limits, Scanned } from "@masquerade/core";
import { numpyGlobals, scanPickles } from "@masquerade/numpy-pickle";
import { type Emulator, type EmulatorTable, globalKey, PickleInstance } from "@masquerade/pickle";
import { FORMAT } from "./forms.ts";

/** An array that is not made: takes a state, as a fill value is given by one. */
class NotMade extends PickleInstance {
  readonly parts: unknown[] = [];
  override build(): void {}
  finish(): null {
    return null;
  }
}

const made: Emulator = { reduce: () => new NotMade() };

/** What the dictionary is made of besides NumPy's own pickles: arrays are calls of these. */
const globals: EmulatorTable = /* @__PURE__ */ new Map([
  ...numpyGlobals,
  [globalKey("numpy.core.fromnumeric", "reshape"), made],
  [globalKey("numpy.core.multiarray", "fromstring"), made],
  [globalKey("numpy.ma.core", "MaskedArray"), made],
]);

/** What `pickle.load` of a dictionary would import and call: entries that were deleted are run as well. */
export function scan(bytes: Uint8Array, options: { readonly limits?: Partial<Limits> | undefined }): Scanned {
  return scanPickles(bytes, { format: FORMAT, globals, limits: options.limits });
}
