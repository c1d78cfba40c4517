// Makes a clone ready to run: dependencies installed, packages built, the command line bundled. Plain Node, because nothing is there yet.
// Silent, and quick, when there is nothing to do.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { installed, root } from "./installed.mjs";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail(`Node 20.19 or newer is needed; this is ${process.version}`);

if (!installed(root)) {
  console.error("setup: installing dependencies (npm install)…");
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], "npm install failed");
}

if (process.argv.includes("--no-build")) process.exit(0);

const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
if (!existsSync(tsc)) fail("TypeScript is missing after the installation; remove node_modules and run again");
run(process.execPath, [tsc, "--build"], "the build failed");
run(process.execPath, [join(root, "scripts", "bundle.mjs")], "the command line could not be bundled");

function run(command, args, message) {
  const shell = process.platform === "win32" && command === "npm";
  // What a child has to say goes to stderr: stdout belongs to the command that set-up precedes.
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], shell });
  if (error || status !== 0) fail(error ? `${message}: ${error.message}` : message);
}

function fail(message) {
  console.error(`setup: ${message}`);
  process.exit(1);
}
