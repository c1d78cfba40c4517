// What is in the file after each single write of an operation, and after half of it: the old or the new state, always.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMmapDict } from "@masquerade/adapter-mmappickle/node";
import { array, full, isBundle, maskedArray, type NdArray, type PlainValue } from "@masquerade/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { decode } from "../src/decode.ts";
import { PositionalFile } from "../src/node/file.ts";

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-crash-"));
  path = join(folder, "crash.mmdpickle");
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

interface Write {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What `work` writes, in order. */
async function writesOf(work: () => Promise<unknown>): Promise<readonly Write[]> {
  const seen: Write[] = [];
  const now = PositionalFile.prototype.writeNow;
  const soon = PositionalFile.prototype.write;
  vi.spyOn(PositionalFile.prototype, "writeNow").mockImplementation(function (this: PositionalFile, offset, bytes) {
    seen.push({ offset, bytes: bytes.slice() });
    now.call(this, offset, bytes);
  });
  vi.spyOn(PositionalFile.prototype, "write").mockImplementation(async function (this: PositionalFile, offset, bytes) {
    if (bytes.length >= 65_536) seen.push({ offset, bytes: bytes.slice() });
    await soon.call(this, offset, bytes);
  });
  await work();
  vi.restoreAllMocks();
  return seen;
}

function applied(file: Uint8Array, writes: readonly Write[]): Uint8Array {
  let out = file.slice();
  for (const { offset, bytes } of writes) {
    if (offset + bytes.length > out.length) {
      const longer = new Uint8Array(offset + bytes.length);
      longer.set(out);
      out = longer;
    }
    out.set(bytes, offset);
  }
  return out;
}

/** Keys and values as text, to compare. */
async function state(): Promise<string> {
  await using dict = await openMmapDict(path, { mode: "r+", durable: false });
  const found: [string, string][] = [];
  for (const key of [...(await dict.keys())].sort()) {
    const value = await dict.get(key);
    const shown = typeof value === "object" && value !== null && "read" in value ? await value.read() : value;
    found.push([key, String(shown)]);
  }
  return JSON.stringify(found);
}

const large = full([20_000], 3, "float64") as NdArray;
const values: readonly PlainValue[] = [
  "text",
  array([1, 2, 3], "float64"),
  maskedArray([1, 2], { dtype: "int16", mask: [true, false], fillValue: 5 }),
  large,
  new Map<PlainValue, PlainValue>([["a", ["x".repeat(300), "x".repeat(300)]]]),
];

test("every write of set, replace and delete", async () => {
  let tried = 0;
  for (const [i, value] of values.entries())
    for (const operation of ["set", "replace", "delete"] as const) {
      await rm(path, { force: true });
      {
        await using dict = await openMmapDict(path, { mode: "a+", durable: false });
        await dict.set("first", values[(i + 1) % values.length] as PlainValue);
        if (operation !== "set") await dict.set("key", values[(i + 2) % values.length] as PlainValue);
        await dict.set("x".repeat((i * 97) % 200), BigInt(i));
      }
      const before = new Uint8Array(await readFile(path));
      const old = await state();
      const dict = await openMmapDict(path, { mode: "r+", durable: false });
      const writes = await writesOf(() => (operation === "delete" ? dict.delete("key") : dict.set("key", value)));
      await dict.close();
      const fresh = await state();
      expect(fresh).not.toBe(old);
      const seen: string[] = [];
      for (let n = 0; n <= writes.length; n++) {
        const last = writes[n - 1];
        // Half of a long write; short ones, which make an entry be or cease, lie in one sector and are never torn.
        const torn: Write[] =
          last === undefined ? [] : [{ ...last, bytes: last.bytes.subarray(0, last.bytes.length >> 1) }];
        const halves =
          last !== undefined && last.bytes.length > 11 ? [torn, [last]] : [last === undefined ? [] : [last]];
        for (const half of halves) {
          await writeFile(path, applied(applied(before, writes.slice(0, Math.max(n - 1, 0))), half));
          const found = await state();
          expect([old, fresh], `${operation} of value ${i}, after ${n} of ${writes.length} writes`).toContain(found);
          seen.push(found);
          tried++;
        }
      }
      // From the old state to the new, once.
      expect(seen.indexOf(fresh)).toBe(seen.lastIndexOf(old) + 1);
    }
  expect(tried).toBeGreaterThan(60);
});

test("what a write must not tear lies in one sector", async () => {
  await using dict = await openMmapDict(path, { mode: "a+", durable: false });
  for (let i = 0; i < 300; i++) {
    const writes = await writesOf(() => dict.set(`k${i % 7}`, "y".repeat((i * 31) % 250)));
    const flip = writes.filter(({ bytes }) => bytes.length === 11).at(-1) as Write;
    expect(flip.offset % 512).toBeLessThanOrEqual(501);
  }
  await dict.set("array", array([1, 2], "float64"));
  const value = decode(new Uint8Array(await readFile(path)));
  if (!isBundle(value)) throw new Error("a bundle");
  expect([...value.attrs.keys()].sort()).toEqual(Array.from({ length: 7 }, (_, i) => `k${i}`));
});
