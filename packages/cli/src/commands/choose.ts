import type { RecognisedFile } from "@masquerade/core";
import { choose, type Expected, figures, type Recommendation, type Wishes } from "masquerade";
import type { Define, Outcome } from "../command.ts";
import type { Io } from "../io.ts";
import type { Json } from "../json-value.ts";
import { amount, clock } from "../progress.ts";
import { interview } from "../questions.ts";
import { addReadingOptions, type ReadingOptions, withFile } from "../reading.ts";
import { languages, preferences, wishesOf, words } from "../wishes.ts";

interface Options extends ReadingOptions {
  readonly for?: readonly string[];
  readonly ask?: boolean;
  readonly all?: boolean;
  readonly json?: boolean;
}

export const define: Define = (command, { io, does }) => {
  addReadingOptions(
    command.argument("[file]", "choose for what is in this file: its dtype, size, mask, fill value, names"),
  )
    .option("--for <words>", "requirements, separated by commas (may be repeated); see below", split)
    .option("--ask", "ask for the requirements, also where there is no terminal")
    .option("--all", "also the formats that do not fit, with what they lack")
    .option("--json", "print JSON")
    .addHelpText("after", examples());
  command.action((file: string | undefined, options: Options) => {
    does(perform(file, options, io, (use) => withFile(file as string, options, {}, io, use)));
  });
};

const split = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...value.split(/[\s,]+/).filter((word) => word !== ""),
];

async function perform(
  file: string | undefined,
  options: Options,
  io: Io,
  open: (use: (file: RecognisedFile) => Promise<Outcome>) => Promise<Outcome>,
): Promise<Outcome> {
  const silent = file === undefined && options.for === undefined && options.all !== true && options.json !== true;
  const asks = options.ask === true || (silent && io.stdin.isTTY === true && io.stderr.isTTY === true);
  const asked = asks ? await interview(io) : [];
  const given = [...(options.for ?? []), ...asked];
  const wishes = wishesOf(given);
  const answer = (more: Wishes): Outcome => {
    const choices = choose({ ...wishes, ...more });
    const command = asks
      ? `\nThe same again: masq choose${given.length === 0 ? " --all" : ` --for ${shell(given.join(","))}`}\n`
      : undefined;
    const out =
      options.json === true ? `${JSON.stringify(choices.map(toJson))}\n` : text(choices, options.all === true);
    return { out, note: command, negative: !choices.some((choice) => choice.fits) };
  };
  return file === undefined ? answer({}) : await open(async ({ header }) => answer({ for: header }));
}

const shell = (text: string): string => (/^[\w,.=+-]*$/.test(text) ? text : `'${text}'`);

function text(choices: readonly Recommendation[], all: boolean): string {
  const shown = all ? choices : choices.filter((choice) => choice.fits);
  const lines: string[] = [];
  for (const { format, fits, lacks, gives, losses, expected } of shown) {
    lines.push(`${fits ? "" : "(does not fit) "}${format.id}: ${format.title}`);
    if (expected !== undefined) lines.push(`  = ${expectedText(expected)}`);
    for (const { text: why } of lacks) lines.push(`  - ${why}`);
    for (const { text: why } of gives) lines.push(`  + ${why}`);
    for (const one of fits ? losses : []) lines.push(`  ~ does not keep ${one.what}: ${one.why}`);
  }
  if (shown.length === 0) lines.push("no format fits; --all says what each one lacks");
  return `${lines.join("\n")}\n`;
}

/** `about 1.13 GB (compressed), written in 0:05, read in 0:02`, or for no size in particular the rates. */
function expectedText({
  compressed,
  sizeRatio,
  writeRate,
  readRate,
  bytes,
  writeSeconds,
  readSeconds,
}: Expected): string {
  const how = compressed ? " compressed" : "";
  if (bytes === undefined || writeSeconds === undefined || readSeconds === undefined)
    return `about ${sizeRatio.toPrecision(2)} × the data${how}, written at ${amount(writeRate, "bytes")}/s, read at ${amount(readRate, "bytes")}/s`;
  return `about ${amount(bytes, "bytes")}${how}, written in ${duration(writeSeconds)}, read in ${duration(readSeconds)}`;
}

const duration = (seconds: number): string =>
  seconds < 0.1 ? "under 0.1 s" : seconds < 60 ? `${seconds.toPrecision(2)} s` : clock(seconds);

function toJson({ format, fits, lacks, gives, losses, expected }: Recommendation): Json {
  const reasons = (list: Recommendation["lacks"]): Json => list.map(({ about, text: why }) => ({ about, text: why }));
  return {
    format: format.id,
    fits,
    lacks: reasons(lacks),
    gives: reasons(gives),
    losses: losses.map(({ id, grade, what, why, array }) => ({ id, grade, what, why, array })),
    expected:
      expected === undefined
        ? null
        : {
            ...expected,
            bytes: expected.bytes ?? null,
            writeSeconds: expected.writeSeconds ?? null,
            readSeconds: expected.readSeconds ?? null,
          },
  };
}

const examples = (): string => `
Words:
${[...words].map(([word, [, about]]) => `  ${word.padEnd(12)} ${about}`).join("\n")}
  ${"size=3GB".padEnd(12)} so much data
  ${"dtype=<i8".padEnd(12)} of this dtype (default float64)
  ${[...preferences].join(", ").padEnd(12)} first, of formats that are equally good
  and languages whose usual tools must read it, as ${languages().join(", ") || "python"}

Examples:
  $ masq choose                                    asks, on a terminal
  $ masq choose sst.pkl                            which formats hold all of this?
  $ masq choose sst.pkl --for python,untrusted     … and are read in Python, from people one does not trust
  $ masq choose --for python,r,size=3GB,lazy,fast
  $ masq choose --for several,lazy --all           with what the others lack

+ gives, - lacks, ~ loses, = expected size and speed, measured with ${figures.measured.elements / 1e6} million elements on a ${figures.measured.processor || "shared machine"}: compare
formats by them, not machines. Exit code 1: none fits.`;
