// Files that other tools wrote are added to in place: the tools themselves see what was there and what is new, and add to it in turn.
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { hdf5 } from "@masquerade/adapter-hdf5";
import {
  type AnyArray,
  Bundle,
  concatenate,
  difference,
  dtypes,
  isBundle,
  isMaskedArray,
  MaskedArray,
  NdArray,
} from "@masquerade/core";
import { fromFile } from "@masquerade/core/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { masked, sample } from "./support/samples.ts";

const run = promisify(execFile);
const codec = await hdf5.codec();
const interpreter = process.env["MASQUERADE_PYHDF5"] ?? "python3";
const support = (name: string): string => new URL(`./support/${name}`, import.meta.url).pathname;
const corpus = new URL("../../../corpus/hdf5/", import.meta.url).pathname;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-hdf5-others-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function python(...argv: string[]): Promise<unknown> {
  return JSON.parse((await run(interpreter, argv, { maxBuffer: 2 ** 28 })).stdout);
}

async function add(name: string, value: Bundle, options = {}): Promise<void> {
  await using file = await fromFile(join(folder, name), { mode: "r+" });
  await codec.append?.(file, value, options);
}

async function read(name: string): Promise<Bundle> {
  const value = await codec.decode(new Uint8Array(await readFile(join(folder, name))), { unreadable: "skip" });
  if (!isBundle(value)) throw new Error("no bundle");
  return value;
}

/** What a tool says of a file, whether it takes it or not. */
async function told(tool: string, ...argv: string[]): Promise<number | string> {
  return await run(tool, argv, { maxBuffer: 2 ** 28 }).then(
    () => 0,
    (error: { code: number }) => error.code,
  );
}

type Seen = Record<string, unknown>;
const twice = (list: unknown, n = 2): unknown => [...(list as unknown[]), ...(list as unknown[]).slice(0, n)];

test("every file of the corpus takes more, and what is in it stays as it was, for h5py, h5dump and h5repack", {
  timeout: 300_000,
}, async () => {
  const all = (await readdir(corpus, { recursive: true })).filter((name) => /\.(h5|nc|mat)$/.test(name));
  const names = all.filter((name) => !/refused-split|refused-family|not-closed|growing|small-sizes/.test(name));
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await copyFile(corpus + name, join(folder, name));
  }
  const before = (await python(support("dump.py"), folder, ...names)) as Record<string, Seen>;
  const more = new Bundle({
    entries: [
      ["zz_new", masked([3], 0)],
      ["zz_group", new Bundle({ entries: [["x", sample([2, 2], 5)]] })],
    ],
  });
  for (const name of names) await add(name, more);
  const after = (await python(support("dump.py"), folder, ...names)) as Record<string, Seen>;
  const added = ["/zz_group", "/zz_group/x", "/zz_new", "/zz_new_mask"];
  for (const name of names) {
    const [was, is] = [before[name] as Seen, after[name] as Seen];
    expect(
      Object.keys(is)
        .filter((key) => !(key in was))
        .sort(),
      name,
    ).toEqual(added);
    for (const key of Object.keys(was)) expect(is[key], `${name} ${key}`).toEqual(was[key]);
    const path = join(folder, name);
    expect(await told("h5dump", path), `h5dump ${name}`).toBe(await told("h5dump", corpus + name));
    const repacked = await told("h5repack", path, join(folder, "repacked"));
    expect(repacked, `h5repack ${name}`).toBe(await told("h5repack", corpus + name, join(folder, "repacked.was")));
    if (name.includes("refused")) continue;
    const value = await read(name);
    expect(difference(value.get("zz_new") as AnyArray, masked([3], 0)), name).toBeUndefined();
  }
});

/** Names joined by "/", as nested bundles. */
function nested(entries: readonly (readonly [string, AnyArray])[]): Bundle {
  const out = new Map<string, AnyArray | (readonly [string, AnyArray])[]>();
  for (const [path, array] of entries) {
    const [first, ...rest] = path.split("/") as [string, ...string[]];
    if (rest.length === 0) out.set(first, array);
    else out.set(first, [...((out.get(first) ?? []) as (readonly [string, AnyArray])[]), [rest.join("/"), array]]);
  }
  return new Bundle({
    entries: [...out].map(([name, one]) => [name, Array.isArray(one) ? nested(one) : one] as const),
  });
}

describe("arrays of other tools grow", () => {
  let before: Record<string, Seen | unknown[]>;
  beforeAll(async () => {
    await python(support("others.py"), "make", folder);
    before = (await python(support("others.py"), "look", folder)) as typeof before;
    for (const name of [...names, "nc.nc", "tables.h5"])
      await copyFile(join(folder, name), join(folder, `${name}.was`));
  });
  const paths = ["plain", "single", "fixed", "both", "sparse", "texts", "records", "flags", "complex", "m"];
  const grown = [...paths, "nullable", "deep/er/sst", "deep/er/time"];
  const names = ["earliest.h5", "userblock.h5", "latest.h5", "tracked.h5"];
  const firsts = new Map<string, Bundle>();

  test("h5py's, of every index, twice", async () => {
    for (const name of names) {
      const first = await read(name);
      firsts.set(name, first);
      const row = (path: string, n: number): AnyArray =>
        (first.get(path) as AnyArray).slice(`${n}:${n + 1}`) as AnyArray;
      const count = (n: bigint): NdArray =>
        new NdArray({ dtype: dtypes.simple("int64"), shape: [1], storage: BigInt64Array.of(n) }) as NdArray;
      await add(name, nested([["long", count(5000n)], ...grown.map((path) => [path, row(path, 0)] as const)]));
      const rest = grown.filter((path) => path !== "complex");
      await add(name, nested([["long", count(5001n)], ...rest.map((path) => [path, row(path, 1)] as const)]));
      const found = await read(name);
      for (const path of grown) {
        const array = first.get(path) as AnyArray;
        const rows = array.slice(path === "complex" ? "0:1" : "0:2") as AnyArray;
        const want = concatenate([array, rows] as never) as AnyArray;
        expect(difference(bare(want), bare(found.get(path) as AnyArray)), `${name} ${path}`).toBeUndefined();
      }
    }
    const after = (await python(support("others.py"), "look", folder)) as Record<string, Seen>;
    for (const name of names) {
      const [was, is] = [before[name] as Seen, after[name] as Seen];
      for (const key of [...paths, "m_mask", "nullable/values", "nullable/mask"])
        expect(is[key], `${name} ${key}`).toEqual(twice(was[key], key === "complex" ? 1 : 2));
      for (const key of ["same", "scale", "about"]) expect(is[key], `${name} ${key}`).toEqual(was[key]);
      expect(is["long"], name).toEqual([5002, true]);
      const [shape, time, values, ...attrs] = was["sst"] as [number[], number[], number[][], ...unknown[]];
      expect(is["sst"], name).toEqual([[6, shape[1]], twice(time), twice(values), ...attrs]);
      await accepted(name);
    }
  });

  test("PyTables' arrays and tables, once", async () => {
    const first = await read("tables.h5");
    const entries = ["e", "z", "t"].map(
      (name) => [name, (first.get(name) as AnyArray).slice("0:2") as AnyArray] as const,
    );
    await add("tables.h5", new Bundle({ entries }));
    const after = (await python(support("others.py"), "look", folder)) as Record<string, unknown[]>;
    const [e, type, z, rows, t] = before["tables.h5"] as [number[][], string, number[], number, unknown[]];
    expect(after["tables.h5"]).toEqual([twice(e), type, twice(z), rows + 2, twice(t), [3.5, 3.5]]);
    await accepted("tables.h5");
  });

  test("netCDF variables, with what is missing and all that share their dimension", async () => {
    const first = await read("nc.nc");
    const entries = ["time", "v", "d"].map(
      (name) => [name, (first.get(name) as AnyArray).slice("0:2") as AnyArray] as const,
    );
    await add("nc.nc", new Bundle({ entries }));
    await add("nc.nc", new Bundle({ entries: [["s", (first.get("s") as AnyArray).slice("0:1") as AnyArray]] }));
    const after = (await python(support("others.py"), "look", folder)) as Record<string, unknown[]>;
    const [dimensions, values, ...others] = before["nc.nc"] as [Seen, Seen, ...unknown[]];
    const { time, v, d, s } = values;
    expect(after["nc.nc"]).toEqual([
      { ...dimensions, time: [5, true], step: [3, true] },
      { time: twice(time), v: twice(v), d: twice(d), s: twice(s, 1) },
      ...others,
    ]);
    await accepted("nc.nc");
  });

  test("and the tools add in turn, and we after them", async () => {
    await python(support("others.py"), "more", folder);
    for (const name of names) {
      const found = await read(name);
      expect((found.get("plain") as AnyArray).shape, name).toEqual([7, 3]);
      expect((found.get("texts") as AnyArray).at(6), name).toBe("h5py");
      await add(
        name,
        nested(["plain", "m", "texts"].map((path) => [path, (found.get(path) as AnyArray).slice("-1:") as AnyArray])),
      );
    }
    const nc = await read("nc.nc");
    const entries = ["time", "v", "d", "later"].map(
      (name) => [name, (nc.get(name) as AnyArray).slice("-1:") as AnyArray] as const,
    );
    await add("nc.nc", new Bundle({ entries }));
    await add(
      "tables.h5",
      new Bundle({ entries: [["e", ((await read("tables.h5")).get("e") as AnyArray).slice("-1:") as AnyArray]] }),
    );
    const seen = (await python(support("others.py"), "look", folder)) as Record<string, Seen>;
    for (const name of names) {
      const { plain, m, m_mask, texts } = seen[name] as Record<string, unknown[]>;
      expect([plain?.slice(-2), m?.slice(-2), m_mask?.slice(-2), texts?.slice(-2)], name).toEqual([
        [
          [1, 1, 1],
          [1, 1, 1],
        ],
        [1, 1],
        [true, true],
        ["h5py", "h5py"],
      ]);
      await accepted(name);
    }
    expect((seen["nc.nc"] as unknown as [unknown, Seen])[1]).toMatchObject({ time: [0, 1, 2, 0, 1, 9, 9] });
    expect((seen["tables.h5"] as unknown as unknown[][])[0]?.slice(-2)).toEqual([
      [9, 9],
      [9, 9],
    ]);
    for (const name of [...names, "nc.nc", "tables.h5"]) await accepted(name);
  });
});

/** Tools older than HDF5 2.0 know nothing of some of its files, changed or not. */
async function accepted(name: string): Promise<void> {
  const [path, was, again] = [join(folder, name), join(folder, `${name}.was`), join(folder, "again")];
  expect(await told("h5dump", path), `h5dump ${name}`).toBe(await told("h5dump", was));
  expect(await told("h5repack", path, again), `h5repack ${name}`).toBe(await told("h5repack", was, again));
}

test("references to what would get another place, and files of kinds that are not added to, are refused and left alone", async () => {
  await python(support("others.py"), "odd", folder);
  const row = sample([1], 400);
  const steps = {
    add: new Bundle({ entries: [["new", row]] }),
    within: nested([["g/new", row]]),
    grow: new Bundle({ entries: [["t", row]] }),
  };
  const wrong = async (name: string): Promise<string> => {
    const out: string[] = [];
    for (const [step, value] of Object.entries(steps)) {
      const before = await readFile(join(folder, name));
      const error = await add(name, value).then(
        () => undefined,
        (one: unknown) => one,
      );
      if (error === undefined) continue;
      expect(error, name).toMatchObject({ code: "CAPABILITY_MISSING" });
      expect((await readFile(join(folder, name))).equals(before), name).toBe(true);
      out.push(step);
    }
    return out.join(" ");
  };
  const points = ["root", "group", "dataset", "region", "other"].flatMap((to) => [
    `${to}-value.h5`,
    `${to}-attribute.h5`,
  ]);
  const found: Record<string, string> = {};
  for (const name of [...points, "sequences.h5", "page.h5", "free.h5", "sizes.h5", "aggregate.h5", "index.h5"])
    found[name] = await wrong(name);
  const [all, within, grow] = ["add within grow", "within", "grow"];
  expect(found).toEqual({
    "root-value.h5": all,
    "root-attribute.h5": all,
    "group-value.h5": within,
    "group-attribute.h5": within,
    "dataset-value.h5": grow,
    "dataset-attribute.h5": grow,
    "region-value.h5": grow,
    "region-attribute.h5": grow,
    "other-value.h5": "",
    "other-attribute.h5": "",
    "sequences.h5": grow,
    "page.h5": all,
    "free.h5": all,
    "sizes.h5": all,
    "aggregate.h5": "",
    "index.h5": "",
  });
  const seen = await python(support("others.py"), "odd_look", folder, ...Object.keys(found));
  const right = Object.entries(found).map(([name, refused]) => {
    const done = (step: string): boolean => !refused.split(" ").includes(step);
    return [name, [done("grow") ? 401 : 400, done("within") ? 1 : 0, done("add"), true]] as const;
  });
  expect(seen).toEqual(Object.fromEntries(right));
  const { dtype } = (await read("compressed.h5")).get("ascii") as AnyArray;
  const text = new NdArray({ dtype, shape: [1], storage: ["é"] as never }) as AnyArray;
  await expect(add("compressed.h5", new Bundle({ entries: [["ascii", text]] }))).rejects.toMatchObject({
    code: "CAPABILITY_MISSING",
    message: expect.stringMatching(/ASCII text/),
  });
});

test("arrays stored through filters that are not applied here grow by chunks that say they went without", async () => {
  await python(support("others.py"), "odd", folder);
  for (const start of [0, 100]) {
    const first = await read("compressed.h5");
    const more = (name: string): readonly [string, AnyArray] => {
      const array = first.get(name) as AnyArray;
      const from = array.shape[0] as number;
      const next = sample([100 + start], from).astype(array.dtype.kind as never) as unknown as AnyArray;
      return [name, next];
    };
    await add("compressed.h5", new Bundle({ entries: [more("lzf"), more("scaled")] }));
  }
  const found = await read("compressed.h5");
  for (const [name, length] of [
    ["lzf", 700],
    ["scaled", 400],
  ] as const) {
    const want = sample([length], 0).astype((found.get(name) as AnyArray).dtype.kind as never) as unknown as AnyArray;
    expect(difference(want, found.get(name) as AnyArray), name).toBeUndefined();
  }
  // Bit 1: the second filter was left out; 0: by none, as h5py goes on.
  expect(await python(support("others.py"), "compressed_look", folder)).toEqual([
    [700, true, [0, 2]],
    [400, true, [0, 1]],
  ]);
});

test("netCDF variables take nothing their readers would see otherwise", async () => {
  await python(support("others.py"), "make", folder);
  const nc = await read("nc.nc");
  const before = await readFile(join(folder, "nc.nc"));
  const part = (name: string): AnyArray => (nc.get(name) as AnyArray).slice("0:1") as AnyArray;
  const valued = (name: string, value: number): AnyArray => {
    const one = part(name).copy() as MaskedArray;
    one.data.set([0, ...one.shape.slice(1).map(() => 0)], value as never);
    return one.with({ mask: one.mask }) as AnyArray;
  };
  const together = ["time", "v", "d"].map((name) => [name, part(name)] as const);
  const cases: readonly (readonly [string, readonly (readonly [string, AnyArray])[], RegExp])[] = [
    ["a dimension that others have", [["v", part("v")]], /"\/v" has the dimension "\/time", which .* has too/],
    [
      "a valid element that is the fill value",
      [...together.slice(0, 1), ["v", valued("v", -5)], ...together.slice(2)],
      /would not be read as what is added/,
    ],
    ["numbers that are packed", [["packed", nc.get("packed") as AnyArray]], /packed by its attribute scale_factor/],
    ["a valid element outside the valid range", [["ranged", sample([1], -1)]], /would not be read as what is added/],
  ];
  for (const [what, entries, why] of cases) {
    await expect(add("nc.nc", new Bundle({ entries: [...entries] })), what).rejects.toMatchObject({
      code: "CAPABILITY_MISSING",
      message: expect.stringMatching(why),
    });
    expect((await readFile(join(folder, "nc.nc"))).equals(before), what).toBe(true);
  }
  await expect(
    add(
      "tables.h5",
      new Bundle({
        entries: [["indexed", ((await read("tables.h5")).get("indexed") as AnyArray).slice("0:1") as AnyArray]],
      }),
    ),
  ).rejects.toMatchObject({
    message: expect.stringMatching(/indices that only PyTables keeps/),
  });
});

test("a group that has two names is not added to under both", async () => {
  const path = join(folder, "named-twice.h5");
  const made = `import h5py; f = h5py.File(r"${path}", "w"); f.create_group("g")["a"] = [1.0]; f["h"] = f["g"]; f.close(); print(0)`;
  await python("-c", made);
  const before = await readFile(path);
  const group = (name: string): Bundle => new Bundle({ entries: [[name, sample([2], 1)]] });
  const both = new Bundle({
    entries: [
      ["g", group("one")],
      ["h", group("two")],
    ],
  });
  await expect(add("named-twice.h5", both)).rejects.toMatchObject({
    code: "OPTION_INVALID",
    message: expect.stringMatching(/would be added to twice, by two of its names/),
  });
  expect((await readFile(path)).equals(before)).toBe(true);
  await add("named-twice.h5", new Bundle({ entries: [["h", group("two")]] }));
  const seen = `import h5py, json; f = h5py.File(r"${path}"); print(json.dumps([list(f["g"]), list(f["h"]), list(map(float, f["g/two"]))]))`;
  const [g, h, values] = (await python("-c", seen)) as [string[], string[], number[]];
  expect([g, h, values.length]).toEqual([["a", "two"], ["a", "two"], 2]);
});

const bare = (array: AnyArray): AnyArray => {
  const data = (isMaskedArray(array) ? array.data : array).with({ dims: undefined, attrs: new Map() }) as NdArray;
  return isMaskedArray(array) ? (new MaskedArray({ data, mask: array.mask as never }) as AnyArray) : data;
};
