// A Python with the real mmappickle. It is installed, once, into a folder of its own beside the virtual environment; nothing of it is here.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const PEER = join(import.meta.dirname, "mmap_peer.py");

/** The Python of NumPy 1.x, with which mmappickle runs, and the folder its package is in. */
export async function mmappickle(): Promise<{ readonly python: string; readonly env: NodeJS.ProcessEnv }> {
  const python = process.env["MASQUERADE_PY1"];
  if (python === undefined) throw new Error("MASQUERADE_PY1 names no Python: use npm run test:interop");
  const folder = join(dirname(dirname(dirname(python))), "mmappickle");
  if (!existsSync(folder)) {
    const half = `${folder}.${process.pid}`;
    await run(python, ["-m", "pip", "install", "--quiet", "--no-deps", "--target", half, "mmappickle==1.0.0"]);
    await rename(half, folder).catch(() => rm(half, { recursive: true }));
  }
  return { python, env: { ...process.env, PYTHONPATH: folder, PYTHONWARNINGS: "ignore" } };
}

/** What one task of mmap_peer.py answers. */
export async function peer(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { python, env } = await mmappickle();
  const { stdout } = await run(python, [PEER, ...args], { env, maxBuffer: 2 ** 28 });
  return JSON.parse(stdout) as Record<string, unknown>;
}
