// npm run docs: the site, from a clone that is set up. Installs what the site needs, generates the tables and the API reference, builds, and
// follows every link. Writes reports/docs.json, which .ci/run counts.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installed, root } from "../../scripts/installed.mjs";
import { brokenLinks } from "./links.mjs";

const docs = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (...path) => join(docs, "node_modules", ...path);
/** What any of the steps may take before it counts as hanging. */
const minutes = 10;

const steps = [
  [
    "the site's dependencies",
    () => installed(docs) || run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"]),
  ],
  ["tables and figures", () => run(process.execPath, [join(docs, "scripts", "generate.mjs")])],
  ["the API reference", () => run(process.execPath, [bin("typedoc", "bin", "typedoc"), "--logLevel", "Warn"])],
  ["the site", () => run(process.execPath, [bin("vitepress", "bin", "vitepress.js"), "build"])],
];

const results = [];
for (const [name, step] of steps) {
  const began = Date.now();
  const good = step();
  results.push({ name, problems: good ? [] : ["it failed; see above"] });
  console.error(`docs: ${name}: ${good ? "done" : "FAILED"} (${Math.round((Date.now() - began) / 1000)} s)`);
  if (!good) break;
}
if (results.length === steps.length && results.every(({ problems }) => problems.length === 0)) {
  const pages = brokenLinks(join(docs, ".vitepress", "dist"), root);
  const generated = [];
  for (const [page, problems] of pages) {
    // The reference is one thing that was made, not four hundred that were written.
    if (page.startsWith("reference/")) generated.push(...problems.map((problem) => `${page}: ${problem}`));
    else results.push({ name: `the links of ${page}`, problems });
  }
  results.push({ name: "the links of the API reference", problems: generated });
  console.error(`docs: ${pages.size} pages, every link followed`);
}

for (const id of await withoutPage())
  results.push({ name: `a page about ${id}`, problems: [`docs/formats/${id}.md is not there`] });

const failed = results.filter(({ problems }) => problems.length > 0);
for (const { name, problems } of failed) console.error(`docs: ${name}:\n  ${problems.join("\n  ")}`);
console.log(`docs: ${results.length - failed.length} passed, ${failed.length} failed`);
report();
process.exitCode = failed.length > 0 ? 1 : 0;

function run(command, args) {
  const shell = process.platform === "win32" && command === "npm";
  const options = { cwd: docs, stdio: ["ignore", 2, 2], shell, timeout: minutes * 60_000, killSignal: "SIGKILL" };
  return spawnSync(command, args, options).status === 0;
}

/** Formats that no page is about. */
async function withoutPage() {
  const { formats, pageOf } = await import("./tables.mjs");
  const pages = new Set(formats().map(pageOf));
  return [...pages].filter((id) => !existsSync(join(docs, "formats", `${id}.md`)));
}

/** In the form of Vitest's reports, of which count.mjs reads these. */
function report() {
  const testResults = results.map(({ name, problems }) => ({
    name,
    status: problems.length > 0 ? "failed" : "passed",
    assertionResults: [{ title: name, status: problems.length > 0 ? "failed" : "passed", failureMessages: problems }],
  }));
  const numbers = {
    numPassedTests: results.length - failed.length,
    numFailedTests: failed.length,
    numPendingTests: 0,
    numTodoTests: 0,
  };
  mkdirSync(join(root, "reports"), { recursive: true });
  writeFileSync(join(root, "reports", "docs.json"), JSON.stringify({ ...numbers, testResults }));
}
