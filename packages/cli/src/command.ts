import type { Command } from "commander";
import type { Io } from "./io.ts";

/** What a command did. Nothing of it is printed before all of it has succeeded. */
export interface Outcome {
  /** For stdout. */
  readonly out?: string | Iterable<Uint8Array> | undefined;
  /** For people, on stderr. */
  readonly note?: string | undefined;
  /** A negative finding (different, invalid, not safe) is exit code 1. */
  readonly negative?: boolean | undefined;
  /** Part of it failed, and was told: exit code 2. */
  readonly failed?: boolean | undefined;
}

/** Where a command's action leaves what it does. */
export interface Context {
  readonly io: Io;
  /** Registers the work; the runner awaits it. */
  does(work: Promise<Outcome>): void;
}

/** A command's module: adds arguments, options, help and the action to an empty command. */
export type Define = (command: Command, context: Context) => Promise<void> | void;

export interface CommandEntry {
  readonly summary: string;
  /** For programs: not in the help. */
  readonly hidden?: boolean;
  load(): Promise<{ readonly define: Define }>;
}

/** Every command. Its module is imported when it is the one that was asked for. */
export const commands: ReadonlyMap<string, CommandEntry> = new Map([
  [
    "inspect",
    { summary: "what a file holds: dtype, shape, mask, fill value", load: () => import("./commands/inspect.ts") },
  ],
  ["convert", { summary: "write a file in another format", load: () => import("./commands/convert.ts") }],
  [
    "stats",
    {
      summary: "count, masked, NaN, mean, std, extremes, quantiles of each array",
      load: () => import("./commands/stats.ts"),
    },
  ],
  ["hist", { summary: "how the visible values are distributed", load: () => import("./commands/hist.ts") }],
  ["head", { summary: "the first elements, as NumPy prints them", load: () => import("./commands/head.ts") }],
  ["slice", { summary: "any part of an array", load: () => import("./commands/slice.ts") }],
  [
    "diff",
    { summary: "whether two files hold the same, of any two formats", load: () => import("./commands/diff.ts") },
  ],
  ["show", { summary: "an array as a picture in the terminal", load: () => import("./commands/show.ts") }],
  [
    "scan",
    { summary: "would loading a file run code? every name in its pickles", load: () => import("./commands/scan.ts") },
  ],
  ["recipe", { summary: "the few lines of Python that read a file", load: () => import("./commands/recipe.ts") }],
  [
    "send",
    { summary: "send a file to another program or machine, block by block", load: () => import("./commands/send.ts") },
  ],
  ["receive", { summary: "receive what `masq send` sends; resumes", load: () => import("./commands/receive.ts") }],
  ["validate", { summary: "whether files are whole and well formed", load: () => import("./commands/validate.ts") }],
  ["formats", { summary: "the formats there are, and what each keeps", load: () => import("./commands/formats.ts") }],
  ["choose", { summary: "which format fits a use, with reasons", load: () => import("./commands/choose.ts") }],
  [
    "conformance",
    { summary: "hold a format to the laws every format keeps", load: () => import("./commands/conformance.ts") },
  ],
  [
    "new-adapter",
    { summary: "a package with an adapter of your own to begin with", load: () => import("./commands/new-adapter.ts") },
  ],
  [
    "completion",
    { summary: "the script that makes a shell complete masq's words", load: () => import("./commands/completion.ts") },
  ],
  ["complete", { summary: "what completion scripts ask", hidden: true, load: () => import("./commands/complete.ts") }],
]);
