// Is what package-lock.json asks for what node_modules holds? By content, never by file times: git sets those as it likes.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const sections = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/** True when every package.json agrees with the lock file, and the lock file with node_modules. */
export function installed(dir) {
  const lock = json(join(dir, "package-lock.json"));
  const hidden = json(join(dir, "node_modules", ".package-lock.json"));
  if (!lock || !hidden) return false;
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === "" || !path.includes("node_modules/")) {
      const manifest = json(join(dir, path, "package.json"));
      // A workspace that is gone, or that asks for something else than when the lock file was made.
      if (!manifest || sections.some((name) => !same(manifest[name], entry[name]))) return false;
      continue;
    }
    if (entry.optional && !hidden.packages[path]) continue; // another platform's binary
    if (hidden.packages[path]?.version !== entry.version) return false;
    if (!existsSync(join(dir, path))) return false;
  }
  return true;
}

function same(a = {}, b = {}) {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function json(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
