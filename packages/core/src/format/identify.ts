import { OptionError, quoteText, UnknownFormatError } from "../errors.ts";
import type { AnyFormat, Sniff } from "./format.ts";
import { HEAD_BYTES } from "./read-whole.ts";
import type { Stranger } from "./stranger.ts";
import type { Wrapper } from "./wrapper.ts";

/** What the formats say to the first bytes of a file. */
export interface Sniffed {
  /** The formats that may be it, those that are sure first. */
  readonly yes: readonly AnyFormat[];
  readonly maybe: readonly AnyFormat[];
  /** Why no format can be it, where that is known: the file is empty, or of a kind that is none of theirs. */
  readonly foreign?: string | undefined;
}

export function sniffAll(
  formats: readonly AnyFormat[],
  head: Uint8Array,
  strangers: readonly Stranger[] = [],
): Sniffed {
  const first = head.subarray(0, HEAD_BYTES);
  const said = formats.map((format) => [format, sniffOne(format, first)] as const);
  const those = (answer: Sniff): AnyFormat[] => said.filter((s) => s[1] === answer).map((s) => s[0]);
  const yes = those("yes");
  return { yes, maybe: those("maybe"), foreign: yes.length > 0 ? undefined : foreignTo(strangers, first) };
}

function foreignTo(strangers: readonly Stranger[], head: Uint8Array): string | undefined {
  if (head.length === 0) return "empty: it has 0 bytes";
  return strangers.find((stranger) => {
    try {
      return stranger.sniff(head);
    } catch {
      return false;
    }
  })?.advice;
}

/** A format whose sniffing fails must not keep the others from being found. */
function sniffOne(format: AnyFormat, head: Uint8Array): Sniff {
  try {
    return format.sniff(head);
  } catch {
    return "no";
  }
}

/**
 * The format of a file: the one that says "yes"; else the one that says "maybe", or of several the one whose extension the name has. A name
 * alone decides nothing: a format that says "no" is never chosen, and a file of a foreign kind is nobody's. Throws UnknownFormatError:
 * FORMAT_AMBIGUOUS, FORMAT_UNKNOWN.
 */
export function settle(
  formats: readonly AnyFormat[],
  { yes, maybe, foreign }: Sniffed,
  name: string | undefined,
): AnyFormat {
  const called = name === undefined ? "these bytes" : `"${quoteText(name)}"`;
  if (foreign !== undefined)
    throw new UnknownFormatError("FORMAT_UNKNOWN", `${name === undefined ? "this" : called} is ${foreign}`);
  const named = name === undefined ? [] : byExtension(formats, name);
  const [only, ...others] = yes.length > 0 ? yes : maybe;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined) {
    const fitting = yes.length > 0 ? [] : maybe.filter((format) => named.includes(format));
    if (fitting.length === 1) return fitting[0] as AnyFormat;
    const candidates = [only, ...others].map((format) => format.id);
    throw new UnknownFormatError(
      "FORMAT_AMBIGUOUS",
      `${called} may be ${candidates.join(" or ")}; name the format`,
      candidates,
    );
  }
  const ids = named.map((format) => format.id).join(" or ");
  throw new UnknownFormatError(
    "FORMAT_UNKNOWN",
    named.length === 0
      ? `no format claims ${called}`
      : `${called} is not ${ids}, as its name says, and no other format claims it; name the format to see what is wrong`,
  );
}

/** The formats with the longest extension that ends `name` (capitals do not matter). */
export function byExtension<F extends { readonly extensions: readonly string[] }>(
  formats: readonly F[],
  name: string,
): readonly F[] {
  const lower = name.toLowerCase();
  let longest = 0;
  let found: F[] = [];
  for (const format of formats)
    for (const extension of format.extensions) {
      if (extension.length < longest || !lower.endsWith(extension.toLowerCase())) continue;
      if (extension.length > longest) found = [];
      longest = extension.length;
      if (!found.includes(format)) found.push(format);
    }
  return found;
}

/** The format to write under a name. Throws UnknownFormatError when the extension names none, or several. */
export function formatForName(formats: readonly AnyFormat[], wrappers: readonly Wrapper[], name: string): AnyFormat {
  const [only, ...others] = byExtension(formats, name);
  if (only !== undefined && others.length === 0) return only;
  const candidates = only === undefined ? [] : [only, ...others].map((format) => format.id);
  if (only !== undefined)
    throw new UnknownFormatError(
      "FORMAT_AMBIGUOUS",
      `"${quoteText(name)}" may be ${candidates.join(" or ")}; name the format`,
      candidates,
    );
  const [wrapper] = byExtension(wrappers, name);
  const known = formats.flatMap((format) => format.extensions.slice(0, 1)).join(" ");
  throw new UnknownFormatError(
    "FORMAT_UNKNOWN",
    wrapper === undefined
      ? `"${quoteText(name)}" has no extension of a format (${known}); name the format`
      : `"${quoteText(name)}" asks for ${wrapper.id} around a file, which is read but not written`,
  );
}

/** Throws OptionError when two formats, or two wrappers, have the same id. */
export function demandDistinct(all: readonly { readonly id: string }[]): void {
  const seen = new Set<string>();
  for (const { id } of all) {
    if (seen.has(id)) throw new OptionError("OPTION_INVALID", `"${quoteText(id)}" is in the registry twice`);
    seen.add(id);
  }
}
