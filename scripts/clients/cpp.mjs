// The C++ client: CMake with Debian's libprotobuf and GoogleTest.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { clients, runs } from "./report.mjs";
import { snippets } from "./snippets.mjs";
import { need, needCommand } from "./tools.mjs";

const folder = join(clients, "cpp");
const build = join(folder, "build");
const quiet = ["--log-level=WARNING"];

export const cpp = {
  name: "C++",

  prepare() {
    needCommand("cmake", ["cmake"]);
    needCommand("c++", ["g++", "make"]);
    needCommand("make", ["make"]);
    needCommand("protoc", ["protobuf-compiler"]);
    const header = (path) => () =>
      existsSync(join("/usr/include", path)) || existsSync(join("/usr/local/include", path));
    need("libprotobuf", header("google/protobuf/message.h"), ["libprotobuf-dev"]);
    need("zlib", header("zlib.h"), ["zlib1g-dev"]);
    need("GoogleTest", header("gtest/gtest.h"), ["libgtest-dev"]);
    if (!runs("cmake", [...quiet, "-S", folder, "-B", build, "-DCMAKE_BUILD_TYPE=Release", "-DMASQUERADE_TESTS=ON"]))
      throw new Error("cmake failed");
    if (!runs("cmake", ["--build", build, "--parallel", "2", "--", "--no-print-directory", "-s"]))
      throw new Error("the build failed");
  },

  test(report, scratch) {
    snippets(report, join(folder, "README.md"), "cpp", join(folder, "tests"), ".cpp");
    const counts = join(scratch, "cpp.json");
    const ok = runs(join(build, "masquerade_tests"), ["--gtest_brief=1", `--gtest_output=json:${counts}`]);
    const {
      tests = 0,
      failures = 0,
      errors = 0,
      disabled = 0,
    } = existsSync(counts) ? JSON.parse(readFileSync(counts, "utf8")) : {};
    const failed = failures + errors + disabled;
    return report.tests("C++", { passed: tests - failed, failed }, ok);
  },

  roundtrip: (from, to, index) => runs(join(build, "masquerade_roundtrip"), [from, to, index]),
};
