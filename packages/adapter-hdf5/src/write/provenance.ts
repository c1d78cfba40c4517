import { type Attrs, OptionError, quoteText } from "@masquerade/core";
import { PROVENANCE } from "../names.ts";
import type { Hdf5WriteOptions } from "../options.ts";
import { packageVersion } from "../version.ts";
import { textAttr, textsAttr } from "./attrs.ts";
import type { WriteAttr } from "./node.ts";

/**
 * Attributes of the root that say where a file comes from, by the names NeXus has for them. The user's own attributes of the same names
 * stay. Nothing but what is asked for, and no time but the one given: the same value and options give the same bytes. Throws OptionError.
 */
export function provenanceAttrs(options: Hdf5WriteOptions, taken: Attrs): WriteAttr[] {
  const { provenance, source, created } = options;
  const said: (readonly [string, string])[] = [];
  if (provenance === true) said.push(["creator", "masquerade"], ["creator_version", packageVersion]);
  if (source !== undefined) said.push(["source_format", text(source, "source")]);
  if (created !== undefined) said.push(["file_time", timeOf(created)]);
  const own = said.filter(([name]) => !taken.has(name));
  if (own.length === 0) return [];
  const names = own.map(([name]) => name);
  return [...own.map(([name, value]) => textAttr(name, value)), textsAttr(PROVENANCE, names)];
}

function text(value: string, option: string): string {
  if (/\0|\p{Surrogate}/u.test(value) || value.length > 10_000)
    throw new OptionError("OPTION_INVALID", `${option} is to be a short text`, option);
  return value;
}

function timeOf(created: string): string {
  if (created === "now") return new Date().toISOString();
  if (/^\d{4}-\d\d-\d\d/.test(created) && !Number.isNaN(Date.parse(created))) return created;
  throw new OptionError(
    "OPTION_INVALID",
    `created is "now" or a time by ISO 8601, not "${quoteText(created, 40)}"`,
    "created",
  );
}
