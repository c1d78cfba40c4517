import { type LawResult, type Report, runConformance } from "@masquerade/conformance";
import type { Define, Outcome } from "../command.ts";
import { formatNamed } from "../registry.ts";

interface Options {
  readonly only?: readonly string[];
  readonly json?: boolean;
  readonly all?: boolean;
}

export const define: Define = (command, { does }) => {
  command
    .argument("<format>", "id of a format; see masq formats")
    .option(
      "--only <laws>",
      "these laws or groups of laws, separated by commas",
      (text, before: readonly string[] = []) => [...before, ...text.split(",")],
    )
    .option("--all", "also the laws that are kept or do not apply")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ masq conformance npz                  every law; those that are broken are listed
  $ masq conformance npz --only mask --all

Exit code 1: a law is broken.`,
    )
    .action((id: string, options: Options) => {
      does(perform(id, options));
    });
};

async function perform(id: string, { only, json, all }: Options): Promise<Outcome> {
  const report = await runConformance(formatNamed(id), only === undefined ? {} : { only });
  return {
    out: json === true ? `${JSON.stringify(report)}\n` : text(report, all === true),
    negative: report.failed > 0,
  };
}

function text({ format, suiteVersion, passed, failed, skipped, results }: Report, all: boolean): string {
  const lines = results.filter((one) => all || one.outcome === "failed").map(resultLine);
  lines.push(`${format}: ${passed} kept, ${failed} broken, ${skipped} do not apply (suite ${suiteVersion})`);
  return `${lines.join("\n")}\n`;
}

const resultLine = ({ id, law, outcome, reason }: LawResult): string =>
  `${outcome.padEnd(13)} ${id}: ${law}${reason === undefined ? "" : ` [${reason}]`}`;
