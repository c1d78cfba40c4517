import type { Codec, Format, Sniff } from "@masquerade/core";
import { joblibCapabilities, joblibLosses } from "./losses.ts";
import { type JoblibReadOptions, type JoblibWriteOptions, readOptions, writeOptions } from "./options.ts";

/** What `joblib.dump` writes: a pickle with the data of its arrays beside it, for joblib 0.10 and later. */
export const joblib: Format<"joblib", "sync", JoblibWriteOptions, JoblibReadOptions> = {
  id: "joblib",
  title: "joblib dump",
  extensions: [".joblib"],
  mediaTypes: ["application/x-joblib"],
  timing: "sync",
  capabilities: joblibCapabilities,
  options: { read: readOptions, write: writeOptions },
  losses: (header, options) => joblibLosses(header, options),
  readers: { python: "joblib.load" },
  runsCode: true,
  recipe: 'import joblib\nvalue = joblib.load("FILE")',
  recipes: async (file) => (await import("./recipes.ts")).joblibRecipes(file),
  sniff,
  scan: async (bytes, options) => (await import("./scan.ts")).scan(bytes, options),
  codec: async (): Promise<Codec<"sync", JoblibWriteOptions, JoblibReadOptions>> =>
    (await import("./codec.ts")).joblibCodec,
};

const NAME = "joblib.numpy_pickle";

/** A pickle that names joblib's module near its beginning; other pickles may do so later, or hold no array that is wrapped. */
function sniff(head: Uint8Array): Sniff {
  if (head[0] !== 0x80 || (head[1] as number) < 2 || (head[1] as number) > 5) return "no";
  for (let at = head.indexOf(0x6a); at >= 0; at = head.indexOf(0x6a, at + 1)) if (startsAt(head, at)) return "yes";
  return "maybe";
}

function startsAt(head: Uint8Array, at: number): boolean {
  for (let i = 0; i < NAME.length; i++) if (head[at + i] !== NAME.charCodeAt(i)) return false;
  return true;
}
