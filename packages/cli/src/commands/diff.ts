import { type OpenFile, quoteText } from "@masquerade/core";
import type { Define, Outcome } from "../command.ts";
import { compareBits, compareValues, type Differing } from "../compare.ts";
import { UsageError } from "../failure.ts";
import { addFormatOptions } from "../format-options.ts";
import type { Io } from "../io.ts";
import { integerJson, numberJson } from "../json-value.ts";
import { meter } from "../progress.ts";
import { addLimitOption, type ReadingOptions, withFile } from "../reading.ts";
import { registry } from "../registry.ts";

interface Options extends ReadingOptions {
  readonly bits?: boolean;
  readonly hidden?: boolean;
  readonly equalNan?: boolean;
  readonly rtol: string;
  readonly atol: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const define: Define = (command, { io, does }) => {
  addLimitOption(command.argument("<a>", 'a path, an http(s) URL, or "-"').argument("<b>", "the same, of any format"))
    .option("--bits", "compare everything: dtype, order, every bit, also beneath the mask")
    .option("--hidden", "compare the values beneath the masks too")
    .option("--equal-nan", "NaN equals NaN")
    .option("--rtol <x>", "values may differ by atol + rtol * |b|", "0")
    .option("--atol <x>", "…", "0")
    .option("--json", "print JSON")
    .option("--quiet", "only the exit code")
    .addHelpText(
      "after",
      `
Examples:
  $ masq diff sst.pkl sst.npz                 the same elements visible, with the same values?
  $ masq diff sst.pkl sst.npz --bits          the same in every respect?
  $ masq diff a.npy b.npz --rtol 1e-6 --equal-nan

Both files are read piece by piece, in memory that does not grow with them where their formats are read by parts (masq formats).
Exit code 0: the same, 1: different.`,
    );
  const flags = addFormatOptions(command, registry.formats, ["read"]);
  command.action((a: string, b: string, options: Options) => {
    if (a === "-" && b === "-") throw new UsageError("only one of the files can be stdin");
    const read = flags.given("read");
    does(
      withFile(a, options, read, io, (one) =>
        withFile(b, options, read, io, (other) => perform(options, one, other, a, io)),
      ),
    );
  });
};

async function perform(options: Options, a: OpenFile, b: OpenFile, label: string, io: Io): Promise<Outcome> {
  const tolerance = { rtol: numberOf("rtol", options.rtol), atol: numberOf("atol", options.atol) };
  const meaning = { ...tolerance, hidden: options.hidden === true, equalNaN: options.equalNan === true };
  using progress = meter(io, { label, unit: "elements", quiet: options.quiet });
  const found = options.bits === true ? await compareBits(a, b) : await compareValues(a, b, meaning, progress.update);
  const negative = found.length > 0;
  if (options.quiet === true) return { negative };
  if (options.json === true)
    return { negative, out: `${JSON.stringify({ same: !negative, arrays: found.map(toJson) })}\n` };
  return { negative, out: found.map(line).join("") };
}

function numberOf(name: string, text: string): number {
  if (/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  throw new UsageError(`--${name} takes a number that is not negative, not "${text}"`);
}

function line({ key, what, worst }: Differing): string {
  const where = worst === undefined ? "" : `; farthest at (${worst.index.join(", ")}): ${worst.a} against ${worst.b}`;
  return `${key === "" ? "" : `${quoteText(key)}: `}${what}${where}\n`;
}

const json = (value: number | bigint): number | string =>
  typeof value === "bigint" ? integerJson(value) : numberJson(value);

function toJson({ key, what, masks, values, worst }: Differing): object {
  return {
    key: key === "" ? null : key,
    what,
    masks: masks ?? null,
    values: values ?? null,
    worst: worst === undefined ? null : { index: worst.index, a: json(worst.a), b: json(worst.b) },
  };
}
