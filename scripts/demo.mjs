// npm run demo: a masked field that NumPy pickled goes through the model into NPZ and back, and is compared bit for bit.
// `node scripts/demo.mjs FOLDER` also leaves the files it wrote there.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { colourDepth, drawField, fieldOf } from "@masquerade/cli/picture";
import { difference, identical, load, save } from "masquerade";
import { root } from "./installed.mjs";

const original = join(root, "corpus", "demo", "sst.pkl");
const keep = process.argv[2];
const folder = keep ?? (await mkdtemp(join(tmpdir(), "masquerade-demo-")));
try {
  process.exitCode = (await demo(join(folder, "sst.npz"), join(folder, "sst.pkl"))) ? 0 : 1;
} finally {
  if (keep === undefined) await rm(folder, { recursive: true, force: true });
}

async function demo(npz, pkl) {
  const sst = await load(original, { as: "masked", dtype: "float32" });
  const toNpz = await save(npz, sst, { exact: true, force: keep !== undefined });
  const back = await load(npz, { as: "masked", dtype: "float32" });
  const toPickle = await save(pkl, back, { protocol: 2, numpy: 2, exact: true, force: keep !== undefined });
  const [before, after] = [await readFile(original), await readFile(pkl)];

  const hidden = sst.mask.toC().reduce((n, one) => n + one, 0);
  const checks = [
    ["dtype, shape, order, data, mask, fill value", difference(sst, back)],
    [
      "the values beneath the mask, every bit",
      identical(sst.data, back.data) ? undefined : difference(sst.data, back.data),
    ],
    [
      "the pickle NumPy wrote, byte for byte",
      before.equals(after) ? undefined : `differs at byte ${firstDifference(before, after)}`,
    ],
  ];

  const rows = [
    ["file", "format", "bytes", ""],
    [relative(root, original), "pickle", before.length, "written by NumPy's MaskedArray.dumps()"],
    ["sst.npz", toNpz.format, toNpz.bytes, "written here, read back, compared"],
    ["sst.pkl", toPickle.format, toPickle.bytes, "pickled again from what came back"],
  ];
  console.log(
    `Sea-surface temperature: ${sst.dtype.kind} (${sst.shape.join(", ")}), ${hidden} of ${sst.size} cells are land and`,
  );
  console.log(`masked, fill value ${sst.fillValue.at()}. Through the model to NPZ and back:\n`);
  console.log(table(rows));
  for (const [what, differs] of checks)
    console.log(
      `${differs === undefined ? "same  " : "DIFFER"}  ${what}${differs === undefined ? "" : `: ${differs}`}`,
    );

  const depth = colourDepth(process.env, process.stdout.isTTY === true);
  console.log("\nThe first month of what came back:\n");
  console.log(
    drawField(fieldOf(back.slice("0"), process.stdout.columns ?? 80), { depth, unit: "°C", maskedName: "land" }),
  );
  return checks.every(([, differs]) => differs === undefined);
}

function table(rows) {
  const widths = [0, 1, 2].map((i) => Math.max(...rows.map((row) => String(row[i]).length)));
  const line = ([file, format, bytes, note]) =>
    `${file.padEnd(widths[0])}  ${format.padEnd(widths[1])}  ${String(bytes).padStart(widths[2])}  ${note}`.trimEnd();
  return `${rows.map(line).join("\n")}\n`;
}

function firstDifference(a, b) {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}
