import {
  type BundleHeader,
  type Capabilities,
  type Codec,
  eachHeader,
  type Format,
  type Header,
  type Kind,
  type Loss,
  loss,
  lossesFromCapabilities,
  type Sniff,
} from "@masquerade/core";
import { type Dialect, dialectLosses, dialects } from "./dialects.ts";

/** Options for writing JSON. */
export interface JsonWriteOptions {
  /** Spaces per level of nesting, 0 to 8; 0: everything on one line. Default 2. */
  readonly indent?: number | undefined;
  /** Significant digits of floating-point numbers: a loss of content. Default: as many as read back the same bits. */
  readonly precision?: number | undefined;
  /** Values beneath the mask: kept beside the data (default), or dropped so that nothing that was masked is in the file. */
  readonly hidden?: "keep" | "drop" | undefined;
  /** Another shape than our own, each with its losses. */
  readonly dialect?: Dialect | undefined;
}

/** Options for reading JSON. */
export interface JsonReadOptions {
  /** What to take a file that is not of our own shape for. Default: what it looks like. */
  readonly dialect?: Dialect | undefined;
  /** dtype of dialects that do not say it, as NumPy writes it (`<f8`, `datetime64[D]`). Default: by the values. */
  readonly descr?: string | undefined;
}

const kinds: readonly Kind[] = [
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
  "object",
  "string",
];

const capabilities: Capabilities = {
  kinds,
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
  appendable: false,
  inPlace: false,
  text: true,
  selfDescribing: true,
  compressed: false,
  aliasing: false,
};

const floating: ReadonlySet<Kind> = new Set(["float16", "float32", "float64", "complex64", "complex128", "struct"]);

function losses(header: Header | BundleHeader, options: JsonWriteOptions = {}): readonly Loss[] {
  if (options.dialect !== undefined && options.dialect !== "masked-array")
    return dialectLosses(header, options.dialect);
  const found = lossesFromCapabilities(capabilities, header, {
    keeps: ["titles", "layout", "metadata", "bundle-kind", "keys", "names"],
    subclasses: [
      "matrix",
      "recarray",
      "chararray",
      "memmap",
      "scalar",
      "MaskedRecords",
      "mvoid",
      "MaskedConstant",
      "masked_matrix",
      "dtype",
      "array.array",
    ],
  });
  for (const [path, one] of eachHeader(header)) {
    if (options.hidden === "drop" && one.mask === "mask")
      found.push(loss("hidden-values", "the option hidden drops them", path));
    if (options.precision !== undefined && floating.has(one.dtype.kind))
      found.push(loss("precision", `the option precision keeps ${options.precision} significant digits`, path));
  }
  return found;
}

const WHITE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Our own files say so within the first 4 KiB, unless another tool moved the member; other JSON may be a dialect. */
function sniff(head: Uint8Array): Sniff {
  let at = 0;
  while (at < head.length && WHITE.has(head[at] as number)) at++;
  if (head[at] !== 0x7b && head[at] !== 0x5b) return "no";
  let text = "";
  for (let i = at; i < Math.min(head.length, 4096); i++) text += String.fromCharCode(head[i] as number);
  if (head[at] === 0x7b && /^\{(?:\s*|.*[,{[\s])"format"\s*:\s*"masked-array"/s.test(text)) return "yes";
  return head[at] === 0x7b
    ? /^\{\s*(?:"|\}|$)/.test(text)
      ? "maybe"
      : "no"
    : /^\[\s*(?:[\d"[{\]tfn-]|$)/.test(text)
      ? "maybe"
      : "no";
}

/** Masked arrays as JSON: valid, lossless, with a published schema. */
export const json: Format<"json", "sync", JsonWriteOptions, JsonReadOptions> = {
  id: "json",
  title: "JSON (masked-array)",
  extensions: [".json"],
  mediaTypes: ["application/json"],
  timing: "sync",
  capabilities,
  options: {
    write: {
      indent: {
        type: "integer",
        about: "Spaces per level of nesting; 0 puts everything on one line.",
        minimum: 0,
        maximum: 8,
        default: 2,
        placeholder: "N",
      },
      precision: {
        type: "integer",
        about: "Significant digits of floating-point numbers, which loses the others.",
        minimum: 1,
        maximum: 17,
        placeholder: "N",
      },
      hidden: {
        type: "string",
        about: "Values beneath the mask: keep them beside the data, or drop them.",
        choices: ["keep", "drop"],
        default: "keep",
      },
      dialect: { type: "string", about: "The shape of the file, if not our own.", choices: dialects },
    },
    read: {
      dialect: { type: "string", about: "What to take the file for, if not what it looks like.", choices: dialects },
      descr: { type: "string", about: "dtype of files that do not say it, as NumPy writes it.", placeholder: "DTYPE" },
    },
  },
  losses,
  sequential: true,
  readers: {
    python: "json",
    javascript: "JSON.parse",
    r: "jsonlite",
    julia: "JSON.jl",
    java: "Jackson",
    go: "encoding/json",
  },
  recipe: `import json, numpy as np
with open("FILE") as f:
    file = json.load(f)
data = np.array(file["data"], dtype=object)
mask = data == None  # noqa: E711
array = np.ma.MaskedArray(np.where(mask, 0, data).astype(file["dtype"]), mask)`,
  recipes: async (file) => (await import("./recipes.ts")).jsonRecipes(file),
  sniff,
  codec: async (): Promise<Codec<"sync", JsonWriteOptions, JsonReadOptions>> => (await import("./codec.ts")).jsonCodec,
};
