import {
  type BundleHeader,
  type Capabilities,
  type Codec,
  type DType,
  eachHeader,
  type Format,
  type Header,
  type Loss,
  loss,
  lossesFromCapabilities,
  type Order,
} from "@masquerade/core";

/** Options for writing raw bytes. */
export interface RawWriteOptions {
  /** Order of the elements: "C" (default, as `tobytes()`), "F", or "A": the array's own. */
  readonly order?: Order | "A" | undefined;
}

/** What the file does not say. */
export interface RawReadOptions {
  /** The dtype as NumPy writes it: `<f8`, `|S5`, `datetime64[D]`, or a list of fields, `[("a", "<i4"), ("b", "<f8", (2,))]`. */
  readonly descr?: string | undefined;
  /** The shape; default: one axis of as many elements as there are. */
  readonly shape?: readonly number[] | undefined;
  /** Order of the elements in the file. Default "C". */
  readonly order?: Order | undefined;
  /** Bytes before the first element. Default 0. */
  readonly offset?: number | undefined;
}

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
    "void",
    "datetime64",
    "timedelta64",
    "struct",
  ],
  mask: false,
  fieldMasks: false,
  hiddenValues: true,
  nomask: false,
  fillValue: false,
  hardMask: false,
  memoryOrder: false,
  byteOrder: true,
  attrs: false,
  dims: false,
  bundle: false,
  nested: false,
  lazy: true,
  streamed: true,
  appendable: false,
  inPlace: false,
  text: false,
  selfDescribing: false,
  compressed: false,
  aliasing: true,
};

/** Whether a dtype was made with align=True or is a record's, which a description of its fields does not say. */
function marked(dtype: DType): boolean {
  if (dtype.kind !== "struct") return false;
  return dtype.aligned || dtype.record || dtype.fields.some((field) => marked(field.dtype));
}

function losses(header: Header | BundleHeader, options: RawWriteOptions = {}): readonly Loss[] {
  const memoryOrder = options.order === "A" || options.order === "F";
  const found = lossesFromCapabilities({ ...capabilities, memoryOrder }, header, {
    keeps: ["titles", "layout"],
    why: {
      mask: "raw bytes have no place for a mask; save filled() values, or use a format with masks",
      dtype: "its elements are Python objects, which have no bytes",
    },
  });
  for (const [path, one] of eachHeader(header)) {
    if (marked(one.dtype))
      found.push(loss("layout", "read by a list of fields it is not marked as aligned or as record", path));
    if (options.order === "F" && one.order === "C" && one.shape.length > 1)
      found.push(loss("memory-order", "the option order puts it into Fortran order", path));
  }
  return found;
}

/** The elements' bytes and nothing else: `ndarray.tobytes()`, `numpy.fromfile`, `numpy.memmap`. */
export const raw: Format<"raw", "sync", RawWriteOptions, RawReadOptions> = {
  id: "raw",
  title: "Raw bytes",
  extensions: [".raw", ".bin"],
  mediaTypes: ["application/octet-stream"],
  timing: "sync",
  capabilities,
  options: {
    write: {
      order: {
        type: "string",
        about: "Order of the elements: C, F, or A for the array's own.",
        choices: ["C", "F", "A"],
        default: "C",
      },
    },
    read: {
      descr: { type: "string", about: "The dtype, as NumPy writes it; needed.", placeholder: "DTYPE" },
      shape: {
        type: "integers",
        about: "The shape; one axis of as many elements as there are unless given.",
        minimum: 0,
        placeholder: "N,M",
      },
      order: { type: "string", about: "Order of the elements in the file.", choices: ["C", "F"], default: "C" },
      offset: {
        type: "integer",
        about: "Bytes before the first element.",
        minimum: 0,
        default: 0,
        placeholder: "BYTES",
      },
    },
  },
  losses,
  readers: { python: "numpy.fromfile", julia: "read!", r: "readBin", matlab: "fread", "c++": "fread" },
  recipe: 'import numpy as np\narray = np.fromfile("FILE", dtype="<f8").reshape(SHAPE)',
  recipes: async (file) => (await import("./recipes.ts")).rawRecipes(file),
  // Any bytes would do: the name or the caller says that a file is one.
  sniff: () => "no",
  codec: async (): Promise<Codec<"sync", RawWriteOptions, RawReadOptions>> => (await import("./codec.ts")).rawCodec,
};
