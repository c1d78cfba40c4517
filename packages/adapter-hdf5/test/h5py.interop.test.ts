// What we write, read by h5py, h5dump, h5repack, PyTables, netCDF4 and xarray: every dtype, layout and storage.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hdf5 } from "@masquerade/adapter-hdf5";
import { maskedArray } from "@masquerade/core";
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
const kinds = hdf5.capabilities.kinds;

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

test("the recipe gives the masked array", async () => {
  const path = join(folder, "recipe.h5");
  const array = maskedArray([1.5, 2, 3], { mask: [false, true, false] });
  await writeFile(path, await codec.encode(array as never));
  const program = `${(hdf5.recipe as string).replace("FILE", path)}\nprint(array.tolist())`;
  expect((await run(python(), ["-c", program])).stdout.trim()).toBe("[1.5, None, 3.0]");
});
