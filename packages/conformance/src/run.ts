import type { AnyFormat } from "@masquerade/core";
import { ConformanceFailure, told } from "./check.ts";
import { type ConformanceConfig, docsOf, isNewer, isWanted, type Law, type Subject, whySkipped } from "./law.ts";
import { laws } from "./laws/index.ts";
import { makeSubject } from "./subject.ts";
import { suiteVersion } from "./version.ts";

/** What a test runner must offer: Vitest, node:test, Bun, Deno and Mocha all fit. */
export interface Runner {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: ((name: string, body: () => Promise<void>) => void) & {
    readonly skip: (name: string, body: () => Promise<void>) => void;
  };
}

/** How one law ended. */
export interface LawResult {
  readonly id: string;
  readonly law: string;
  readonly since: string;
  /** "warning": broken, but newer than the suite the adapter is held to (`config.suite`). */
  readonly outcome: "passed" | "failed" | "warning" | "skipped" | "known-failure";
  /** Why it failed or was skipped; undefined when it passed. */
  readonly reason: string | undefined;
  /** Where the law is explained: an anchor of this package's LAWS.md. */
  readonly docs: string;
  /** Code that makes the smallest array found that breaks the law, where the law is about an array. */
  readonly reproduction?: string | undefined;
}

export interface Report {
  readonly format: string;
  readonly title: string;
  readonly timing: AnyFormat["timing"];
  readonly capabilities: AnyFormat["capabilities"];
  readonly suiteVersion: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly warnings: number;
  readonly results: readonly LawResult[];
}

/** What is wrong with the list of known failures itself: entries that can never come true. */
function staleEntries(format: AnyFormat, config: ConformanceConfig): (readonly [id: string, reason: string])[] {
  const stale: (readonly [id: string, reason: string])[] = [];
  for (const id of Object.keys(config.knownFailures ?? {})) {
    const law = laws.find((one) => one.id === id);
    if (law === undefined) stale.push([id, `knownFailures names "${id}", which is no law`]);
    else if (whySkipped(law, format, config) !== undefined)
      stale.push([id, `${id} does not apply (${whySkipped(law, format, config)}): take it off knownFailures`]);
  }
  return stale;
}

/** Runs one law; a law on the known-failure list must fail. A broken law that is newer than the adapter's suite is given back, not thrown. */
async function hold(law: Law, subject: Subject): Promise<ConformanceFailure | undefined> {
  const known = subject.config.knownFailures?.[law.id];
  const error = await law.run(subject).then(
    () => undefined,
    (thrown: unknown) => thrown ?? new ConformanceFailure("something undefined was thrown"),
  );
  if (known !== undefined) {
    if (error === undefined) throw new ConformanceFailure(`${law.id} now passes: take it off knownFailures`);
    return undefined;
  }
  if (error === undefined) return undefined;
  const failure = explained(error);
  if (isNewer(law, subject.config)) return failure;
  throw failure;
}

/** A failure of the suite's own kind; whatever else was thrown is its cause. */
function explained(error: unknown): ConformanceFailure {
  return error instanceof ConformanceFailure ? error : new ConformanceFailure(told(error), undefined, error);
}

/** The whole text for a test runner's output. */
function forPeople(law: Law, { message, reproduction }: ConformanceFailure): string {
  const shown = reproduction === undefined ? "" : `\n  smallest array that shows it:\n    ${reproduction}`;
  return `${message}\n  law: ${law.law}${shown}\n  explained in @masquerade/conformance/${docsOf(law.id)}`;
}

async function holdForRunner(law: Law, subject: Subject): Promise<void> {
  // biome-ignore lint/suspicious/noConsole: a warning that nobody asked to be sent elsewhere.
  const warn = subject.config.warn ?? ((line: string) => console.warn(line));
  let newer: ConformanceFailure | undefined;
  try {
    newer = await hold(law, subject);
  } catch (error) {
    if (error instanceof ConformanceFailure) error.message = forPeople(law, error);
    throw error;
  }
  if (newer === undefined) return;
  warn(
    `${subject.format.id}: ${law.id} is broken; it is new in suite ${law.since} and counts once this adapter is held to it: ${forPeople(law, newer)}`,
  );
}

/** Registers every law with a test runner: the one call an adapter's test makes. */
export function testFormat(format: AnyFormat, { describe, it }: Runner, config: ConformanceConfig = {}): void {
  const subject = makeSubject(format, config);
  subject.catch(() => {}); // each law reports it
  describe(`conformance: ${format.id}`, () => {
    for (const [id, reason] of staleEntries(format, config))
      it(`${id} (in knownFailures)`, async () => {
        throw new ConformanceFailure(reason);
      });
    for (const law of laws.filter((one) => isWanted(one, config))) {
      const skipped = whySkipped(law, format, config);
      const known = config.knownFailures?.[law.id];
      if (skipped !== undefined) it.skip(`${law.id} (skipped: ${skipped})`, async () => {});
      else
        it(known === undefined ? law.id : `${law.id} (known failure: ${known})`, async () =>
          holdForRunner(law, await subject),
        );
    }
  });
}

/** Runs every law without a test runner. */
export async function runConformance(format: AnyFormat, config: ConformanceConfig = {}): Promise<Report> {
  const results: LawResult[] = staleEntries(format, config).map(([id, reason]) => {
    const law = laws.find((one) => one.id === id);
    return { id, law: law?.law ?? "", since: law?.since ?? suiteVersion, outcome: "failed", reason, docs: docsOf(id) };
  });
  const subject = makeSubject(format, config);
  subject.catch(() => {}); // each law reports it
  for (const law of laws.filter((one) => isWanted(one, config)))
    results.push(await resultOf(law, format, config, subject));
  const count = (...outcomes: LawResult["outcome"][]): number =>
    results.filter((r) => outcomes.includes(r.outcome)).length;
  return {
    format: format.id,
    title: format.title,
    timing: format.timing,
    capabilities: format.capabilities,
    suiteVersion,
    passed: count("passed", "known-failure"),
    failed: count("failed"),
    skipped: count("skipped"),
    warnings: count("warning"),
    results,
  };
}

async function resultOf(
  law: Law,
  format: AnyFormat,
  config: ConformanceConfig,
  subject: Promise<Subject>,
): Promise<LawResult> {
  const common = { id: law.id, law: law.law, since: law.since, docs: docsOf(law.id) };
  const skipped = whySkipped(law, format, config);
  if (skipped !== undefined) return { ...common, outcome: "skipped", reason: skipped };
  try {
    const newer = await hold(law, await subject);
    if (newer !== undefined) return { ...common, outcome: "warning", reason: newer.message, ...reproductionOf(newer) };
    const known = config.knownFailures?.[law.id];
    return { ...common, outcome: known === undefined ? "passed" : "known-failure", reason: known };
  } catch (error) {
    return { ...common, outcome: "failed", reason: told(error), ...reproductionOf(error) };
  }
}

const reproductionOf = (error: unknown): { readonly reproduction?: string } =>
  error instanceof ConformanceFailure && error.reproduction !== undefined ? { reproduction: error.reproduction } : {};
