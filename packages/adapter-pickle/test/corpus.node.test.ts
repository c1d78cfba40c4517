import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isBundle, isMasqueradeError, UnsafeContentError } from "@masquerade/core";
import { describe, expect, test } from "vitest";
import { difference } from "../../../corpus/support/same.ts";
import { decode } from "../src/decode.ts";

interface Entry {
  readonly file: string;
  readonly format: string;
  readonly what: string;
  readonly expect: { readonly [key: string]: unknown };
  readonly protocol?: number;
  readonly several?: readonly unknown[];
  readonly same?: readonly (readonly [readonly (number | string)[], readonly (number | string)[]])[];
  readonly buffers?: readonly { readonly file: string }[];
}

const corpus = join(import.meta.dirname, "../../../corpus");
const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(join(corpus, file)));
const entriesOf = (folder: string): Entry[] =>
  existsSync(join(corpus, folder, "manifest.json"))
    ? (JSON.parse(readFileSync(join(corpus, folder, "manifest.json"), "utf8")) as { entries: Entry[] }).entries
    : [];

const all = ["pickle", "dill", "cloudpickle"].flatMap(entriesOf).filter((entry) => entry.format === "pickle");

/** What is wrong with reading one file; undefined when nothing is. */
function problem(entry: Entry): string | undefined {
  const { expect: want } = entry;
  const several = entry.several !== undefined;
  try {
    const buffers = entry.buffers?.map((buffer) => bytesOf(buffer.file));
    const value = decode(bytesOf(entry.file), { buffers, index: several ? 0 : undefined });
    if ("refused" in want || "noArray" in want) return `${entry.file} was read`;
    return difference(value, want) && `${entry.file}: ${difference(value, want)}`;
  } catch (e) {
    if (!isMasqueradeError(e)) return `${entry.file}: ${String((e as Error).stack)}`;
    if ("refused" in want && e instanceof UnsafeContentError)
      return `${e.module} ${e.global}` === want["refused"] ? undefined : `${entry.file} named ${e.module} ${e.global}`;
    if ("noArray" in want && isMasqueradeError(e, "CAPABILITY_MISSING")) return undefined;
    return `${entry.file}: ${e.code} ${e.message}`;
  }
}

describe("files written by the real tools", () => {
  test("there are as many as were promised", () => {
    expect(all.length).toBeGreaterThan(5000);
  });
  const folders = [...new Set(all.map((entry) => entry.file.split("/").slice(0, 2).join("/")))].sort();
  for (const folder of folders) {
    const chosen = all.filter((entry) => entry.file.startsWith(`${folder}/`));
    test(`${folder}: ${chosen.length} files exactly as described`, () => {
      expect(chosen.map(problem).filter((found) => found !== undefined)).toEqual([]);
    });
  }
});

describe("several pickles in one file", () => {
  const several = all.filter((entry) => entry.several !== undefined);
  test("are read as a list, and one by one", () => {
    expect(several.length).toBeGreaterThan(3);
    for (const entry of several) {
      const bytes = bytesOf(entry.file);
      expect(difference(decode(bytes), { kind: "list", items: entry.several })).toBeUndefined();
      for (const [index, want] of (entry.several ?? []).entries())
        expect(difference(decode(bytes, { index }), want)).toBeUndefined();
      expect(() => decode(bytes, { index: 9 })).toThrow(expect.objectContaining({ code: "INDEX_INVALID" }));
    }
  });
});

describe("shared references", () => {
  const shared = all.filter((entry) => entry.same !== undefined);
  test("are the same object", () => {
    expect(shared.length).toBeGreaterThan(10);
    for (const entry of shared) {
      const value = decode(bytesOf(entry.file));
      const at = (path: readonly (number | string)[]): unknown =>
        path.reduce<unknown>((v, key) => (isBundle(v) ? v.entries.get(String(key)) : undefined), value);
      for (const [a, b] of entry.same ?? []) {
        expect(at(a), entry.file).toBeDefined();
        expect(at(a), entry.file).toBe(at(b));
      }
    }
  });
});
