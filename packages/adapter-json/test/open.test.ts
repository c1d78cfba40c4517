// Files read by parts: whatever the pieces they come in, the same arrays and the same errors as when they are read at once.
import { json } from "@masquerade/adapter-json";
import { coveringSet } from "@masquerade/conformance";
import {
  type AnyArray,
  Bundle,
  counting,
  difference,
  dtypes,
  fromBytes,
  describe as headerOf,
  isMasqueradeError,
  MaskedArray,
  NdArray,
  readFile,
} from "@masquerade/core";
import { describe, expect, inject, test } from "vitest";
import { openJson } from "../src/open.ts";
import { randomBytes } from "./support/floats.ts";

const codec = await json.codec();
const samples = [...coveringSet(json.capabilities.kinds, 23)];
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe.each([1, 7, 64])("read %i bytes at first", (chunk) => {
  test("every kind of array comes back whole, and by blocks", async () => {
    const problems: string[] = [];
    for (const { name, array } of samples.filter((_, i) => i % 5 === chunk % 5)) {
      const bytes = codec.encode(array, { indent: chunk === 7 ? 0 : 2 });
      const file = await openJson(fromBytes(bytes), {}, chunk);
      const how = difference(array, await readFile(file));
      if (how !== undefined) problems.push(`${name}: ${how}`);
      const parts: AnyArray[] = [];
      for await (const block of file.array().blocks({ maxBytes: 24 })) parts.push(block.value);
      const axis = array.order === "F" ? array.shape.length - 1 : 0;
      let at = 0;
      for (const part of parts) {
        const count = part.shape[axis] ?? 1;
        const wanted =
          array.shape.length === 0
            ? array
            : array.slice(array.shape.map((_, i) => (i === axis ? { start: at, stop: at + count } : {})));
        const differs = difference(wanted.copy(part.order), part.copy(part.order));
        if (differs !== undefined) problems.push(`${name}, block at ${at}: ${differs}`);
        at += count;
      }
    }
    expect(problems).toEqual([]);
  });
});

test("any rows, in any order, of an array whose text spans many pieces", async () => {
  const shape = [600, 7];
  const size = 4200;
  const raw = randomBytes(inject("seed"), size * 8);
  const data = new NdArray({ dtype: dtypes.simple("float64"), shape, storage: new Float64Array(raw.buffer) });
  const bits = randomBytes(inject("seed") + 1, size).map((b) => (b % 4 === 0 ? 1 : 0));
  const mask = new NdArray({ dtype: dtypes.simple("bool"), shape, storage: bits });
  const array = new MaskedArray({ data, mask });
  const source = counting(fromBytes(codec.encode(array)));
  const file = await openJson(source, {}, 512);
  for (const at of [599, 0, 300, 301, 17, 598, 250]) {
    const before = source.bytes;
    expect(difference(array.slice([at]).copy(), (await file.array().read([at])).copy())).toBeUndefined();
    expect(source.bytes - before).toBeLessThan(40_000);
  }
  for (const selection of ["10:20:3, ::-1", "::-100", "5:5", "None, -3, 2", "..., 3"])
    expect(
      difference(array.slice(selection).copy("C"), (await file.array().read(selection)).copy("C")),
    ).toBeUndefined();
});

test("bundles: names, attributes, one array by select", async () => {
  const one = (n: number): NdArray =>
    new NdArray({ dtype: dtypes.simple("int32"), shape: [n], storage: Int32Array.from({ length: n }, (_, i) => i) });
  const bundle = new Bundle({
    kind: "dict",
    entries: [
      ["a", one(3)],
      [
        "b",
        new Bundle({
          kind: "list",
          entries: [
            ["0", one(40)],
            ["1", one(0)],
          ],
        }),
      ],
    ],
    attrs: new Map([["title", "sea"]]),
  });
  const bytes = codec.encode(bundle);
  const file = await openJson(fromBytes(bytes), {}, 16);
  expect(file.names).toEqual(["a", "b/0", "b/1"]);
  expect(file.header).toEqual(headerOf(bundle));
  expect(difference(bundle, await readFile(file))).toBeUndefined();
  const part = await openJson(fromBytes(bytes), { select: "b" }, 16);
  expect(difference(bundle.get("b") as Bundle, await readFile(part))).toBeUndefined();
  await expect(openJson(fromBytes(bytes), { select: "c" })).rejects.toMatchObject({ code: "INDEX_INVALID" });
});

test("members in any order, and dialects", async () => {
  const file = await openJson(
    fromBytes(
      text(
        '{"hidden": [9], "data": [[1, null], [3, 4]], "shape": [2, 2], "version": 1, "dtype": "<i2", "format": "masked-array"}',
      ),
    ),
    {},
    8,
  );
  expect(((await file.array().read("0")) as MaskedArray).maskArray().toC()).toEqual(Uint8Array.of(0, 1));
  expect(((await file.array().read("0")) as MaskedArray).data.at(1)).toBe(9);
  const plain = await openJson(fromBytes(text("[[1.5, null], [2, 3]]")), {}, 8);
  expect((await plain.array().read()).shape).toEqual([2, 2]);
});

async function outcome(bytes: Uint8Array, chunk: number): Promise<string> {
  try {
    const value = await readFile(await openJson(fromBytes(bytes), {}, chunk));
    return Array.from(codec.encode(value)).join();
  } catch (error) {
    return isMasqueradeError(error) ? `${error.code}: ${error.message}` : `no error of ours: ${String(error)}`;
  }
}

test("one byte changed: a value that decode gives too, or an error of ours where decode has one", async () => {
  const random = randomBytes(inject("seed"), 4000);
  const letters = '0123456789-+.eE,[]{}"nulNaI :\n\0';
  let same = 0;
  for (const [i, { array }] of samples.filter((_, n) => n % 13 === 0).entries()) {
    const file = codec.encode(array);
    for (let m = 0; m < 12; m++) {
      const mutant = file.slice();
      const r = ((i * 12 + m) * 3) % 3990;
      mutant[((random[r] as number) * 256 + (random[r + 1] as number)) % file.length] = letters.charCodeAt(
        (random[r + 2] as number) % letters.length,
      );
      let wanted: string;
      try {
        wanted = Array.from(codec.encode(codec.decode(mutant))).join();
      } catch (error) {
        wanted = isMasqueradeError(error) ? `${error.code}: ${error.message}` : String(error);
      }
      const got = await outcome(mutant, 32);
      expect(got).not.toContain("no error of ours");
      // Of several faults another may be met first.
      const refused = /^[A-Z_]+: /;
      if (!refused.test(got) || !refused.test(wanted)) expect(got).toBe(wanted);
      else if (got === wanted) same++;
    }
  }
  expect(same).toBeGreaterThan(100);
});

test("an error far into a file has its line, column and path", async () => {
  const rows = Array.from({ length: 3000 }, (_, i) => `    [${i}, ${i === 2345 ? "x" : 1}]`).join(",\n");
  const bytes = text(
    `{"format": "masked-array", "version": 1, "dtype": "<f8", "shape": [3000, 2],\n  "data": [\n${rows}\n  ]\n}\n`,
  );
  const file = await openJson(fromBytes(bytes), {}, 100);
  await expect(file.array().read("2340:2350")).rejects.toThrow(/line 2348, column 12, data\[2345\]\[1\]: /);
  expect(() => codec.decode(bytes)).toThrow(/line 2348, column 12, data\[2345\]\[1\]: /);
});
