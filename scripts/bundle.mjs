// Bundles the command line: packages/cli/dist/bundle. A process that starts reads a dozen files instead of two hundred; commands and
// codecs stay apart, in files that are read on first use. CommonJS, which Node reads without starting its ES module loader.
// Quick when nothing was built since. Run by set-up; `node scripts/bundle.mjs` runs it alone.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { root } from "./installed.mjs";

const packages = join(root, "packages");
const target = join(packages, "cli", "dist", "bundle");
/** What each file of the bundle was made of: `{ made, files: { "main.cjs": ["cli/dist/main.js", …] } }`. Tests read it. */
const record = "modules.json";

async function bundle(made) {
  const { rolldown } = await import("rolldown");
  const common = {
    platform: "node",
    external: optional(),
    resolve: { conditionNames: ["node", "import", "default"] },
    onLog,
  };
  const workers = new Map();
  const build = await rolldown({
    ...common,
    input: { main: join(packages, "cli", "dist", "main.js") },
    plugins: [lateChildProcess, findWorkers(workers)],
  });
  const fresh = `${target}-${process.pid}`;
  try {
    const { output } = await build.write({
      dir: fresh,
      format: "cjs",
      entryFileNames: "[name].cjs",
      chunkFileNames: "[name]-[hash].cjs",
      // Less to parse; names of functions stay as they are for `--debug`.
      minify: {
        codegen: true,
        compress: { keepNames: { function: true, class: true } },
        mangle: { toplevel: false, keepNames: { function: true, class: true } },
      },
    });
    if (workers.size > 0) output.push(...(await bundleWorkers(rolldown, { ...common, input: workers }, fresh)));
    const files = Object.fromEntries(output.map((file) => [file.fileName, (file.moduleIds ?? []).map(shortName)]));
    writeFileSync(join(fresh, record), `${JSON.stringify({ made, files })}\n`);
    replace(fresh);
  } finally {
    await build.close();
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Workers lie beside the bundle, under the names it looks for: ES modules, as they are without a bundle. */
async function bundleWorkers(rolldown, { input, ...common }, dir) {
  const build = await rolldown({ ...common, input: Object.fromEntries(input) });
  try {
    const { output } = await build.write({
      dir,
      format: "esm",
      entryFileNames: "[name].js",
      chunkFileNames: "[name]-[hash].js",
    });
    return output;
  } finally {
    await build.close();
  }
}

/** Files that modules name by `new URL("./name.js", import.meta.url)` are started, not imported. */
function findWorkers(found) {
  return {
    name: "find-workers",
    transform(code, id) {
      for (const [, name] of code.matchAll(/new URL\("\.\/([\w-]+)\.js", import\.meta\.url\)/g)) {
        const file = join(dirname(id), `${name}.js`);
        if ((found.get(name) ?? file) !== file) throw new Error(`bundle: two workers are called ${name}.js`);
        found.set(name, file);
      }
    },
  };
}

/** Puts the new folder where the old one was; between the two, `masq` runs from the packages themselves. */
function replace(fresh) {
  const old = `${fresh}-old`;
  mkdirSync(target, { recursive: true });
  renameSync(target, old);
  renameSync(fresh, target);
  rmSync(old, { recursive: true, force: true });
}

/** Commander can start other programs as commands; `masq` has none, and Node's module for it is slow to load. */
const lateChildProcess = {
  name: "late-child-process",
  resolveId(id, importer) {
    if (id === "node:child_process" && importer?.includes(`${sep}commander${sep}`)) return "\0child_process";
  },
  load(id) {
    if (id === "\0child_process")
      return 'module.exports = { get spawn() { return require("node:child_process").spawn; } };';
  },
};

function onLog(level, log) {
  // A dynamic import for the sake of packages that are used without a bundle.
  if (log.code === "INEFFECTIVE_DYNAMIC_IMPORT") return;
  if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message);
  if (level === "warn") console.error(`bundle: ${log.message}`);
}

/** What may be missing, and is asked for where it is used: native code, which cannot be bundled. */
function optional() {
  const manifests = readdirSync(packages).map((name) => read(join(packages, name, "package.json")) ?? {});
  return manifests.flatMap(({ optionalDependencies = {}, peerDependenciesMeta = {} }) =>
    Object.keys({ ...optionalDependencies, ...peerDependenciesMeta }),
  );
}

function shortName(id) {
  return relative(packages, id).split(sep).join("/");
}

/** Changes when anything that goes into the bundle does: what tsc wrote, what is installed, this file. */
function state() {
  const hash = createHash("sha256");
  hash.update(readFileSync(new URL(import.meta.url))).update(readFileSync(join(root, "package-lock.json")));
  for (const name of readdirSync(packages).sort()) {
    const dist = join(packages, name, "dist");
    if (!existsSync(dist)) continue;
    hash.update(readFileSync(join(packages, name, "package.json")));
    for (const file of readdirSync(dist, { recursive: true }).sort()) {
      if (!file.endsWith(".js") || file.startsWith("bundle")) continue;
      const { size, mtimeMs } = statSync(join(dist, file));
      hash.update(`${name}/${file} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest("hex");
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

const made = state();
if (read(join(target, record))?.made !== made) await bundle(made);
