import { Command, CommanderError } from "commander";
import { type CommandEntry, commands, type Outcome } from "./command.ts";
import { failureLine, OutputError, UsageError } from "./failure.ts";
import { emit, type Io } from "./io.ts";
import { version } from "./version.ts";

/**
 * Runs one command line (without the program's name) and gives its exit code: 0 done, 1 a negative finding, 2 an error or wrong usage.
 * A failure prints nothing on stdout and one line on stderr; `--debug` adds the stack.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    const { out, note, negative, failed } = await perform(argv, io);
    for (const chunk of typeof out === "string" ? [out] : (out ?? [])) await print(io, chunk);
    if (note !== undefined) await emit(io.stderr, note);
    if (failed === true) return 2;
    return negative === true ? 1 : 0;
  } catch (error) {
    await emit(io.stderr, await failureLine(error));
    if (argv.includes("--debug")) await emit(io.stderr, `${stackOf(error)}\n`);
    return 2;
  }
}

async function print(io: Io, chunk: string | Uint8Array): Promise<void> {
  try {
    await emit(io.stdout, chunk);
  } catch (cause) {
    throw new OutputError(cause);
  }
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

async function perform(argv: readonly string[], io: Io): Promise<Outcome> {
  let printed = "";
  let work: Promise<Outcome> | undefined;
  const program = quiet(new Command("masq"), (text) => {
    printed += text;
  })
    .usage("[command] [options]")
    .description("NumPy masked arrays and the files they live in: look into them, convert them, choose among them.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "what there is; after a command: its options and examples")
    .option("--debug", "after a failure, show where it happened")
    .showSuggestionAfterError(true)
    .addHelpText("after", examples);
  const wanted = nameIn(argv);
  for (const [name, entry] of commands) {
    const command = program.command(name, { hidden: entry.hidden === true }).description(entry.summary);
    command.option("--debug", "after a failure, show where it happened");
    if (name === wanted) await fill(command, entry, io, (done) => (work = done));
  }
  try {
    await program.parseAsync(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0 || error.code === "commander.help") return { out: printed };
    throw new UsageError(usageText(error.message, wanted));
  }
  return (await work) ?? { out: printed };
}

async function fill(
  command: Command,
  entry: CommandEntry,
  io: Io,
  keep: (work: Promise<Outcome>) => void,
): Promise<void> {
  const { define } = await entry.load();
  // Awaited by perform(); until then a rejection has somebody who knows of it.
  const does = (work: Promise<Outcome>): void => {
    work.catch(() => {});
    keep(work);
  };
  await define(command, { io, does });
}

/** The command asked for; also after `help`. */
function nameIn(argv: readonly string[]): string | undefined {
  const words = argv.filter((word) => !word.startsWith("-"));
  return words[0] === "help" ? words[1] : words[0];
}

/** Errors are thrown, not printed; help goes where we say. Subcommands inherit it. */
function quiet(program: Command, writeOut: (text: string) => void): Command {
  return program.exitOverride().configureOutput({ writeOut, writeErr: () => {}, outputError: () => {} });
}

function usageText(message: string, wanted: string | undefined): string {
  const text = message.replace(/^error: /, "").replace(/\s*\(Did you mean (.*?)\?\)\s*$/s, "; did you mean $1?");
  // A file may be called so: `-dash.pkl`, but not `--json`.
  const path = /^unknown option '(-[^-'][^']*\.[^']*)'/.exec(text)?.[1];
  if (path !== undefined) return `${text}; if it is a file, write ./${path}`;
  return `${text} (masq ${wanted !== undefined && commands.has(wanted) ? `${wanted} ` : ""}--help tells more)`;
}

const examples = `
Examples:
  $ masq inspect sst.pkl                 what is in this pickle? (nothing in it is run)
  $ masq convert sst.pkl sst.npz         mask, fill value and hidden values included, or it says what is lost
  $ masq choose --for python,untrusted   which format?
  $ masq help convert                    options and examples of a command

Data go to stdout, everything else to stderr; "-" is stdin or stdout.
Exit codes: 0 done, 1 a negative finding, 2 an error or wrong usage.`;
