import { mkdir } from "node:fs/promises";
import { type AnyFormat, checkOptions, type DType, FormatError, quoteText, SourceError } from "@masquerade/core";
import { parseDType } from "@masquerade/numpy";
import { Option } from "commander";
import { expand, type Job, jobs } from "../batch.ts";
import type { Define, Outcome } from "../command.ts";
import { type Conversion, convert } from "../conversion.ts";
import { failureLine, UsageError } from "../failure.ts";
import { fidelityJson, fidelityText } from "../fidelity.ts";
import { addFormatOptions } from "../format-options.ts";
import { emit, type Io } from "../io.ts";
import { nearest } from "../nearest.ts";
import { addReadingOptions, limitsOf, type ReadingOptions } from "../reading.ts";
import { formatNamed, registry } from "../registry.ts";

interface Options extends ReadingOptions {
  readonly to?: string;
  readonly outDir?: string;
  readonly exact?: boolean;
  readonly lossy?: boolean;
  readonly force?: boolean;
  readonly append?: boolean;
  readonly name?: string;
  readonly select?: string;
  readonly slice?: string;
  readonly astype?: string;
  readonly fill?: string | true;
  readonly verify?: boolean;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly report: "text" | "json";
}

type Plan = Omit<Conversion, "input" | "output">;

export const define: Define = (command, { io, does }) => {
  command
    .argument("<files...>", 'what to read and, last, what to write: paths, an http(s) URL to read, "-"')
    .option("--to <format>", "the format to write (default: by the extension of what is written)")
    .option(
      "--out-dir <folder>",
      "read all of the files (patterns too) and write one each into this folder; needs --to",
    );
  addReadingOptions(command)
    .option("--exact", "refuse the loss of traits too: memory order, byte order, nomask, …")
    .option("--lossy", "accept the loss of content that the format cannot hold")
    .option("--force", "replace what exists")
    .option("--append", "add to the file that exists: arrays it has grow (along --axis), others are added")
    .option("--name <name>", 'what to call the array in what is written, or the group of several: t, "run/t"')
    .option("--select <key>", "only this array or group of the file")
    .option("--slice <selection>", 'only this part, as "0:5, :, -1"; of a file of several arrays with --select')
    .option("--astype <dtype>", "cast to this dtype, as NumPy's astype: float32, <i2, datetime64[s], …")
    .option("--fill [value]", "a plain array with this (default: its fill value) where it was masked; after --astype")
    .option("--verify", "read back what was written and compare, before it appears")
    .option("--dry-run", "only say what would be kept and what lost")
    .option("--quiet", "no report and no progress; failures are still told")
    .addOption(new Option("--report <form>", "the report on stderr").choices(["text", "json"]).default("text"))
    .addHelpText("after", examples);
  const flags = addFormatOptions(command, registry.formats, ["write", "read"]);
  command.action((files: readonly string[], options: Options) => {
    const plan: Plan = {
      from: options.from,
      read: flags.given("read"),
      write: (format) => flags.collect(format, "write"),
      policy: { exact: options.exact === true, lossy: options.lossy === true },
      force: options.force === true,
      append: options.append === true,
      transform: {
        select: options.select,
        slice: options.slice,
        astype: options.astype === undefined ? undefined : dtypeOf(options.astype),
        fill: options.fill,
        name: options.name,
      },
      dryRun: options.dryRun === true,
      verify: options.verify === true,
      quiet: options.quiet === true,
      limits: limitsOf(options),
    };
    does(
      options.outDir === undefined ? one(files, options, plan, io) : batch(files, options, options.outDir, plan, io),
    );
  });
};

const usualDTypes =
  "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128";

function dtypeOf(text: string): DType {
  try {
    return parseDType(text);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const near = nearest(text, [...usualDTypes.split(" "), "datetime64[s]", "timedelta64[s]"]);
    throw new UsageError(
      `--astype: "${quoteText(text)}" is no dtype${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }
}

/** Before anything is read: a long conversion must not end with a misspelt option. */
function checked(format: AnyFormat, plan: Plan): AnyFormat {
  checkOptions(format.id, format.options.write, plan.write(format));
  return format;
}

function demandName(name: string | undefined): void {
  if (name?.split("/").some((one) => one === "" || one === "." || one === "..") === true)
    throw new UsageError(`--name: "${quoteText(name)}" is no name`);
}

async function one(files: readonly string[], options: Options, plan: Plan, io: Io): Promise<Outcome> {
  const [input, output, ...more] = files;
  if (input === undefined || output === undefined || more.length > 0)
    throw new UsageError(
      `convert takes a file to read and one to write, not ${files.length}; for more there is --out-dir`,
    );
  if (options.to === undefined && output === "-")
    throw new UsageError("stdout has no name that tells the format: add --to FORMAT");
  if (plan.append && (plan.force || plan.verify || output === "-"))
    throw new UsageError("--append adds to a file in place: without --force, --verify and stdout");
  demandName(options.name);
  const format = checked(options.to === undefined ? registry.forName(output) : formatNamed(options.to), plan);
  const { data, ...report } = await convert({ ...plan, input, output }, format, io);
  const text = options.report === "json" ? `${JSON.stringify(fidelityJson(report))}\n` : fidelityText(report);
  return { note: options.quiet === true ? undefined : text, out: data === undefined ? undefined : [data] };
}

/** Every file for itself: what fails is told and does not stop the others. */
async function batch(
  inputs: readonly string[],
  options: Options,
  folder: string,
  plan: Plan,
  io: Io,
): Promise<Outcome> {
  if (options.to === undefined) throw new UsageError("--out-dir needs --to FORMAT");
  if (plan.append) throw new UsageError("--append adds to one file, not to a folder");
  demandName(options.name);
  const format = checked(formatNamed(options.to), plan);
  const list = jobs(await expand(inputs), folder, format);
  if (!plan.dryRun) await makeFolder(folder);
  let failed = 0;
  for (const job of list) {
    const told = await convertOne(job, format, options, plan, io);
    if (told.failed) failed++;
    if (told.failed || options.quiet !== true) await emit(io.stderr, told.text);
  }
  const summary = `${list.length - failed} converted, ${failed} failed\n`;
  return { note: options.quiet === true || options.report === "json" ? undefined : summary, failed: failed > 0 };
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SourceError("SOURCE_IO", `cannot make the folder ${quoteText(folder, 300)}: ${code}`, { cause });
  }
}

async function convertOne(
  { input, output }: Job,
  format: AnyFormat,
  options: Options,
  plan: Plan,
  io: Io,
): Promise<{ readonly text: string; readonly failed: boolean }> {
  try {
    const report = await convert({ ...plan, input, output }, format, io);
    const text =
      options.report === "json"
        ? `${JSON.stringify(fidelityJson(report))}\n`
        : `ok      ${quoteText(input, 300)} -> ${fidelityText(report)}`;
    return { text, failed: false };
  } catch (error) {
    const [, code, message] = /^masq: (\w+): (.*)$/m.exec(await failureLine(error)) ?? [];
    const text =
      options.report === "json"
        ? `${JSON.stringify({ in: input, out: output, error: { code, message } })}\n`
        : `failed  ${quoteText(input, 300)}: ${code}: ${message}\n`;
    return { text, failed: true };
  }
}

const examples = `
Examples:
  $ masq convert sst.pkl sst.npz                   says on stderr what was kept and what was not
  $ masq convert sst.npz sst.pkl --verify          reads it back and compares before sst.pkl appears
  $ masq convert run.npz t.npy --select t --slice "0:5, :, -1"
  $ masq convert sst.pkl sst.npy --astype float64 --fill nan
  $ masq convert sst.npz sst.npy --dry-run         what would be lost?
  $ masq convert - - --to npz < sst.pkl > sst.npz  in a pipe
  $ masq convert *.pkl --to npz --out-dir archive  a batch; exit code 2 if any of them failed

Content a format cannot hold is refused, unless --lossy; traits it cannot keep are reported, and refused with --exact. What is written appears
whole or not at all. Large files go block by block where both formats can.`;
