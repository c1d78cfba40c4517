// What we write, read by h5py, h5dump, h5repack, netCDF4 and xarray's own way of masking: every dtype, layout and storage.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { hdf5 } from "@masquerade/adapter-hdf5";
import { coveringSet } from "@masquerade/conformance";
import { type AnyArray, Bundle, isMaskedArray, maskedArray, type NdArray, nomask } from "@masquerade/core";
import { descrOf, formatLiteral } from "@masquerade/numpy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const codec = await hdf5.codec();
const python = process.env["MASQUERADE_PY2"] ?? "python3";
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-hdf5-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const plain = (array: NdArray): object => ({
  descr: formatLiteral(descrOf(array.dtype)),
  shape: array.shape,
  data: Buffer.from(array.toBytes("C")).toString("base64"),
});

const storages = {
  contiguous: {},
  chunked: { chunks: undefined as readonly number[] | undefined, checksum: true },
  filtered: { gzip: 4, shuffle: true, checksum: true },
} as const;
const layouts = ["nexus", "values-mask"] as const;

async function make(layout: (typeof layouts)[number], storage: keyof typeof storages): Promise<object> {
  const entries: [string, AnyArray][] = [];
  const cases: object[] = [];
  for (const { name: what, array } of coveringSet(hdf5.capabilities.kinds)) {
    const name = `s${entries.length}`;
    entries.push([name, array]);
    const masked = isMaskedArray(array);
    const mask = masked && array.mask !== nomask ? plain(array.mask as NdArray) : null;
    cases.push({ name, what, layout, storage, masked, mask, data: plain(masked ? array.data : array) });
  }
  const path = join(folder, `${layout}-${storage}.h5`);
  await writeFile(path, await codec.encode(new Bundle({ entries }), { layout, ...storages[storage] }));
  return { path, cases };
}

describe("every dtype", () => {
  test("is read by h5py with its dtype, values and mask, and taken by h5dump and h5repack", async () => {
    const files: { path: string }[] = [];
    for (const layout of layouts)
      for (const storage of Object.keys(storages) as (keyof typeof storages)[])
        files.push((await make(layout, storage)) as { path: string });
    const list = join(folder, "cases.json");
    await writeFile(list, JSON.stringify(files));
    const check = new URL("./support/check.py", import.meta.url).pathname;
    const { stdout } = await run(python, [check, list], { maxBuffer: 2 ** 26 });
    expect(JSON.parse(stdout)).toEqual([]);
    for (const { path } of files) {
      await run("h5dump", [path], { maxBuffer: 2 ** 28 });
      await run("h5repack", [path, `${path}.repacked`]);
      await run("h5diff", [path, `${path}.repacked`]);
    }
  });
});

describe("cf", () => {
  test.each(["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"] as const)(
    "%s is the same masked array for netCDF4",
    async (dtype) => {
      const wide = dtype.endsWith("64") && dtype.includes("int");
      const values = wide ? [1n, 2n, 3n, 4n] : [1, 2, 3, 4];
      const array = maskedArray(values as never, {
        mask: [false, true, false, true],
        dtype,
        fillValue: (wide ? 77n : 77) as never,
      });
      const path = join(folder, `cf-${dtype}.nc`);
      await writeFile(path, await codec.encode(new Bundle({ entries: [["t", array as never]] }), { layout: "cf" }));
      const program = `import netCDF4, json, sys
with netCDF4.Dataset(sys.argv[1]) as f:
    a = f["t"][:]
    print(json.dumps([a.dtype.name, a.mask.tolist(), a.compressed().tolist(), float(a.fill_value)]))`;
      const { stdout } = await run(python, ["-c", program, path]);
      expect(JSON.parse(stdout)).toEqual([dtype, [false, true, false, true], [1, 3], 77]);
    },
  );
});

test("the recipe gives the masked array", async () => {
  const path = join(folder, "recipe.h5");
  const array = maskedArray([1.5, 2, 3], { mask: [false, true, false] });
  await writeFile(path, await codec.encode(array as never));
  const program = `${(hdf5.recipe as string).replace("FILE", path)}\nprint(array.tolist())`;
  expect((await run(python, ["-c", program])).stdout.trim()).toBe("[1.5, None, 3.0]");
});
