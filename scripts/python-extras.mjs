// Python packages that some examples and pages need beside those of .venvs/np2, installed next to it: a folder for PYTHONPATH.
// The environments that write the corpus stay as they are.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./installed.mjs";

/** The folder, filled on first use. Throws when it cannot be had. */
export function pythonExtras(python) {
  const venvs = join(root, ".venvs");
  const folder = join(venvs, "extras");
  const requirements = join(root, "corpus", "make", "requirements-extras.txt");
  const wanted = readFileSync(requirements, "utf8");
  const stamp = (dir) => join(dir, ".requirements");
  if (existsSync(stamp(folder)) && readFileSync(stamp(folder), "utf8") === wanted) return folder;
  // Made beside it and renamed: whoever uses the folder meanwhile never sees half of it.
  const fresh = mkdtempSync(join(venvs, "extras-"));
  const options = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--no-deps"];
  const args = ["-m", "pip", "install", ...options, "--target", fresh, "-r", requirements];
  const { status } = spawnSync(python, args, { stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Error(`pip could not install ${requirements}`);
  }
  writeFileSync(stamp(fresh), wanted);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
  return folder;
}
