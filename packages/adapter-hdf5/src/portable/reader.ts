import { CapabilityError } from "@masquerade/core";
import type { Converse } from "../read/conversation.ts";

/** Outside Node there is no worker yet in which HDF5's library could be ended at its deadline: files are written only. */
export const converse: Converse = async () => {
  throw new CapabilityError(
    "hdf5",
    "browser",
    "HDF5 files are read in Node only; read the file there, or convert it to NPZ",
  );
};
