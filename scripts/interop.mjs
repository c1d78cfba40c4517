// The tests against the real tools: NumPy 1.x and 2.x in virtual environments, a real Chromium, and the corpus on newer Nodes.
// What is missing is fetched; what cannot be had is a failure, never a skip.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./installed.mjs";
import { nodeBinary, otherVersions } from "./nodes.mjs";
import { pythonExtras } from "./python-extras.mjs";

const venvs = join(root, ".venvs");
must("bash", ["corpus/make/venvs.sh", venvs], "the Python environments could not be made (corpus/make/venvs.sh)");

const env = {
  ...process.env,
  MASQUERADE_PY1: python("np1"),
  MASQUERADE_PY2: python("np2"),
  MASQUERADE_PYHDF5: python("hdf5"),
  CHROMIUM: chromium(),
};
env.MASQUERADE_PY_EXTRAS = extras();
hdf5Tools();

const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
let failed = false;
for (const config of ["vitest.interop.config.ts", "vitest.browser.config.ts"]) {
  const args = [vitest, "run", "--config", config];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env });
  if (status !== 0) failed = true;
}
for (const major of otherVersions) {
  const args = [vitest, "run", "corpus"];
  const options = {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...env, MASQUERADE_REPORT: `node${major}` },
  };
  const { status } = spawnSync(otherNode(major), args, options);
  if (status !== 0) failed = true;
}
process.exitCode = failed ? 1 : 0;

function otherNode(major) {
  try {
    return nodeBinary(major);
  } catch (error) {
    return fail(error.message);
  }
}

function python(name) {
  const path = join(venvs, name, "bin", "python");
  if (!runs(path)) fail(`${path} is missing after corpus/make/venvs.sh`);
  return path;
}

function extras() {
  try {
    return pythonExtras(env.MASQUERADE_PY2);
  } catch (error) {
    return fail(error.message);
  }
}

function chromium() {
  const asked = process.env["CHROMIUM"];
  if (asked) return runs(asked) ? asked : fail(`CHROMIUM is ${asked}, which cannot be run`);
  const known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const found = known.find(runs);
  if (found) return found;
  const help = "install Chromium, or name one in the environment variable CHROMIUM";
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) fail(`no Chromium found: ${help}`);
  console.error("interop: installing Chromium (apt-get)…");
  must("apt-get", ["-qq", "update"], `apt-get update failed: ${help}`);
  must("apt-get", ["-qq", "install", "-y", "chromium"], `apt-get install chromium failed: ${help}`);
  return known.find(runs) ?? fail(`Chromium was installed and is not found: ${help}`);
}

/** h5dump, h5repack and h5diff, which the tests of HDF5 call. */
function hdf5Tools() {
  const tools = ["h5dump", "h5repack", "h5diff"];
  const there = () => tools.every((tool) => spawnSync(tool, ["--version"], { stdio: "ignore" }).status === 0);
  if (there()) return;
  const help = "install HDF5's command line tools (Debian: hdf5-tools)";
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) fail(`no ${tools.join(", ")} found: ${help}`);
  must("apt-get", ["-qq", "update"], `apt-get update failed: ${help}`);
  must("apt-get", ["-qq", "install", "-y", "hdf5-tools"], `apt-get install hdf5-tools failed: ${help}`);
  if (!there()) fail(`hdf5-tools were installed and are not found: ${help}`);
}

function runs(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function must(command, args, message) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], env });
  if (error || status !== 0) fail(message);
}

function fail(message) {
  console.error(`interop: ${message}`);
  process.exit(1);
}
