import type { Codec, Format, Sniff } from "@masquerade/core";
import { mmappickleCapabilities } from "./capabilities.ts";
import { FORMAT, HEADER_BYTES, headerBytes, startsWith } from "./forms.ts";
import { mmappickleLosses } from "./losses.ts";
import { type MmappickleReadOptions, type MmappickleWriteOptions, readOptions, writeOptions } from "./options.ts";

/** PROTO 4, FRAME 13 and the version: no other writer begins a pickle so. */
function sniff(head: Uint8Array): Sniff {
  const start = headerBytes(0).subarray(0, 18);
  return startsWith(head, start) && (head.length < HEADER_BYTES || (head[22] === 0x30 && head[23] === 0x28))
    ? head.length < HEADER_BYTES
      ? "maybe"
      : "yes"
    : "no";
}

/** mmappickle's dictionary of arrays in one file, which is a pickle that can be mapped and appended to. */
export const mmappickle: Format<"mmappickle", "sync", MmappickleWriteOptions, MmappickleReadOptions> = {
  id: FORMAT,
  title: "mmappickle dictionary",
  extensions: [".mmdpickle"],
  mediaTypes: ["application/x-mmdpickle"],
  timing: "sync",
  capabilities: mmappickleCapabilities,
  options: { read: readOptions, write: writeOptions },
  losses: (header, options) => mmappickleLosses(header, options),
  readers: { python: "mmappickle.mmapdict" },
  runsCode: true,
  recipe:
    'import mmappickle  # NumPy 1.x\nd = mmappickle.mmapdict("FILE", readonly=True)\nvalue = {key: d[key] for key in d.keys()}',
  recipes: async (file) => (await import("./recipes.ts")).mmappickleRecipes(file),
  sniff,
  scan: async (bytes, options) => (await import("./scan.ts")).scan(bytes, options),
  codec: async (): Promise<Codec<"sync", MmappickleWriteOptions, MmappickleReadOptions>> =>
    (await import("./codec.ts")).mmappickleCodec,
};
