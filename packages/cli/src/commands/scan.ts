import { type ScanReport, scanWith, type Verdict, worstVerdict } from "@masquerade/core";
import type { Define, Outcome } from "../command.ts";
import { openInput } from "../input.ts";
import type { Io } from "../io.ts";
import { addLimitOption, limitsOf, type ReadingOptions } from "../reading.ts";
import { registry } from "../registry.ts";

interface Options extends ReadingOptions {
  readonly json?: boolean;
}

interface FileReport extends ScanReport {
  readonly file: string;
}

export const define: Define = (command, { io, does }) => {
  addLimitOption(command.argument("<file...>", 'paths, http(s) URLs, or "-" for stdin'))
    .option("--json", "print JSON: every name, where it is and how it is used")
    .addHelpText("after", examples)
    .action((files: readonly string[], options: Options) => {
      does(scan(files, options, io));
    });
};

async function scan(files: readonly string[], options: Options, io: Io): Promise<Outcome> {
  const limits = limitsOf(options);
  const reports: FileReport[] = [];
  for (const file of files) {
    const source = await openInput(file, io, limits);
    try {
      reports.push({ file, ...(await scanWith(registry, source, { limits, name: source.name ?? file })) });
    } finally {
      await source[Symbol.asyncDispose]();
    }
  }
  const verdict = worstVerdict(reports.map((one) => one.verdict));
  const out = options.json === true ? `${JSON.stringify({ verdict, files: reports })}\n` : reports.map(textOf).join("");
  return { out, negative: verdict !== "safe" };
}

/** One line for a file, and one for each thing in it that is not safe. */
function textOf({ file, verdict, formats, pickles, names, findings }: FileReport): string {
  const held =
    pickles === 0
      ? formats.length === 0
        ? "not looked into"
        : "no pickle in it"
      : `${pickles} pickle${pickles === 1 ? "" : "s"}, ${names.length} name${names.length === 1 ? "" : "s"}`;
  const lines = [`${visible(file)}: ${verdict} (${formats.join(" or ") || "no known format"}; ${held})`];
  const notSafe = (one: { readonly verdict: Verdict }): boolean => one.verdict !== "safe";
  for (const { verdict: found, module, name, offset, uses, where } of names.filter(notSafe))
    lines.push(
      `  ${found}  ${visible(`${module ?? "?"} ${name ?? "?"}`)}  ${uses.join(", ") || "named"} at byte ${offset}${inside(where)}`,
    );
  for (const { verdict: found, message, where } of findings.filter(notSafe))
    lines.push(`  ${found}  ${visible(message)}${inside(where)}`);
  return `${lines.join("\n")}\n`;
}

function inside(where: string): string {
  return where === "" ? "" : ` in ${visible(where)}`;
}

/** Names come from the file: nothing of theirs may act on a terminal. */
function visible(text: string): string {
  return text.replace(
    /[^\x20-\x7e\u00a1-\ud7ff]/gu,
    (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

const examples = `
Examples:
  $ masq scan model.pkl                      would loading this run code? (nothing in it is run here)
  $ masq scan *.joblib *.npz && echo fine    exit code 0 only when all are safe, 1 when one is not
  $ masq scan --json model.pkl.gz            every name with its offset and how it is used

safe: only the constructors that arrays are made of, used as writers use them. dangerous: a name on the list in the README of
@masquerade/numpy-pickle. unknown: anything else, and what cannot be read to its end. Pickles inside joblib files, NPY object
arrays, archives and compressed files are covered.

The JSON is {"verdict", "files": [{"file", "verdict", "formats", "pickles", "names": [{"module", "name", "offset", "opcode", "uses",
"where", "verdict"}], "findings": [{"verdict", "where", "offset", "message"}]}]}.`;
