import { Command } from "commander";
import { commands, type Define } from "../command.ts";
import { type Candidate, candidates } from "../completion/candidates.ts";
import type { Io } from "../io.ts";

/** What the scripts of `masq completion` ask: the position of the word at the cursor, and the words from "masq" on. */
export const define: Define = (command, { io, does }) => {
  command
    .argument("<position>", "of the word at the cursor, counted from 0, which is the program")
    .argument("[words...]", "the line")
    .allowUnknownOption()
    .helpOption(false)
    .action((position: string, words: readonly string[]) => {
      does(answer(Number(position), words, io));
    });
};

async function answer(position: number, line: readonly string[], io: Io): Promise<{ readonly out: string }> {
  // Bash takes "--to=npz" for three words.
  const joined = line.slice(1, position + 1).filter((word, i, all) => word !== "=" || i === all.length - 1);
  const word = joined.at(-1) === "=" ? "" : (joined.at(-1) ?? "");
  const [name, ...before] = joined.slice(0, -1);
  const [, option, value] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
  const found =
    name === undefined
      ? [...commands]
          .filter(([, one]) => one.hidden !== true)
          .map(([one, { summary }]) => ({ word: one, about: summary }))
      : await forCommand(name, option === undefined ? before : [...before, option], value ?? word, io);
  const start = value ?? word;
  const prefix = option === undefined ? "" : `${option}=`;
  const lines = found
    .filter((one) => one.word.startsWith(start))
    .map((one) => `${prefix}${one.word}\t${one.about.replace(/\s+/g, " ")}\n`);
  return { out: lines.join("") };
}

async function forCommand(
  name: string,
  before: readonly string[],
  word: string,
  io: Io,
): Promise<readonly Candidate[]> {
  if (name === "help" && before.length === 0)
    return [...commands]
      .filter(([, one]) => one.hidden !== true)
      .map(([one, { summary }]) => ({ word: one, about: summary }));
  const entry = commands.get(name);
  if (entry === undefined) return [];
  const command = new Command(name);
  const { define } = await entry.load();
  await define(command, { io, does: () => {} });
  return await candidates(command, before, word, io);
}
