import { textRepr } from "../print/python-text.ts";
import type { BundleHeader, Header } from "./header.ts";

/** A file for which the lines are wanted that read it without this library. */
export interface RecipeFile {
  readonly header: Header | BundleHeader;
  /** As the lines are to name it. */
  readonly path: string;
  /** The first 4 KiB at most, as `sniff` is given them: they may tell variants apart. */
  readonly head: Uint8Array;
  /** The reading options it needs, as `load` takes them. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** A few lines in another language that read one file. */
export interface Recipe {
  /** In small letters, as in `readers`: "python". */
  readonly language: string;
  /** What has to be installed, as that language's package manager names it: `numpy<2.3`. */
  readonly needs: readonly string[];
  /** Python: sets `array`, or (of a file of several) `arrays`. Ends with a line end. */
  readonly code: string;
  /** What one has to know before running it, a sentence each. */
  readonly notes: readonly string[];
}

/** A text as a literal of Python. */
export const pythonString = (text: string): string => textRepr(text);

/** Lines of Python as a recipe; empty lines are kept, `undefined` ones left out. */
export function pythonRecipe(
  needs: readonly string[],
  lines: readonly (string | undefined)[],
  notes: readonly string[] = [],
): Recipe {
  return { language: "python", needs, code: `${lines.filter((line) => line !== undefined).join("\n")}\n`, notes };
}

/** What is worth saying wherever Python's pickle reads a file. */
export const pickleNote =
  "Loading a pickle runs what it names: do so only with files of people you trust (masq scan FILE says what is named).";
