// Reading joblib files of a masked float64 array and a plain one: as they are, and compressed as joblib compresses.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { joblib } from "@masquerade/adapter-joblib";
import { wrappers } from "@masquerade/compression/wrappers";
import { createRegistry } from "@masquerade/core";

export const title = "joblib, read";

const registry = createRegistry(joblib).withWrappers(...wrappers);
let folder;

export async function rows({ count, python }) {
  folder = mkdtempSync(join(tmpdir(), "masquerade-bench-"));
  // Smooth, as fields are, so that there is something to compress.
  await python.run(
    `import joblib, numpy as np\nx = np.round(np.cumsum(np.random.default_rng(1).normal(size=${count})), 2)\nm = np.ma.masked_less(x, x.mean())`,
  );
  const made = [];
  for (const [name, value, compress] of [
    ["plain", "x", "0"],
    ["masked", "m", "0"],
    ["zlib", "x", "('zlib', 3)"],
    ["gzip", "x", "('gzip', 3)"],
    ["xz", "x", "('xz', 3)"],
    ["lz4", "x", "('lz4', 3)"],
  ]) {
    const path = join(folder, `${name}.joblib`);
    await python.run(`joblib.dump(${value}, ${JSON.stringify(path)}, compress=${compress})`);
    made.push({
      work: name,
      bytes: count * (value === "m" ? 9 : 8),
      ours: () => registry.load(readFileSync(path)),
      python: `r = joblib.load(${JSON.stringify(path)})`,
      ...(["zlib", "gzip"].includes(name) && { target: { NumPy: 1.2 } }),
    });
  }
  return made;
}

export function done() {
  rmSync(folder, { recursive: true, force: true });
}
