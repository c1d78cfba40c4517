// Every NPY and NPZ file NumPy wrote for the corpus: read, compared with what NumPy says it holds, and written again.
import { readFileSync } from "node:fs";
import { npy, npz } from "@masquerade/adapter-npy";
import {
  type AnyArray,
  Bundle,
  type DType,
  difference,
  fromBytes,
  headerOf,
  isBundle,
  isMaskedArray,
  isMasqueradeError,
} from "@masquerade/core";
import { describe, expect, test } from "vitest";
import { expectedArray } from "../../../corpus/support/expect.ts";
import { codeOfAsync } from "./support/codes.ts";

const corpus = new URL("../../../corpus/", import.meta.url);
const npyCodec = await npy.codec();
const npzCodec = await npz.codec();

interface Entry {
  readonly file: string;
  readonly expect: unknown;
  readonly byConvention?: unknown;
  readonly several?: readonly unknown[];
  readonly identical?: boolean;
  readonly compressed?: boolean;
}

function entriesOf(folder: string): readonly Entry[] {
  return JSON.parse(readFileSync(new URL(`${folder}/manifest.json`, corpus), "utf8")).entries;
}
const bytesOf = (entry: Entry): Uint8Array => new Uint8Array(readFileSync(new URL(entry.file, corpus)));

/** A dtype as an NPY header can tell it: without metadata and without the marks of aligned and record dtypes. */
function told(dtype: DType): DType {
  if (dtype.kind !== "struct") return { ...dtype, metadata: undefined };
  const fields = dtype.fields.map((field) => ({ ...field, dtype: told(field.dtype) }));
  return { ...dtype, fields, aligned: false, record: false, alignment: 1, metadata: undefined };
}

function asTold(value: AnyArray | Bundle): AnyArray | Bundle {
  if (isBundle(value))
    return new Bundle({
      kind: value.kind,
      entries: [...value.entries].map(([name, one]) => [name, asTold(one)] as const),
      attrs: value.attrs,
    });
  if (isMaskedArray(value)) return value.with({ data: asTold(value.data) as never });
  return value.with({ dtype: told(value.dtype), subclass: undefined });
}

function same(got: AnyArray | Bundle, want: unknown): void {
  expect(difference(got, asTold(expectedArray(want)))).toBeUndefined();
}

function bytesEqual(got: Uint8Array, want: Uint8Array): void {
  expect(Buffer.compare(got, want) === 0, "the same bytes as NumPy's").toBe(true);
}

/** A dimension beyond 2^53, which no JavaScript number holds for certain. */
const uncountable = (entry: Entry): boolean =>
  ((entry.expect as { shape?: readonly number[] }).shape ?? []).some((n) => n > Number.MAX_SAFE_INTEGER);
const holdsObjects = (entry: Entry): boolean =>
  JSON.stringify(entry.expect).includes('"items":[') && entry.file.includes("object");

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (e) {
    if (isMasqueradeError(e)) return e.code;
    throw e;
  }
  return "nothing thrown";
}

describe("NPY written by NumPy", () => {
  const entries = entriesOf("npy");
  test("there are some from both versions", () => {
    expect(entries.filter((e) => e.file.includes("np1")).length).toBeGreaterThan(150);
    expect(entries.filter((e) => e.file.includes("np2")).length).toBeGreaterThan(150);
  });
  test.each(entries.map((entry) => [entry.file, entry] as const))("%s", (_, entry) => {
    const bytes = bytesOf(entry);
    const before = bytes.slice();
    if (uncountable(entry)) expect(codeOf(() => npyCodec.decode(bytes))).toBe("LIMIT_EXCEEDED");
    else if (holdsObjects(entry)) {
      expect(codeOf(() => npyCodec.decode(bytes))).toBe("UNSAFE_OBJECT");
      const value = npyCodec.decode(bytes, { objects: true });
      same(value, entry.expect);
      expect(codeOf(() => npyCodec.encode(value))).toBe("CAPABILITY_MISSING");
      bytesEqual(npyCodec.encode(value, { objects: true, numpy: entry.file.includes("np1") ? 1 : 2 }), bytes);
    } else if (entry.several !== undefined) {
      expect(codeOf(() => npyCodec.decode(bytes))).toBe("FORMAT_MALFORMED");
      same(npyCodec.decode(bytes, { trailing: "ignore" }), entry.expect);
      same(npyCodec.decode(bytes, { trailing: "arrays" }), { kind: "list", items: entry.several });
    } else {
      const value = npyCodec.decode(bytes);
      same(value, entry.expect);
      if (entry.identical) bytesEqual(npyCodec.encode(value), bytes);
    }
    bytesEqual(bytes, before);
  });
});

describe("object arrays opened", () => {
  const entries = [...entriesOf("npy"), ...entriesOf("npz")].filter(holdsObjects);
  test.each(entries.map((entry) => [entry.file, entry] as const))(
    "%s: the header is told, the elements are refused",
    async (_, entry) => {
      const bytes = bytesOf(entry);
      const codec = entry.file.endsWith(".npy") ? npyCodec : npzCodec;
      const file = await codec.open?.(fromBytes(bytes));
      if (file === undefined) throw new Error("the codec opens");
      const whole = codec.decode(bytes, { objects: true });
      let refused = 0;
      for (const name of file.names) {
        const array = isBundle(whole) ? (whole.get(name) as AnyArray) : whole;
        expect(file.array(name).header).toEqual({ ...headerOf(array), order: file.array(name).header.order });
        refused += Number((await codeOfAsync(() => file.array(name).read())) === "UNSAFE_OBJECT");
      }
      expect(refused).toBeGreaterThan(0);
      expect(await codeOfAsync(async () => codec.open?.(fromBytes(bytes), { objects: true }))).toBe(
        "CAPABILITY_MISSING",
      );
    },
  );
});

describe("NPZ written by NumPy", () => {
  const entries = entriesOf("npz");
  test.each(entries.map((entry) => [entry.file, entry] as const))("%s", (_, entry) => {
    const bytes = bytesOf(entry);
    if (holdsObjects(entry)) {
      expect(codeOf(() => npzCodec.decode(bytes))).toBe("UNSAFE_OBJECT");
      const value = npzCodec.decode(bytes, { objects: true });
      same(value, entry.expect);
      const again = npzCodec.encode(value, { objects: true, numpy: entry.file.includes("np1") ? 1 : 2 });
      if (!entry.compressed) bytesEqual(again, bytes);
      same(npzCodec.decode(again, { objects: true }), entry.expect);
      return;
    }
    same(npzCodec.decode(bytes, { plain: true }), entry.expect);
    const value = npzCodec.decode(bytes);
    if (entry.byConvention !== undefined) same(value, entry.byConvention);
    // The K_mask spelling of others becomes ours.
    if (entry.identical && !entry.file.includes("underscore")) bytesEqual(npzCodec.encode(value), bytes);
    if (entry.compressed && !entry.file.includes("underscore")) {
      // Deflated bytes hang on the zlib at hand; what they inflate to does not.
      const stored = entries.find((other) => other.file === entry.file.replace("-compressed", "")) as Entry;
      const again = npzCodec.decode(npzCodec.encode(value, { compress: true }));
      bytesEqual(npzCodec.encode(again), bytesOf(stored));
    }
  });
});
