// The Java client: built and tested by Maven, its protoc from Maven Central.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { clients, runs } from "./report.mjs";
import { snippets } from "./snippets.mjs";
import { needCommand, needVersion } from "./tools.mjs";

const folder = join(clients, "java");
const maven = (...args) => runs("mvn", ["-q", "-B", ...args], { cwd: folder });

export const java = {
  name: "Java",

  prepare() {
    needCommand("javac", ["default-jdk-headless"]);
    needVersion("javac", ["--version"], [11, 0], "install a newer JDK");
    needCommand("mvn", ["maven"]);
    if (!maven("test-compile")) throw new Error("mvn test-compile failed");
  },

  test(report) {
    snippets(report, join(folder, "README.md"), "java", join(folder, "src", "test"), ".java");
    const reports = join(folder, "target", "surefire-reports");
    rmSync(reports, { recursive: true, force: true });
    const ok = maven("surefire:test");
    const count = { passed: 0, failed: 0 };
    for (const name of readdirSync(reports).filter((one) => one.endsWith(".xml"))) {
      const [suite] = /<testsuite [^>]*>/.exec(readFileSync(join(reports, name), "utf8")) ?? [""];
      const number = (attribute) => Number(new RegExp(` ${attribute}="(\\d+)"`).exec(suite)?.[1] ?? 0);
      const bad = number("errors") + number("failures") + number("skipped");
      count.passed += number("tests") - bad;
      count.failed += bad;
    }
    return report.tests("Java", count, ok);
  },

  roundtrip: (from, to, index) =>
    maven(
      "surefire:test",
      "-Dtest=Roundtrip",
      `-Dmasquerade.from=${from}`,
      `-Dmasquerade.to=${to}`,
      `-Dmasquerade.index=${index}`,
    ),
};
