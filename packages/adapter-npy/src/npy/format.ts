import {
  type BundleHeader,
  type Capabilities,
  type Codec,
  type DType,
  eachHeader,
  type Format,
  type Header,
  type Kind,
  type Loss,
  loss,
  lossesFromCapabilities,
  type OptionSchema,
} from "@masquerade/core";

/** Options for writing NPY. */
export interface NpyWriteOptions {
  /** Header version; default: the lowest that can hold the header, as np.save chooses. */
  readonly headerVersion?: "1.0" | "2.0" | "3.0" | undefined;
  /** Write object arrays, as a pickle that readers must ask for (`np.load(…, allow_pickle=True)`). Refused by default. */
  readonly objects?: boolean | undefined;
  /** Whose pickle object arrays become, byte for byte. Default: NumPy 1.x's, which both read. */
  readonly numpy?: 1 | 2 | undefined;
}

/** Options for reading NPY. */
export interface NpyReadOptions {
  /**
   * Read object arrays, whose elements are a pickle: through an exact allow-list, nothing is run. Refused by default, as
   * np.load does.
   */
  readonly objects?: boolean | undefined;
  /**
   * What to do with bytes after the array, where np.save may have put more arrays: refuse (default), ignore them as np.load does,
   * or read all arrays, as a list.
   */
  readonly trailing?: "refuse" | "ignore" | "arrays" | undefined;
}

/** Every kind NumPy has an NPY representation for that is not a pickle. */
export const npyKinds: readonly Kind[] = [
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
  "void",
  "datetime64",
  "timedelta64",
  "struct",
];

export const objectsWhy: string =
  "its elements are Python objects, which NPY holds as a pickle; ask for that with objects, or save it as a pickle";

/** Write options of object arrays, of NPY and NPZ alike. */
export const objectOptions: OptionSchema = {
  objects: {
    type: "boolean",
    about: "Write object arrays as a pickle, which np.load reads with allow_pickle=True only.",
    default: false,
  },
  numpy: {
    type: "integer",
    about: "Whose pickle object arrays become, byte for byte: NumPy 1's (which 2 reads too) or 2's.",
    choices: [1, 2],
    default: 1,
    placeholder: "1|2",
  },
};

/** The flags with object arrays among the kinds, when they are asked for. */
export function withObjects(capabilities: Capabilities, objects: boolean | undefined): Capabilities {
  return objects === true ? { ...capabilities, kinds: [...capabilities.kinds, "object"] } : capabilities;
}

/** Whether a dtype was made with align=True or is a record's, which the header's description does not say. */
function marked(dtype: DType): boolean {
  if (dtype.kind !== "struct") return false;
  return dtype.aligned || dtype.record || dtype.fields.some((field) => marked(field.dtype));
}

/** Losses of dtypes in an NPY header: offsets, padding and titles are kept, the marks of aligned and record dtypes are not. */
export function layoutLosses(header: Header | BundleHeader): Loss[] {
  const found: Loss[] = [];
  for (const [path, one] of eachHeader(header))
    if (marked(one.dtype))
      found.push(
        loss("layout", "the same fields at the same offsets come back, not marked as aligned or as record", path),
      );
  return found;
}

const capabilities: Capabilities = {
  kinds: npyKinds,
  mask: false,
  fieldMasks: false,
  hiddenValues: true,
  nomask: false,
  fillValue: false,
  hardMask: false,
  memoryOrder: true,
  byteOrder: true,
  attrs: false,
  dims: false,
  bundle: false,
  nested: false,
  lazy: true,
  streamed: true,
  appendable: false,
  inPlace: true,
  text: false,
  selfDescribing: true,
  compressed: false,
  aliasing: true,
};

/** NumPy's own file of one array (numpy.lib.format). */
export const npy: Format<"npy", "sync", NpyWriteOptions, NpyReadOptions> = {
  id: "npy",
  title: "NumPy array file (NPY)",
  extensions: [".npy"],
  mediaTypes: ["application/x-npy"],
  timing: "sync",
  capabilities,
  options: {
    write: {
      headerVersion: {
        type: "string",
        about: "Version of the header.",
        choices: ["1.0", "2.0", "3.0"],
        placeholder: "V",
      },
      ...objectOptions,
    },
    read: {
      objects: {
        type: "boolean",
        about: "Read object arrays: their pickle goes through an exact allow-list, nothing is run.",
        default: false,
      },
      trailing: {
        type: "string",
        about: "Bytes after the array: refuse them, ignore them, or read more arrays.",
        choices: ["refuse", "ignore", "arrays"],
        default: "refuse",
      },
    },
  },
  losses: (header, options) => [
    ...lossesFromCapabilities(withObjects(capabilities, options?.objects), header, {
      keeps: ["titles", "layout"],
      why: {
        mask: "an .npy file has no place for a mask (np.save raises or drops it); save as .npz, or save filled() values",
        dtype: objectsWhy,
        metadata: "np.save drops dtype metadata",
      },
    }),
    ...layoutLosses(header),
  ],
  readers: {
    python: "numpy.load",
    julia: "NPZ.jl",
    r: "RcppCNPy",
    matlab: "npy-matlab",
    "c++": "cnpy",
    rust: "ndarray-npy",
    go: "npyio",
  },
  recipe: 'import numpy as np\narray = np.load("FILE")',
  recipes: async (file) => (await import("./recipes.ts")).npyRecipes(file),
  sniff: (head) =>
    head.length >= 6 && [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59].every((byte, i) => head[i] === byte) ? "yes" : "no",
  scan: async (bytes, options) => (await import("./scan.ts")).scanNpy(bytes, options),
  codec: async (): Promise<Codec<"sync", NpyWriteOptions, NpyReadOptions>> => (await import("./codec.ts")).npyCodec,
};
