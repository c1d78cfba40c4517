import {
  type ConformanceConfig,
  type LawResult,
  type Report,
  reportHtml,
  runConformance,
} from "@masquerade/conformance";
import type { AnyFormat } from "@masquerade/core";
import type { Define, Outcome } from "../command.ts";
import { formatNamed } from "../registry.ts";
import { adapterIn, isModulePath } from "./conformance/adapter.ts";
import { foreignTo } from "./conformance/foreign.ts";

interface Options {
  readonly only?: readonly string[];
  readonly json?: boolean;
  readonly html?: boolean;
  readonly all?: boolean;
  readonly product?: boolean;
  readonly seed?: number;
  readonly suite?: string;
}

export const define: Define = (command, { does }) => {
  command
    .argument("<format>", "id of a format (see masq formats), or a module that exports one: ./my-adapter.js")
    .option(
      "--only <laws>",
      "these laws or groups of laws, separated by commas",
      (text, before: readonly string[] = []) => [...before, ...text.split(",")],
    )
    .option("--all", "also the laws that are kept or do not apply, each with its reason")
    .option("--product", "every combination of shape, order, mask, fill value, values: slow")
    .option("--seed <n>", "another choice of combinations", Number)
    .option("--suite <version>", "laws newer than this version of the suite are warnings")
    .option("--json", "print JSON")
    .option("--html", "print a page")
    .addHelpText(
      "after",
      `
A module may also export \`conformance\`, an object as testFormat takes it: known failures, samples, and so on.

Examples:
  $ masq conformance npz                  every law; those that are broken are listed
  $ masq conformance npz --only mask --all
  $ masq conformance ./my-adapter.js --html > report.html

Exit code 1: a law is broken.`,
    )
    .action((id: string, options: Options) => {
      does(perform(id, options));
    });
};

async function perform(id: string, options: Options): Promise<Outcome> {
  const { only, product, seed, suite } = options;
  const { format, config } = await subject(id);
  const given = { only, product, suite, seed: seed !== undefined && Number.isSafeInteger(seed) ? seed : config.seed };
  const foreign = { ...(await foreignTo(format)), ...config.foreign };
  const report = await runConformance(format, { ...config, ...given, foreign });
  return { out: shown(report, options), negative: report.failed > 0 };
}

async function subject(id: string): Promise<{ readonly format: AnyFormat; readonly config: ConformanceConfig }> {
  if (isModulePath(id)) return await adapterIn(id);
  return { format: formatNamed(id), config: {} };
}

function shown(report: Report, { json, html, all }: Options): string {
  if (json === true) return `${JSON.stringify(report)}\n`;
  if (html === true) return reportHtml(report);
  const { format, suiteVersion, passed, failed, skipped, warnings, results } = report;
  const lines = results.filter((one) => all || ["failed", "warning"].includes(one.outcome)).map(resultLine);
  const warned = warnings > 0 ? `, ${warnings} new ones broken` : "";
  lines.push(`${format}: ${passed} kept, ${failed} broken${warned}, ${skipped} do not apply (suite ${suiteVersion})`);
  return `${lines.join("\n")}\n`;
}

function resultLine({ id, law, outcome, reason, reproduction }: LawResult): string {
  const why = reason === undefined ? "" : ` [${reason}]`;
  const code = reproduction === undefined ? "" : `\n              shown by ${reproduction}`;
  return `${outcome.padEnd(13)} ${id}: ${law}${why}${code}`;
}
