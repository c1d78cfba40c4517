// The Rust client: cargo alone, with its lock file.
import { join } from "node:path";
import { clients, output, runs } from "./report.mjs";
import { snippets } from "./snippets.mjs";
import { needVersion } from "./tools.mjs";

const folder = join(clients, "rust");
const cargo = (...args) => runs("cargo", args, { cwd: folder });

export const rust = {
  name: "Rust",

  prepare() {
    needVersion("cargo", ["--version"], [1, 85], "see rustup.rs");
    if (!cargo("build", "--quiet", "--all-targets")) throw new Error("cargo build failed");
  },

  test(report) {
    snippets(report, join(folder, "README.md"), "rust", join(folder, "tests"), ".rs");
    report.tell("Rust: formatting", output("cargo", ["fmt", "--check"], { cwd: folder }).ok);
    const { ok, text } = output("cargo", ["test", "--quiet"], { cwd: folder });
    const count = { passed: 0, failed: 0 };
    for (const [, passed, failed] of text.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed/gm)) {
      count.passed += Number(passed);
      count.failed += Number(failed);
    }
    if (!ok) console.error(text);
    return report.tests("Rust", count, ok);
  },

  roundtrip: (from, to, index) => cargo("run", "--quiet", "--example", "roundtrip", from, to, index),
};
