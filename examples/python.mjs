// @ts-check
// A Python with NumPy, protobuf and psycopg for the examples that need one: a virtual environment in examples/.venv, made on first use from Python 3.11
// or newer. The tests bring their own.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Runs a Python program with the masquerade client on its path; gives what it printed. Throws when it fails. */
export async function python(/** @type {string[]} */ ...args) {
  const { interpreter, path } = environment();
  const PYTHONPATH = [path, join(root, "clients/python/src")].filter((one) => one !== "").join(":");
  const child = spawn(interpreter, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, PYTHONPATH },
  });
  const ended = new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  const [printed, code] = await Promise.all([text(child.stdout), ended]);
  if (code !== 0) throw new Error(`Python ended with ${code}`);
  return printed;
}

function environment() {
  const { MASQUERADE_PY2, MASQUERADE_PY_EXTRAS } = process.env;
  if (MASQUERADE_PY2 !== undefined && MASQUERADE_PY_EXTRAS !== undefined)
    return { interpreter: MASQUERADE_PY2, path: MASQUERADE_PY_EXTRAS };
  const venv = join(root, "examples", ".venv");
  const interpreter = join(venv, "bin", "python");
  const wanted = `numpy==2.4.6\n${readFileSync(join(root, "corpus/make/requirements-extras.txt"), "utf8")}`;
  const stamp = join(venv, "requirements.txt");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return { interpreter, path: "" };
  console.error("examples: making a Python environment (python3 -m venv, pip install)…");
  rmSync(venv, { recursive: true, force: true });
  must("python3", ["-m", "venv", venv]);
  const requirements = join(venv, "wanted.txt");
  writeFileSync(requirements, wanted);
  must(interpreter, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  writeFileSync(stamp, wanted); // last: one half made is made again
  return { interpreter, path: "" };
}

function must(/** @type {string} */ command, /** @type {string[]} */ args) {
  const { status } = spawnSync(command, args, { stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`${command} ${args[0]} ${args[1]} failed`);
}
