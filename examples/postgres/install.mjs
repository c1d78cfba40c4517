// @ts-check
// The database is a dependency of this example alone, so it is installed here and not with the rest.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { installed } from "../../scripts/installed.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
if (!installed(here)) {
  console.error("examples: installing PGlite (npm install)…");
  const shell = process.platform === "win32";
  const args = ["install", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", args, { cwd: here, stdio: ["ignore", 2, 2], shell });
  if (status !== 0) process.exit(1);
}
