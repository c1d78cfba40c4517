/** masquerade's adapter for NumPy's own files: NPY and NPZ. */
export { type NpyReadOptions, type NpyWriteOptions, npy } from "./npy/format.ts";
export { type NpzReadOptions, type NpzWriteOptions, npz } from "./npz/format.ts";
