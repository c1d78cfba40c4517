// The figures that `choose` tells: `npm run bench -- --figures` measures every official format and writes packages/masquerade/src/figures.ts.
// Size of a file over size of the data, and millions of bytes of data written and read a second, in memory; reading includes the sum of
// everything, so that views do not look free. With the format's own compression too, where it has any. Best of several runs.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { dtypes, eachArray, MaskedArray, NdArray, sum } from "@masquerade/core";
import { figures, registry } from "masquerade";
import { timeJs } from "./measure.mjs";

const COUNT = 1_000_000;
/** Kinds that stand for all: floats of both widths, integers of several bytes and of one. */
const arrays = { float64: Float64Array, float32: Float32Array, int32: Int32Array, uint8: Uint8Array };
const RUNS = 5;
/** Seconds after which no further run is made. */
const PATIENCE = 1.5;

const bool = (storage) => new NdArray({ dtype: dtypes.simple("bool"), shape: [1000, 1000], storage });

/** Temperatures in hundredths of a degree with noise (integers: whole ones), a third of them masked in runs, as land is. */
function field(kind) {
  const data = new arrays[kind](COUNT);
  const mask = new Uint8Array(COUNT);
  let seed = 1;
  for (let i = 0; i < COUNT; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const value = Math.round(1500 + 1000 * Math.sin(i / 5000) + seed / 2 ** 26);
    data[i] = kind.startsWith("float") ? value / 100 : kind === "uint8" ? value / 10 : value;
    mask[i] = i % 3000 < 1000 ? 1 : 0;
  }
  const plain = new NdArray({ dtype: dtypes.simple(kind), shape: [1000, 1000], storage: data });
  return { plain, masked: new MaskedArray({ data: plain, mask: bool(mask) }) };
}

/** The writer's option that compresses, and what to set it to; undefined where there is none. */
function compression(format) {
  for (const [name, spec] of Object.entries(format.options.write)) {
    if (!/^(compress(ion)?|gzip|codec)$/.test(name)) continue;
    if (spec.type === "integer") return { [name]: 6 };
    if (spec.type === "boolean") return { [name]: true };
    const choice =
      spec.choices?.find((one) => /^(gzip|zlib|deflate)/.test(one)) ?? spec.choices?.find((one) => one !== "none");
    if (choice !== undefined) return { [name]: choice };
  }
  return undefined;
}

async function best(run) {
  let least = Number.POSITIVE_INFINITY;
  const started = performance.now();
  for (let i = 0; i < RUNS && (i === 0 || performance.now() - started < PATIENCE * 1e3); i++) {
    globalThis.gc?.();
    least = Math.min(least, await timeJs(run, 1));
  }
  return least;
}

async function row(format, kind, { plain, masked }, options) {
  const value = format.capabilities.mask ? masked : plain;
  const id = format.id;
  const described = format.capabilities.selfDescribing
    ? {}
    : { descr: plain.dtype.kind === "uint8" ? "|u1" : undefined };
  if (!format.capabilities.selfDescribing) described.descr ??= { float64: "<f8", float32: "<f4", int32: "<i4" }[kind];
  const encode = async () => await registry.encode(id, value, { lossy: true, ...options });
  const { bytes } = await encode();
  const written = await best(encode);
  const read = await best(async () => {
    const back = await registry.load(bytes, { format: id, ...described });
    for (const [, one] of eachArray(back)) sum(one);
  });
  const data = COUNT * plain.dtype.itemsize;
  const rate = (seconds) => Number((data / seconds / 1e6).toPrecision(2));
  return [kind, options !== undefined, Number((bytes.length / data).toPrecision(3)), rate(written), rate(read)];
}

/** Of the formats named (none: of all); what is known of the others stays. */
export async function measureFigures(only) {
  const measures = ({ id }) => only.length === 0 || only.includes(id);
  const rows = Object.fromEntries(
    Object.entries(figures.formats).filter(
      ([id]) => !measures({ id }) && registry.formats.some((one) => one.id === id),
    ),
  );
  for (const kind of Object.keys(arrays)) {
    const values = field(kind);
    for (const format of registry.formats) {
      if (!measures(format) || !format.capabilities.kinds.includes(kind)) continue;
      rows[format.id] ??= [];
      const compressed = compression(format);
      for (const options of compressed === undefined ? [undefined] : [undefined, compressed]) {
        const one = await row(format, kind, values, options);
        rows[format.id].push(one);
        console.log(format.id.padEnd(12), ...one);
      }
    }
  }
  const target = fileURLToPath(new URL("../packages/masquerade/src/figures.ts", import.meta.url));
  const measured = { node: process.versions.node, processor: cpus()[0]?.model.trim() ?? "", elements: COUNT };
  const text = `// Written by \`npm run bench -- --figures\`; see bench/figures.mjs for what was measured.
import type { Figures } from "./expected.ts";

/** What was measured of every official format. */
export const figures: Figures = ${JSON.stringify({ measured, formats: rows })};
`;
  writeFileSync(target, text);
  spawnSync("npx", ["biome", "check", "--write", target], { stdio: "inherit" });
}
