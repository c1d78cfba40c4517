import type { AnyFormat, Kind } from "@masquerade/core";
import type { Law } from "../law.ts";

/** What a law may say beyond its id, its sentence and its test. */
export type LawOptions = Partial<Pick<Law, "needs" | "unless" | "since">>;

/** A law; without `since` it is as old as the suite. */
export function defineLaw(id: Law["id"], law: string, run: Law["run"], options: LawOptions = {}): Law {
  return { id, law, since: options.since ?? "1.0.0", needs: options.needs ?? [], unless: options.unless, run };
}

/** For `unless`: the law is about arrays of a kind. */
export const withoutKind =
  (kind: Kind) =>
  ({ capabilities }: AnyFormat): string | undefined =>
    capabilities.kinds.includes(kind) ? undefined : `the format holds no ${kind}`;
