// What was run and how it went: reports/clients.json, in the form that scripts/ci.mjs counts.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "../installed.mjs";

export const clients = join(root, "clients");
export const vectors = join(clients, "vectors");
export const proto = join(root, "packages", "adapter-protobuf", "proto");

/** Counts steps, and the tests of other runners. */
export class Report {
  passed = 0;
  failed = 0;

  /** One check that held or did not. */
  tell(what, ok, why = "") {
    if (ok) this.passed++;
    else this.failed++;
    if (!ok) console.error(`clients: ${what}: FAILED${why === "" ? "" : ` (${why})`}`);
    return ok;
  }

  /** A command that must succeed. Counts as a test. */
  step(what, command, args, options = {}) {
    return this.tell(what, runs(command, args, options));
  }

  /** The counts of a test runner, which must have run something, and must agree with its exit code. */
  tests(what, { passed, failed }, ok) {
    console.log(`clients: ${what}: ${passed} passed, ${failed} failed`);
    this.passed += passed;
    this.failed += failed;
    if (passed + failed === 0) this.tell(what, false, "no test was run");
    else if (!ok && failed === 0) this.tell(what, false, "the runner failed");
    return ok && failed === 0;
  }

  /** Two folders have the same files, byte for byte, folders within them included. */
  same(what, made, ours, only = () => true) {
    const expected = filesOf(ours).filter(only);
    const found = filesOf(made).filter(only);
    const differs = expected.filter(
      (name) => !found.includes(name) || !readFileSync(join(made, name)).equals(readFileSync(join(ours, name))),
    );
    const wrong = [...differs, ...found.filter((name) => !expected.includes(name))];
    return this.tell(what, expected.length > 0 && wrong.length === 0, wrong.slice(0, 10).join(", "));
  }

  write() {
    const path = join(root, "reports", "clients.json");
    mkdirSync(dirname(path), { recursive: true });
    const counts = { numPassedTests: this.passed, numFailedTests: this.failed, numPendingTests: 0, numTodoTests: 0 };
    writeFileSync(path, JSON.stringify({ ...counts, testResults: [] }));
    console.log(`clients: ${this.passed} passed, ${this.failed} failed`);
  }
}

export function filesOf(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile() && !name.includes("__pycache__"))
    .sort();
}

/** Whether a command succeeds. Its output is shown. */
export function runs(command, args, { cwd = root, env = process.env } = {}) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"], env });
  if (error) console.error(`clients: ${command}: ${error.message}`);
  return !error && status === 0;
}

/** What a command prints, and whether it succeeded. */
export function output(command, args, { cwd = root, env = process.env } = {}) {
  const options = { cwd, stdio: ["ignore", "pipe", "inherit"], env, encoding: "utf8", maxBuffer: 2 ** 28 };
  const { status, stdout } = spawnSync(command, args, options);
  return { ok: status === 0, text: stdout ?? "" };
}

export const shown = (path) => relative(root, path);
