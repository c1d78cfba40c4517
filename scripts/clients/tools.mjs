// Toolchains: what Debian has is installed where it is missing, by root; what cannot be had is an error, never a skip.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const works = (command, args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

/**
 * Makes sure that a check holds by installing Debian packages. Throws an Error that says what to install.
 * @param {string} what
 * @param {() => boolean} check
 * @param {readonly string[]} packages
 */
export function need(what, check, packages) {
  if (check()) return;
  const help = `${what} is missing: install ${packages.join(", ")} (Debian), or the like`;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) throw new Error(help);
  console.error(`clients: installing ${packages.join(", ")} (apt-get)…`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...packages]])
    spawnSync("apt-get", ["-qq", ...args], { stdio: ["ignore", 2, 2], env });
  if (!check()) throw new Error(help);
}

export const needCommand = (command, packages, args = ["--version"]) =>
  need(command, () => works(command, args), packages);

/** A tool of at least a version, which Debian's packages may be too old for. */
export function needVersion(command, args, least, help) {
  const { stdout, status } = spawnSync(command, args, { encoding: "utf8" });
  const found = /(\d+)\.(\d+)/.exec(stdout ?? "");
  const [major, minor] = found === null ? [0, 0] : [Number(found[1]), Number(found[2])];
  if (status !== 0 || major < least[0] || (major === least[0] && minor < least[1]))
    throw new Error(`${command} ${least.join(".")} or newer is needed: ${help}`);
}
