// HDF5: a float64 array, contiguous and in chunks, as files on disk and in memory, beside h5py and plain h5wasm.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hdf5 } from "@masquerade/adapter-hdf5";
import { dtypes, NdArray, zeros } from "@masquerade/core";
import { fromFile } from "@masquerade/core/node";
import * as h5wasm from "h5wasm";
import { writeParts } from "../files.mjs";

export const title = "HDF5, float64";

const codec = await hdf5.codec();
let folder;

/** Temperatures in hundredths of a degree with noise: what deflate halves after shuffling. */
function field(rows, columns) {
  const data = new Float64Array(rows * columns);
  let seed = 1;
  for (let i = 0; i < data.length; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    data[i] = Math.round(1500 + 1000 * Math.sin(i / 5000) + seed / 2 ** 26) / 100;
  }
  return new NdArray({ dtype: dtypes.simple("float64"), shape: [rows, columns], storage: data });
}

export async function rows({ count, python }) {
  folder = mkdtempSync(join(tmpdir(), "masquerade-bench-"));
  const { FS } = await h5wasm.ready;
  const columns = Math.min(1000, count);
  const array = field(Math.ceil(count / columns), columns);
  const bytes = array.size * 8;
  const chunks = [Math.max(1, Math.ceil(array.shape[0] / 16)), columns];
  const filtered = { gzip: 4, shuffle: true, chunks };
  const flat = await codec.encode(array);
  const packed = await codec.encode(array, filtered);
  const [flatPath, packedPath] = [join(folder, "flat.h5"), join(folder, "packed.h5")];
  writeFileSync(flatPath, flat);
  writeFileSync(packedPath, packed);
  const out = zeros(array.dtype, array.shape);
  const whole = async (path, options) => {
    const source = await fromFile(path);
    const file = await codec.open(source);
    const read = await file.array().read(undefined, options);
    await source[Symbol.asyncDispose]();
    return read;
  };
  const byWasm = (content) => {
    FS.writeFile("in.h5", content);
    const file = new h5wasm.File("in.h5", "r");
    const value = file.get("data").value;
    file.close();
    return value;
  };
  const middle = Math.floor(array.shape[0] / 2);
  const setup = [
    "import h5py, io",
    `folder = ${JSON.stringify(folder)}`,
    'with h5py.File(folder + "/flat.h5") as f: a = f["data"][()]',
    "def load(name):\n  with h5py.File(folder + name) as f: return f['data'][()]",
    `def part(name):\n  with h5py.File(folder + name) as f: return f['data'][${middle}]`,
    'flat = open(folder + "/flat.h5", "rb").read()',
    "def decode(content):\n  with h5py.File(io.BytesIO(content)) as f: return f['data'][()]",
    "def save(name, **how):\n  with h5py.File(folder + name, 'w') as f: f.create_dataset('data', data=a, **how)",
  ].join("\n");
  await python.run(setup);
  return [
    {
      work: "contiguous file read",
      bytes,
      ours: () => whole(flatPath),
      peers: { h5wasm: () => byWasm(readFileSync(flatPath)) },
      python: "r = load('/flat.h5')",
      target: { NumPy: 0.7 },
    },
    {
      work: "contiguous file read, out",
      bytes,
      ours: () => whole(flatPath, { out }),
      python: "r = load('/flat.h5')",
    },
    {
      work: "contiguous decode (a view)",
      bytes,
      ours: () => codec.decode(flat),
      peers: { h5wasm: () => byWasm(flat) },
      python: "r = decode(flat)",
    },
    {
      work: "contiguous file write",
      bytes,
      ours: () => writeParts(join(folder, "w.h5"), codec.encodeParts(array)),
      peers: {
        h5wasm: () => {
          const file = new h5wasm.File("w.h5", "w");
          file.create_dataset({ name: "data", data: array.data, shape: array.shape, dtype: "<d" });
          file.close();
          writeFileSync(join(folder, "p.h5"), FS.readFile("w.h5"));
        },
      },
      python: "save('/p.h5')",
      target: { NumPy: 0.7 },
    },
    {
      work: "gzip 4 + shuffle file read",
      bytes,
      ours: () => whole(packedPath),
      peers: { h5wasm: () => byWasm(readFileSync(packedPath)) },
      python: "r = load('/packed.h5')",
      target: { NumPy: 0.8 },
    },
    {
      work: "one row of a contiguous file",
      bytes: columns * 8,
      ours: async () => {
        const source = await fromFile(flatPath);
        const file = await codec.open(source);
        await file.array().read([middle]);
        await source[Symbol.asyncDispose]();
      },
      peers: { h5wasm: () => byWasm(readFileSync(flatPath)) },
      python: "r = part('/flat.h5')",
    },
    {
      work: "gzip 4 + shuffle encode",
      bytes,
      ours: () => codec.encode(array, filtered),
      python: `save('/p.h5', chunks=(${chunks.join()}), compression=4, shuffle=True)`,
    },
  ];
}

export function done() {
  if (folder !== undefined) rmSync(folder, { recursive: true });
}
