// The whole table: `npm run bench`, or `npm run bench -- npy --sizes 1k,1M`. One file per topic in topics/; each exports
// `title` and `rows(context)`, which returns rows of
//   { work, bytes, ours: () => …, peers: { name: () => … }, python?: "code", target?: { peer: ratio } }
// for one size: `ours` and `peers` are JavaScript, `python` is one statement for the running interpreter.
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { interleaved, peakJs, timeJs } from "./measure.mjs";
import { startPython } from "./python.mjs";

const sizes = { "1k": 1e3, "1M": 1e6, "16M": 16e6 };
const effort = { "1k": { loops: 300, rounds: 15 }, "1M": { loops: 1, rounds: 15 }, "16M": { loops: 1, rounds: 5 } };

const args = process.argv.slice(2);
const asked = args.includes("--sizes") ? args[args.indexOf("--sizes") + 1].split(",") : Object.keys(sizes);
const wanted = args.filter((arg, i) => !arg.startsWith("--") && args[i - 1] !== "--sizes");

const topics = readdirSync(new URL("topics/", import.meta.url))
  .filter((file) => file.endsWith(".mjs"))
  .map((file) => file.slice(0, -4))
  .filter((name) => wanted.length === 0 || wanted.includes(name));

const python = startPython();
await python.run("import sys, numpy as np");
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${python.path}`);
console.log("peer time / ours, medians of interleaved rounds: above 1 we are faster, under 1.3 either way is a tie.");
console.log("memory: the most taken beyond the input, over the array's own bytes.\n");

for (const name of topics) {
  const topic = await import(`./topics/${name}.mjs`);
  print(topic.title);
  print(line("work", "size", "ours", "peer / ours", "memory"));
  for (const size of asked) {
    if (sizes[size] === undefined) throw new Error(`sizes are ${Object.keys(sizes).join(", ")}`);
    const context = { size, count: sizes[size], python };
    for (const row of await topic.rows(context)) print(await measured(row, size));
    await topic.done?.(context);
  }
  print("");
}
python.stop();

async function measured(row, size) {
  const { rounds, loops } = effort[size];
  const js = { ours: row.ours, ...row.peers };
  const contestants = Object.fromEntries(
    Object.entries(js).map(([name, run]) => [name, () => timeJs(run, row.slow ? 1 : loops)]),
  );
  if (row.python) contestants.NumPy = () => python.time(row.python, row.slow ? 1 : loops);
  const times = await interleaved(contestants, row.slow ? 1 : rounds, row.slow !== true);
  const memory = {};
  // Smaller arrays fit into what the allocator keeps from earlier rounds, and would seem to cost nothing.
  if (size === "16M") {
    for (const [name, run] of Object.entries(js)) memory[name] = await peakJs(run);
    if (row.python) memory.NumPy = await python.peak(row.python);
  }
  const peers = Object.keys(contestants).filter((name) => name !== "ours");
  const ratios = peers.map((name) => {
    const target = row.target?.[name];
    return `${name} ${(times[name] / times.ours).toFixed(2)}${target === undefined ? "" : ` (target ${target})`}`;
  });
  const taken = Object.entries(memory)
    .filter(([, bytes]) => bytes !== undefined)
    .map(([name, bytes]) => `${name} ${(bytes / row.bytes).toFixed(1)}`);
  return line(row.work, size, `${(times.ours * 1e3).toPrecision(3)} ms`, ratios.join(", "), taken.join(", "));
}

function line(work, size, ours, ratios, memory) {
  return [work.padEnd(20), size.padEnd(4), ours.padEnd(10), ratios.padEnd(64), memory].join("  ").trimEnd();
}

/** Each row as soon as it is known: the large ones take minutes. */
function print(text) {
  console.log(text);
}
