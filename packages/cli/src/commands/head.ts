import type { Define } from "../command.ts";
import { UsageError } from "../failure.ts";
import { addFormatOptions } from "../format-options.ts";
import { demandPaths } from "../header-json.ts";
import { partsOutcome, readParts } from "../part.ts";
import { addReadingOptions, type ReadingOptions, withFile } from "../reading.ts";
import { registry } from "../registry.ts";

interface Options extends ReadingOptions {
  readonly lines: string;
  readonly select?: string;
  readonly json?: boolean;
}

export const define: Define = (command, { io, does }) => {
  addReadingOptions(command.argument("<file>", 'a path, an http(s) URL, or "-" for stdin'))
    .option("-n, --lines <N>", "how many, along the first axis", "5")
    .option("--select <key>", "only this array, or the arrays of this group")
    .option("--json", "print JSON, a line for each array; masked elements are null")
    .addHelpText(
      "after",
      `
Examples:
  $ masq head sst.npy                    the first five along the first axis, as NumPy prints them
  $ masq head -n 1 --select t run.npz
  $ masq head --json https://host/t.npy  only these bytes are fetched, where the format can`,
    );
  const flags = addFormatOptions(command, registry.formats, ["read"]);
  command.action((name: string, options: Options) => {
    if (!/^\d{1,15}$/.test(options.lines)) throw new UsageError(`-n takes a number, not "${options.lines}"`);
    does(
      withFile(name, options, flags.given("read"), io, async (file) => {
        const paths = demandPaths(file, options.select);
        const parts = await readParts(file, paths, ({ header }) =>
          header.shape.length === 0 ? "..." : `:${options.lines}`,
        );
        return partsOutcome(parts, { json: options.json === true, all: false });
      }),
    );
  });
};
