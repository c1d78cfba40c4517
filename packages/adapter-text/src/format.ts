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
  type Sniff,
} from "@masquerade/core";
import { type Flavour, flavours } from "./flavour.ts";
import { leavesOf } from "./leaves.ts";

/** Options for writing text. */
export interface TextWriteOptions {
  /** What stands for a masked element. Default: nothing where a row has several columns, else `--`. */
  readonly missing?: string | undefined;
  /** Leave out the commented header, so that only the rows (and names of columns) are written: the dtype and the shape are then lost. */
  readonly bare?: boolean | undefined;
}

/** Options for reading text that does not say itself what it holds. */
export interface TextReadOptions {
  /** The dtype as NumPy writes it; a list of fields for columns of several types. Default: by the values. */
  readonly descr?: string | undefined;
  /** What stands for a missing value, beside nothing. Default `--`, `NA`, `N/A`. */
  readonly missing?: readonly string[] | undefined;
  /** Whether the first row names the columns. Default: when none of it is a number (the first may be empty: NumPy calls it `f0`) and something below is. */
  readonly names?: boolean | undefined;
}

/** Kinds whose elements are one field of text that NumPy's own reader takes. */
export const textKinds: readonly Kind[] = [
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
  "bytes",
  "str",
  "datetime64",
  "timedelta64",
  "struct",
];

const capabilities: Capabilities = {
  kinds: textKinds,
  mask: true,
  fieldMasks: true,
  hiddenValues: false,
  nomask: true,
  fillValue: true,
  hardMask: true,
  memoryOrder: true,
  byteOrder: true,
  attrs: false,
  dims: false,
  bundle: false,
  nested: false,
  lazy: true,
  streamed: true,
  appendable: false,
  inPlace: false,
  text: true,
  selfDescribing: true,
  compressed: false,
  aliasing: false,
};

/** Whether a dtype was made with align=True or is a record's, which a description of its fields does not say. */
export function marked(dtype: DType): boolean {
  if (dtype.kind !== "struct") return false;
  return dtype.aligned || dtype.record || dtype.fields.some((field) => marked(field.dtype));
}

function losses(header: Header | BundleHeader, options: TextWriteOptions = {}): readonly Loss[] {
  const found = lossesFromCapabilities(capabilities, header, {
    keeps: ["titles", "layout"],
    why: { "hidden-values": "values beneath the mask are never written as text" },
  });
  for (const [path, one] of eachHeader(header)) {
    const { dtype } = one;
    if (dtype.kind === "struct") {
      if (leavesOf(dtype, 1).length === 0) found.push(loss("dtype", "records without values have no columns", path));
      if (marked(dtype))
        found.push(
          loss("layout", "the same fields at the same offsets come back, not marked as aligned or as record", path),
        );
    }
    if (leavesOf(dtype).some((leaf) => leaf.dtype.kind === "longdouble" && leaf.dtype.layout !== "x87"))
      found.push(loss("dtype", "the dtype string does not tell this layout of extended precision", path));
    if (options.bare === true) {
      found.push(loss("dtype", "without the header nothing says the dtype", path));
      if (one.shape.length !== 2) found.push(loss("shape", "without the header nothing says the shape", path));
      if (one.mask !== "plain")
        found.push(loss("mask", "without the header a mask that masks nothing is not seen", path));
      if (one.fillValue !== undefined)
        found.push(loss("fill-value", "without the header there is no place for it", path));
    }
  }
  return found;
}

const write: OptionSchema = {
  missing: { type: "string", about: "What stands for a masked element.", placeholder: "TEXT" },
  bare: {
    type: "boolean",
    about: "Write the rows only, without the commented header that restores the array.",
    default: false,
  },
};
const read: OptionSchema = {
  descr: {
    type: "string",
    about: "The dtype, as NumPy writes it, of a file that does not say it.",
    placeholder: "DTYPE",
  },
  missing: {
    type: "strings",
    about: "What stands for a missing value, beside an empty field.",
    placeholder: "TEXT,TEXT",
  },
  names: { type: "boolean", about: "Whether the first row names the columns." },
};

const MAGIC = "# masked-array 1 ";
/** How an ECSV file begins (APE 6, "ECSV Format Details"). */
export const ECSV_MAGIC = "# %ECSV ";

/** Our own files say so in the first line; other printable text may be a table, if it has the delimiter. */
function sniffer(flavour: Flavour): (head: Uint8Array) => Sniff {
  return (head) => {
    let text = "";
    for (let i = 0; i < Math.min(head.length, 4096); i++) {
      const c = head[i] as number;
      if (c < 0x20 && c !== 9 && c !== 10 && c !== 13) break;
      text += String.fromCharCode(c);
    }
    if (text.startsWith(ECSV_MAGIC)) return "no";
    if (text.startsWith(MAGIC)) return /^\S*/.exec(text.slice(MAGIC.length))?.[0] === flavour.id ? "yes" : "no";
    if (text.length < Math.min(head.length, 4096)) return "no";
    const first = text.split("\n").find((line) => line.trim() !== "" && !line.startsWith("#"));
    if (first === undefined || /^\s*[[{<%]/.test(first)) return "no";
    return flavour.delimiter === undefined
      ? /\d/.test(first)
        ? "maybe"
        : "no"
      : first.includes(flavour.delimiter)
        ? "maybe"
        : "no";
  };
}

function textFormat<Id extends keyof typeof flavours>(
  id: Id,
  title: string,
  mediaType: string,
): Format<Id, "sync", TextWriteOptions, TextReadOptions> {
  const flavour = flavours[id];
  return {
    id,
    title,
    extensions: [`.${id}`],
    mediaTypes: [mediaType],
    timing: "sync",
    capabilities,
    options: { write, read },
    losses,
    sequential: true,
    readers: { python: "numpy.genfromtxt", r: "read.csv", julia: "CSV.jl", matlab: "readtable" },
    recipe: flavour.recipe,
    recipes: async (file) => (await import("./recipes.ts")).textRecipes(file, flavour),
    sniff: sniffer(flavour),
    codec: async (): Promise<Codec<"sync", TextWriteOptions, TextReadOptions>> =>
      (await import("./codec.ts")).textCodec(flavour),
  };
}

/** Values separated by commas. */
export const csv: Format<"csv", "sync", TextWriteOptions, TextReadOptions> = /* @__PURE__ */ textFormat(
  "csv",
  "CSV",
  "text/csv",
);
/** Values separated by tabs. */
export const tsv: Format<"tsv", "sync", TextWriteOptions, TextReadOptions> = /* @__PURE__ */ textFormat(
  "tsv",
  "TSV",
  "text/tab-separated-values",
);
/** Values separated by white space, as np.savetxt writes them. */
export const txt: Format<"txt", "sync", TextWriteOptions, TextReadOptions> = /* @__PURE__ */ textFormat(
  "txt",
  "Text table",
  "text/plain",
);
