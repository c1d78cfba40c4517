// Times that can be compared: every contestant once in each round, so that a busy moment hits all of them; medians of the rounds.
import { readFileSync, writeFileSync } from "node:fs";

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Seconds per call of each contestant: `{ name: () => Promise<seconds> }`. */
export async function interleaved(contestants, rounds, warm = true) {
  const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  if (warm) for (const run of Object.values(contestants)) await run();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      globalThis.gc?.();
      times[name].push(await run());
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}

/** Seconds per call of a JavaScript function, over `loops` calls. */
export async function timeJs(run, loops) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < loops; i++) {
    const result = run();
    if (result instanceof Promise) await result;
  }
  return Number(process.hrtime.bigint() - start) / 1e9 / loops;
}

function resident(field) {
  const line = new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(readFileSync("/proc/self/status", "utf8"));
  return line === null ? 0 : Number(line[1]) * 1024;
}

/** Bytes resident at most while `run` runs, beyond what was resident before. Linux only; undefined elsewhere. */
export async function peakJs(run) {
  // What earlier rounds left is given back a little later, by another thread.
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    return undefined;
  }
  const before = resident("VmRSS");
  const kept = await run();
  const after = resident("VmHWM");
  if (kept === null) throw new Error("nothing was made");
  return after - before;
}
