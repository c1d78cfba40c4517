import {
  type BundleHeader,
  type Capabilities,
  type Codec,
  eachHeader,
  type Format,
  type Header,
  hasObjects,
  type Kind,
  type Loss,
  loss,
  lossesFromCapabilities,
  type OptionSchema,
  type Subclass,
  sizeOf,
} from "@masquerade/core";
import { kinds, MAGIC, MOST_BYTES, subclasses } from "../message/tables.ts";

/** Options for writing protobuf. */
export interface ProtobufWriteOptions {
  /** How masks are held: one bit (default) or one byte each, or the lengths of runs. */
  readonly mask?: "packed" | "raw" | "run-length" | undefined;
  /** Values beneath the mask: kept (default), or dropped so that nothing that was masked is in the file; the fill value stands in their place. */
  readonly hidden?: "keep" | "drop" | undefined;
  /** Checksum of the bytes of each array and mask, which every reader of ours verifies. Default "crc32". */
  readonly checksum?: "crc32" | "crc32c" | "none" | undefined;
}

/** Options for reading protobuf: none of its own. */
export type ProtobufReadOptions = object;

const write: OptionSchema = {
  mask: {
    type: "string",
    about: "How masks are held: a bit each, a byte each, or lengths of runs.",
    choices: ["packed", "raw", "run-length"],
    default: "packed",
  },
  hidden: {
    type: "string",
    about: "Values beneath the mask: keep them, or drop them (the fill value stands in their place).",
    choices: ["keep", "drop"],
    default: "keep",
  },
  checksum: {
    type: "string",
    about: "Checksum of the bytes of each array and mask.",
    choices: ["crc32", "crc32c", "none"],
    default: "crc32",
  },
};

const capabilities: Capabilities = {
  kinds: /* @__PURE__ */ kinds.filter((kind): kind is Kind => kind !== undefined),
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
  lazy: false,
  streamed: false,
  appendable: false,
  inPlace: false,
  text: false,
  selfDescribing: true,
  compressed: false,
  aliasing: true,
};

function losses(header: Header | BundleHeader, options: ProtobufWriteOptions = {}): readonly Loss[] {
  const found = lossesFromCapabilities(capabilities, header, {
    keeps: ["titles", "layout", "metadata", "bundle-kind", "names"],
    subclasses: subclasses.filter((name): name is Subclass => name !== undefined),
  });
  let bytes = 0;
  for (const [path, one] of eachHeader(header)) {
    const { dtype, mask } = one;
    if (dtype.kind === "struct" && hasObjects(dtype))
      found.push(loss("dtype", "records with fields of objects have no bytes; save the fields one by one", path));
    if (options.hidden === "drop" && mask === "mask")
      found.push(loss("hidden-values", "the option hidden drops them", path));
    bytes += sizeOf(one.shape) * dtype.itemsize;
    if (bytes > MOST_BYTES && !hasObjects(dtype))
      found.push(loss("values", "a protobuf message ends at 2 GiB; save it as .mqb (blocks), or array by array", path));
  }
  return found;
}

/** One message File of the schema in proto/masquerade/v1. */
export const protobuf: Format<"protobuf", "sync", ProtobufWriteOptions, ProtobufReadOptions> = {
  id: "protobuf",
  title: "Protocol Buffers message",
  extensions: [".pb", ".binpb"],
  mediaTypes: ["application/protobuf", "application/x-protobuf"],
  timing: "sync",
  capabilities,
  options: { read: {}, write },
  losses,
  readers: {
    python: "masquerade (clients/python), or protoc --python_out",
    java: "clients/java",
    go: "clients/go",
    "c++": "clients/cpp",
    rust: "clients/rust",
  },
  own: true,
  recipe: 'import masquerade\narray = masquerade.load("FILE")',
  recipes: async (file) => (await import("./recipes.ts")).protobufRecipes(file),
  sniff: (head) =>
    head.length >= 5 &&
    head[0] === 0x0d &&
    [0, 8, 16, 24].every((shift, i) => head[i + 1] === ((MAGIC >>> shift) & 255))
      ? "yes"
      : "no",
  codec: async (): Promise<Codec<"sync", ProtobufWriteOptions, ProtobufReadOptions>> =>
    (await import("./codec.ts")).protobufCodec,
};
