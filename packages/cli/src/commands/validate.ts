import { isArray, isMasqueradeError } from "@masquerade/core";
import { expand } from "../batch.ts";
import type { Define, Outcome } from "../command.ts";
import { failureLine } from "../failure.ts";
import { addFormatOptions } from "../format-options.ts";
import { openInput } from "../input.ts";
import type { Io } from "../io.ts";
import { piecesOf } from "../pieces.ts";
import { meter } from "../progress.ts";
import { addReadingOptions, limitsOf, openWholeIfNeeded, type ReadingOptions } from "../reading.ts";
import { registry } from "../registry.ts";

interface Options extends ReadingOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

interface Verdict {
  readonly file: string;
  readonly valid: boolean;
  /** The format it is valid as. */
  readonly format: string | null;
  readonly arrays: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Errors that say nothing of the file: it could not be had, or the command was wrong. */
const notOfTheFile = /^(SOURCE_(MISSING|IO|CLOSED|CHANGED|RANGES)|OPTION_|LIMIT_|ABORTED|USAGE|INTERNAL)/;

export const define: Define = (command, { io, does }) => {
  addReadingOptions(command.argument("<files...>", 'paths (patterns too), http(s) URLs, or "-" for stdin'))
    .option("--json", "print JSON, a line for each file")
    .option("--quiet", "only the exit code")
    .addHelpText(
      "after",
      `
Examples:
  $ masq validate sst.npz                  everything is read: lengths, checksums, every element
  $ masq validate --from npy upload.bin    is it a valid file of this very format?
  $ masq validate 'archive/*.npz' --json

Whether a file is whole and well formed, not whether loading it elsewhere is safe: that is masq scan. Exit code 0: all are valid, 1: one is not,
2: one could not be had.`,
    );
  const flags = addFormatOptions(command, registry.formats, ["read"]);
  command.action((files: readonly string[], options: Options) => {
    does(perform(files, options, flags.given("read"), io));
  });
};

async function perform(
  files: readonly string[],
  options: Options,
  read: Record<string, unknown>,
  io: Io,
): Promise<Outcome> {
  const verdicts: Verdict[] = [];
  for (const file of await expand(files)) verdicts.push(await judge(file, options, read, io));
  const failed = verdicts.some(({ error }) => error !== null && notOfTheFile.test(error.code));
  const told = (one: Verdict): string => (options.json === true ? `${JSON.stringify(one)}\n` : line(one));
  return {
    out: options.quiet === true ? undefined : verdicts.map(told).join(""),
    negative: verdicts.some((one) => !one.valid),
    failed,
  };
}

function line({ file, valid, format, arrays, error }: Verdict): string {
  const name = JSON.stringify(file).slice(1, -1);
  return valid
    ? `valid    ${name}: ${format}, ${arrays === 1 ? "1 array" : `${arrays} arrays`}\n`
    : `${notOfTheFile.test(error?.code ?? "") ? "failed " : "INVALID"}  ${name}: ${error?.code}: ${error?.message}\n`;
}

/** Reads all of it; large files piece by piece, where the format can. */
async function judge(file: string, options: Options, read: Record<string, unknown>, io: Io): Promise<Verdict> {
  using progress = meter(io, { label: file, unit: "elements", quiet: options.quiet });
  const limits = limitsOf(options);
  try {
    await using source = await openInput(file, io, limits);
    const opening = { ...read, limits, ...(options.from !== undefined && { format: options.from }) };
    const small = source.size === undefined || source.size <= LOADED_BYTES;
    if (small) {
      // Decoding checks what opening leaves for later, as what lies between the arrays.
      const value = await registry.load(source, opening);
      await using whole = await openWholeIfNeeded(source, opening);
      return { file, valid: true, format: whole.format, arrays: isArray(value) ? 1 : whole.names.length, error: null };
    }
    await using opened = await openWholeIfNeeded(source, opening);
    for (const name of opened.names) {
      const array = opened.array(name);
      const total = array.header.shape.reduce((n, dim) => n * dim, 1);
      let done = 0;
      progress.restart(name === "" ? file : `${file}: ${name}`);
      for await (const piece of piecesOf(array)) progress.update((done += piece.size), total);
    }
    return { file, valid: true, format: opened.format, arrays: opened.names.length, error: null };
  } catch (error) {
    const [, code = "INTERNAL", message = ""] = /^masq: (\w+): (.*)$/m.exec(await failureLine(error)) ?? [];
    if (!isMasqueradeError(error) && code === "INTERNAL") throw error;
    return { file, valid: false, format: null, arrays: null, error: { code, message } };
  }
}

/** Files up to this are decoded as a whole. */
const LOADED_BYTES = 2 ** 28;
