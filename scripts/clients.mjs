// The clients in other languages with their real toolchains, against the built library and the shared vectors.
// Writes reports/clients.json. What cannot be had is a failure, never a skip.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { root } from "./installed.mjs";

const clients = join(root, "clients");
const vectors = join(clients, "vectors");
const report = join(root, "reports", "clients.json");
const scratch = mkdtempSync(join(tmpdir(), "masquerade-clients-"));
let passed = 0;
let failed = 0;

mkdirSync(join(root, "reports"), { recursive: true });
try {
  python(venv());
} finally {
  rmSync(scratch, { recursive: true });
  const counts = { numPassedTests: passed, numFailedTests: failed, numPendingTests: 0, numTodoTests: 0 };
  writeFileSync(report, JSON.stringify({ ...counts, testResults: [] }));
  console.log(`clients: ${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** Python: generated code and vectors as committed, TypeScript's files of the vectors, the client's own tests. */
function python(interpreter) {
  const folder = join(clients, "python");
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  const run = (what, command, args, more = {}) =>
    step(what, command, args, {
      ...env,
      PYTHONPATH: [join(folder, "src"), join(folder, "tests")].join(delimiter),
      ...more,
    });

  const generated = join(scratch, "generated");
  mkdirSync(generated);
  const proto = join(root, "packages", "adapter-protobuf", "proto");
  const files = ["masquerade/v1/dtype.proto", "masquerade/v1/file.proto"];
  run("protoc", interpreter, ["-m", "grpc_tools.protoc", "-I", proto, `--python_out=${generated}`, ...files]);
  same("the generated code", join(generated, "masquerade", "v1"), join(folder, "src", "masquerade", "v1"));

  const fresh = join(scratch, "vectors");
  run("writing the vectors", interpreter, [join(folder, "tests", "vectors.py"), fresh]);
  same("the vectors", fresh, vectors);

  const back = join(scratch, "back");
  run("reading and writing them in TypeScript", process.execPath, [join(clients, "roundtrip.mjs"), fresh, back]);

  // The package as people get it: installed, not its folder.
  const site = join(scratch, "site");
  const pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", site];
  run("installing the package", interpreter, [...pip, folder], { PYTHONPATH: "" });
  for (const left of ["build", join("src", "masquerade.egg-info")])
    rmSync(join(folder, left), { recursive: true, force: true });

  const counts = join(scratch, "python.json");
  const more = {
    PYTHONPATH: [site, join(folder, "tests")].join(delimiter),
    MASQUERADE_VECTORS: vectors,
    MASQUERADE_BACK: back,
  };
  const { status } = spawnSync(interpreter, [join(folder, "tests", "run.py"), counts], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...env, ...more },
  });
  if (!existsSync(counts)) tell("the tests of the Python client", false);
  else {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(counts, "utf8"));
    passed += numPassedTests;
    failed += numFailedTests + numPendingTests;
    if (status !== 0 && numFailedTests === 0) failed++;
  }
}

/** A virtual environment with the pinned requirements. Its stamp is written last, so that one half made is made again. */
function venv() {
  const folder = join(root, ".venvs", "clients");
  const interpreter = join(folder, "bin", "python");
  const requirements = join(clients, "python", "requirements.txt");
  const stamp = join(folder, ".requirements");
  const wanted = readFileSync(requirements, "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return interpreter;
  rmSync(folder, { recursive: true, force: true });
  const pip = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--only-binary",
    ":all:",
    "-r",
    requirements,
  ];
  if (runs("python3", ["-m", "venv", folder]) && runs(interpreter, pip)) writeFileSync(stamp, wanted);
  else tell("making the Python environment", false);
  return interpreter;
}

/** Runs a command that must succeed. Counts as a test. */
function step(what, command, args, env = process.env) {
  return tell(what, runs(command, args, env));
}

function runs(command, args, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env });
  return !error && status === 0;
}

/** Two folders with the same files, byte for byte (of `ours` only those that `made` should have). */
function same(what, made, ours) {
  const names = readdirSync(ours)
    .filter((name) => name !== "__init__.py" && name !== "__pycache__")
    .sort();
  const found = existsSync(made) ? readdirSync(made).sort() : [];
  const differs = names.filter(
    (name) => !found.includes(name) || !readFileSync(join(made, name)).equals(readFileSync(join(ours, name))),
  );
  const extra = found.filter((name) => !names.includes(name));
  if (differs.length + extra.length > 0)
    console.error(`clients: ${what}: ${[...differs, ...extra].slice(0, 10).join(", ")}`);
  return tell(`${what} as committed`, differs.length + extra.length === 0);
}

function tell(what, ok) {
  if (ok) passed++;
  else failed++;
  if (!ok) console.error(`clients: ${what}: FAILED`);
  return ok;
}
