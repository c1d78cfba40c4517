import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bunzip2, gunzip, unlz4, unlzma, unxz, unzlib } from "@masquerade/compression";
import { isMasqueradeError } from "@masquerade/core";
import { describe, expect, test } from "vitest";
import { difference } from "../../../corpus/support/same.ts";
import { decode } from "../src/decode.ts";
import { encodeJoblib } from "../src/encode.ts";

interface Entry {
  readonly file: string;
  readonly what: string;
  readonly expect: { readonly [key: string]: unknown };
  readonly compression?: string;
  readonly versions: { readonly joblib: string };
}

const corpus = join(import.meta.dirname, "../../../corpus");
const all = (JSON.parse(readFileSync(join(corpus, "joblib/manifest.json"), "utf8")) as { entries: Entry[] }).entries;
const limits = { maxBytes: 1e8 };
const peel: { readonly [id: string]: (bytes: Uint8Array) => Uint8Array } = {
  zlib: (bytes) => unzlib(bytes, limits),
  gzip: (bytes) => gunzip(bytes, limits),
  bz2: (bytes) => bunzip2(bytes, limits),
  xz: (bytes) => unxz(bytes, limits),
  lzma: (bytes) => unlzma(bytes, limits),
  lz4: (bytes) => unlz4(bytes, limits),
};
const plainOf = (entry: Entry): Uint8Array => {
  const bytes = new Uint8Array(readFileSync(join(corpus, entry.file)));
  return entry.compression === undefined ? bytes : (peel[entry.compression] as (b: Uint8Array) => Uint8Array)(bytes);
};

function problem(entry: Entry): string | undefined {
  try {
    const found = difference(decode(plainOf(entry)), entry.expect);
    return found && `${entry.file}: ${found}`;
  } catch (e) {
    return `${entry.file}: ${isMasqueradeError(e) ? `${e.code} ${e.message}` : String((e as Error).stack)}`;
  }
}

describe("files written by joblib", () => {
  const versions = [...new Set(all.map((entry) => entry.versions.joblib))].sort();
  test("of four versions, as many as were promised", () => {
    expect(versions).toEqual(["0.11", "1.1.1", "1.2.0", "1.6.0"]);
    expect(all.length).toBeGreaterThan(400);
  });
  for (const version of versions) {
    const chosen = all.filter((entry) => entry.versions.joblib === version);
    test(`${version}: ${chosen.length} files exactly as described`, () => {
      expect(chosen.map(problem).filter((found) => found !== undefined)).toEqual([]);
    });
  }
});

describe("what joblib wrote, written again", () => {
  for (const [version, numpy] of [
    ["1.2.0", 1],
    ["1.6.0", 2],
  ] as const)
    test(`${version}: the same bytes, inside the compression`, () => {
      const chosen = all.filter((entry) => entry.versions.joblib === version);
      const off: string[] = [];
      for (const entry of chosen) {
        const theirs = plainOf(entry);
        const protocol = Number(/-p(\d)\./.exec(entry.file)?.[1] ?? 4) as 2 | 3 | 4 | 5;
        const ours = encodeJoblib(decode(theirs), { protocol, numpy, lossy: true });
        if (Buffer.compare(ours, theirs) !== 0) off.push(entry.file);
      }
      expect(chosen.length).toBe(104);
      expect(off).toEqual([]);
    });

  test("compressed, it is the same inside", () => {
    const entry = all.find((one) => one.file === "joblib/np2/masked-fill.joblib") as Entry;
    const plain = plainOf(entry);
    const value = decode(plain);
    const zlib = encodeJoblib(value, { numpy: 2, level: 9 });
    const gzip = encodeJoblib(value, { numpy: 2, compress: "gzip" });
    expect(unzlib(zlib, limits)).toEqual(plain);
    expect(gunzip(gzip, limits)).toEqual(plain);
    for (const bytes of [zlib, gzip]) expect(difference(decode(bytes), entry.expect)).toBeUndefined();
  });
});
