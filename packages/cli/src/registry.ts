import { type AnyFormat, quoteText, type Registry, UnknownFormatError } from "@masquerade/core";
import { registry as official } from "masquerade";
import { nearest } from "./nearest.ts";

/** The official formats, as formats whose ids and options come from a command line: checked when it runs, not when it compiles. */
export const registry: Registry = official as unknown as Registry;

/** The format of that id. Throws UnknownFormatError, with the one that may have been meant. */
export function formatNamed(id: string): AnyFormat {
  const ids = registry.formats.map((one) => one.id);
  if (ids.includes(id)) return registry.get(id);
  const near = nearest(id, ids);
  const hint =
    near === undefined ? `there are ${ids.join(", ")}` : `did you mean ${near}? (masq formats lists them all)`;
  throw new UnknownFormatError(
    "FORMAT_UNKNOWN",
    `no format "${quoteText(id)}"; ${hint}`,
    near === undefined ? ids : [near],
  );
}
