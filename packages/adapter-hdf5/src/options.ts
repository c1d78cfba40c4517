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
  /** Axes along which arrays may grow later, by appending; used for arrays that have them. They are stored in chunks. */
  readonly resizable?: readonly number[] | undefined;
  /** The axis along which append adds. Default 0. */
  readonly axis?: number | undefined;
  /** Deflate level, 0 to 9. */
  readonly gzip?: number | undefined;
  /** Reorder bytes so that numbers deflate better. */
  readonly shuffle?: boolean | undefined;
  /** A Fletcher-32 checksum for each chunk. */
  readonly checksum?: boolean | undefined;
  /** Attributes `creator` and `creator_version` on the root. Default: none. */
  readonly provenance?: boolean | undefined;
  /** What the data come from, as the root's attribute `source_format`. */
  readonly source?: string | undefined;
  /** When the file was made, by ISO 8601 or "now", as the root's attribute `file_time`. Default: none, so that output is reproducible. */
  readonly created?: string | undefined;
}

/** Options for reading HDF5. */
export interface Hdf5ReadOptions {
  /**
   * As whose reader returns it. "auto" (default): the tool that wrote the file, as far as it says so: netCDF files as netCDF4-python,
   * PyTables' as PyTables, MATLAB 7.3's with MATLAB's shapes, all others as h5py. Our own files as they were written, unless it is named.
   */
  readonly reader?: "auto" | "h5py" | "netcdf4" | "pytables" | "matlab" | undefined;
  /**
   * Whether masks are recognised: "auto" (default) our own; in netCDF files by `_FillValue`, `missing_value`, default fill values and valid
   * ranges; elsewhere `NAME_mask` (NeXus), `NAME.mask` (astropy, beside it or in its tables), groups of `values` and `mask` (AnnData).
   * "none": datasets as they are, our own files' masks too.
   */
  readonly masks?: "auto" | "none" | undefined;
  /** "auto" (default): `scale_factor`, `add_offset` and `_Unsigned` are applied in netCDF files. "none": elements as they are stored. */
  readonly scale?: "auto" | "none" | undefined;
  /**
   * Members that are no arrays here, of a type no dtype has or through a filter that is not undone, and links that are not followed: an error for
   * whoever reads the whole file (default), or left out. Opened files list them.
   */
  readonly unreadable?: "refuse" | "skip" | undefined;
}
