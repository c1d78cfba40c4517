/** Options for writing HDF5. */
export interface Hdf5WriteOptions {
  /**
   * Where a mask goes. "nexus" (default): a dataset `NAME_mask` beside `NAME`. "values-mask": `NAME` is a group of `values` and `mask`, as
   * AnnData's nullable arrays. "cf": masked elements hold the value of the attribute `_FillValue`, as netCDF's.
   */
  readonly layout?: "nexus" | "values-mask" | "cf" | undefined;
  /** Values beneath the mask: kept (default), or replaced by the fill value. */
  readonly hidden?: "keep" | "drop" | undefined;
  /** Elements of a chunk along each axis, used for arrays of as many dimensions. Default: contiguous, or automatic where a filter needs chunks. */
  readonly chunks?: readonly number[] | undefined;
  /** Deflate level, 0 to 9. */
  readonly gzip?: number | undefined;
  /** Reorder bytes so that numbers deflate better. */
  readonly shuffle?: boolean | undefined;
  /** A Fletcher-32 checksum for each chunk. */
  readonly checksum?: boolean | undefined;
}

/** Options for reading HDF5. */
export interface Hdf5ReadOptions {
  /**
   * Whose masks are recognised beside our own: "auto" (default) `NAME_mask` (NeXus), `NAME.mask` (astropy), groups of `values` and `mask`
   * (AnnData); "none": datasets as they are, our own files' masks too.
   */
  readonly masks?: "auto" | "none" | undefined;
}
