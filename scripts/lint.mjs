// Every check that runs no code of ours. All of them run, so that one round shows everything.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./installed.mjs";

const bin = (...path) => join(root, "node_modules", ...path);
const checks = [
  ["biome", [bin("@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings"]],
  ["layers", [join(root, "scripts", "layers.mjs")]],
  ["types of examples", [bin("typescript", "bin", "tsc"), "-p", "examples"]],
  ["types of tests and scripts", [bin("typescript", "bin", "tsc"), "-p", "tsconfig.tests.json"]],
];

const failed = checks.filter(
  ([, args]) => spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status !== 0,
);
for (const [name] of failed) console.error(`lint: ${name} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;
