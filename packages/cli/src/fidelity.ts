import { type AnyFormat, CapabilityError, type Loss, quoteText } from "@masquerade/core";
import type { Json } from "./json-value.ts";

/** How much loss the user takes. */
export interface Policy {
  readonly exact: boolean;
  readonly lossy: boolean;
}

/** Throws CapabilityError for the first loss the user has not accepted, saying how to accept it. */
export function refuse(format: AnyFormat, losses: readonly Loss[], { exact, lossy }: Policy): void {
  const refused = losses.find((one) => (one.grade === "content" ? !lossy : exact && !lossy));
  if (refused === undefined) return;
  const advice =
    refused.grade === "content"
      ? "choose another format (masq choose FILE), or accept the loss with --lossy"
      : "leave out --exact to accept it";
  throw new CapabilityError(format.id, refused.id, `cannot hold ${named(refused)}: ${refused.why}; ${advice}`);
}

const named = (one: Loss): string => (one.array === "" ? one.what : `${one.what} of "${quoteText(one.array)}"`);

/** How a file that was read back compares with what was written. */
export type Verified = "identical" | "equal" | "read";

/** What became of a conversion. */
export interface Fidelity {
  readonly out: string;
  readonly format: string;
  /** Undefined in a dry run. */
  readonly bytes: number | undefined;
  readonly losses: readonly Loss[];
  readonly verified: Verified | undefined;
}

const verdicts: { readonly [V in Verified]: string } = {
  identical: "read back: identical, bit for bit",
  equal: "read back: equal, but for the traits above",
  read: "read back without error; not compared, since content was given up",
};

/** The report for people. */
export function fidelityText({ out, format, bytes, losses, verified }: Fidelity): string {
  const size = bytes === undefined ? "nothing written (dry run)" : `${bytes} bytes`;
  const lines = [`${out === "-" ? "stdout" : quoteText(out, 300)}: ${format}, ${size}`];
  if (losses.length === 0) lines.push("  everything is kept");
  for (const one of losses)
    lines.push(`  ${one.grade === "content" ? "LOST" : "not kept"}: ${named(one)} (${one.why})`);
  if (verified !== undefined) lines.push(`  ${verdicts[verified]}`);
  return `${lines.join("\n")}\n`;
}

/** The report for programs. */
export function fidelityJson({ out, format, bytes, losses, verified }: Fidelity): Json {
  return {
    out,
    format,
    bytes: bytes ?? null,
    losses: losses.map(({ id, grade, what, why, array }) => ({ id, grade, what, why, array })),
    verified: verified ?? null,
  };
}
