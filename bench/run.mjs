// The tables: `npm run bench`, or `npm run bench -- npy --sizes 16M`. One file per topic in topics/; each exports
// `title` and `rows(context)`, which returns rows of
//   { work, bytes, ours: () => …, peers: { name: () => … }, python?: "code", target?: { peer: ratio } }
// for one size: `ours` and `peers` are JavaScript, `python` is one statement for the running interpreter.
// What is printed is also written to reports/bench.json.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { interleaved, peakJs, timeJs } from "./measure.mjs";
import { startPython } from "./python.mjs";

const sizes = { "1k": 1e3, "1M": 1e6, "16M": 16e6 };

const args = process.argv.slice(2);
if (args.includes("--figures")) {
  const { measureFigures } = await import("./figures.mjs");
  await measureFigures(args.filter((arg) => !arg.startsWith("--")));
  process.exit(0);
}
const asked = args.includes("--sizes") ? args[args.indexOf("--sizes") + 1].split(",") : ["1k", "1M"];
const wanted = args.filter((arg, i) => !arg.startsWith("--") && args[i - 1] !== "--sizes");
for (const size of asked) if (!(size in sizes)) throw new Error(`sizes are ${Object.keys(sizes).join(", ")}`);

const known = readdirSync(new URL("topics/", import.meta.url))
  .filter((file) => file.endsWith(".mjs"))
  .map((file) => file.slice(0, -4));
for (const name of wanted) if (!known.includes(name)) throw new Error(`topics are ${known.join(", ")}`);
const topics = known.filter((name) => wanted.length === 0 || wanted.includes(name));

const started = performance.now();
const python = startPython();
await python.run("import sys, numpy as np");
const numpy = await python.value("np.__version__");
const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}`;
console.log(
  `Node ${process.version}, ${machine}, Python ${await python.value("sys.version.split()[0]")}, NumPy ${numpy}`,
);
console.log("peer time / ours, medians of interleaved rounds: above 1 we are faster, under 1.3 either way is a tie.");
console.log(
  '"missed": under the target. memory: the most taken beyond the input, over the array\'s own bytes (16M only).\n',
);

const report = { node: process.version, machine, numpy, sizes: asked, rows: [] };
for (const name of topics) {
  const topic = await import(`./topics/${name}.mjs`);
  console.log(topic.title);
  console.log(line("work", "size", "ours", "peer / ours", "memory"));
  for (const size of asked) {
    const context = { size, count: sizes[size], python };
    for (const row of await topic.rows(context)) {
      const measured = await measure(row, size);
      report.rows.push({ topic: name, work: row.work, size, ...measured });
      console.log(written(row.work, size, measured)); // as soon as it is known: the large ones take minutes
    }
    await topic.done?.(context);
  }
  console.log("");
}
python.stop();

const reports = fileURLToPath(new URL("../reports/", import.meta.url));
mkdirSync(reports, { recursive: true });
writeFileSync(`${reports}bench.json`, `${JSON.stringify({ ...report, seconds: elapsed() }, null, 2)}\n`);
console.log(`${report.rows.length} rows in ${elapsed()} s; also in reports/bench.json`);

function elapsed() {
  return Math.round((performance.now() - started) / 1e3);
}

/** `{ seconds, peers: { name: { seconds, ratio, target } }, memory: { name: bytes over the array's own } }` */
async function measure(row, size) {
  const js = { ours: row.ours, ...row.peers };
  const contestants = Object.fromEntries(
    Object.entries(js).map(([name, run]) => [name, (loops) => timeJs(run, loops)]),
  );
  if (row.python) contestants.NumPy = (loops) => python.time(row.python, loops);
  const { ours: seconds, ...others } = await interleaved(contestants);
  const peers = {};
  for (const [name, time] of Object.entries(others))
    peers[name] = { seconds: time, ratio: time / seconds, target: row.target?.[name] };
  const memory = {};
  // Smaller arrays fit into what the allocator keeps from earlier rounds, and would seem to cost nothing.
  if (size === "16M") {
    for (const [name, run] of Object.entries(js)) memory[name] = await peakJs(run);
    if (row.python) memory.NumPy = await python.peak(row.python);
  }
  for (const [name, bytes] of Object.entries(memory))
    memory[name] = bytes === undefined ? undefined : bytes / row.bytes;
  return { seconds, peers, memory };
}

function written(work, size, { seconds, peers, memory }) {
  const ratios = Object.entries(peers).map(([name, { ratio, target }]) => {
    const goal = target === undefined ? "" : ` (target ${target}${ratio < target ? ", missed" : ""})`;
    return `${name} ${ratio.toFixed(2)}${goal}`;
  });
  const taken = Object.entries(memory)
    .filter(([, times]) => times !== undefined)
    .map(([name, times]) => `${name} ${times.toFixed(1)}`);
  return line(work, size, `${(seconds * 1e3).toPrecision(3)} ms`, ratios.join(", "), taken.join(", "));
}

function line(work, size, ours, ratios, memory) {
  return [work.padEnd(26), size.padEnd(4), ours.padEnd(10), ratios.padEnd(64), memory].join("  ").trimEnd();
}
