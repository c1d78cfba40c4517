import type { Codec, Format } from "@masquerade/core";
import { pickleCapabilities } from "./capabilities.ts";
import { type PickleWriteOptions, pickleWriteOptions } from "./encode-options.ts";
import { pickleLosses } from "./losses.ts";
import { type PickleReadOptions, readOptions } from "./options.ts";
import { sniffPickle } from "./sniff.ts";

/** Python's pickle, as `MaskedArray.dumps()`, `pickle.dump`, dill and cloudpickle write it. */
export const pickle: Format<"pickle", "sync", PickleWriteOptions, PickleReadOptions> = {
  id: "pickle",
  title: "Python pickle",
  extensions: [".pkl", ".pickle", ".p"],
  mediaTypes: ["application/x-python-pickle", "application/x-pickle"],
  timing: "sync",
  capabilities: pickleCapabilities,
  options: { read: readOptions, write: pickleWriteOptions },
  losses: (header, options) => pickleLosses(header, options),
  readers: { python: "pickle.load" },
  runsCode: true,
  recipe: 'import pickle\nwith open("FILE", "rb") as file:\n    value = pickle.load(file)',
  recipes: async (file) => (await import("./recipes.ts")).pickleRecipes(file),
  sniff: sniffPickle,
  scan: async (bytes, options) => (await import("./scan.ts")).scan(bytes, options),
  codec: async (): Promise<Codec<"sync", PickleWriteOptions, PickleReadOptions>> =>
    (await import("./codec.ts")).pickleCodec,
};
