// The clients in other languages with their real toolchains, against the built library and the shared vectors.
// Writes reports/clients.json. What cannot be had is a failure, never a skip. usage: clients.mjs [LANGUAGE …]   (all, and the exchange)
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chain } from "./clients/chain.mjs";
import { cpp } from "./clients/cpp.mjs";
import { go } from "./clients/go.mjs";
import { java } from "./clients/java.mjs";
import { python } from "./clients/python.mjs";
import { Report } from "./clients/report.mjs";
import { rust } from "./clients/rust.mjs";
import { typescript } from "./clients/typescript.mjs";

/** In the order of the exchange, which ends where it begins. */
const languages = [python, typescript, java, go, cpp, rust];
const asked = process.argv.slice(2).map((name) => name.toLowerCase());
const wanted = languages.filter(({ name }) => asked.length === 0 || asked.includes(name.toLowerCase()));
if (asked.length > wanted.length) throw new Error(`languages are ${languages.map(({ name }) => name).join(", ")}`);

const report = new Report();
const scratch = mkdtempSync(join(tmpdir(), "masquerade-clients-"));
const seconds = (start) => `${((performance.now() - start) / 1000).toFixed(0)} s`;
try {
  const ready = [];
  for (const language of wanted)
    if (attempt(`${language.name}: getting ready`, () => prepare(language))) ready.push(language);
  let back;
  if (asked.length === 0 && ready.length === wanted.length)
    attempt("the exchange", () => (back = chain(report, ready, scratch)));
  for (const language of ready) attempt(`${language.name}: tests`, () => language.test?.(report, scratch, back ?? ""));
} finally {
  rmSync(scratch, { recursive: true });
  report.write();
  process.exitCode = report.failed > 0 ? 1 : 0;
}

function prepare(language) {
  language.prepare?.();
  language.generated?.(report, scratch);
}

/** Runs a part; what it throws is one failure. */
function attempt(what, part) {
  const start = performance.now();
  console.log(`clients: ${what}…`);
  try {
    part();
    console.log(`clients: ${what}: ${seconds(start)}`);
    return true;
  } catch (error) {
    return report.tell(what, false, error instanceof Error ? error.message : String(error));
  }
}
