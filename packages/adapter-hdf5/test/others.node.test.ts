// What is around the arrays of files that others wrote: names of dimensions, attributes, and what the options choose.
import { readFileSync } from "node:fs";
import { hdf5 } from "@masquerade/adapter-hdf5";
import {
  type AnyArray,
  type Bundle,
  type BundleMember,
  isBundle,
  isMaskedArray,
  type MaskedArray,
  type NdArray,
} from "@masquerade/core";
import { describe, expect, test } from "vitest";
import type { Hdf5ReadOptions } from "../src/options.ts";

const codec = await hdf5.codec();
const corpus = new URL("../../../corpus/hdf5/", import.meta.url);
const read = async (name: string, options: Hdf5ReadOptions = {}): Promise<Bundle> =>
  (await codec.decode(new Uint8Array(readFileSync(new URL(name, corpus))), options)) as Bundle;
const arrayOf = (bundle: Bundle, name: string): AnyArray => bundle.get(name) as AnyArray;

/** Names of dimensions by the paths of the arrays. */
function dimsOf(value: BundleMember, path = ""): [string, readonly string[] | undefined][] {
  if (!isBundle(value)) return [[path, value.dims]];
  return [...value.entries].flatMap(([name, one]) => dimsOf(one, path === "" ? name : `${path}/${name}`));
}

describe("netCDF", () => {
  test("dimensions have the names that netCDF4-python gives them", async () => {
    expect(Object.fromEntries(dimsOf(await read("netcdf-groups.nc")))).toEqual({
      "inner/deep/lat": ["lat"],
      "inner/deep/scalar": undefined,
      "inner/z": ["z"],
      kind: ["lon"],
      lat: ["lat"],
      lon: ["lon"],
      n: ["n", "lat"],
      pairs: ["lat"],
      t: ["time", "lat", "lon"],
    });
    expect(Object.fromEntries(dimsOf(await read("netcdf-xarray.nc")))).toEqual({
      count: ["y", "x"],
      flag: ["x"],
      name: ["x"],
      t: ["y", "x"],
      time: ["y"],
      x: ["x"],
    });
  });

  test("attributes are netCDF's, and those used up are gone", async () => {
    const file = await read("netcdf-groups.nc");
    expect([...file.attrs]).toEqual([["title", "a title"]]);
    expect([...arrayOf(file, "lat").attrs]).toEqual([["units", "degrees_north"]]);
    const scaled = await read("netcdf-scaled.nc");
    expect([...arrayOf(scaled, "i2_f8").attrs.keys()]).toEqual([]);
    // Valid as they are where nothing is scaled.
    const masked = await read("netcdf-masks.nc");
    expect([...arrayOf(masked, "i2_max").attrs.keys()]).toEqual(["valid_max"]);
  });

  test("masks and scaling are left alone on request", async () => {
    const stored = arrayOf(await read("netcdf-scaled.nc", { masks: "none", scale: "none" }), "i2_f8") as NdArray;
    expect(isMaskedArray(stored)).toBe(false);
    expect(stored.toArray()).toEqual([1, 7, 100, 3]);
    expect([...stored.attrs.keys()].sort()).toEqual(["_FillValue", "add_offset", "scale_factor"]);
    const packed = arrayOf(await read("netcdf-scaled.nc", { scale: "none" }), "i2_f8") as MaskedArray;
    expect(packed.dtype.kind).toBe("int16");
    expect([...packed.maskArray().flat()]).toEqual([false, true, false, false]);
    const unmasked = arrayOf(await read("netcdf-scaled.nc", { masks: "none" }), "i2_f8") as NdArray;
    expect(unmasked.dtype.kind).toBe("float64");
    expect(isMaskedArray(unmasked)).toBe(false);
    const plain = arrayOf(await read("netcdf-scaled.nc", { reader: "h5py" }), "i2_f8") as NdArray;
    expect(plain.toArray()).toEqual([1, 7, 100, 3]);
  });

  test("what netCDF4-python cannot read is read: i1 as unsigned, without a fill value of its own", async () => {
    const file = await read("netcdf-unsigned.nc");
    expect((arrayOf(file, "i1_true") as MaskedArray).data.toArray()).toEqual([1, 255, 254, 128]);
  });
});

test("PyTables: titles and users' attributes are kept, what it notes for itself is not", async () => {
  const file = await read("pytables-arrays.h5");
  expect([...file.attrs]).toEqual([["TITLE", "made by PyTables"]]);
  const attrs = arrayOf(file, "big").attrs;
  expect([...attrs.keys()].sort()).toEqual(["number", "units"]);
  expect((attrs.get("number") as NdArray).dtype.kind).toBe("float32");
  const table = arrayOf((await read("pytables-chunked.h5")).get("group") as Bundle, "table");
  expect([...table.attrs]).toEqual([["TITLE", "a table"]]);
  const asH5py = arrayOf(await read("pytables-arrays.h5", { reader: "h5py" }), "big") as NdArray;
  expect(asH5py.dtype.byteOrder).toBe("big");
});

test("astropy: the description of the columns is an attribute, and no member", async () => {
  const group = (await read("astropy-tables.h5")).get("group") as Bundle;
  expect(group.names).toEqual(["masked"]);
  expect(arrayOf(group, "masked").attrs.get("__table_column_meta__")).toMatch(/^datatype:\n- \{name: a, unit: m/);
  const plain = (await read("astropy-tables.h5", { masks: "none" })).get("group") as Bundle;
  expect([...plain.names].sort()).toEqual(["masked", "masked.__table_column_meta__"]);
});

test("MATLAB: shapes are MATLAB's, or the file's on request", async () => {
  const file = await read("matlab-arrays.mat");
  expect([arrayOf(file, "cube").shape, arrayOf(file, "cube").order]).toEqual([[2, 3, 4], "F"]);
  expect(arrayOf(file, "cube").attrs.size).toBe(0);
  expect(arrayOf(await read("matlab-arrays.mat", { reader: "h5py" }), "cube").shape).toEqual([4, 3, 2]);
});

test("MATLAB: cells are lists, of lists where they have two dimensions", async () => {
  const file = await read("odd/cells.h5");
  const outer = file.get("outer") as Bundle;
  expect([outer.kind, outer.names, outer.attrs.size]).toEqual(["list", ["0", "1"], 0]);
  expect((outer.get("0/1") as NdArray).toArray()).toEqual(["b"]);
  expect((outer.get("1/0") as Bundle).names).toEqual(["0", "1"]);
  expect(file.names).not.toContain("#refs#");
  await expect(read("odd/refused-matlab-object.h5")).rejects.toThrow(/"\/words" is an object of MATLAB's class string/);
});

test("datasets no dtype holds are refused, or skipped on request", async () => {
  await expect(read("odd/refused-regions.h5")).rejects.toThrow(/references.*unreadable/);
  expect((await read("odd/refused-regions.h5", { unreadable: "skip" })).names).toEqual(["x"]);
});

test("references among attributes are the paths they lead to", async () => {
  const { attrs } = arrayOf(await read("odd/pointers.h5"), "y");
  expect(attrs.get("one")).toBe("/group/x");
  expect(attrs.get("several")).toEqual(["/y", "/group"]);
});

test("h5py's Empty is None among the attributes; a committed datatype is no member", async () => {
  const file = await read("h5py-types.h5");
  expect(file.attrs.get("nothing")).toBeNull();
  expect(file.names).not.toContain("committed");
});
