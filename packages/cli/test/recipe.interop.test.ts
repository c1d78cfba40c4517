// What masq recipe prints, run by Python: for every format that can be written, and files that other tools wrote.
import { existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type AnyArray, Bundle, dtypes, isMaskedArray, MaskedArray, masked, NdArray, nomask } from "@masquerade/core";
import { save } from "masquerade";
import { beforeAll, describe, expect, it } from "vitest";
import { registry } from "../src/registry.ts";
import { bin, build, corpus, root, scratch, start } from "./support/masq.ts";

const folder = scratch();
beforeAll(build, 60_000);

const shape = [2, 3];
const plain = (kind: "float64" | "int64" | "float32" | "complex128" | "uint8", values: number[]): NdArray => {
  const storage = { float64: Float64Array, float32: Float32Array, uint8: Uint8Array, complex128: Float64Array };
  const made = kind === "int64" ? BigInt64Array.from(values, BigInt) : storage[kind].from(values);
  return new NdArray({ dtype: dtypes.simple(kind), shape, storage: made as never }) as NdArray;
};
const mask = new NdArray({ dtype: dtypes.simple("bool"), shape, storage: Uint8Array.of(0, 1, 0, 0, 0, 1) });
const covered = (data: NdArray, fill?: number | bigint): MaskedArray =>
  new MaskedArray({
    data,
    mask,
    ...(fill !== undefined && {
      fillValue: new NdArray({ dtype: data.dtype, shape: [], storage: filled(data, fill) }),
    }),
  } as never);
const filled = (data: NdArray, fill: number | bigint): never =>
  (typeof fill === "bigint" ? BigInt64Array.of(fill) : (data.storage as Float64Array).slice(0, 1).fill(fill)) as never;

const values: ReadonlyMap<string, AnyArray | Bundle> = new Map<string, AnyArray | Bundle>([
  ["plain", plain("float64", [1.5, -2, Number.POSITIVE_INFINITY, 0, 1e300, 7])],
  ["ints", plain("int64", [1, -2, 3, 4, 5, 6])],
  ["masked", covered(plain("float32", [1, 2, 3, 4, 5, 6]), -999)],
  ["masked-ints", covered(plain("int64", [1, 2, 3, 4, 5, 6]), -1n)],
  ["nomask", new MaskedArray({ data: plain("uint8", [1, 2, 3, 4, 5, 255]), mask: nomask })],
  [
    "several",
    new Bundle({
      kind: "dict",
      entries: [
        ["it's", plain("float64", [1, 2, 3, 4, 5, 6])],
        ["sst", covered(plain("float64", [1, 2, 3, 4, 5, 6]), 9)],
        ["open", new MaskedArray({ data: plain("uint8", [1, 2, 3, 4, 5, 255]), mask: nomask })],
      ],
    }),
  ],
]);

/** What Python is to find: an element for each, null where it is masked; whether it is a masked array; its dtype. */
function told(array: AnyArray): object {
  const data = isMaskedArray(array) ? array.data : array;
  const flat = array.reshape([-1]);
  const elements = Array.from({ length: array.size }, (_, i) => {
    const one: unknown = flat.at(i);
    return one === masked ? null : typeof one === "number" && !Number.isFinite(one) ? "inf" : Number(one);
  });
  return { shape: [...data.shape], masked: isMaskedArray(array), kind: data.dtype.kind, elements };
}

const script = `
import json, sys, warnings
warnings.simplefilter("ignore")
import numpy as np
def told(a):
    flat = a.ravel()
    out = []
    for one in flat.tolist():
        out.append(None if one is None else str(float(one)) if isinstance(one, float) and not np.isfinite(one) else float(one))
    return dict(shape=list(a.shape), masked=isinstance(a, np.ma.MaskedArray), kind=a.dtype.name, elements=out)
names = {}
exec(open(sys.argv[1]).read(), names)
if "arrays" in names and "array" not in names:
    print(json.dumps({str(k): told(v) for k, v in names["arrays"].items()}))
else:
    print(json.dumps(told(names["array"])))
`;

async function recipe(
  file: string,
  ...options: string[]
): Promise<{ needs: string[]; code: string; notes: string[] }[]> {
  const { code, out, err } = await start(process.execPath, [bin, "recipe", "--all", "--json", file, ...options]);
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(out) as { needs: string[]; code: string; notes: string[] }[];
}

/** The folder with mmappickle, which no environment has: it is fetched once, beside them. */
async function mmappickle(python: string): Promise<string> {
  const there = join(python, "../../../mmappickle");
  if (existsSync(there)) return there;
  const target = join(folder, "mmappickle");
  const options = ["--quiet", "--no-deps", "--target", target];
  const { code, err } = await start(python, ["-m", "pip", "install", ...options, "mmappickle==1.0.0"]);
  if (code !== 0) throw new Error(`pip could not install mmappickle: ${err}`);
  return target;
}

let runs = 0;
async function run(code: string, needs: readonly string[]): Promise<unknown> {
  const old = needs.some((need) => /^numpy<2/.test(need));
  const python = process.env[old ? "MASQUERADE_PY1" : "MASQUERADE_PY2"];
  if (python === undefined) throw new Error("MASQUERADE_PY1 and MASQUERADE_PY2 name the Pythons");
  const file = join(folder, `recipe-${runs++}.py`);
  writeFileSync(file, code);
  const extras = process.env["MASQUERADE_PY_EXTRAS"] ?? "";
  const path = needs.includes("mmappickle") ? [await mmappickle(python)] : [join(root, "clients/python/src"), extras];
  const env = { PYTHONPATH: path.join(delimiter) };
  const { code: status, out, err } = await start(python, ["-c", script, file], { env });
  expect([status, err], code).toEqual([0, ""]);
  return JSON.parse(out);
}

describe.each(registry.formats.map((format) => format.id))("%s", (id) => {
  const format = registry.get(id);

  it.each([...values.keys()])("%s", async (name) => {
    const value = values.get(name) as AnyArray | Bundle;
    const file = join(folder, `${name}'s ${id}${format.extensions[0]}`);
    const isBundle = value instanceof Bundle;
    const saved = await save(file, value as never, { format: id, force: true } as never).catch(
      (error: unknown) => error,
    );
    // What the format cannot hold it refuses before a recipe is wanted.
    if (saved instanceof Error) {
      expect((saved as { code?: string }).code).toMatch(/^CAPABILITY_|^SELECT/);
      return;
    }
    const given =
      id === "raw" ? ["--from", "raw", "--descr", name === "ints" ? "<i8" : "<f8", "--shape", shape.join(",")] : [];
    const recipes = await recipe(file, ...given);
    expect(recipes.length).toBeGreaterThan(0);
    const want = isBundle
      ? Object.fromEntries([...value.entries].map(([key, one]) => [key, told(one as AnyArray)]))
      : told(value);
    for (const { needs, code } of recipes) expect(await run(code, needs), code).toEqual(want);
  });
});

describe("files of others", () => {
  it.each([
    ["demo/sst.pkl", [3, 36, 72], true],
    ["npy/np2/dtype-f8.npy", undefined, false],
  ] as const)("%s", async (name, size, isMasked) => {
    const [first] = await recipe(corpus(name));
    const found = (await run(first?.code as string, first?.needs ?? [])) as { shape: number[]; masked: boolean };
    expect(found.masked).toBe(isMasked);
    if (size !== undefined) expect(found.shape).toEqual(size);
  });

  // What MASQUERADE_PYHDF5 has: h5py, netCDF4, PyTables, hdf5storage.
  it.each([
    ["hdf5/netcdf-groups.nc", "netCDF4"],
    ["hdf5/pytables-chunked.h5", "tables"],
    ["hdf5/odd/pointers.h5", "h5py"],
    ["hdf5/odd/cells.h5", "hdf5storage"],
  ])("%s, by %s", async (name, tool) => {
    const [first] = await recipe(corpus(name));
    expect(first?.needs[0]).toBe(tool);
    const program = `import json\n${first?.code}\nprint(json.dumps(sorted({name.split("/")[0] for name in arrays})))`;
    const { code, out, err } = await start(process.env["MASQUERADE_PYHDF5"] as string, ["-W", "ignore", "-c", program]);
    expect([code, err], program).toEqual([0, ""]);
    const { out: shown } = await start(process.execPath, [bin, "inspect", "--json", corpus(name)]);
    const keys = (JSON.parse(shown) as { arrays: { key: string }[] }).arrays.map(({ key }) => key.split("/")[0]);
    expect(JSON.parse(out)).toEqual([...new Set(keys)].sort());
  });

  it("in text that says nothing of itself", async () => {
    const file = join(folder, "foreign.csv");
    writeFileSync(file, "1,2,3\n4,NA,6\n");
    const [first] = await recipe(file);
    expect(await run(first?.code as string, [])).toMatchObject({
      shape,
      masked: true,
      elements: [1, 2, 3, 4, null, 6],
    });
  });

  it("in JSON of other shapes", async () => {
    for (const [name, text] of [
      ["lists", "[[1.5,null],[3,4]]"],
      ["data-mask", '{"data":[[1.5,0],[3,4]],"mask":[[false,true],[false,false]],"fill_value":7}'],
    ]) {
      const file = join(folder, `${name}.json`);
      writeFileSync(file, text as string);
      const [first] = await recipe(file);
      expect(await run(first?.code as string, [])).toMatchObject({
        shape: [2, 2],
        masked: true,
        elements: [1.5, null, 3, 4],
      });
    }
  });
});
