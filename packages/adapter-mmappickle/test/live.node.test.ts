import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mmappickle } from "@masquerade/adapter-mmappickle";
import { MmapArray, type MmapDict, type MmapDictOptions, openMmapDict } from "@masquerade/adapter-mmappickle/node";
import {
  array,
  Bundle,
  difference,
  dtypes,
  full,
  isBundle,
  type MaskedArray,
  maskedArray,
  type NdArray,
} from "@masquerade/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-mmap-"));
  path = join(folder, "live.mmdpickle");
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const fast: MmapDictOptions = { mode: "a+", durable: false };
const sea = (): MaskedArray<"float64"> =>
  maskedArray(
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
  ) as MaskedArray<"float64">;

/** What a file read by the portable codec holds. */
async function whole(): Promise<Bundle> {
  const value = (await mmappickle.codec()).decode(new Uint8Array(await readFile(path)));
  if (!isBundle(value)) throw new Error("the file holds a bundle");
  return value;
}

describe("keys and values", () => {
  test("set, get, replace, delete", async () => {
    await using dict = await openMmapDict(path, fast);
    expect(await dict.keys()).toEqual([]);
    expect((await stat(path)).size).toBe(35);
    await dict.set("sea", sea());
    await dict.set("plain", array([1n, 2n, 3n], "int64"));
    await dict.set("units", "kelvin");
    await dict.set("more", new Map<string, never>([["a", [1n, 2.5, null, "x"] as never]]));
    expect(await dict.keys()).toEqual(["sea", "plain", "units", "more"]);
    expect(dict.commitNumber).toBe(4);
    expect(await dict.get("units")).toBe("kelvin");
    expect(await dict.get("more")).toEqual(new Map([["a", [1n, 2.5, null, "x"]]]));
    const held = await dict.array("sea");
    expect(held.header).toMatchObject({ shape: [2, 3], mask: "mask" });
    expect(difference(sea(), await held.read())).toBeUndefined();
    expect(difference(sea().slice("1, ::2").copy(), (await held.read("1, ::2")).copy())).toBeUndefined();

    await dict.set("plain", array([7n], "int64"));
    expect(await dict.keys()).toEqual(["sea", "units", "more", "plain"]);
    expect(await dict.delete("units")).toBe(true);
    expect(await dict.delete("units")).toBe(false);
    await expect(dict.get("units")).rejects.toMatchObject({ code: "INDEX_INVALID" });
    const bundle = await whole();
    expect(bundle.names).toEqual(["sea", "plain"]);
    expect([...bundle.attrs.keys()]).toEqual(["more"]);
  });

  test("records, 0-d arrays and dicts of arrays are read whole", async () => {
    await using dict = await openMmapDict(path, fast);
    const zero = full([], 2.5, "float64");
    await dict.set("zero", zero);
    await dict.set(
      "dict",
      new Bundle({
        entries: [
          ["inner", zero],
          ["sea", sea()],
        ],
      }),
    );
    expect(difference(zero, (await dict.get("zero")) as NdArray)).toBeUndefined();
    const inner = await dict.get("dict");
    if (!isBundle(inner)) throw new Error("a bundle");
    expect(difference(sea(), inner.get("sea") as MaskedArray)).toBeUndefined();
    await expect(dict.array("zero")).rejects.toMatchObject({ code: "DTYPE_MISMATCH" });
  });

  test("what cannot be kept is refused, and changes nothing", async () => {
    await using dict = await openMmapDict(path, fast);
    const before = await readFile(path);
    const text = full([], "?", "str") as NdArray;
    const dates = maskedArray(array([0n], "datetime64[s]" as never), { fillValue: undefined }).with({
      fillValue: text,
    });
    await expect(dict.set("dates", dates)).rejects.toMatchObject({
      code: "CAPABILITY_MISSING",
      capability: "fill-value",
    });
    await expect(dict.set("x".repeat(256), 1n)).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    await expect(dict.set("\ud800", 1n)).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    await expect(dict.set("symbol", Symbol("x") as never)).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    await expect(dict.create("o", { dtype: "object", shape: [3] })).rejects.toMatchObject({
      code: "CAPABILITY_MISSING",
    });
    expect(Buffer.compare(await readFile(path), before)).toBe(0);
    await dict.set("dates", dates, { lossy: ["fill-value"] });
    expect((await dict.array("dates")).header.fillValue).toBeUndefined();
  });

  test("a mode that only reads", async () => {
    await expect(openMmapDict(path)).rejects.toMatchObject({ code: "SOURCE_MISSING" });
    await expect(openMmapDict(path, { mode: "r+" })).rejects.toMatchObject({ code: "SOURCE_MISSING" });
    await expect(openMmapDict(path, { mode: "w" as never })).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await using writer = await openMmapDict(path, fast);
    await writer.set("sea", sea());
    await using dict = await openMmapDict(path);
    const held = await dict.array("sea");
    await expect(dict.set("x", 1n)).rejects.toMatchObject({ code: "READ_ONLY" });
    await expect(held.write("0", sea().slice("0"))).rejects.toMatchObject({ code: "READ_ONLY" });
    await dict.close();
    await expect(dict.keys()).rejects.toMatchObject({ code: "SOURCE_CLOSED" });
  });
});

describe("slices in place", () => {
  test("written where they lie, mask and data", async () => {
    await using dict = await openMmapDict(path, fast);
    await dict.set("sea", sea());
    const held = await dict.array("sea");
    const size = (await stat(path)).size;
    const want = sea();
    for (const [selection, value] of [
      ["0, 1:", maskedArray([8, 9], { dtype: "float64", mask: [true, false] })],
      [
        ":, ::-2",
        array(
          [
            [1, 2],
            [3, 4],
          ],
          "float64",
        ),
      ],
      ["1", maskedArray(full([], 5, "float64"))],
      ["None, 0, :1", array([[-1]], "float64")],
    ] as const) {
      await held.write(selection, value as NdArray);
      want.assign(selection, value as never);
      expect(difference(want, await held.read()), selection).toBeUndefined();
    }
    expect((await stat(path)).size).toBe(size);
    expect(difference(want, (await whole()).get("sea") as MaskedArray)).toBeUndefined();
  });

  test("big-endian and other dtypes keep theirs", async () => {
    await using dict = await openMmapDict(path, fast);
    await dict.create("be", { dtype: dtypes.simple("float32", "big"), shape: [3] });
    const held = await dict.array("be");
    await held.write("1", full([], 1.5, "float32") as NdArray);
    const raw = await readFile(path);
    expect(raw.includes(Buffer.from([0x3f, 0xc0, 0, 0]))).toBe(true);
    expect([...((await held.read()) as NdArray<"float32">).data]).toEqual([0, 1.5, 0]);
  });

  test("values that do not fit are refused", async () => {
    await using dict = await openMmapDict(path, fast);
    await dict.set("sea", sea());
    await dict.set("plain", array([1, 2], "float64"));
    const held = await dict.array("sea");
    await expect(held.write("0", array([1, 2, 3], "float32"))).rejects.toMatchObject({ code: "DTYPE_MISMATCH" });
    await expect(held.write("0", array([1, 2], "float64"))).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
    await expect(held.write("7", array([1, 2], "float64"))).rejects.toMatchObject({ code: "INDEX_INVALID" });
    const plain = await dict.array("plain");
    await expect(plain.write(":", maskedArray([1, 2], { dtype: "float64" }))).rejects.toMatchObject({
      code: "DTYPE_MISMATCH",
    });
  });

  test("arrays larger than memory take no room until they are written", async () => {
    await using dict = await openMmapDict(path, fast);
    const made = await dict.create("big", { dtype: "float64", shape: [1 << 20, 1 << 14], masked: true, fillValue: -1 });
    const { size, blocks } = await stat(path);
    expect(size).toBeGreaterThan(2 ** 37);
    expect(blocks * 512).toBeLessThan(2 ** 22);
    await made.write("-1, -3:", maskedArray([1, 2, 3], { dtype: "float64", mask: [false, true, false] }));
    expect(String(await made.read("-1, -4:"))).toContain("[0.0, 1.0, --, 3.0]");
    await dict.set("after", array([1n], "int64"));
    expect(await dict.keys()).toEqual(["big", "after"]);
    expect((await made.read("-1, -1")).shape).toEqual([]);
  });
});

describe("several handles", () => {
  const pair = async (): Promise<[MmapDict, MmapDict]> => [
    await openMmapDict(path, fast),
    await openMmapDict(path, fast),
  ];

  test("see each other's changes by the commit number", async () => {
    const [a, b] = await pair();
    await a.set("x", 1n);
    expect(await b.refresh()).toBe(true);
    expect(await b.refresh()).toBe(false);
    await b.set("y", 2n);
    expect(await a.keys()).toEqual(["x", "y"]);
    await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? a : b).set(`k${i}`, BigInt(i))));
    expect((await a.keys()).length).toBe(42);
    expect(await a.keys()).toEqual(await b.keys());
    await Promise.all([a.close(), b.close()]);
  });

  test("an array reads what it was got as, and is not written once it has been replaced", async () => {
    const [a, b] = await pair();
    await a.set("x", array([1, 2, 3], "float64"));
    const held = await a.array("x");
    await b.set("x", array([4, 5], "float64"));
    expect([...((await held.read()) as NdArray<"float64">).data]).toEqual([1, 2, 3]);
    await expect(held.write("0", full([], 9, "float64") as NdArray)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
    expect([...((await (await a.array("x")).read()) as NdArray<"float64">).data]).toEqual([4, 5]);
    await Promise.all([a.close(), b.close()]);
  });

  test("a vacuum gives room back; the others go on with the new file", async () => {
    const [a, b] = await pair();
    for (let i = 0; i < 5; i++) await a.set("x", full([1000], i, "float64"));
    await a.set("sea", sea());
    await b.delete("sea");
    const held = await b.array("x");
    const mine = await a.array("x");
    const before = (await stat(path)).size;
    await expect(a.vacuum(undefined as never)).rejects.toMatchObject({ code: "OPTION_INVALID" });
    const freed = await a.vacuum({ exclusive: true });
    expect(freed).toBeGreaterThan(4 * 8000);
    expect((await stat(path)).size).toBe(before - freed);
    await a.refresh();
    expect(a.commitNumber).toBe(0);
    await expect(mine.read()).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
    await expect(held.write("0", full([], 9, "float64") as NdArray)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
    await b.set("new", 1n);
    expect(await a.keys()).toEqual(["x", "new"]);
    expect([...((await (await b.array("x")).read(":3")) as NdArray<"float64">).data]).toEqual([4, 4, 4]);
    expect(await a.vacuum({ exclusive: true })).toBe(0);
    await Promise.all([a.close(), b.close()]);
  });

  test("who waits too long is told so", async () => {
    await using dict = await openMmapDict(path, fast);
    await dict.set("x", 1n);
    const holder = spawn("flock", ["-x", path, "sh", "-c", "echo held; read line"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(holder.stdout, "data");
    for (const lock of ["koffi", "flock"] as const)
      await expect(openMmapDict(path, { ...fast, lock, lockTimeout: 30 })).rejects.toMatchObject({
        code: "SOURCE_IO",
        message: expect.stringContaining("lockTimeout"),
      });
    const waiting = dict.set("y", 2n);
    holder.stdin.end("\n");
    await waiting;
    expect(await dict.keys()).toEqual(["x", "y"]);
  });

  test("each way of locking excludes the other", async () => {
    const a = await openMmapDict(path, { ...fast, lock: "koffi" });
    const b = await openMmapDict(path, { ...fast, lock: "flock" });
    await Promise.all(Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? a : b).set(`k${i}`, BigInt(i))));
    expect((await a.keys()).length).toBe(30);
    await Promise.all([a.close(), b.close()]);
  });
});

describe("what an ended process leaves", () => {
  test("an append that was not finished is cut off; a key that is there twice is the later one", async () => {
    {
      await using dict = await openMmapDict(path, fast);
      await dict.set("x", 1n);
      await dict.set("y", array([1, 2], "float64"));
    }
    const good = new Uint8Array(await readFile(path));
    await writeFile(path, Buffer.concat([good, new Uint8Array(200), good.subarray(-11)]));
    expect((await whole()).attrs.get("x")).toBe(1n);
    await writeFile(path, Buffer.concat([good, new Uint8Array(77)]));
    await expect(whole()).rejects.toMatchObject({ code: "FORMAT_MALFORMED" });
    {
      await using reader = await openMmapDict(path);
      expect(await reader.keys()).toEqual(["x", "y"]);
    }
    expect((await stat(path)).size).toBe(good.length + 77);
    await using dict = await openMmapDict(path, fast);
    expect((await stat(path)).size).toBe(good.length);
    await dict.set("z", 3n);
    expect(await dict.keys()).toEqual(["x", "y", "z"]);
  });

  test("a file without its end is refused", async () => {
    {
      await using dict = await openMmapDict(path, fast);
      await dict.set("x", 1n);
    }
    const { size } = await stat(path);
    for (const cut of [1, 5, 11, 12, 20]) {
      await truncate(path, size - cut);
      await expect(openMmapDict(path, fast)).rejects.toMatchObject({ code: "FORMAT_TRUNCATED" });
    }
  });
});

test("other options of locking", async () => {
  await using dict = await openMmapDict(path, { ...fast, lock: "none" });
  await dict.set("x", 1n);
  expect(await dict.get("x")).toBe(1n);
  await expect(openMmapDict(path, { lock: "fcntl" as never })).rejects.toMatchObject({ code: "OPTION_INVALID" });
  expect(MmapArray.name).toBe("MmapArray");
});
