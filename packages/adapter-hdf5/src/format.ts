import type { BundleHeader, Capabilities, Codec, Format, Header } from "@masquerade/core";
import { hdf5Losses } from "./losses.ts";
import type { Hdf5ReadOptions, Hdf5WriteOptions } from "./options.ts";
import { findSignature } from "./signature.ts";

const capabilities: Capabilities = {
  kinds: [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "longdouble",
    "complex64",
    "complex128",
    "clongdouble",
    "bytes",
    "str",
    "string",
    "void",
    "datetime64",
    "timedelta64",
    "struct",
  ],
  mask: true,
  fieldMasks: true,
  hiddenValues: true,
  nomask: true,
  fillValue: true,
  hardMask: true,
  memoryOrder: true,
  byteOrder: true,
  attrs: true,
  dims: true,
  bundle: true,
  nested: true,
  lazy: true,
  streamed: true,
  appendable: true,
  inPlace: false,
  text: false,
  selfDescribing: true,
  compressed: true,
  aliasing: true,
};

/** HDF5: what h5py, netCDF4, xarray, PyTables and MATLAB read and write. */
export const hdf5: Format<"hdf5", "async", Hdf5WriteOptions, Hdf5ReadOptions> = {
  id: "hdf5",
  title: "HDF5",
  extensions: [".h5", ".hdf5", ".nc"],
  mediaTypes: ["application/vnd.hdfgroup.hdf5", "application/x-hdf5"],
  timing: "async",
  capabilities,
  options: {
    write: {
      layout: {
        type: "string",
        about: "Where masks go: NAME_mask beside NAME, a group of values and mask, or _FillValue in the data.",
        choices: ["nexus", "values-mask", "cf"],
        default: "nexus",
      },
      hidden: {
        type: "string",
        about: "Values beneath the mask: kept, or replaced by the fill value.",
        choices: ["keep", "drop"],
        default: "keep",
      },
      chunks: { type: "integers", about: "Elements of a chunk along each axis.", minimum: 1, maximum: 2 ** 31 },
      resizable: { type: "integers", about: "Axes that may grow later, as 0.", minimum: 0, maximum: 31 },
      axis: {
        type: "integer",
        about: "The axis along which append adds to arrays.",
        minimum: 0,
        maximum: 31,
        default: 0,
      },
      gzip: { type: "integer", about: "Deflate level.", minimum: 0, maximum: 9, placeholder: "N" },
      shuffle: { type: "boolean", about: "Reorder bytes so that numbers deflate better.", default: false },
      checksum: { type: "boolean", about: "A Fletcher-32 checksum for each chunk.", default: false },
      provenance: {
        type: "boolean",
        about: "Say in the root's attributes that masquerade wrote it, and which version.",
        default: false,
      },
      source: {
        type: "string",
        about: "What the data come from, for the root's attribute source_format.",
        placeholder: "TEXT",
      },
      created: {
        type: "string",
        about: "When the file was made, for the root's attribute file_time: now, or a time by ISO 8601.",
        placeholder: "TIME",
      },
    },
    read: {
      reader: {
        type: "string",
        about: "As whose reader returns it: that of the tool that wrote the file, or the one named.",
        choices: ["auto", "h5py", "netcdf4", "pytables", "matlab"],
        default: "auto",
      },
      masks: {
        type: "string",
        about:
          "Recognise masks (ours, netCDF's missing values, NAME_mask, NAME.mask, values and mask), or give datasets as they are.",
        choices: ["auto", "none"],
        default: "auto",
      },
      scale: {
        type: "string",
        about: "Apply scale_factor, add_offset and _Unsigned in netCDF files, or give elements as they are stored.",
        choices: ["auto", "none"],
        default: "auto",
      },
      unreadable: {
        type: "string",
        about:
          "Members that are no arrays here (links not followed, types and filters not read): an error when all is read, or left out.",
        choices: ["refuse", "skip"],
        default: "refuse",
      },
    },
  },
  losses: (header: Header | BundleHeader, options?: Hdf5WriteOptions) => hdf5Losses(capabilities, header, options),
  readers: {
    python: "h5py",
    matlab: "h5read",
    r: "rhdf5",
    julia: "HDF5.jl",
    "c++": "libhdf5",
    java: "jhdf",
    rust: "hdf5",
  },
  recipe:
    'import h5py, numpy as np\nf = h5py.File("FILE")\narray = np.ma.MaskedArray(f["data"][()], f["data_mask"][()])',
  recipes: async (file) => (await import("./recipes.ts")).hdf5Recipes(file),
  sniff: (head) => (findSignature(head) === undefined ? "no" : "yes"),
  codec: async (): Promise<Codec<"async", Hdf5WriteOptions, Hdf5ReadOptions>> => (await import("./codec.ts")).hdf5Codec,
};
