import { eachHeader, isBundleHeader, type RecognisedFile } from "@masquerade/core";
import type { Define, Outcome } from "../command.ts";
import { addFormatOptions } from "../format-options.ts";
import { arrayJson, bundleAttrs, demandPaths, type FileJson } from "../header-json.ts";
import { describeFile } from "../header-text.ts";
import { addReadingOptions, type ReadingOptions, withFile } from "../reading.ts";
import { registry } from "../registry.ts";
import { type Stats, statsOf } from "../stats/stats.ts";

interface Options extends ReadingOptions {
  readonly json?: boolean;
  readonly stats?: boolean;
  readonly select?: string;
}

export const define: Define = (command, { io, does }) => {
  addReadingOptions(command.argument("<file>", 'a path, an http(s) URL, or "-" for stdin'))
    .option("--json", "print JSON")
    .option("--stats", "count, masked, NaN, min, max and mean of each array; read block by block")
    .option("--select <key>", "only this array, or the arrays of this group")
    .addHelpText("after", examples);
  const flags = addFormatOptions(command, registry.formats, ["read"]);
  command.action((file: string, options: Options) => {
    does(withFile(file, options, flags.given("read"), io, (opened) => inspect(file, opened, options)));
  });
};

async function inspect(name: string, file: RecognisedFile, options: Options): Promise<Outcome> {
  const headers = new Map(eachHeader(file.header));
  const paths = demandPaths(file, options.select);
  const arrays = [];
  for (const path of paths) {
    const one = arrayJson(
      path,
      headers.get(path) as NonNullable<ReturnType<typeof headers.get>>,
      isBundleHeader(file.header),
    );
    const stats: { readonly stats?: Stats } = options.stats === true ? { stats: await statsOf(file.array(path)) } : {};
    arrays.push({ ...one, ...stats });
  }
  const found: FileJson = { format: file.format, arrays, attrs: bundleAttrs(file.header), ...unreadableJson(file) };
  if (options.json === true) return { out: `${JSON.stringify(found)}\n` };
  return { out: describeFile(name, found, registry.get(file.format)) };
}

function unreadableJson({ unreadable }: RecognisedFile): Pick<FileJson, "unreadable"> {
  if (unreadable === undefined) return {};
  return { unreadable: [...unreadable].map(([key, { code, message }]) => ({ key, code, message })) };
}

const examples = `
Examples:
  $ masq inspect sst.pkl                         the header; of most formats nothing else is read
  $ masq inspect --stats --select t run.npz      with counts and extremes, for one array
  $ masq inspect --json https://host/sst.npy     over HTTP by ranges, for programs
  $ gunzip -c sst.npy.gz | masq inspect -        outer gzip is taken off by itself, too

The JSON is {"format", "arrays": [{"key", "dtype", "shape", "order", "masked", "fillValue", "attrs"}], "attrs"}; with --stats each
array has "stats" as well, and members that are no arrays are "unreadable": [{"key", "code", "message"}]. "key" is null for a single unnamed array, "dtype" NumPy's dtype.str or descr list, "fillValue" null when unset;
NaN and infinities are strings, and so are integers beyond 2^53.`;
