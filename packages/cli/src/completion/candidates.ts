import { type Command, Option } from "commander";
import type { Io } from "../io.ts";
import { languages, preferences, words as wishWords } from "../wishes.ts";

/** A word that could stand where the cursor is. */
export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/** What is on the line, apart from the word at the cursor. */
interface Line {
  readonly command: Command;
  /** What precedes the cursor, the name of the command left out. */
  readonly before: readonly string[];
  readonly io: Io;
}

/** What an option of any command takes, where more is known than its choices. */
const valuesOf: { readonly [name: string]: (line: Line, word: string) => Promise<readonly Candidate[]> } = {
  "--from": formats,
  "--to": formats,
  "--select": arrayNames,
  "--for": wishes,
};

/** What a first argument is, where it is no file. */
const argumentsOf: { readonly [command: string]: (line: Line) => Promise<readonly Candidate[]> } = {
  conformance: formats,
  completion: async () => ["bash", "zsh", "fish"].map((word) => ({ word, about: "" })),
};

/** Candidates for the word at the cursor; none where a file name is as good as anything. */
export async function candidates(
  command: Command,
  before: readonly string[],
  word: string,
  io: Io,
): Promise<readonly Candidate[]> {
  const line = { command, before, io };
  const option = command.options.find((one) => matches(one, before.at(-1) ?? ""));
  if (option !== undefined && (option.required || option.optional)) {
    const known = await valuesOf[option.long ?? ""]?.(line, word);
    return known ?? (option.argChoices ?? []).map((choice) => ({ word: choice, about: "" }));
  }
  if (word.startsWith("-")) return optionsOf(command, before);
  return positionals(command, before).length === 0 ? ((await argumentsOf[command.name()]?.(line)) ?? []) : [];
}

const matches = ({ short, long }: Option, word: string): boolean => word !== "" && (short === word || long === word);

/** Options not given yet, but for those that may be repeated. */
function optionsOf(command: Command, before: readonly string[]): Candidate[] {
  const all = [...command.options, new Option("--help", "options and examples")];
  return all
    .filter((one) => !one.hidden && (one.parseArg !== undefined || !before.some((word) => matches(one, word))))
    .map((one) => ({ word: one.long ?? (one.short as string), about: one.description }));
}

/** Words that are neither options nor values of options. */
function positionals(command: Command, before: readonly string[]): string[] {
  return before.filter((word, i) => {
    const option = i === 0 ? undefined : command.options.find((one) => matches(one, before[i - 1] as string));
    return !word.startsWith("-") && !(option?.required === true);
  });
}

async function formats(): Promise<readonly Candidate[]> {
  const { registry } = await import("../registry.ts");
  return registry.formats.map(({ id, title }) => ({ word: id, about: title }));
}

/** The arrays of the file that is named on the line. */
async function arrayNames({ command, before, io }: Line): Promise<readonly Candidate[]> {
  const [file] = positionals(command, before);
  if (file === undefined || file === "-") return [];
  const { withFile } = await import("../reading.ts");
  return await withFile(file, {}, {}, io, async ({ names }) => names.map((word) => ({ word, about: "" })));
}

/** Words separated by commas: the last one is completed. */
async function wishes(_line: Line, word: string): Promise<readonly Candidate[]> {
  const done = word.slice(0, word.lastIndexOf(",") + 1);
  const own = [...wishWords].map(([one, [, about]]) => ({ word: done + one, about }));
  const more = [...preferences, ...languages(), "size=", "dtype="].map((one) => ({ word: done + one, about: "" }));
  return [...own, ...more];
}
