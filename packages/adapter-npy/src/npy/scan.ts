import { hasObjects, type Limits, resolveLimits, type Scanned } from "@masquerade/core";
import { readNpyHeader } from "@masquerade/numpy";
import { numpyGlobals, problem, scanOnePickle } from "@masquerade/numpy-pickle";

/**
 * What `np.load(allow_pickle=True)` of an NPY file, or of one member of an archive, would import and call: an array of objects is a pickle
 * behind the header.
 */
export function scanNpy(
  bytes: Uint8Array,
  options: { readonly limits?: Partial<Limits> | undefined; readonly where?: string | undefined },
): Scanned {
  const limits = resolveLimits(options.limits);
  const { where = "" } = options;
  try {
    const { dtype, dataOffset } = readNpyHeader(bytes, { format: "npy", limits });
    if (!hasObjects(dtype)) return { pickles: 0, names: [], findings: [] };
    return scanOnePickle(bytes, dataOffset, { format: "npy", globals: numpyGlobals, limits, where });
  } catch (e) {
    return { pickles: 0, names: [], findings: [problem(e, where, 0)] };
  }
}
