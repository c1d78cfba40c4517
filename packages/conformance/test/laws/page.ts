import { laws, suiteVersion } from "../../src/index.ts";
import type { Wrong } from "../zoo/mutant.ts";
import { why } from "./why.ts";

const roundtrip =
  "The samples are a seeded covering set: each pair of shape, mask state, dtype, special values, fill value, memory order and byte order occurs. What comes back is compared bit for bit, also beneath the mask, and what differs must have been announced by `losses()`.";

/** The page of laws: one paragraph each, and the wrong adapters of the zoo that break it. */
export function lawsPage(zoo: readonly Wrong[]): string {
  const lines = [
    `# The laws (suite ${suiteVersion})`,
    "",
    `What \`@masquerade/conformance\` holds a format adapter to, ${laws.length} laws, each with the reason for it. Reports and failing tests link here. This page is made from the laws and from the zoo of wrong adapters; a test compares it.`,
  ];
  let group = "";
  for (const law of laws) {
    const [of] = law.id.split("/") as [string];
    if (of !== group) lines.push("", `## ${of}`);
    group = of;
    const animals = zoo.filter((w) => w.breaks === law.id).map((w) => w.name);
    const needs = law.needs ?? [];
    lines.push("", `<a id="${law.id.replace("/", "-")}"></a>`, "", `### ${law.id}`, "", `**${law.law}**`);
    lines.push("", why[law.id] ?? (of === "roundtrip" ? roundtrip : ""));
    const facts = [`Since suite ${law.since}.`];
    if (needs.length > 0)
      facts.push(
        `For formats that declare ${needs.map((n) => (n.startsWith("not ") ? `\`${n.slice(4)}: false\`` : `\`${n}: true\``)).join(", ")}.`,
      );
    if (animals.length > 0) facts.push(`Adapters of the zoo that break it: ${animals.join("; ")}.`);
    lines.push("", facts.join(" "));
  }
  return `${lines.join("\n")}\n`;
}
