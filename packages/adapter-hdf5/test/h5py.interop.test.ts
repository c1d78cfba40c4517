// What we write, read by h5py, h5dump, h5repack, PyTables, netCDF4 and xarray: every dtype, layout and storage.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hdf5 } from "@masquerade/adapter-hdf5";
import { type AnyArray, array, Bundle, dtypes, type MaskedArray, maskedArray } from "@masquerade/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cfKinds } from "../src/cf-kinds.ts";
import { checked, python, run, type StorageName, writeCases } from "./support/cases.ts";

const codec = await hdf5.codec();
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-hdf5-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const storages: readonly StorageName[] = ["contiguous", "chunked", "filtered"];
const pairs = (["nexus", "values-mask"] as const).flatMap((layout) =>
  storages.map((storage) => [layout, storage] as const),
);
// Texts of varying length are below: they have no bytes to compare.
const kinds = hdf5.capabilities.kinds.filter((kind) => kind !== "string");

describe("every dtype", () => {
  test.each(pairs)("in the layout %s, %s, is read by h5py, PyTables, h5dump and h5repack", async (layout, storage) => {
    const { files, refused } = await writeCases(folder, kinds, layout, storage);
    expect(refused).toEqual([]);
    expect(await checked("check", folder, files)).toEqual([]);
    const tables = (await checked("check_pytables", folder, files)) as { found: string[]; read: number };
    expect(tables.found).toEqual([]);
    expect(tables.read).toBeGreaterThan(900);
    for (const { path } of files) {
      await run("h5dump", [path], { maxBuffer: 2 ** 28 });
      await run("h5repack", [path, `${path}.repacked`]);
      await run("h5diff", [path, `${path}.repacked`]);
    }
  });
});

describe("cf", () => {
  test.each(storages)("%s: netCDF4 and xarray read the same masked arrays", async (storage) => {
    const { files, refused } = await writeCases(folder, [...cfKinds] as never, "cf", storage);
    // The samples set fill values that some of their valid elements have.
    expect(refused.filter((why) => !/equals the fill value/.test(why))).toEqual([]);
    const { found, read } = (await checked("check_netcdf", folder, files)) as { found: string[]; read: number };
    expect(found).toEqual([]);
    expect(read).toBeGreaterThan(600);
  });
});

describe("texts of varying length", () => {
  const texts = ["", "ä", "plain", "𝄞\n", "x".repeat(10_000), "plain"];
  const value = maskedArray(texts, {
    dtype: dtypes.stringDType(),
    mask: texts.map((_, i) => i === 2),
  }) as never as MaskedArray;
  const nul = array(["a\0b", "c"], dtypes.stringDType()) as never as AnyArray;
  test.each(storages)("%s: h5py, netCDF4, xarray and h5dump read them", async (storage) => {
    const options = { contiguous: {}, chunked: { chunks: [4] }, filtered: { gzip: 4, shuffle: true, checksum: true } }[
      storage
    ];
    const h5 = join(folder, `texts-${storage}.h5`);
    const nc = join(folder, `texts-${storage}.nc`);
    await writeFile(
      h5,
      await codec.encode(
        new Bundle({
          entries: [
            ["t", value as never],
            ["nul", nul],
          ],
        }),
        options,
      ),
    );
    await writeFile(
      nc,
      await codec.encode(new Bundle({ entries: [["t", value.data as never]] }), { ...options, layout: "cf" }),
    );
    const program = `import h5py, netCDF4, xarray, json, sys
with h5py.File(sys.argv[1]) as f:
    out = [f["t"].asstr()[()].tolist(), f["t_mask"][()].tolist(), f["nul"].asstr()[()].tolist()]
with netCDF4.Dataset(sys.argv[2]) as f:
    out.append(f["t"][:].tolist())
with xarray.open_dataset(sys.argv[2], engine="netcdf4") as f:
    out.append(f["t"].values.tolist())
print(json.dumps(out))`;
    const { stdout } = await run(python(), ["-c", program, h5, nc]);
    expect(JSON.parse(stdout)).toEqual([texts, texts.map((_, i) => i === 2), ["a\0b", "c"], texts, texts]);
    for (const path of [h5, nc]) {
      await run("h5dump", [path], { maxBuffer: 2 ** 24 });
      await run("h5repack", [path, `${path}.repacked`]);
      await run("h5diff", [path, `${path}.repacked`]);
    }
  });
});

test("the recipe gives the masked array", async () => {
  const path = join(folder, "recipe.h5");
  const array = maskedArray([1.5, 2, 3], { mask: [false, true, false] });
  await writeFile(path, await codec.encode(array as never));
  const program = `${(hdf5.recipe as string).replace("FILE", path)}\nprint(array.tolist())`;
  expect((await run(python(), ["-c", program])).stdout.trim()).toBe("[1.5, None, 3.0]");
});
