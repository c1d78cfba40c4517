// Archives as other tools see them: written by blocks, grown, added to; dimension scales; files of h5py's that we add to.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { hdf5 } from "@masquerade/adapter-hdf5";
import { Bundle, describe as headerOfValue, openDecoded, pipe } from "@masquerade/core";
import { fileSink, fromFile } from "@masquerade/core/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { masked, sample } from "./support/samples.ts";

const run = promisify(execFile);
const codec = await hdf5.codec();
const interpreter = process.env["MASQUERADE_PYHDF5"] ?? "python3";
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-hdf5-archive-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function python(program: string, ...argv: string[]): Promise<unknown> {
  return JSON.parse((await run(interpreter, ["-c", program, ...argv], { maxBuffer: 2 ** 26 })).stdout);
}

const field = (k: number): Bundle =>
  new Bundle({
    entries: [
      ["time", sample([3], k * 3, ["time"])],
      ["t", masked([3, 2], k * 6, ["time", "y"])],
    ],
  });

/** What h5py and netCDF4 see of `time`, `t` and their dimensions. */
const look = `import h5py, netCDF4, json, sys
with h5py.File(sys.argv[1]) as f:
    t = f["t"]
    scales = [list(d.values())[0].name for d in t.dims]
    users = [[f[r].name, int(i)] for r, i in f["time"].attrs["REFERENCE_LIST"]]
    h5 = [t.shape, t[()].tolist(), f["time"][()].tolist(), scales, sorted(users)]
with netCDF4.Dataset(sys.argv[1]) as f:
    v = f["t"]
    nc = [v.dimensions, {k: [len(d), d.isunlimited()] for k, d in f.dimensions.items()}, v[:].tolist()]
print(json.dumps([h5, nc]))`;

test.each(["nexus", "cf"] as const)("a growing archive with dimension scales, layout %s", async (layout) => {
  const path = join(folder, `${layout}.nc`);
  const options = { resizable: [0], gzip: 4, shuffle: true, checksum: true, layout } as const;
  const writer = await codec.create?.(await fileSink(path), headerOfValue(field(0)), options);
  if (writer === undefined) throw new Error("no create");
  await pipe(openDecoded(field(0)), writer, { maxBytes: 16 });
  await using file = await fromFile(path, { mode: "r+" });
  for (let k = 1; k < 4; k++) await codec.append?.(file, field(k), options);
  const hidden = layout === "cf" ? 1e20 : undefined;
  const values = Array.from({ length: 12 }, (_, i) =>
    [2 * i, 2 * i + 1].map((n) => (n % 3 === 0 && hidden !== undefined ? hidden : n)),
  );
  const seen = values.map((row) => row.map((n, j) => (layout === "cf" && row.length > j && n === 1e20 ? null : n)));
  const users =
    layout === "cf"
      ? [["/t", 0]]
      : [
          ["/t", 0],
          ["/t_mask", 0],
        ];
  expect(await python(look, path)).toEqual([
    [[12, 2], values, Array.from({ length: 12 }, (_, i) => i), ["/time", "/y"], users],
    [["time", "y"], { time: [12, true], y: [2, false] }, seen],
  ]);
  await run("h5dump", [path]);
  await run("h5repack", [path, `${path}.repacked`]);
  await run("h5diff", [path, `${path}.repacked`]);
});

test("xarray sees names, coordinates and what is missing", async () => {
  const path = join(folder, "xarray.nc");
  await writeFile(path, await codec.encode(field(0), { layout: "cf" }));
  const program = `import xarray, json, sys
d = xarray.open_dataset(sys.argv[1], engine="netcdf4")
print(json.dumps([list(d["t"].dims), d["time"].values.tolist(), d["t"].isnull().values.tolist(), d["t"].sel(time=1).fillna(-1).values.tolist()]))`;
  const missing = [
    [true, false],
    [false, true],
    [false, false],
  ];
  expect(await python(program, path)).toEqual([["time", "y"], [0, 1, 2], missing, [2, -1]]);
});

test("arrays added to a file of h5py's newer kind", async () => {
  const path = join(folder, "theirs.h5");
  const make = `import h5py, sys
with h5py.File(sys.argv[1], "w", libver="latest") as f:
    f["a"] = [1, 2, 3]
    f["a"].attrs["units"] = "m"
    g = f.create_group("g")
    g["b"] = "text"
    f.attrs["title"] = "theirs"
    f["again"] = f["a"]
print("null")`;
  await python(make, path);
  await using file = await fromFile(path, { mode: "r+" });
  const inner = new Bundle({ entries: [["c", masked([2, 2], 0)]] });
  await codec.append?.(
    file,
    new Bundle({
      entries: [
        ["new", sample([2], 5)],
        ["g", inner],
      ],
    }),
  );
  const see = `import h5py, json, sys
with h5py.File(sys.argv[1], "r+") as f:
    f["more"] = 1
    print(json.dumps([sorted(f), f["a"][()].tolist(), f["a"].attrs["units"], f["g/b"][()].decode(), f.attrs["title"],
        f["new"][()].tolist(), f["g/c"][()].tolist(), f["g/c_mask"][()].tolist(), f["again"] == f["a"]]))`;
  expect(await python(see, path)).toEqual([
    ["a", "again", "g", "more", "new"],
    [1, 2, 3],
    "m",
    "text",
    "theirs",
    [5, 6],
    [
      [0, 1],
      [2, 3],
    ],
    [
      [true, false],
      [false, true],
    ],
    true,
  ]);
  await run("h5dump", [path]);
});
