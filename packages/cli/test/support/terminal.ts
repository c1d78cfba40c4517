// Programs on a pseudo-terminal, and what a person would see of what they wrote.
import { join } from "node:path";
import { start } from "./masq.ts";

export interface Session {
  /** Every byte, as text. */
  readonly written: string;
  readonly code: number;
  /** The lines on the screen at the end, without colours. */
  readonly screen: readonly string[];
}

interface Wanted {
  readonly env?: Record<string, string>;
  readonly columns?: number;
  /** When this text has come, that is typed. */
  readonly steps?: readonly (readonly [string, string])[];
}

/** Runs a program on a terminal of 80 columns. */
export async function onTerminal(
  python: string,
  argv: readonly string[],
  { env = {}, columns = 80, steps = [] }: Wanted = {},
): Promise<Session> {
  const usual = {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "",
    LANG: "C.UTF-8",
    TERM: "xterm-256color",
  };
  const task = { argv, env: { ...usual, ...env }, rows: 30, columns, steps };
  const input = new TextEncoder().encode(JSON.stringify(task));
  const { code, out, err } = await start(python, [join(import.meta.dirname, "on_terminal.py")], { input });
  if (code !== 0) throw new Error(err);
  const seen = JSON.parse(out) as { written: string; code: number; left: unknown[] };
  if (seen.left.length > 0)
    throw new Error(`never came: ${JSON.stringify(seen.left)} in ${JSON.stringify(seen.written)}`);
  return { written: seen.written, code: seen.code, screen: screenOf(seen.written) };
}

/** What carriage returns, line ends and "erase to the end of the line" leave on the screen. Colours are left out. */
export function screenOf(written: string): string[] {
  const lines = [""];
  let column = 0;
  const ESC = "\u001b";
  for (let i = 0; i < written.length; i++) {
    const character = written[i] as string;
    const row = lines.length - 1;
    if (character === "\n") {
      lines.push("");
      column = 0;
    } else if (character === "\r") column = 0;
    else if (character === "\b") column = Math.max(0, column - 1);
    else if (character === ESC) {
      const [sequence = "", final] = /^\[[?\d;]*([A-Za-z])/.exec(written.slice(i + 1)) ?? [];
      if (final === "K") lines[row] = (lines[row] as string).slice(0, column);
      i += sequence.length;
    } else if (character >= " ") {
      const line = lines[row] as string;
      lines[row] = line.slice(0, column).padEnd(column) + character + line.slice(column + 1);
      column++;
    }
  }
  return lines.map((line) => line.trimEnd());
}
