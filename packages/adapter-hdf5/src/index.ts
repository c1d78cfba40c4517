/** masquerade's adapter for HDF5. */
export { hdf5 } from "./format.ts";
export type { Hdf5ReadOptions, Hdf5WriteOptions } from "./options.ts";
