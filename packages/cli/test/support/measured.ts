// Commands in processes of their own, whose processor time and peak memory are told.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { bin, root, start } from "./masq.ts";

export interface Measured {
  readonly out: string;
  readonly err: string;
  /** Bytes of memory at most. */
  readonly peak: number;
  /** Seconds of processor time. */
  readonly cpu: number;
}

/** Runs `masq` with these arguments, or another script of Node, and expects an exit code. */
export function measured(
  folder: string,
  script: string = bin,
): (wanted: number, ...argv: string[]) => Promise<Measured> {
  return async (wanted, ...argv) => {
    const usage = join(folder, "usage.json");
    const watch = join(root, "packages/cli/test/support/usage.mjs");
    const { code, out, err } = await start(process.execPath, ["--import", watch, script, ...argv], {
      env: { USAGE: usage },
    });
    expect(code, err).toBe(wanted);
    const used = JSON.parse(readFileSync(usage, "utf8")) as Pick<Measured, "peak" | "cpu">;
    console.log(
      `${argv.slice(0, 2).join(" ")}: ${used.cpu.toFixed(2)} s of processor, ${Math.round(used.peak / 1e6)} MB at most`,
    );
    return { out, err, ...used };
  };
}
