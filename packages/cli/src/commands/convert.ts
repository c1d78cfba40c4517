import { checkOptions } from "@masquerade/core";
import { Option } from "commander";
import type { Define, Outcome } from "../command.ts";
import { type Conversion, convert } from "../conversion.ts";
import { UsageError } from "../failure.ts";
import { fidelityJson, fidelityText } from "../fidelity.ts";
import { addFormatOptions } from "../format-options.ts";
import type { Io } from "../io.ts";
import { addReadingOptions, limitsOf, type ReadingOptions } from "../reading.ts";
import { registry } from "../registry.ts";

interface Options extends ReadingOptions {
  readonly to?: string;
  readonly exact?: boolean;
  readonly lossy?: boolean;
  readonly force?: boolean;
  readonly select?: string;
  readonly slice?: string;
  readonly verify?: boolean;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly report: "text" | "json";
}

export const define: Define = (command, { io, does }) => {
  command
    .argument("<in>", 'a path, an http(s) URL, or "-" for stdin')
    .argument("<out>", 'the file to write, or "-" for stdout (then --to says the format)')
    .option("--to <format>", "the format to write (default: by the extension of <out>)");
  addReadingOptions(command)
    .option("--exact", "refuse the loss of traits too: memory order, byte order, nomask, …")
    .option("--lossy", "accept the loss of content that the format cannot hold")
    .option("--force", "replace <out> if it exists")
    .option("--select <key>", "only this array or group of the file")
    .option("--slice <selection>", 'only this part, as "0:5, :, -1"; of a file of several arrays with --select')
    .option("--verify", "read back what was written and compare, before <out> appears")
    .option("--dry-run", "only say what would be kept and what lost")
    .option("--quiet", "no report")
    .addOption(new Option("--report <form>", "the report on stderr").choices(["text", "json"]).default("text"))
    .addHelpText("after", examples);
  const flags = addFormatOptions(command, registry.formats, ["write", "read"]);
  command.action((input: string, output: string, options: Options) => {
    does(
      perform(options, io, {
        input,
        output,
        from: options.from,
        to: options.to,
        read: flags.given("read"),
        write: (format) => flags.collect(format, "write"),
        policy: { exact: options.exact === true, lossy: options.lossy === true },
        force: options.force === true,
        select: options.select,
        slice: options.slice,
        dryRun: options.dryRun === true,
        verify: options.verify === true,
        quiet: options.quiet === true,
        limits: limitsOf(options),
      }),
    );
  });
};

async function perform(options: Options, io: Io, plan: Conversion): Promise<Outcome> {
  if (plan.to === undefined && plan.output === "-")
    throw new UsageError("stdout has no name that tells the format: add --to FORMAT");
  const format = plan.to === undefined ? registry.forName(plan.output) : registry.get(plan.to);
  // Before anything is read: a long conversion must not end with a misspelt option.
  checkOptions(format.id, format.options.write, plan.write(format));
  const { data, ...report } = await convert(plan, format, io);
  const text = options.report === "json" ? `${JSON.stringify(fidelityJson(report))}\n` : fidelityText(report);
  return { note: options.quiet === true ? undefined : text, out: data === undefined ? undefined : [data] };
}

const examples = `
Examples:
  $ masq convert sst.pkl sst.npz                   says on stderr what was kept and what was not
  $ masq convert sst.npz sst.pkl --verify          reads it back and compares before sst.pkl appears
  $ masq convert run.npz t.npy --select t --slice "0:5, :, -1"
  $ masq convert sst.npz sst.npy --dry-run         what would be lost?
  $ masq convert - - --to npz < sst.pkl > sst.npz  in a pipe

Content a format cannot hold is refused, unless --lossy; traits it cannot keep are reported, and refused with --exact. <out> appears whole
or not at all. Large files go block by block where both formats can.`;
