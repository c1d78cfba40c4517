import type { AnyFormat } from "@masquerade/core";
import { ConformanceFailure, told } from "./check.ts";
import { type ConformanceConfig, isWanted, type Law, type Subject, unmetNeeds } from "./law.ts";
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
  readonly outcome: "passed" | "failed" | "skipped" | "known-failure";
  /** Why it failed or was skipped; undefined when it passed. */
  readonly reason: string | undefined;
}

export interface Report {
  readonly format: string;
  readonly suiteVersion: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly results: readonly LawResult[];
}

function staleIds(config: ConformanceConfig): string[] {
  return Object.keys(config.knownFailures ?? {}).filter((id) => !laws.some((law) => law.id === id));
}

/** Runs one law; a law on the known-failure list must fail. */
async function hold(law: Law, subject: Subject): Promise<void> {
  const known = subject.config.knownFailures?.[law.id];
  if (known === undefined) return law.run(subject);
  const failed = await law.run(subject).then(
    () => false,
    () => true,
  );
  if (!failed) throw new ConformanceFailure(`${law.id} now passes: take it off knownFailures`);
}

/** Registers every law with a test runner: the one call an adapter's test makes. */
export function testFormat(format: AnyFormat, { describe, it }: Runner, config: ConformanceConfig = {}): void {
  const subject = makeSubject(format, config);
  subject.catch(() => {}); // each law reports it
  describe(`conformance: ${format.id}`, () => {
    for (const id of staleIds(config))
      it(`${id} (in knownFailures)`, async () => {
        throw new ConformanceFailure(`there is no law "${id}"`);
      });
    for (const law of laws.filter((one) => isWanted(one, config))) {
      const unmet = unmetNeeds(law, format.capabilities);
      const known = config.knownFailures?.[law.id];
      if (unmet !== undefined) it.skip(`${law.id} (skipped: the format ${unmet})`, async () => {});
      else
        it(known === undefined ? law.id : `${law.id} (known failure: ${known})`, async () => hold(law, await subject));
    }
  });
}

/** Runs every law without a test runner. */
export async function runConformance(format: AnyFormat, config: ConformanceConfig = {}): Promise<Report> {
  const results: LawResult[] = staleIds(config).map((id) => ({
    id,
    law: "",
    since: suiteVersion,
    outcome: "failed",
    reason: `knownFailures names "${id}", which is no law`,
  }));
  const subject = await makeSubject(format, config);
  for (const law of laws.filter((one) => isWanted(one, config))) {
    const common = { id: law.id, law: law.law, since: law.since };
    const unmet = unmetNeeds(law, format.capabilities);
    if (unmet !== undefined) {
      results.push({ ...common, outcome: "skipped", reason: `the format ${unmet}` });
      continue;
    }
    try {
      await hold(law, subject);
      const known = config.knownFailures?.[law.id];
      results.push(
        known === undefined
          ? { ...common, outcome: "passed", reason: undefined }
          : { ...common, outcome: "known-failure", reason: known },
      );
    } catch (error) {
      results.push({
        ...common,
        outcome: "failed",
        reason: error instanceof ConformanceFailure ? error.message : told(error),
      });
    }
  }
  const count = (outcome: LawResult["outcome"]): number => results.filter((r) => r.outcome === outcome).length;
  return {
    format: format.id,
    suiteVersion,
    passed: count("passed") + count("known-failure"),
    failed: count("failed"),
    skipped: count("skipped"),
    results,
  };
}
