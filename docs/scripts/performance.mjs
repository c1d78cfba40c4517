// The table of performance, from figures/bench.json: a report of `npm run bench`, kept as it was printed by the machine it names.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const figures = join(dirname(dirname(fileURLToPath(import.meta.url))), "figures", "bench.json");

/** One table per topic: a row per piece of work, a column per size. */
export function performanceTables() {
  const { node, machine, numpy, rows, sizes } = JSON.parse(readFileSync(figures, "utf8"));
  const topics = [...new Set(rows.map(({ topic }) => topic))];
  const parts = topics.map(
    (topic) =>
      `### ${topic}\n\n${table(
        rows.filter((row) => row.topic === topic),
        sizes,
      )}`,
  );
  return `Measured with Node ${node} and NumPy ${numpy} on ${machine}. The machine is a shared one, which is hardest on the small sizes. Sizes are elements, float64 and masked unless the row says otherwise.\n\n${parts.join("\n")}`;
}

function table(rows, sizes) {
  const peers = [...new Set(rows.flatMap(({ work, peers }) => Object.keys(peers).map((peer) => `${work}\n${peer}`)))];
  const cell = (work, peer, size) => {
    const found = rows.find((row) => row.work === work && row.size === size)?.peers[peer];
    return found === undefined ? "–" : ratio(found.ratio);
  };
  const body = peers.map((pair) => {
    const [work, peer] = pair.split("\n");
    return [work, peer, ...sizes.map((size) => cell(work, peer, size))];
  });
  const head = ["work", "their time / ours, of", ...sizes];
  const line = (cells) => `| ${cells.map((one) => String(one).replaceAll("|", "\\|")).join(" | ")} |\n`;
  return [head, head.map((_, i) => (i < 2 ? "---" : "---:")), ...body].map(line).join("");
}

/** Two digits are all that a shared machine is good for. */
function ratio(value) {
  if (value >= 100) return `${Math.round(value / 10) * 10}`;
  if (value >= 10) return value.toFixed(0);
  return value >= 0.1 ? value.toFixed(1) : value.toPrecision(1);
}
