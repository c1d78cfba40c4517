import type { AnyFormat, Choice, RecognisedFile, Requirements } from "@masquerade/core";
import { choose } from "masquerade";
import type { Define, Outcome } from "../command.ts";
import { UsageError } from "../failure.ts";
import type { Json } from "../json-value.ts";
import { nearest } from "../nearest.ts";
import { addReadingOptions, type ReadingOptions, withFile } from "../reading.ts";
import { registry } from "../registry.ts";

interface Options extends ReadingOptions {
  readonly for?: readonly string[];
  readonly all?: boolean;
  readonly json?: boolean;
}

type Flag = Exclude<keyof Requirements, "for" | "readers" | "formats">;
/** What `--for` understands besides languages: each is a requirement that is true or absent. */
const words: ReadonlyMap<string, Flag> = new Map<string, Flag>([
  ["untrusted", "untrusted"],
  ["readable", "humanReadable"],
  ["lazy", "lazy"],
  ["streamed", "streamed"],
  ["several", "bundle"],
  ["browser", "browser"],
  ["append", "append"],
  ["in-place", "inPlace"],
  ["exact", "exact"],
  ["compressed", "compression"],
]);

export const define: Define = (command, { io, does }) => {
  addReadingOptions(command.argument("[file]", "choose for what is in this file: its dtype, mask, fill value, names"))
    .option("--for <words>", "requirements, separated by commas (may be repeated); see below", split)
    .option("--all", "also the formats that do not fit, with what they lack")
    .option("--json", "print JSON")
    .addHelpText("after", examples());
  command.action((file: string | undefined, options: Options) => {
    does(perform(file, options, (use) => withFile(file as string, options, {}, io, use)));
  });
};

const split = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...value.split(/[\s,]+/).filter((word) => word !== ""),
];

async function perform(
  file: string | undefined,
  options: Options,
  open: (use: (file: RecognisedFile) => Promise<Outcome>) => Promise<Outcome>,
): Promise<Outcome> {
  const wanted = requirements(options.for ?? []);
  const answer = (more: Requirements): Outcome => {
    const choices = choose({ ...wanted, ...more });
    const out =
      options.json === true ? `${JSON.stringify(choices.map(toJson))}\n` : text(choices, options.all === true);
    return { out, negative: !choices.some((choice) => choice.fits) };
  };
  return file === undefined ? answer({}) : await open(async ({ header }) => answer({ for: header }));
}

/** Languages that some format names a reader for. */
function languages(): string[] {
  return [...new Set(registry.formats.flatMap(({ readers }: AnyFormat) => Object.keys(readers ?? {})))];
}

function requirements(given: readonly string[]): Requirements {
  const known = new Set([...languages().map((one) => one.toLowerCase()), "javascript", "typescript", "js", "ts"]);
  const readers: string[] = [];
  const flags: Partial<Record<Flag, boolean>> = {};
  for (const word of given) {
    const flag = words.get(word.toLowerCase());
    if (flag !== undefined) flags[flag] = true;
    else if (known.has(word.toLowerCase()) || otherLanguages.has(word.toLowerCase())) readers.push(word);
    else {
      const near = nearest(word, [...words.keys(), ...known]);
      throw new UsageError(
        `--for does not know "${word}"${near === undefined ? "" : `; did you mean ${near}?`} (${[...words.keys()].join(", ")}, or a language)`,
      );
    }
  }
  return { ...flags, ...(readers.length > 0 && { readers }) };
}

/** Languages people ask about, whether or not any format is read there. */
const otherLanguages: ReadonlySet<string> = new Set(
  "python java go rust c c++ cpp c# r julia matlab fortran octave ruby swift kotlin scala idl perl php".split(" "),
);

function text(choices: readonly Choice[], all: boolean): string {
  const shown = all ? choices : choices.filter((choice) => choice.fits);
  const lines: string[] = [];
  for (const { format, fits, lacks, gives, losses } of shown) {
    lines.push(`${fits ? "" : "(does not fit) "}${format.id}: ${format.title}`);
    for (const { text: why } of lacks) lines.push(`  - ${why}`);
    for (const { text: why } of gives) lines.push(`  + ${why}`);
    for (const one of fits ? losses : []) lines.push(`  ~ does not keep ${one.what}: ${one.why}`);
  }
  if (shown.length === 0) lines.push("no format fits; --all says what each one lacks");
  return `${lines.join("\n")}\n`;
}

function toJson({ format, fits, lacks, gives, losses }: Choice): Json {
  const reasons = (list: Choice["lacks"]): Json => list.map(({ about, text: why }) => ({ about, text: why }));
  return {
    format: format.id,
    fits,
    lacks: reasons(lacks),
    gives: reasons(gives),
    losses: losses.map(({ id, grade, what, why, array }) => ({ id, grade, what, why, array })),
  };
}

const examples = (): string => `
Words: ${[...words.keys()].join(", ")}, and languages whose usual tools must read it, as ${languages().join(", ") || "python"}.

Examples:
  $ masq choose sst.pkl                            which formats hold all of this?
  $ masq choose sst.pkl --for python,untrusted     … and are read in Python, from people one does not trust
  $ masq choose --for several,lazy --all           with what the others lack

Exit code 1: none fits.`;
