import { type AnyFormat, pythonRecipe, pythonString, type Recipe } from "@masquerade/core";
import type { Define, Outcome } from "../command.ts";
import { UsageError } from "../failure.ts";
import { addFormatOptions } from "../format-options.ts";
import { addReadingOptions, type ReadingOptions, withSource } from "../reading.ts";
import { registry } from "../registry.ts";

interface Options extends ReadingOptions {
  readonly json?: boolean;
  readonly all?: boolean;
}

/** Bytes a format recognises itself by. */
const HEAD_BYTES = 4096;

export const define: Define = (command, { io, does }) => {
  addReadingOptions(command.argument("<file>", "a path or an http(s) URL"))
    .option("--all", "every way there is, not only the first")
    .option("--json", "print JSON: what to install, the lines, notes")
    .addHelpText(
      "after",
      `
Examples:
  $ masq recipe sst.npz                the lines of Python that read this file, without this project
  $ masq recipe sst.npz > read.py && python3 -i read.py
  $ masq recipe table.bin --descr '<f4' --shape 36,72

The lines set "array", or, for a file of several, "arrays". They were run against real Python and NumPy for every format.`,
    );
  const flags = addFormatOptions(command, registry.formats, ["read"]);
  command.action((name: string, options: Options) => {
    if (name === "-") throw new UsageError("stdin has no path that a recipe could name");
    const read = flags.given("read");
    does(
      withSource(name, options, read, io, async (file, source) => {
        const head = await source.read(0, Math.min(HEAD_BYTES, source.size ?? HEAD_BYTES));
        const format: AnyFormat = registry.get(file.format);
        const about = { header: file.header, path: localPath(name), head, options: read };
        const recipes = (await format.recipes?.(about)) ?? usual(format, about.path);
        if (recipes.length === 0)
          throw new UsageError(`nothing but this project reads ${format.title}; masq convert gives another format`);
        const outer = wrapperNote(head, file.format);
        const told = recipes.map((one) => ({ ...one, notes: [...outer, ...one.notes] }));
        return answer(options.all === true ? told : told.slice(0, 1), options.json === true);
      }),
    );
  });
};

/** A format that knows no more than how files of its kind are read. */
function usual({ recipe }: AnyFormat, path: string): Recipe[] {
  if (recipe === undefined) return [];
  return [pythonRecipe(["numpy"], [recipe.replaceAll('"FILE"', () => pythonString(path))])];
}

/** A file on the web is fetched first, by its name. */
function localPath(name: string): string {
  if (!/^https?:/i.test(name)) return name;
  return decodeURIComponent(new URL(name).pathname.split("/").at(-1) || "FILE");
}

/** What to do about compression around a file whose format knows nothing of it. */
function wrapperNote(head: Uint8Array, format: string): string[] {
  if (registry.get(format).sniff(head) !== "no") return [];
  const outer = registry.wrappers.find((one) => one.sniff(head));
  return outer === undefined ? [] : [`The file is compressed around (${outer.title}): unpack it first.`];
}

function answer(recipes: readonly Recipe[], json: boolean): Outcome {
  if (json) return { out: `${JSON.stringify(recipes)}\n` };
  const text = recipes.map(({ needs, notes, code }) =>
    [`# pip install ${needs.map(quoted).join(" ")}`, ...notes.map((note) => `# ${note}`), code].join("\n"),
  );
  return { out: text.join("\n\n") };
}

/** For a shell, to which < would be a redirection. */
const quoted = (need: string): string => (/[<>=]/.test(need) ? `"${need}"` : need);
