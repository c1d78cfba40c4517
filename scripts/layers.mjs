// Holds the packages to the layer table: imports against layers, imports against package.json, package.json against
// imports, and what the light entry points load. Run by `npm run lint`; `node scripts/layers.mjs` runs it alone.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { heavy, layers } from "./layer-table.mjs";
import { importsOf, sources } from "./source-imports.mjs";

/** Every breach found under `root`, one line each, naming the file and what to do. Empty: all is well. */
export function breaches(root) {
  const packages = readPackages(root);
  const shared = Object.keys(readJson(join(root, "package.json"))?.devDependencies ?? {});
  const world = { root, packages, byName: new Map([...packages.values()].map((one) => [one.manifest.name, one])) };
  const found = [];
  for (const one of packages.values()) {
    if (!one.layer) {
      found.push(`packages/${one.folder}: no row of scripts/layer-table.mjs covers it`);
      continue;
    }
    checkManifest(one, world, found);
    checkPublished(one, found);
    checkSources(one, world, found);
    checkTests(one, world, shared, found);
    for (const entry of one.layer.light ?? []) checkLight(one, entry, world, found);
  }
  checkCycles(world, found);
  checkProjects(world, found);
  return found;
}

function readPackages(root) {
  const packages = new Map();
  for (const entry of readdirSync(join(root, "packages"), { withFileTypes: true })) {
    const dir = join(root, "packages", entry.name);
    const manifest = entry.isDirectory() ? readJson(join(dir, "package.json")) : undefined;
    if (!manifest) continue;
    const layer = layers.find((row) => row.package.test(entry.name));
    packages.set(entry.name, { folder: entry.name, dir, manifest, layer });
  }
  return packages;
}

const runtime = (manifest) => ({
  ...manifest.dependencies,
  ...manifest.peerDependencies,
  ...manifest.optionalDependencies,
});

function checkManifest(one, { byName }, found) {
  for (const name of Object.keys(runtime(one.manifest))) {
    const sister = byName.get(name);
    const where = `packages/${one.folder}/package.json`;
    if (sister && !allowed(one, sister)) found.push(`${where}: ${one.folder} may not depend on ${sister.folder}`);
    if (!sister && !allowedThirdParty(one, name)) found.push(`${where}: ${one.folder} may not depend on ${name}`);
  }
}

/** npm publishes what "files" lists, and without it nothing that git ignores: no dist. */
function checkPublished({ folder, manifest }, found) {
  const published = new Set(manifest.files ?? []);
  const reached = [manifest.exports, manifest.imports, manifest.bin].flatMap(strings);
  const tops = reached.filter((path) => path.startsWith("./")).map((path) => path.split("/")[1]);
  for (const top of new Set(tops)) {
    if (top !== "package.json" && !published.has(top))
      found.push(`packages/${folder}/package.json: ${top} is used and not in "files": npm would not publish it`);
  }
}

function checkSources(one, world, found) {
  const declared = runtime(one.manifest);
  const used = new Set();
  for (const file of sources(join(one.dir, "src"))) {
    const inNode = relative(one.dir, file).split(sep).slice(0, 2).join("/") === "src/node";
    for (const { name, line } of importsOf(file)) {
      const say = (what) => found.push(`${relative(world.root, file)}:${line}: ${what}`);
      if (name === undefined) {
        const inPackage = relative(one.dir, file).split(sep).join("/");
        if (!one.layer.asked?.includes(inPackage))
          say("import() of something that is not a plain string cannot be checked");
      } else if (name.startsWith("node:")) {
        if (!inNode && !one.layer.node) say(`"${name}" belongs in src/node/: this package is portable`);
      } else if (name.startsWith(".")) {
        const target = relative(one.dir, resolve(dirname(file), name))
          .split(sep)
          .join("/");
        if (target.startsWith("../")) say(`"${name}" leaves the package; import it by its name`);
        else if (!inNode && !one.layer.node && target.startsWith("src/node/"))
          say(`"${name}" is for Node: reach it through the package's "imports", or from src/node/`);
      } else if (name.startsWith("#")) {
        if (one.manifest.imports?.[name] === undefined) say(`"${name}" is not in the package's "imports"`);
      } else checkBare(one, name, declared, used, world, say);
    }
  }
  for (const target of strings(one.manifest.imports)) if (!target.startsWith(".")) used.add(packageOf(target));
  for (const name of Object.keys(declared)) {
    if (!used.has(name)) found.push(`packages/${one.folder}/package.json: ${name} is declared and not imported`);
  }
}

function checkBare(one, name, declared, used, { byName }, say) {
  const target = packageOf(name);
  used.add(target);
  const sister = byName.get(target);
  if (sister === one) return say(`"${name}" is this very package: import by relative path`);
  if (sister && !allowed(one, sister)) return say(`${one.folder} may not import ${sister.folder}`);
  if (!sister && !allowedThirdParty(one, target)) return say(`${one.folder} may not import "${target}"`);
  if (!(target in declared)) return say(`"${target}" is not declared in the dependencies of package.json`);
  if (sister) checkSubpath(sister, name, target, say);
}

function checkSubpath(sister, name, target, say) {
  const subpath = `.${name.slice(target.length)}`;
  if (sister.manifest.exports?.[subpath] === undefined) say(`"${name}" is not an export of ${target}`);
}

function checkTests(one, { root, byName }, shared, found) {
  const dev = one.manifest.devDependencies ?? {};
  const declared = new Set([one.manifest.name, ...shared, ...Object.keys({ ...runtime(one.manifest), ...dev })]);
  const used = new Set();
  for (const file of sources(join(one.dir, "test"))) {
    for (const { name, line } of importsOf(file)) {
      const say = (what) => found.push(`${relative(root, file)}:${line}: ${what}`);
      if (name === undefined || name.startsWith("node:") || name.startsWith("#")) continue;
      if (name.startsWith(".")) {
        const target = relative(join(root, "packages"), resolve(dirname(file), name)).split(sep);
        if (target[0] !== ".." && target[0] !== one.folder)
          say(`"${name}" enters another package; import it by its name`);
        continue;
      }
      const target = packageOf(name);
      used.add(target);
      if (!declared.has(target)) say(`"${target}" is not declared in the devDependencies of package.json`);
      else if (byName.has(target)) checkSubpath(byName.get(target), name, target, say);
    }
  }
  for (const file of sources(join(one.dir, "src"))) {
    for (const { name } of importsOf(file)) if (name !== undefined) used.add(packageOf(name)); // declared twice is no breach
  }
  for (const name of Object.keys(dev)) {
    if (!used.has(name) && !name.startsWith("@types/"))
      found.push(`packages/${one.folder}/package.json: ${name} is a devDependency and no test imports it`);
  }
}

/** Walks what runs when `entry` is imported, across packages, and reports the way to anything heavy. */
function checkLight(one, entry, world, found) {
  const start = join(one.dir, entry);
  const seen = new Map(existsSync(start) ? [[start, [entry]]] : []);
  for (const [file, way] of seen) {
    const owner = world.packages.get(relative(join(world.root, "packages"), file).split(sep)[0]);
    for (const { name, kind } of importsOf(file)) {
      if (kind !== "static" || name.startsWith("node:")) continue;
      for (const target of resolveAll(file, name, owner, world)) {
        const shown = target.file ? relative(world.root, target.file).split(sep).join("/") : target.library;
        const path = [...way, shown].join(" > ");
        if (!target.file)
          found.push(`packages/${one.folder}: importing it loads ${shown} (${path}); import() it in codec()`);
        else if (heavy.test(shown))
          found.push(`packages/${one.folder}: importing it loads a codec (${path}); import() it`);
        else if (!seen.has(target.file) && existsSync(target.file)) seen.set(target.file, [...way, shown]);
      }
    }
  }
}

function resolveAll(file, name, owner, { byName }) {
  if (name.startsWith(".")) return [{ file: resolve(dirname(file), name) }];
  if (name.startsWith("#")) {
    const targets = strings(owner.manifest.imports?.[name]).filter((target) => !target.startsWith("./dist/"));
    return targets.map((target) => (target.startsWith(".") ? { file: join(owner.dir, target) } : { library: target }));
  }
  const target = packageOf(name);
  const sister = byName.get(target);
  if (!sister) return [{ library: target }];
  const source = sister.manifest.exports?.[`.${name.slice(target.length)}`]?.["@masquerade/source"];
  return source ? [{ file: join(sister.dir, source) }] : [];
}

/** `tsc --build` at the root builds what the root names, every package; each against the declarations of those it references. */
function checkProjects({ root, packages, byName }, found) {
  const named = new Set((readJson(join(root, "tsconfig.json"))?.references ?? []).map(({ path }) => path));
  for (const { folder } of packages.values()) {
    if (!named.has(`packages/${folder}`)) found.push(`tsconfig.json: packages/${folder} is not in the references`);
  }
  for (const { folder, dir, manifest } of packages.values()) {
    const configs = readdirSync(dir).filter((name) => /^tsconfig.*\.json$/.test(name));
    const references = configs.flatMap((name) => readJson(join(dir, name)).references ?? []);
    const reached = new Set(references.map(({ path }) => path.split("/")[1]));
    for (const name of Object.keys(runtime(manifest))) {
      const sister = byName.get(name)?.folder;
      if (sister && !reached.has(sister)) found.push(`packages/${folder}/tsconfig.json: no reference to ../${sister}`);
    }
  }
}

function checkCycles({ packages, byName }, found) {
  const state = new Map();
  const visit = (one, way) => {
    if (state.get(one) === "done") return;
    if (state.get(one) === "open") {
      found.push(`a circle of dependencies, devDependencies included: ${[...way, one.folder].join(" > ")}`);
      return;
    }
    state.set(one, "open");
    for (const name of Object.keys({ ...runtime(one.manifest), ...one.manifest.devDependencies })) {
      if (byName.has(name)) visit(byName.get(name), [...way, one.folder]);
    }
    state.set(one, "done");
  };
  for (const one of packages.values()) visit(one, []);
}

const allowed = (one, sister) => one.layer?.may.some((pattern) => pattern.test(sister.folder)) ?? false;

function allowedThirdParty(one, name) {
  return one.layer?.thirdParty === true || (one.layer?.thirdParty.includes(name) ?? false);
}

/** "@a/b/c" → "@a/b", "a/b" → "a". */
function packageOf(name) {
  return name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Every string in a tree of conditions. */
function strings(tree) {
  if (typeof tree === "string") return [tree];
  return tree && typeof tree === "object" ? Object.values(tree).flatMap(strings) : [];
}

function readJson(path) {
  if (!existsSync(path)) return undefined;
  // A tsconfig may have comments, here each on a line of its own.
  return JSON.parse(readFileSync(path, "utf8").replace(/^\s*\/\/.*$/gm, ""));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = breaches(dirname(dirname(fileURLToPath(import.meta.url))));
  for (const line of found) console.error(line);
  if (found.length > 0) console.error(`layers: ${found.length} breaches`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
