import { eachHeader, type Header, isBundleHeader, type RecognisedFile } from "@masquerade/core";
import type { Define, Outcome } from "../command.ts";
import { UsageError } from "../failure.ts";
import { addFormatOptions } from "../format-options.ts";
import { demandPaths, dtypeJson } from "../header-json.ts";
import type { Io } from "../io.ts";
import { meter } from "../progress.ts";
import { addReadingOptions, type ReadingOptions, withFile } from "../reading.ts";
import { registry } from "../registry.ts";
import { statsOf } from "../stats/stats.ts";
import { type ArrayStats, statsTable } from "../stats/text.ts";

interface Options extends ReadingOptions {
  readonly select?: string;
  readonly quantiles: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const define: Define = (command, { io, does }) => {
  addReadingOptions(command.argument("<file>", 'a path, an http(s) URL, or "-" for stdin'))
    .option("--select <key>", "only this array, or the arrays of this group")
    .option("--quantiles <list>", 'fractions from 0 to 1, as 0.05,0.5,0.95; or "none"', "0.25,0.5,0.75")
    .option("--json", "print JSON, with every digit")
    .option("--quiet", "no progress")
    .addHelpText(
      "after",
      `
Examples:
  $ masq stats sst.pkl                             count, masked, NaN, mean, std, min, quartiles, max
  $ masq stats --select t --quantiles 0.01,0.99 run.npz
  $ masq stats --quantiles none --json https://host/t.npy
  $ masq stats table.npy                           of a structured array, each field

Masked elements and NaN are left out of everything but their counts; std is NumPy's (ddof 0). Read block by block, in memory that does not
grow with the file. Quantiles are exact, interpolated as NumPy does; arrays of more than two million elements are read again for them.`,
    );
  const flags = addFormatOptions(command, registry.formats, ["read"]);
  command.action((name: string, options: Options) => {
    const quantiles = fractions(options.quantiles);
    does(withFile(name, options, flags.given("read"), io, (file) => stats(name, file, options, quantiles, io)));
  });
};

function fractions(text: string): number[] {
  if (text === "none") return [];
  const list = text
    .split(",")
    .map((one) => (/^\s*(\d+\.?\d*|\.\d+)(e-?\d+)?\s*$/i.test(one) ? Number(one) : Number.NaN));
  if (list.length > 100 || !list.every((one) => one >= 0 && one <= 1))
    throw new UsageError(`--quantiles takes up to 100 fractions from 0 to 1, as 0.25,0.5, not "${text}"`);
  return [...new Set(list)].sort((a, b) => a - b);
}

async function stats(
  name: string,
  file: RecognisedFile,
  options: Options,
  quantiles: readonly number[],
  io: Io,
): Promise<Outcome> {
  const headers = new Map(eachHeader(file.header));
  using progress = meter(io, { label: name, unit: "elements", quiet: options.quiet });
  const arrays: ArrayStats[] = [];
  for (const path of demandPaths(file, options.select)) {
    const { dtype, shape } = headers.get(path) as Header;
    const key = isBundleHeader(file.header) ? path : null;
    progress.restart(key === null ? name : `${name}: ${key}`);
    const found = await statsOf(file.array(path), { quantiles, onProgress: progress.update });
    arrays.push({ key, dtype: dtypeJson(dtype), shape, stats: found });
  }
  return { out: options.json === true ? `${JSON.stringify({ format: file.format, arrays })}\n` : statsTable(arrays) };
}
