// What the site takes from the code: the entry points of the reference, and the tables of generated/, which pages include.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../../scripts/installed.mjs";
import { performanceTables } from "./performance.mjs";
import { chooseTable, figuresTable, formats, keepsTable, lossTable } from "./tables.mjs";

const docs = dirname(dirname(fileURLToPath(import.meta.url)));

entryPoints();
tables();

/** One file per package that people import; TypeDoc names the parts of the reference by them. */
function entryPoints() {
  const folder = fresh("api");
  rmSync(join(docs, "reference"), { recursive: true, force: true });
  const adapters = readdirSync(join(root, "packages")).filter((name) => name.startsWith("adapter-"));
  const modules = new Map([
    ["masquerade", "masquerade/node"],
    ["core", "@masquerade/core"],
    ["core-node", "@masquerade/core/node"],
    ["conformance", "@masquerade/conformance"],
    ["adapter-mmappickle-node", "@masquerade/adapter-mmappickle/node"],
    ["transport", "@masquerade/transport"],
    ["transport-node", "@masquerade/transport/node"],
    ...adapters.sort().map((name) => [name, `@masquerade/${name}`]),
  ]);
  for (const [name, from] of modules) writeFileSync(join(folder, `${name}.ts`), `export * from "${from}";\n`);
}

function tables() {
  const folder = fresh("generated");
  writeFileSync(join(folder, "losses.md"), lossTable());
  writeFileSync(join(folder, "choose.md"), chooseTable());
  writeFileSync(join(folder, "figures.md"), figuresTable());
  writeFileSync(join(folder, "performance.md"), performanceTables());
  mkdirSync(join(folder, "keeps"));
  for (const format of formats()) writeFileSync(join(folder, "keeps", `${format.id}.md`), keepsTable(format));
}

function fresh(name) {
  const folder = join(docs, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
