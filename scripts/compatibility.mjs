// The page docs/guide/compatibility.md: what every official format keeps, from the reports of the conformance suite. Run by
// `npm run compatibility`; a test of the interop suite compares the page with what the suite says now.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, "docs/guide/compatibility.md");

/** A module of the workspace, built. */
const built = (name, entry = "index.js") => import(pathToFileURL(join(root, "packages", name, "dist", entry)).href);

/** The page as it should be. */
export async function page() {
  const { array } = await built("core");
  const { laws, runConformance, suiteVersion } = await built("conformance");
  const { probeImport } = await built("conformance", "node/index.js");
  const { registry } = await built("masquerade", "node/index.js");
  const entries = await adapterEntries();
  const own = new Map();
  for (const format of registry.formats)
    if (format.capabilities.selfDescribing)
      own.set(format.id, await (await format.codec()).encode(array([1.5, -2, 3])));
  const reports = [];
  for (const format of registry.formats) {
    const entry = entries.get(format.id);
    const others = [...own].filter(([id]) => id !== format.id).map(([id, bytes]) => [`a file of ${id}`, bytes]);
    reports.push(
      await runConformance(format, {
        ...known[format.id],
        foreign: Object.fromEntries(others),
        samples: samplesOf(format.id),
        importProbe: entry === undefined ? undefined : () => probeImport(entry),
      }),
    );
  }
  return markdown(reports, laws.length, suiteVersion);
}

/** What the adapters' own tests say of laws that do not hold. */
const known = {
  hdf5: {
    knownFailures: {
      "samples/open":
        "opened by parts, an array of netCDF with a fill value is masked whatever is in it, since the header says so before data are read; decoded whole, the values decide",
    },
  },
};

/** The entry point of the adapter package that exports each format. */
async function adapterEntries() {
  const found = new Map();
  for (const name of readdirSync(join(root, "packages")).filter((one) => one.startsWith("adapter-"))) {
    const url = pathToFileURL(join(root, "packages", name, "dist/index.js")).href;
    for (const value of Object.values(await import(url)))
      if (typeof value?.codec === "function" && typeof value?.sniff === "function") found.set(value.id, url);
  }
  return found;
}

/** A few files of the corpus that a format's own tools wrote. */
function samplesOf(id) {
  const corpus = join(root, "corpus");
  const samples = {};
  for (const folder of readdirSync(corpus, { withFileTypes: true })) {
    if (!folder.isDirectory() || !readdirSync(join(corpus, folder.name)).includes("manifest.json")) continue;
    const { entries } = JSON.parse(readFileSync(join(corpus, folder.name, "manifest.json"), "utf8"));
    const good = entries.filter(
      ({ format, expect, compression }) =>
        format === id && compression === undefined && ["ndarray", "masked", "dict"].includes(expect?.kind),
    );
    const step = Math.max(1, Math.ceil(good.length / 6));
    for (const { file } of good.filter((_, i) => i % step === 0))
      samples[file] = new Uint8Array(readFileSync(join(corpus, file)));
  }
  return samples;
}

const groupOf = ({ id }) => id.split("/")[0];

function markdown(reports, count, version) {
  const groups = [...new Set(reports.flatMap(({ results }) => results.map(groupOf)))];
  const lines = [
    "---",
    "order: 8",
    "---",
    "# What the suite says of each format",
    "",
    `Suite ${version}, ${count} laws, each explained in the \`LAWS.md\` of \`@masquerade/conformance\`. Every official adapter is held to them by its own tests, in Node and in Chromium.`,
    "This page is made from the reports (`npm run compatibility`), and a test compares it with what the suite says.",
    "",
    "| format | laws kept | broken | known not to hold | do not apply |",
    "| --- | ---: | ---: | ---: | ---: |",
  ];
  for (const { format, passed, failed, skipped, results } of reports) {
    const known = results.filter((one) => one.outcome === "known-failure").length;
    lines.push(`| \`${format}\` | ${passed - known} | ${failed} | ${known} | ${skipped} |`);
  }
  lines.push("", "## By group", "", "Laws kept of those that apply; – where none does.", "");
  lines.push(
    `| | ${reports.map(({ format }) => `\`${format}\``).join(" | ")} |`,
    `| --- |${" --- |".repeat(reports.length)}`,
  );
  for (const group of groups) {
    const cells = reports.map(({ results }) => {
      const those = results.filter((one) => groupOf(one) === group && one.outcome !== "skipped");
      return those.length === 0 ? "–" : `${those.filter((one) => one.outcome === "passed").length}/${those.length}`;
    });
    lines.push(`| ${group} | ${cells.join(" | ")} |`);
  }
  lines.push("", "## What does not apply, and why", "");
  for (const { format, results } of reports) {
    const reasons = new Map();
    for (const { id, outcome, reason } of results)
      if (outcome === "skipped") reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
    lines.push(`### \`${format}\``, "");
    for (const { id, reason } of results.filter((one) => one.outcome === "known-failure"))
      lines.push(`- **known not to hold**, ${id}: ${reason}`);
    for (const { id, reason } of results.filter((one) => one.outcome === "failed"))
      lines.push(`- **broken**, ${id}: ${reason}`);
    for (const [reason, ids] of reasons) lines.push(`- ${reason}: ${ids.map((id) => `\`${id}\``).join(", ")}`);
    lines.push("");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(target, await page());
  console.log(`${target} is written`);
}
