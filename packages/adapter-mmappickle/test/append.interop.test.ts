// The real mmappickle 1.0 and Python's pickle on files that were added to in place: with dead entries of each form, and by both in turn.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mmappickle as format } from "@masquerade/adapter-mmappickle";
import { type AnyArray, array, Bundle, maskedArray, zeros } from "@masquerade/core";
import { fromFile } from "@masquerade/core/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { peer } from "./support/python.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-mmap-append-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const codec = await format.codec();
const dict = (entries: Readonly<Record<string, AnyArray>>): Bundle => new Bundle({ entries: Object.entries(entries) });
const sea = maskedArray([1, 2, 3], { dtype: "float64", mask: [true, false, false], fillValue: -9 });
const seaTold = { dtype: "<f8", shape: [3], data: [1, 2, 3], mask: [true, false, false] };

async function append(path: string, more: Bundle): Promise<void> {
  await using file = await fromFile(path, { mode: "r+" });
  await codec.append?.(file, more);
}

test("they read what was added, behind dead entries of every form", async () => {
  const path = join(folder, "added.mmdpickle");
  const forms = new Set<string>();
  // An interrupted append of so many bytes, which the next one covers.
  for (const left of [0, ...Array.from({ length: 70 }, (_, i) => 150 + i * 3), 3000]) {
    await writeFile(path, codec.encode(dict({ wide: array([1, 2], "int16") })));
    if (left > 0) {
      const before = await readFile(path);
      await append(path, dict({ left: zeros("uint8", [left]) as AnyArray }));
      const after = await readFile(path);
      // All but its last write, which makes it be.
      before.subarray(before.length - 11).copy(after, before.length - 11);
      await writeFile(path, after);
    }
    await append(path, dict({ sea, n: array([7n], "int64") }));
    const bytes = await readFile(path);
    const dead = bytes.indexOf(Uint8Array.of(0x8c, 0), 24);
    const form = dead > 0 ? (bytes[dead + 2] as number).toString(16) : "none";
    if (forms.has(form) && left !== 3000) continue;
    forms.add(form);
    const [read, loaded] = [await peer("read", path), await peer("load", path)];
    for (const found of [read, loaded]) {
      expect(Object.keys(found), `${left} bytes left`).toEqual(["wide", "sea", "n"]);
      expect(found).toMatchObject({ sea: seaTold, n: { data: [7] } });
    }
    expect(loaded).toMatchObject({ sea: { fill: "-9.0" } });
  }
  expect([...forms].sort()).toEqual(["43", "4e", "8e", "none"]);
});

test("both in turn: it sets, deletes and vacuums what was added, and more is added to what it leaves", async () => {
  const path = join(folder, "turns.mmdpickle");
  await writeFile(path, codec.encode(dict({ sea, units: array([1], "int8") })));
  await append(path, dict({ more: sea }));
  expect(await peer("use", path)).toEqual(["sea", "more", "added"]);
  await append(path, dict({ last: sea }));
  const found = await peer("read", path);
  expect(Object.keys(found)).toEqual(["sea", "more", "added", "last"]);
  expect(found).toMatchObject({ more: seaTold, last: seaTold, sea: { data: [77, 2, 3] }, added: { data: [0, 1, 2] } });
});
