import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mmappickle } from "@masquerade/adapter-mmappickle";
import {
  type AnyArray,
  Bundle,
  difference,
  fromBytes,
  isArray,
  isBundle,
  isMasqueradeError,
  type NdArray,
  type PlainValue,
  readFile,
  Tuple,
} from "@masquerade/core";
import { describe, expect, test } from "vitest";
import { expected } from "../../../corpus/support/expect.ts";
import { decode } from "../src/decode.ts";
import { encode } from "../src/encode.ts";
import { openMmappickle } from "../src/open.ts";

interface Entry {
  readonly file: string;
  readonly expect: { readonly items: readonly (readonly [string, { readonly kind: string }])[] };
}

const corpus = join(import.meta.dirname, "../../../corpus");
const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(join(corpus, file)));
const { entries } = JSON.parse(readFileSync(join(corpus, "mmappickle/manifest.json"), "utf8")) as { entries: Entry[] };

/** What differs between a bundle and the dict it should be; keys in order, arrays and attributes by themselves. */
function problem(read: AnyArray | Bundle, { file, expect: want }: Entry): string | undefined {
  const value = isBundle(read) ? read : new Bundle({ entries: [["", read]] });
  const arrays = want.items.filter(([key]) => value.entries.has(key)).map(([key]) => key);
  if (arrays.join("|") !== value.names.join("|")) return `${file}: keys are ${value.names.join("|")}`;
  if (value.names.length + value.attrs.size !== want.items.length) return `${file}: ${want.items.length} keys expected`;
  for (const [key, described] of want.items) {
    const wanted = expected(described, { dictOrder: true });
    const member = value.entries.get(key);
    if (member === undefined) {
      const found = value.attrs.get(key) as PlainValue;
      const box = (one: PlainValue): Bundle =>
        new Bundle({ entries: [], attrs: new Map<string, PlainValue>([["value", one]]) });
      const differs = difference(box(plain(wanted as PlainValue)), box(found));
      if (differs !== undefined || !value.attrs.has(key)) return `${file} ${key}: ${differs}`;
      continue;
    }
    if (!isArray(wanted) && !isBundle(wanted)) return `${file} ${key} is an array`;
    const differs = difference(wanted as NdArray, member as NdArray);
    if (differs !== undefined) return `${file} ${key}: ${differs}`;
  }
  return undefined;
}

/** Lists, tuples and dicts of the manifest, which it has as bundles, as the plain values they are. */
function plain(value: PlainValue): PlainValue {
  if (!isBundle(value)) return value;
  const all = new Map<string, PlainValue>([...value.entries, ...value.attrs]);
  const names = value.keys.size === all.size ? [...value.keys.keys()] : [...all.keys()];
  if (value.kind !== "dict") names.sort((a, b) => Number(a) - Number(b));
  const items = names.map((name) => plain(all.get(name) as PlainValue));
  if (value.kind === "dict") return new Map(names.map((name, i) => [name, items[i] as PlainValue]));
  return value.kind === "list" ? items : new Tuple(items);
}

describe("files written by mmappickle", () => {
  test("there are as many as were promised", () => {
    expect(entries.length).toBe(70);
    expect(new Set(entries.map(({ file }) => mmappickle.sniff(bytesOf(file))))).toEqual(new Set(["yes"]));
  });

  test("are decoded exactly as described", () => {
    expect(entries.map((entry) => problem(decode(bytesOf(entry.file)), entry)).filter(Boolean)).toEqual([]);
  });

  test("and so when they are opened and read by parts", async () => {
    const problems: unknown[] = [];
    for (const entry of entries) {
      const file = await openMmappickle(fromBytes(bytesOf(entry.file)));
      problems.push(problem(await readFile(file), entry));
    }
    expect(problems.filter(Boolean)).toEqual([]);
  });
});

describe("what we write", () => {
  test("is what mmappickle writes, byte for byte, for arrays and plain values of its own", () => {
    const same: string[] = [];
    for (const { file, expect: want } of entries) {
      if (/zero-d|struct|generic|masked|memo|rewritten|vacuumed|plain/.test(file)) continue;
      const items = want.items.map(([key, one]) => [key, expected(one)] as const);
      const found = items.filter(([, value]) => isArray(value)) as [string, AnyArray][];
      const attrs = new Map(items.filter(([, value]) => !isArray(value)) as [string, PlainValue][]);
      const ours = encode(new Bundle({ entries: found, attrs }), { lossy: true });
      expect(Buffer.compare(ours, bytesOf(file)), file).toBe(0);
      same.push(file);
    }
    expect(same.length).toBeGreaterThan(50);
  });

  test("reads back as what it was, whatever mmappickle wrote", () => {
    for (const entry of entries) {
      const value = decode(bytesOf(entry.file));
      const again = decode(encode(value, { lossy: true }));
      const nomask = /masked\.|generic/.test(entry.file);
      if (!nomask) expect(difference(value as NdArray, again as NdArray), entry.file).toBeUndefined();
    }
  });
});

test("a selected key is read though another names what is not known", () => {
  const file = decode(bytesOf("mmappickle/py311-np1.26/plain.mmdpickle"), { select: "a" });
  expect(isArray(file)).toBe(true);
  try {
    decode(bytesOf("mmappickle/py311-np1.26/plain.mmdpickle"), { select: "nothing" });
    expect.unreachable();
  } catch (error) {
    expect(isMasqueradeError(error, "INDEX_INVALID")).toBe(true);
  }
});
