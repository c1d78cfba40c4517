// Other versions of Node, from the packages in which the npm registry carries its binaries.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./installed.mjs";

/** The versions the corpus is read with besides the one that runs the tests. */
export const otherVersions = ["22", "24"];

/** The path of a Node binary of this major version, installed below `.venvs/` when it is not there yet. Throws when it cannot be had. */
export function nodeBinary(major) {
  const folder = join(root, ".venvs", `node${major}`);
  const system = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${system}-${process.arch}`;
  const binary = join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    const args = ["install", "--prefix", folder, "--no-audit", "--no-fund", "--silent", `${name}@${major}`];
    spawnSync("npm", args, { cwd: folder, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  }
  const { status, stdout } = spawnSync(binary, ["--version"], { encoding: "utf8" });
  if (status !== 0 || !stdout.startsWith(`v${major}.`)) throw new Error(`Node ${major} cannot be had as ${name}`);
  return binary;
}
