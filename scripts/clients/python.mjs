// The Python client: generated code and vectors as committed; installed as people install it; its own tests.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "../installed.mjs";
import { clients, proto, runs, vectors } from "./report.mjs";
import { need } from "./tools.mjs";

const folder = join(clients, "python");
const environment = join(root, ".venvs", "clients");
export const interpreter = join(environment, "bin", "python");
const from = (...paths) => ({ ...process.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONPATH: paths.join(delimiter) });
const source = from(join(folder, "src"), join(folder, "tests"));

export const python = {
  name: "Python",

  /** A virtual environment with the pinned requirements. Its stamp is written last, so that one half made is made again. */
  prepare() {
    need("python3 with venv", () => runs("python3", ["-c", "import venv, ensurepip"]), ["python3", "python3-venv"]);
    const requirements = join(folder, "requirements.txt");
    const stamp = join(environment, ".requirements");
    const wanted = readFileSync(requirements, "utf8");
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
    rmSync(environment, { recursive: true, force: true });
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];
    if (!runs("python3", ["-m", "venv", environment]) || !runs(interpreter, [...pip, "-r", requirements]))
      throw new Error("the Python environment could not be made");
    writeFileSync(stamp, wanted);
  },

  /** The committed files are what the schema and the scripts give today. */
  generated(report, scratch) {
    const made = join(scratch, "python-generated");
    mkdirSync(made);
    const files = ["dtype", "file", "blocks"].map((name) => `masquerade/v1/${name}.proto`);
    report.step("Python: protoc", interpreter, [
      "-m",
      "grpc_tools.protoc",
      "-I",
      proto,
      `--python_out=${made}`,
      ...files,
    ]);
    const committed = join(folder, "src", "masquerade", "v1");
    report.same("Python: the generated code as committed", join(made, "masquerade", "v1"), committed, (name) =>
      name.endsWith("_pb2.py"),
    );
    const fresh = join(scratch, "vectors");
    for (const script of ["vectors.py", "malformed.py"])
      report.step(`Python: ${script}`, interpreter, [join(folder, "tests", script), fresh], { env: source });
    report.same("the vectors as committed", fresh, vectors);
  },

  /** Writes the vectors: where the exchange begins. */
  roundtrip(_from, to) {
    return runs(interpreter, [join(folder, "tests", "vectors.py"), to], { env: source });
  },

  /** The package as people get it: installed, not its folder. `back`: the vectors after they went through all the others. */
  test(report, scratch, back) {
    const site = join(scratch, "site");
    const pip = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--no-deps",
      "--no-build-isolation",
      "--no-index",
      "--target",
      site,
    ];
    report.step("Python: installing the package", interpreter, [...pip, folder]);
    for (const left of ["build", join("src", "masquerade.egg-info")])
      rmSync(join(folder, left), { recursive: true, force: true });
    const exchanged = {};
    for (const name of ["blocks", "formats"]) {
      const [from, to] = [join(scratch, `${name}-from`), join(scratch, name)];
      mkdirSync(to);
      report.step(`Python: write_${name}.py`, interpreter, [join(folder, "tests", `write_${name}.py`), from], {
        env: source,
      });
      report.step(`TypeScript: ${name}.mjs`, process.execPath, [join(clients, `${name}.mjs`), from, to]);
      Object.assign(exchanged, {
        [`MASQUERADE_${name.toUpperCase()}`]: to,
        [`MASQUERADE_${name.toUpperCase()}_FROM`]: from,
      });
    }
    const counts = join(scratch, "python.json");
    const env = {
      ...from(site, join(folder, "tests")),
      MASQUERADE_VECTORS: vectors,
      MASQUERADE_BACK: back,
      ...exchanged,
    };
    const ok = runs(interpreter, [join(folder, "tests", "run.py"), counts], { env });
    const found = existsSync(counts)
      ? JSON.parse(readFileSync(counts, "utf8"))
      : { numPassedTests: 0, numFailedTests: 0 };
    const failed = found.numFailedTests + (found.numPendingTests ?? 0);
    return report.tests("Python", { passed: found.numPassedTests, failed }, ok);
  },
};
