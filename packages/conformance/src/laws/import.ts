import { check } from "../check.ts";
import type { ConformanceConfig, Law } from "../law.ts";
import { defineLaw } from "./define.ts";

const since = "1.1.0";
const unless = (_: unknown, config: ConformanceConfig): string | undefined =>
  config.importProbe === undefined
    ? "no importProbe was given (probeImport of @masquerade/conformance/node is one)"
    : undefined;

/** A module of a package other than the adapter's own and masquerade's, by its path. */
function library(path: string): string | undefined {
  const parts = path.split("/node_modules/").slice(1);
  const name = parts.at(-1)?.match(/^(?:@[^/]+\/)?[^/]+/)?.[0];
  return name === undefined || name.startsWith("@masquerade/") || name === "masquerade" ? undefined : name;
}

export const importLaws: readonly Law[] = [
  defineLaw(
    "import/pure",
    "Importing the adapter changes no global, prints nothing, and leaves nothing running.",
    async (s) => {
      const { effects } = await (s.config.importProbe as NonNullable<ConformanceConfig["importProbe"]>)();
      check(effects.length === 0, `importing it ${effects.join("; ")}`);
    },
    { since, unless },
  ),
  defineLaw(
    "import/lazy",
    "Importing the adapter loads no library from outside and not the codec; codec() does.",
    async (s) => {
      const { atImport, byCodec } = await (s.config.importProbe as NonNullable<ConformanceConfig["importProbe"]>)();
      const early = [...new Set(atImport.map(library).filter((name) => name !== undefined))];
      check(early.length === 0, `importing it loads ${early.join(", ")}`);
      check(byCodec.length > 0, "codec() loads nothing: the codec is there from the start");
    },
    { since, unless },
  ),
];
