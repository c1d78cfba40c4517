// Times that can be compared: every contestant once in each round, so that a busy moment hits all of them; medians of the rounds.
import { readFileSync, writeFileSync } from "node:fs";

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** A turn lasts at least this long, by calls repeated. */
const TURN_SECONDS = 0.005;
/** Rounds are as many as fit into this, between the bounds. */
const ROW_SECONDS = 2;
const ROUNDS = { least: 3, most: 25 };
/** Calls before anything counts, where they are short: both engines have compiled by then what they mean to. */
const WARM_SECONDS = 0.15;

/** Seconds per call of each contestant: `{ name: (loops) => Promise<seconds per call> }`. */
export async function interleaved(contestants) {
  const entries = [];
  for (const [name, run] of Object.entries(contestants)) {
    let once = await run(1);
    for (let spent = once; spent < WARM_SECONDS; ) {
      const loops = loopsFor(once, WARM_SECONDS / 4);
      once = await run(loops);
      spent += Math.max(once * loops, 1e-3);
    }
    entries.push({ name, run, once, loops: loopsFor(once, TURN_SECONDS), times: [] });
  }
  const round = entries.reduce((sum, { once, loops }) => sum + once * loops, 0);
  const rounds = Math.min(ROUNDS.most, Math.max(ROUNDS.least, Math.round(ROW_SECONDS / round)));
  const cold = new Set();
  for (let i = 0; i < rounds; i++) {
    for (const { name, run, once, loops, times } of entries) {
      // Large results of the one before are not this one's to collect. A collection by force also throws compiled code away: whoever makes
      // short calls has a turn to get it back, before the one that counts.
      if (once > TURN_SECONDS) {
        globalThis.gc?.();
        for (const entry of entries) cold.add(entry.name);
      } else if (cold.delete(name)) await run(loops);
      times.push(await run(loops));
    }
  }
  return Object.fromEntries(entries.map(({ name, times }) => [name, median(times)]));
}

function loopsFor(once, seconds) {
  return Math.min(10_000, Math.max(1, Math.ceil(seconds / Math.max(once, 1e-6))));
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
