import {
  type AnyFormat,
  type BundleHeader,
  CapabilityError,
  eachHeader,
  type Header,
  isBundleHeader,
  type Loss,
  type LossId,
  quoteText,
} from "@masquerade/core";
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
  readonly in: string;
  readonly out: string;
  readonly format: string;
  /** Undefined in a dry run. */
  readonly bytes: number | undefined;
  /** What was there and still is: "values", "mask", …. */
  readonly kept: readonly string[];
  readonly losses: readonly Loss[];
  /** What the user asked to be changed, in words. */
  readonly changes: readonly string[];
  readonly verified: Verified | undefined;
}

/** What a file may have, what losing it is called, and whether this one has it. */
const aspects: readonly (readonly [what: string, losses: readonly LossId[], has: (one: Header) => boolean])[] = [
  ["values", ["values", "precision"], () => true],
  ["dtype", ["dtype"], () => true],
  ["shape", ["shape"], () => true],
  ["mask", ["mask", "field-masks"], (one) => one.mask === "mask"],
  ["values beneath the mask", ["hidden-values"], (one) => one.mask === "mask"],
  ["nomask", ["nomask", "mask"], (one) => one.mask === "nomask"],
  ["fill value", ["fill-value", "fill-value-dtype", "mask"], (one) => one.fillValue !== undefined],
  ["hard mask", ["hard-mask", "mask"], (one) => one.hardMask],
  ["Fortran order", ["memory-order"], (one) => one.order === "F"],
  ["byte order", ["byte-order"], (one) => one.dtype.byteOrder === "big"],
  ["attributes", ["attrs"], (one) => one.attrs.size > 0],
  ["names of dimensions", ["dims"], (one) => one.dims !== undefined],
];

/** What is in the file and not lost. */
export function keptOf(header: Header | BundleHeader, losses: readonly Loss[]): string[] {
  const lost = new Set(losses.map((one) => one.id));
  const headers = [...eachHeader(header)].map(([, one]) => one);
  const kept = aspects.filter(([, ids, has]) => headers.some(has) && !ids.some((id) => lost.has(id)));
  const names = isBundleHeader(header) && !lost.has("names") && !lost.has("arrays") ? ["names of arrays"] : [];
  return [...kept.map(([what]) => what), ...names];
}

const verdicts: { readonly [V in Verified]: string } = {
  identical: "read back: identical, bit for bit",
  equal: "read back: equal, but for the traits above",
  read: "read back without error; not compared, since content was given up",
};

/** The report for people. */
export function fidelityText({ out, format, bytes, kept, losses, changes, verified }: Fidelity): string {
  const size = bytes === undefined ? "nothing written (dry run)" : `${bytes} bytes`;
  const lines = [`${out === "-" ? "stdout" : quoteText(out, 300)}: ${format}, ${size}`];
  for (const one of changes) lines.push(`  ${one}`);
  lines.push(losses.length === 0 ? "  everything is kept" : `  kept: ${kept.join(", ")}`);
  for (const one of losses)
    lines.push(`  ${one.grade === "content" ? "LOST" : "not kept"}: ${named(one)} (${one.why})`);
  if (verified !== undefined) lines.push(`  ${verdicts[verified]}`);
  return `${lines.join("\n")}\n`;
}

/** The report for programs. */
export function fidelityJson(report: Fidelity): Json {
  const { in: from, out, format, bytes, kept, losses, changes, verified } = report;
  return {
    in: from,
    out,
    format,
    bytes: bytes ?? null,
    kept,
    changes,
    losses: losses.map(({ id, grade, what, why, array }) => ({ id, grade, what, why, array })),
    verified: verified ?? null,
  };
}
