// The exchange: every vector through every language, one after the other, and back to the first.
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { vectors } from "./report.mjs";

/** Each hop reads what the one before it wrote, and must write the same bytes. Gives the folder of the last. */
export function chain(report, languages, scratch) {
  const index = join(vectors, "index.json");
  let from = vectors;
  for (const [i, language] of languages.entries()) {
    const to = join(scratch, `chain-${i}-${language.name}`);
    mkdirSync(to);
    report.tell(`the exchange: ${language.name}`, language.roundtrip(from, to, index));
    const isMessage = (name) => name.endsWith(".pb") && !name.includes("/");
    report.same(`the exchange: ${language.name} writes the same bytes`, to, vectors, isMessage);
    from = to;
  }
  copyFileSync(index, join(from, "index.json"));
  return from;
}
