import {
  type BundleHeader,
  type Capabilities,
  type Codec,
  eachHeader,
  type Format,
  type Header,
  hasObjects,
  type Loss,
  loss,
  lossesFromCapabilities,
  type OptionSchema,
  type Subclass,
} from "@masquerade/core";
import { subclasses } from "../message/tables.ts";
import { protobuf } from "../protobuf/format.ts";

/** Options for writing streams of blocks. */
export interface BlocksWriteOptions {
  /** How blocks are compressed. Default "none". */
  readonly codec?: "none" | "deflate" | "zstd" | "blosc" | undefined;
  /** Effort of the codec: deflate and blosc 0 to 9, zstd 1 to 22. */
  readonly level?: number | undefined;
  /** Bytes of a block at most, uncompressed (but at least one element). Default: 64 KiB, for large arrays up to 1 MiB. */
  readonly blockBytes?: number | undefined;
  /** How masks are held: one bit (default) or one byte each. */
  readonly mask?: "packed" | "raw" | undefined;
  /** Values beneath the mask: kept (default), or dropped so that nothing that was masked is in the stream; the fill value stands in their place. */
  readonly hidden?: "keep" | "drop" | undefined;
  /** Checksum of every message, which every reader of ours verifies before it decodes. Default "crc32". */
  readonly checksum?: "crc32" | "crc32c" | "none" | undefined;
}

/** Options for reading streams of blocks. */
export interface BlocksReadOptions {
  /** A file whose last session of writing was interrupted: read what was complete before. Refused by default. */
  readonly recover?: boolean | undefined;
}

const { hidden, checksum } = protobuf.options.write;

const write: OptionSchema = {
  codec: {
    type: "string",
    about: "How blocks are compressed.",
    choices: ["none", "deflate", "zstd", "blosc"],
    default: "none",
  },
  level: { type: "integer", about: "Effort of the codec: deflate and blosc 0 to 9, zstd 1 to 22.", placeholder: "N" },
  blockBytes: {
    type: "integer",
    about: "Bytes of a block at most, uncompressed. Default: 64 KiB, for large arrays up to 1 MiB.",
    placeholder: "BYTES",
  },
  mask: {
    type: "string",
    about: "How masks are held: a bit each or a byte each.",
    choices: ["packed", "raw"],
    default: "packed",
  },
  ...(hidden && { hidden }),
  ...(checksum && { checksum: { ...checksum, about: "Checksum of every message." } }),
};

const read: OptionSchema = {
  recover: {
    type: "boolean",
    about: "Of a file whose last session of writing was interrupted, read what was complete before.",
    default: false,
  },
};

const capabilities: Capabilities = {
  ...protobuf.capabilities,
  lazy: true,
  streamed: true,
  appendable: true,
  compressed: true,
};

function losses(header: Header | BundleHeader, options: BlocksWriteOptions = {}): readonly Loss[] {
  const found = lossesFromCapabilities(capabilities, header, {
    keeps: ["titles", "layout", "metadata", "bundle-kind", "names"],
    subclasses: subclasses.filter((name): name is Subclass => name !== undefined),
  });
  for (const [path, { dtype, mask }] of eachHeader(header)) {
    if (dtype.kind === "struct" && hasObjects(dtype))
      found.push(loss("dtype", "records with fields of objects have no bytes; save the fields one by one", path));
    if (options.hidden === "drop" && mask === "mask")
      found.push(loss("hidden-values", "the option hidden drops them", path));
  }
  return found;
}

const magic: readonly number[] = [0x89, 0x4d, 0x51, 0x42, 0x0d, 0x0a, 0x1a, 0x0a];

/** A stream of messages of proto/masquerade/v1/blocks.proto: arrays of any size, block by block. */
export const blocks: Format<"blocks", "async", BlocksWriteOptions, BlocksReadOptions> = {
  id: "blocks",
  title: "stream of blocks (Protocol Buffers)",
  extensions: [".mqb"],
  mediaTypes: ["application/vnd.masquerade.blocks"],
  timing: "async",
  capabilities,
  options: { read, write },
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
  recipes: async (file) => (await import("./recipes.ts")).blocksRecipes(file),
  sniff: (head) => (head.length >= magic.length && magic.every((byte, i) => head[i] === byte) ? "yes" : "no"),
  codec: async (): Promise<Codec<"async", BlocksWriteOptions, BlocksReadOptions>> =>
    (await import("./codec.ts")).blocksCodec,
};
