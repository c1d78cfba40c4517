// Against the real mmappickle 1.0 on NumPy 1.x: what we write it reads, both at work on one file, and processes that are killed.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mmappickle as format } from "@masquerade/adapter-mmappickle";
import { MmapArray, openMmapDict } from "@masquerade/adapter-mmappickle/node";
import { type AnyArray, array, Bundle, dtypes, full, isMaskedArray, maskedArray, type NdArray } from "@masquerade/core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { peer } from "./support/python.ts";
// biome-ignore lint/correctness/useImportExtensions: JavaScript, which a process of its own runs without a build.
import { random, type State, sizes, storm, type Told } from "./support/storm.mjs";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-mmap-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const sea = maskedArray(
  [
    [1, 2, 3],
    [4, 5, 6],
  ],
  {
    dtype: "float64",
    mask: [
      [false, true, false],
      [false, false, true],
    ],
    fillValue: -9,
  },
);
const seaTold = {
  dtype: "<f8",
  shape: [2, 3],
  data: [1, 2, 3, 4, 5, 6],
  mask: [false, true, false, false, false, true],
};

function bundle(): Bundle {
  const small = maskedArray([1, 2, 3], { dtype: "int16", mask: [true, false, false] });
  const record = dtypes.struct([
    { name: "id", dtype: dtypes.simple("int32") },
    { name: "x", dtype: dtypes.simple("float64") },
  ]);
  return new Bundle({
    entries: [
      ["sea", sea],
      ["wide", small.with({ fillValue: full([], 999999n, "int64") as NdArray })],
      ["unset", small],
      ["big", array([[1.5, -2]], "float32").with({ dtype: dtypes.simple("float32", "big") })],
      ["days", array([0n, 365n], "datetime64[D]" as never)],
      ["text", array(["a", "xyz"], "str" as never)],
      ["zero", full([], 2.5, "float64")],
      ["record", full([2], { id: 3, x: 0.5 }, record)],
    ] as [string, AnyArray][],
    attrs: new Map<string, never>([
      ["units", "kelvin" as never],
      ["more", [1n, 2.5, null, "kelvin", new Map([["a", Uint8Array.of(1, 2)]])] as never],
    ]),
  });
}

test("mmappickle and pickle.load read what we write, fill values too", async () => {
  const path = join(folder, "ours.mmdpickle");
  await writeFile(path, (await format.codec()).encode(bundle()));
  const [read, loaded] = [await peer("read", path), await peer("load", path)];
  const common = {
    big: { dtype: ">f4", shape: [1, 2], data: [1.5, -2] },
    text: { dtype: "<U3", shape: [2], data: ["a", "xyz"] },
    zero: { dtype: "<f8", shape: [], data: [2.5] },
    record: {
      shape: [2],
      data: [
        [3, 0.5],
        [3, 0.5],
      ],
    },
    units: { plain: "'kelvin'" },
    more: { plain: "[1, 2.5, None, 'kelvin', {'a': b'\\x01\\x02'}]" },
  };
  const small = { dtype: "<i2", shape: [3], data: [1, 2, 3], mask: [true, false, false] };
  expect(read).toMatchObject({ ...common, sea: { ...seaTold, fill: null }, unset: { ...small, fill: null } });
  expect(loaded).toMatchObject({
    ...common,
    sea: { ...seaTold, fill: "-9.0" },
    wide: { ...small, fill: "16959" },
    unset: { ...small, fill: null },
  });
  expect(Object.keys(read)).toEqual(Object.keys(loaded));
  expect(loaded["days"]).toMatchObject({ dtype: "<M8[D]" });
});

test("mmappickle works on our file, and we on what it leaves", async () => {
  const path = join(folder, "both.mmdpickle");
  await writeFile(path, (await format.codec()).encode(bundle()));
  expect(await peer("use", path)).toEqual([
    "sea",
    "wide",
    "unset",
    "big",
    "days",
    "text",
    "zero",
    "record",
    "more",
    "added",
  ]);
  await using dict = await openMmapDict(path, { mode: "r+" });
  const held = (await (await dict.array("sea")).read()) as typeof sea;
  expect(held.data.at(0, 0)).toBe(77);
  expect(held.fillValue?.at()).toBe(-9);
  expect([...((await (await dict.array("added")).read()) as NdArray<"int64">).data]).toEqual([0n, 1n, 2n]);
});

test("two processes on one file, a thousand operations: nothing is lost", async () => {
  const path = join(folder, "storm.mmdpickle");
  {
    await using made = await openMmapDict(path, { mode: "a+" });
    await made.set("before", 1n);
  }
  const seed = inject("seed");
  const [theirs, ours] = await Promise.all([
    peer("storm", path, "500", String(seed)) as Promise<State>,
    (async () => {
      await using dict = await openMmapDict(path, { mode: "r+", durable: false });
      return await storm(dict, "js", 500, random(seed));
    })(),
  ]);
  const want: State = { ...theirs, ...ours };
  const keys = [...Object.keys(want), "before"].sort();
  await using dict = await openMmapDict(path);
  expect([...(await dict.keys())].sort()).toEqual(keys);
  const found: Record<string, unknown> = {};
  for (const key of Object.keys(want)) found[key] = await told(await dict.get(key));
  expect(found).toEqual(want);
  expect(Object.keys(await peer("read", path)).sort()).toEqual(keys);
  expect(Object.keys(await peer("load", path)).sort()).toEqual(keys);
});

/** Which value a key has; throws when it is none of those that were set. */
async function told(value: unknown): Promise<Told> {
  if (!(value instanceof MmapArray)) {
    const plain = value as ReadonlyMap<string, unknown>;
    const number = Number(plain.get("number"));
    expect(plain.get("text")).toBe("x".repeat(number % 300));
    return ["plain", number];
  }
  const whole = await value.read();
  const values = (isMaskedArray(whole) ? whole.data : whole) as NdArray<"float64">;
  const number = Number(values.data[0]);
  expect(new Set(values.data)).toEqual(new Set([values.data[0]]));
  if (!isMaskedArray(whole)) {
    expect(whole.shape).toEqual([sizes(number)]);
    return ["array", number];
  }
  expect(whole.shape).toEqual([2, sizes(number)]);
  expect([...whole.maskArray().toBytes()]).toEqual(Array.from({ length: whole.size }, (_, i) => (i % 3 === 0 ? 1 : 0)));
  return ["masked", number];
}

/** Kills a process at work on a live dictionary, again and again, and looks at the file each time. Returns how often an append was cut off. */
async function killed(path: string, rounds: number, next: (n: number) => number): Promise<number> {
  const script = join(import.meta.dirname, "support/killed-child.mjs");
  {
    await using made = await openMmapDict(path, { mode: "a+" });
    await made.set("kept", array([1, 2, 3], "float64"));
  }
  let cut = 0;
  for (let round = 0; round < rounds; round++) {
    const child: ChildProcess = fork(script, [path, String(next(1e9))], {
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    let seen: { readonly before: State; readonly after: State } = { before: {}, after: {} };
    child.on("message", (message: typeof seen) => {
      seen = message;
    });
    await Promise.race([
      once(child, "message"),
      once(child, "close").then(() => Promise.reject(new Error("the child ended"))),
    ]);
    await new Promise((done) => setTimeout(done, next(40)));
    const ended = once(child, "close");
    child.kill("SIGKILL");
    await ended;
    const { size } = await stat(path);
    await using dict = await openMmapDict(path, { mode: "r+" });
    if ((await stat(path)).size < size) cut++;
    const state: Record<string, unknown> = {};
    for (const key of await dict.keys()) if (key !== "kept") state[key] = await told(await dict.get(key));
    expect([seen.before, seen.after], `round ${round}`).toContainEqual(state);
    expect(await dict.has("kept")).toBe(true);
    for (const key of Object.keys(state)) await dict.delete(key);
    if (round % 20 === 19) await dict.vacuum({ exclusive: true });
  }
  expect(Object.keys(await peer("load", path))).toEqual(["kept"]);
  return cut;
}

test("killed at 200 moments of set, replace and delete: the old or the new state each time", async () => {
  const lanes = Array.from({ length: 4 }, (_, lane) =>
    killed(join(folder, `killed${lane}.mmdpickle`), 50, random(inject("seed") + lane)),
  );
  const cut = (await Promise.all(lanes)).reduce((sum, n) => sum + n, 0);
  // Few hit the middle; crash.node.test.ts goes through each write of each operation.
  console.log(`${cut} of 200 were killed in the middle of an append`);
});
