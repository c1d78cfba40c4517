import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AnyArray, arange, counting, fromBytes, memorySink, type NdArray, pipe, readFile } from "@masquerade/core";
import { describe, expect, test } from "vitest";
import { difference } from "../../../corpus/support/same.ts";
import { createJoblib, encodeJoblib } from "../src/encode.ts";
import { openJoblib } from "../src/open.ts";

const corpus = join(import.meta.dirname, "../../../corpus");
const entries = (
  JSON.parse(readFileSync(join(corpus, "joblib/manifest.json"), "utf8")) as {
    entries: { readonly file: string; readonly expect: unknown; readonly compression?: string }[];
  }
).entries;
const plain = entries.filter((entry) => entry.compression === undefined || /zlib|gzip/.test(entry.compression));

describe("open", () => {
  test("gives of every file what decode does", async () => {
    const wrong: string[] = [];
    for (const { file, expect: want } of plain) {
      await using opened = await openJoblib(fromBytes(new Uint8Array(readFileSync(join(corpus, file)))));
      // Dicts are compared by decode: what a header does not carry is not what lies in the file.
      if (opened.names.length !== 1 || opened.names[0] !== "") continue;
      const found = difference(await readFile(opened), want);
      if (found !== undefined) wrong.push(`${file}: ${found}`);
    }
    expect(plain.length).toBeGreaterThan(200);
    expect(wrong).toEqual([]);
  });

  test("reads what is asked for", async () => {
    const array = arange(0, 1_000_000).reshape([1000, 1000]) as NdArray;
    for (const order of ["C", "F"] as const) {
      const bytes = encodeJoblib(array.copy(order) as AnyArray);
      const source = counting(fromBytes(bytes));
      await using opened = await openJoblib(source);
      expect(opened.header).toMatchObject({ shape: [1000, 1000], order });
      const wanted = order === "C" ? "500:502, 3:5" : "3:5, 500:502";
      const part = (await opened.array().read(wanted)) as NdArray;
      expect(part.toC()).toEqual((array.slice(wanted) as NdArray).toC());
      expect(source.bytes).toBeLessThan(40_000);
    }
  });

  test("written block by block it is the same file", async () => {
    const array = arange(0, 300_000).reshape([300, 1000]) as AnyArray;
    const bytes = encodeJoblib(array);
    const sink = memorySink();
    await using opened = await openJoblib(fromBytes(bytes));
    await pipe(opened, await createJoblib(sink, opened.header));
    expect(Buffer.compare(sink.bytes(), bytes)).toBe(0);
  });

  test("block by block nothing is compressed", async () => {
    await using opened = await openJoblib(fromBytes(encodeJoblib(arange(0, 3) as AnyArray)));
    await expect(createJoblib(memorySink(), opened.header, { compress: "zlib" })).rejects.toMatchObject({
      code: "CAPABILITY_MISSING",
    });
  });
});
