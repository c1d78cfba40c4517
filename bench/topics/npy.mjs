// NPY and NPZ: a plain float64 array as .npy, a masked one as .npz.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npy, npz } from "@masquerade/adapter-npy";
import { dtypes, MaskedArray, NdArray, zeros } from "@masquerade/core";
import { fromFile } from "@masquerade/core/node";
import { unzipSync, zipSync } from "fflate";
import npyjs from "npyjs";
import { fromArrayBuffer } from "numpy-parser";
import { writeParts } from "../files.mjs";

export const title = "NPY and NPZ, float64";

const npyCodec = await npy.codec();
const npzCodec = await npz.codec();
const Reader = npyjs.default ?? npyjs;
let folder;

/** Temperatures in hundredths of a degree with noise, about a third of them masked in runs, as land is. */
function field(count) {
  const data = new Float64Array(count);
  const mask = new Uint8Array(count);
  let seed = 1;
  for (let i = 0; i < count; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    data[i] = Math.round(1500 + 1000 * Math.sin(i / 5000) + seed / 2 ** 26) / 100;
    mask[i] = i % 3000 < 1000 ? 1 : 0;
  }
  const dtype = dtypes.simple("float64");
  const array = new NdArray({ dtype, shape: [count], storage: data });
  return new MaskedArray({
    data: array,
    mask: new NdArray({ dtype: dtypes.simple("bool"), shape: [count], storage: mask }),
    fillValue: new NdArray({ dtype, shape: [], storage: Float64Array.of(1e20) }),
  });
}

function total(numbers) {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}

export async function rows({ count, python }) {
  folder = mkdtempSync(join(tmpdir(), "masquerade-bench-"));
  const masked = field(count);
  const plain = masked.data;
  const bytes = count * 8;
  const path = join(folder, "ours.npy");
  const encoded = npyCodec.encode(plain);
  const stored = npzCodec.encode(masked);
  const deflated = npzCodec.encode(masked, { compress: true });
  writeParts(path, [encoded]);
  writeParts(join(folder, "stored.npz"), [stored]);
  writeParts(join(folder, "deflated.npz"), [deflated]);
  const out = zeros(plain.dtype, plain.shape);
  await python.run(
    [
      "import io",
      `folder = ${JSON.stringify(folder)}`,
      'a = np.load(folder + "/ours.npy")',
      'with np.load(folder + "/stored.npz") as f: m = {k: f[k] for k in f.files}',
      'file = open(folder + "/ours.npy", "rb").read()',
      'stored = open(folder + "/stored.npz", "rb").read()',
      'deflated = open(folder + "/deflated.npz", "rb").read()',
      "def load(data):\n  with np.load(io.BytesIO(data)) as f: return np.ma.MaskedArray(f['data'], f['mask'], fill_value=f['fill_value'])",
    ].join("\n"),
  );
  const parts = {
    "data.npy": encoded,
    "mask.npy": npyCodec.encode(masked.mask),
    "fill_value.npy": npyCodec.encode(masked.fillValue),
  };
  const reader = new Reader();
  const buffer = (view) => view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  const encodedBuffer = buffer(encoded);
  const unzipped = (zip) => {
    const files = unzipSync(zip);
    return [fromArrayBuffer(buffer(files["data.npy"])), files["mask.npy"]];
  };
  return [
    {
      work: "NPY encode",
      bytes,
      ours: () => npyCodec.encode(plain),
      python: "b = io.BytesIO(); np.save(b, a)",
      target: { NumPy: 1.5 },
    },
    {
      work: "NPY decode (a view)",
      bytes,
      ours: () => npyCodec.decode(encoded),
      peers: { npyjs: () => reader.parse(encodedBuffer), "numpy-parser": () => fromArrayBuffer(encodedBuffer) },
      python: "r = np.load(io.BytesIO(file))",
    },
    {
      work: "NPY decode + sum",
      bytes,
      ours: () => npyCodec.decode(encoded).sum(),
      peers: {
        npyjs: () => total(reader.parse(encodedBuffer).data),
        "numpy-parser": () => total(fromArrayBuffer(encodedBuffer).data),
      },
      python: "r = np.load(io.BytesIO(file)).sum()",
    },
    {
      work: "NPY file write",
      bytes,
      ours: () => writeParts(join(folder, "w.npy"), npyCodec.encodeParts(plain)),
      python: 'np.save(folder + "/p.npy", a)',
      target: { NumPy: 1 },
    },
    {
      work: "NPY file read (a view)",
      bytes,
      ours: () => npyCodec.decode(readFileSync(path)),
      python: 'r = np.load(folder + "/ours.npy")',
      target: { NumPy: 0.7 },
    },
    {
      work: "NPY file read, out",
      bytes,
      ours: async () => {
        const file = await npyCodec.open(await fromFile(path));
        await file.array().read(undefined, { out });
        await file[Symbol.asyncDispose]();
      },
      python: 'r = np.load(folder + "/ours.npy")',
      target: { NumPy: 1 },
    },
    {
      work: "NPZ stored encode",
      bytes,
      ours: () => npzCodec.encode(masked),
      peers: { fflate: () => zipSync(parts, { level: 0 }) },
      python: "b = io.BytesIO(); np.savez(b, **m)",
      target: { NumPy: 1, fflate: 3 },
    },
    {
      work: "NPZ stored decode (views)",
      bytes,
      ours: () => npzCodec.decode(stored),
      peers: { "fflate + numpy-parser": () => unzipped(stored) },
      python: "r = load(stored)",
      target: { NumPy: 1.5 },
    },
    {
      work: "NPZ stored decode + sum",
      bytes,
      ours: () => npzCodec.decode(stored).sum(),
      python: "r = load(stored).sum()",
    },
    {
      work: "NPZ deflate encode",
      bytes,
      ours: () => npzCodec.encode(masked, { compress: true }),
      peers: { fflate: () => zipSync(parts, { level: 6 }) },
      python: "b = io.BytesIO(); np.savez_compressed(b, **m)",
      target: { NumPy: 1.3 },
    },
    {
      work: "NPZ deflate decode",
      bytes,
      ours: () => npzCodec.decode(deflated),
      peers: { "fflate + numpy-parser": () => unzipped(deflated) },
      python: "r = load(deflated)",
      target: { NumPy: 1.3 },
    },
  ];
}

export function done() {
  rmSync(folder, { recursive: true, force: true });
}
