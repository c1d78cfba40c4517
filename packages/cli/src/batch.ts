import { existsSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import { type AnyFormat, quoteText } from "@masquerade/core";
import { UsageError } from "./failure.ts";
import { registry } from "./registry.ts";

/** One file of a batch. */
export interface Job {
  readonly input: string;
  readonly output: string;
}

const GLOB = /[*?[\]{}]/;

/** Files named, and those that patterns name (which a shell has usually put in their place already). Throws UsageError for a pattern of nothing. */
export async function expand(inputs: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const one of inputs) {
    if (!GLOB.test(one) || existsSync(one) || /^https?:/i.test(one)) files.push(one);
    else {
      const { glob } = await import("tinyglobby");
      const found = await glob(one, { onlyFiles: true, expandDirectories: false, absolute: isAbsolute(one) });
      if (found.length === 0) throw new UsageError(`no file matches "${quoteText(one)}"`);
      files.push(...found.sort());
    }
  }
  return [...new Set(files)];
}

/** Where each file goes: its name with the ending of the format, in the folder. Throws UsageError when two would be the same. */
export function jobs(inputs: readonly string[], folder: string, format: AnyFormat): Job[] {
  const taken = new Map<string, string>();
  return inputs.map((input) => {
    if (input === "-") throw new UsageError("stdin has no name, which --out-dir needs");
    const output = join(folder, `${stem(input)}${format.extensions[0] ?? `.${format.id}`}`);
    const other = taken.get(output);
    if (other !== undefined)
      throw new UsageError(`${quoteText(other)} and ${quoteText(input)} would both be ${quoteText(output)}`);
    taken.set(output, input);
    return { input, output };
  });
}

/** The file's name without the ending of its format, and of compression around it. */
function stem(input: string): string {
  const remote = /^https?:/i.test(input);
  let name = remote ? decodeURIComponent(new URL(input).pathname.split("/").at(-1) ?? "") : basename(input);
  const endings = (lists: readonly { readonly extensions: readonly string[] }[]): string[] =>
    lists.flatMap((one) => [...one.extensions]).sort((a, b) => b.length - a.length);
  for (const list of [endings(registry.wrappers), endings(registry.formats)]) {
    const ending = list.find((one) => name.toLowerCase().endsWith(one) && name.length > one.length);
    if (ending !== undefined) name = name.slice(0, -ending.length);
  }
  return name === "" ? "file" : name;
}
