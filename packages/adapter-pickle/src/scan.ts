import { FormatError, type Limits, type Scanned } from "@masquerade/core";
import { scanPickles } from "@masquerade/numpy-pickle";
import { pickleGlobals } from "./decode.ts";

/** What `pickle.load` of a file would import and call; see {@link scanPickles}. Throws FormatError FORMAT_OTHER for joblib's files. */
export function scan(bytes: Uint8Array, options: { readonly limits?: Partial<Limits> | undefined }): Scanned {
  const found = scanPickles(bytes, { format: "pickle", globals: pickleGlobals({}), limits: options.limits });
  const joblib = found.names.find((one) => one.module === "joblib.numpy_pickle" && one.name === "NumpyArrayWrapper");
  if (joblib !== undefined)
    throw new FormatError("FORMAT_OTHER", "pickle", "this is a file of joblib, which is more than a pickle", {
      offset: joblib.offset,
      redirect: "joblib",
    });
  return found;
}
