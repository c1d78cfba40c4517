// Arrays that are added join the dimension scales of the group they come to: netCDF4 and xarray see their dimensions, by our own files and by theirs.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { hdf5 } from "@masquerade/adapter-hdf5";
import { type AnyArray, Bundle, isBundle } from "@masquerade/core";
import { fromFile } from "@masquerade/core/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { masked, sample } from "./support/samples.ts";

const run = promisify(execFile);
const codec = await hdf5.codec();
const interpreter = process.env["MASQUERADE_PYHDF5"] ?? "python3";
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-hdf5-scales-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function python(program: string, ...argv: string[]): Promise<unknown> {
  return JSON.parse((await run(interpreter, ["-c", program, ...argv], { maxBuffer: 2 ** 26 })).stdout);
}

async function add(
  path: string,
  entries: readonly (readonly [string, AnyArray | Bundle])[],
  options = {},
): Promise<void> {
  await using file = await fromFile(path, { mode: "r+" });
  await codec.append?.(file, new Bundle({ entries: [...entries] }), options);
}

const theirs = `import netCDF4, sys
with netCDF4.Dataset(sys.argv[1], "w") as f:
    f.createDimension("time", None)
    f.createDimension("x", 2)
    f.createDimension("name", 3)
    t = f.createVariable("time", "f8", ("time",))
    t[:] = [0, 1, 2]
    v = f.createVariable("v", "f4", ("time", "x"))
    v[:] = 1
    g = f.createGroup("g")
    w = g.createVariable("w", "f4", ("x",))
    w[:] = 2
print("null")`;

/** Dimensions and their lengths, dimensions of variables, users of the scale time, what xarray makes of it. */
const look = `import h5py, json, netCDF4, sys, xarray
path = sys.argv[1]
out = {}
with netCDF4.Dataset(path) as f:
    out["dimensions"] = {k: [len(d), d.isunlimited()] for k, d in f.dimensions.items()}
    out["variables"] = {k: list(v.dimensions) for k, v in f.variables.items() if not k.endswith("_mask")}
    out["inner"] = {k: list(v.dimensions) for g in f.groups.values() for k, v in g.variables.items()}
with h5py.File(path) as f:
    out["users"] = sorted([f[r].name, int(i)] for r, i in f["time"].attrs["REFERENCE_LIST"])
with xarray.open_dataset(path, engine="netcdf4", decode_times=False) as d:
    out["xarray"] = {k: list(d[k].dims) for k in d.data_vars if not k.endswith("_mask")}
    out["coords"] = sorted(d.coords)
print(json.dumps(out))`;

test("in a netCDF file, with dimensions that are new and those of groups around", async () => {
  const path = join(folder, "theirs.nc");
  await python(theirs, path);
  await add(
    path,
    [
      ["p", sample([3, 2], 0, ["time", "x"])],
      ["q", sample([3, 4], 0, ["time", "level"])],
      ["level", sample([4], 0, ["level"])],
      ["wrong", sample([5], 0, ["time"])],
      ["n", masked([3], 0, ["name"])],
      ["g", new Bundle({ entries: [["u", sample([2, 3], 0, ["x", "name"])]] })],
    ],
    { layout: "cf" },
  );
  expect(await python(look, path)).toEqual({
    dimensions: { time: [3, true], x: [2, false], name: [3, false], level: [4, false], phony_dim_4: [5, false] },
    variables: {
      time: ["time"],
      v: ["time", "x"],
      p: ["time", "x"],
      q: ["time", "level"],
      level: ["level"],
      wrong: ["phony_dim_4"],
      n: ["name"],
    },
    inner: { w: ["x"], u: ["x", "name"] },
    users: [
      ["/p", 0],
      ["/q", 0],
      ["/v", 0],
    ],
    xarray: { v: ["time", "x"], p: ["time", "x"], q: ["time", "level"], wrong: ["phony_dim_4"], n: ["name"] },
    coords: ["level", "time"],
  });
  // What has the dimension grows along it, there too.
  const grow = `import json, netCDF4, sys
with netCDF4.Dataset(sys.argv[1], "a") as f:
    f["p"][3] = [7, 8]
    print(json.dumps([len(f.dimensions["time"]), f["p"][:].tolist(), f["q"].shape]))`;
  const rows = [
    [0, 1],
    [2, 3],
    [4, 5],
    [7, 8],
  ];
  expect(await python(grow, path)).toEqual([4, rows, [4, 4]]);
  await run("h5dump", [path]);
});

test("in a file of ours, together with a dimension that grows", async () => {
  const path = join(folder, "ours.nc");
  const first = new Bundle({
    entries: [
      ["time", sample([3], 0, ["time"])],
      ["t", masked([3, 2], 0, ["time", "x"])],
    ],
  });
  await writeFile(path, await codec.encode(first, { resizable: [0] }));
  await add(path, [
    ["time", sample([2], 3, ["time"])],
    ["t", masked([2, 2], 6, ["time", "x"])],
    ["later", sample([5, 2], 0, ["time", "x"])],
  ]);
  const seen = (await python(look, path)) as Record<string, unknown>;
  expect(seen["dimensions"]).toEqual({ time: [5, true], x: [2, false] });
  expect(seen["variables"]).toEqual({ time: ["time"], t: ["time", "x"], later: ["time", "x"] });
  expect(seen["users"]).toEqual([
    ["/later", 0],
    ["/t", 0],
    ["/t_mask", 0],
  ]);
  const value = await codec.decode(new Uint8Array(await readFile(path)));
  expect(isBundle(value) && (value.get("later") as AnyArray)).toMatchObject({ dims: ["time", "x"], shape: [5, 2] });
  await run("h5dump", [path]);
});
