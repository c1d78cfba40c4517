// The Go client: generated code as committed, vet, gofmt, tests.
import { join } from "node:path";
import { interpreter } from "./python.mjs";
import { clients, output, runs } from "./report.mjs";
import { snippets } from "./snippets.mjs";
import { needVersion } from "./tools.mjs";

const folder = join(clients, "go");

export const go = {
  name: "Go",

  prepare() {
    needVersion("go", ["version"], [1, 24], "see go.dev/doc/install");
  },

  generated(report, scratch) {
    const made = join(scratch, "go-generated");
    const env = { ...process.env, PROTOC: `${interpreter} -m grpc_tools.protoc` };
    report.step(
      "Go: generating the code",
      "bash",
      ["-c", 'mkdir "$1" && "$0" "$1"', join(folder, "generate.sh"), made],
      { env },
    );
    report.same("Go: the generated code as committed", join(made, "masqueradev1"), join(folder, "masqueradev1"));
  },

  test(report) {
    snippets(report, join(folder, "README.md"), "go", folder, "_test.go");
    report.tell("Go: gofmt", output("gofmt", ["-l", folder]).text === "");
    report.step("Go: vet", "go", ["vet", "./..."], { cwd: folder });
    const { ok, text } = output("go", ["test", "-json", "./..."], { cwd: folder });
    const count = { passed: 0, failed: 0 };
    for (const line of text.split("\n").filter((one) => one.startsWith("{"))) {
      const { Action, Test, Output } = JSON.parse(line);
      if (Action === "output" && Output?.includes("--- FAIL")) console.error(Output.trimEnd());
      if (Test === undefined) continue;
      if (Action === "pass") count.passed++;
      if (Action === "fail" || Action === "skip") count.failed++;
    }
    return report.tests("Go", count, ok);
  },

  roundtrip: (from, to, index) => runs("go", ["run", "./internal/roundtrip", from, to, index], { cwd: folder }),
};
