import type { Define } from "../command.ts";
import { UsageError } from "../failure.ts";
import { addFormatOptions } from "../format-options.ts";
import { partsOutcome } from "../part.ts";
import { addReadingOptions, type ReadingOptions, withFile } from "../reading.ts";
import { registry } from "../registry.ts";

interface Options extends ReadingOptions {
  readonly select?: string;
  readonly json?: boolean;
  readonly all?: boolean;
}

export const define: Define = (command, { io, does }) => {
  addReadingOptions(
    command
      .argument("<file[selection]>", "a file with what to take of it, in quotes: 'sst.npy[0:5, :, -1]'")
      .argument("[selection]", "or what to take as a word of its own: '0:5, :, -1'"),
  )
    .option("--select <key>", "the array, in a file of several")
    .option("--all", "every element, where NumPy would print a summary")
    .option("--json", "print JSON; masked elements are null")
    .addHelpText(
      "after",
      `
Examples:
  $ masq slice 'sst.npy[0, 10:20, ::4]'
  $ masq slice --select t --json 'run.npz[..., -1]'

Only what is selected is read, where the format can. masq convert --slice writes it to a file.`,
    );
  const flags = addFormatOptions(command, registry.formats, ["read"]);
  command.action((argument: string, own: string | undefined, options: Options) => {
    const [, name, selection] =
      own === undefined
        ? (/^(.+)\[([^[\]]*)\]$/s.exec(argument) ?? [])
        : [own, argument, own.replace(/^\[(.*)\]$/s, "$1")];
    if (name === undefined || selection === undefined)
      throw new UsageError(`"${argument}" has no selection; write it as 'FILE[0:5, :, -1]'`);
    does(
      withFile(name, options, flags.given("read"), io, async (file) => {
        const array = await file.array(options.select).read(selection);
        return partsOutcome([{ key: options.select ?? "", array }], {
          json: options.json === true,
          all: options.all === true,
        });
      }),
    );
  });
};
