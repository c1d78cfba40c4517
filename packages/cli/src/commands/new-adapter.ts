import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { newAdapter } from "@masquerade/conformance/scaffold";
import { SourceError } from "@masquerade/core";
import type { Define, Outcome } from "../command.ts";

export const define: Define = (command, { does }) => {
  command
    .argument("<name>", "id of the new format: lower case letters, digits and dashes")
    .option("--in <folder>", "where the package's folder goes", ".")
    .addHelpText(
      "after",
      `
Writes a small adapter that is complete and keeps every law, to be changed into yours.

Examples:
  $ masq new-adapter sea-ice              makes masquerade-adapter-sea-ice
  $ cd masquerade-adapter-sea-ice && npm install && npm test`,
    )
    .action((name: string, options: { readonly in: string }) => {
      does(perform(name, options.in));
    });
};

async function perform(name: string, parent: string): Promise<Outcome> {
  const files = newAdapter(name);
  const folder = join(parent, `masquerade-adapter-${name}`);
  if (existsSync(folder)) throw new SourceError("SOURCE_EXISTS", `${folder} exists already; nothing was written`);
  for (const [path, text] of files) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), text, { flag: "wx" });
  }
  const paths = [...files.keys()].map((path) => `${join(folder, path)}\n`);
  return { out: paths.join(""), note: `then: cd ${folder} && npm install && npm test\n` };
}
