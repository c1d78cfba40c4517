// Runs the steps of .ci/run and counts. The last line is "N passed, N failed"; the exit code is 1 when anything failed.
// A step without tests counts as one failure when it fails, as does one that breaks without a failing test.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { count } from "./count.mjs";
import { root } from "./installed.mjs";
import { otherVersions } from "./nodes.mjs";

const reports = join(root, "reports");
const steps = [
  { name: "setup", reports: [] },
  { name: "lint", reports: [] },
  { name: "test", reports: ["unit"] },
  { name: "test:interop", reports: ["interop", "browser", ...otherVersions.map((major) => `node${major}`)] },
  // The gigabyte cases at a size that fits here, their bounds in proportion.
  { name: "test:large", reports: ["large"], env: { MASQUERADE_LARGE_BYTES: "256000000" } },
];
steps.push({ name: "docs", reports: ["docs"] });
if (hasClients()) steps.push({ name: "test:clients", reports: ["clients"] });

rmSync(reports, { recursive: true, force: true });
let passed = 0;
let failed = 0;
const summary = [];
for (const step of steps) {
  console.log(`\n== ${step.name}`);
  const options = { cwd: root, stdio: ["ignore", "inherit", "inherit"], shell: process.platform === "win32" };
  options.env = { ...process.env, ...step.env };
  const { status } = spawnSync("npm", ["run", "--silent", step.name], options);
  const counted = count(
    status === 0,
    step.reports.map((name) => read(name)),
  );
  passed += counted.passed;
  failed += counted.failed;
  summary.push(`${step.name}: ${counted.line}`);
  if (step.name === "setup" && status !== 0) break; // nothing else can run
}

console.log(`\n${summary.join("\n")}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function read(name) {
  const path = join(reports, `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

function hasClients() {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const clients = join(root, "clients");
  return "test:clients" in scripts && existsSync(clients) && readdirSync(clients).length > 0;
}
