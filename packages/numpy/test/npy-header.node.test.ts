// Every NPY file NumPy wrote for the corpus: the header read, compared with what NumPy says of it, and written again.
import { readFileSync } from "node:fs";
import { type DType, isMasqueradeError } from "@masquerade/core";
import { describe, expect, it } from "vitest";
import { dtypeString, type NpyVersion, npyHeaderLength, readNpyHeader, writeNpyHeader } from "../src/index.ts";

const corpus = new URL("../../../corpus/", import.meta.url);

interface Entry {
  readonly file: string;
  readonly headerVersion?: string;
  readonly expect: { readonly dtype: unknown; readonly shape: readonly number[]; readonly order: "C" | "F" };
}

const entries: readonly Entry[] = JSON.parse(readFileSync(new URL("npy/manifest.json", corpus), "utf8")).entries;
const bytesOf = (entry: Entry): Uint8Array => new Uint8Array(readFileSync(new URL(entry.file, corpus)));
const usable = entries.filter((entry) => entry.expect?.shape !== undefined);

/** A dimension beyond 2^53, which no JavaScript number holds for certain. */
const tooLong = (entry: Entry): boolean => entry.expect.shape.some((n) => n > Number.MAX_SAFE_INTEGER);

/** A dtype as the manifest describes it, without what an NPY header does not say. */
function describeDType(dtype: DType): unknown {
  if (dtype.kind !== "struct") return dtypeString(dtype);
  return {
    itemsize: dtype.itemsize,
    fields: dtype.fields.map(({ name, title, shape, offset, dtype: inner }) => ({
      name,
      ...(title === undefined ? {} : { title }),
      ...(shape.length === 0 ? {} : { shape: [...shape] }),
      offset,
      dtype: describeDType(inner),
    })),
  };
}

function withoutTraits(expected: unknown): unknown {
  if (typeof expected === "string") return expected;
  const { str, itemsize, fields } = expected as { str?: string; itemsize?: number; fields?: { dtype: unknown }[] };
  if (str !== undefined) return str;
  return { itemsize, fields: fields?.map((field) => ({ ...field, dtype: withoutTraits(field.dtype) })) };
}

describe("NPY headers written by NumPy", () => {
  it("there are some", () => {
    expect(usable.length).toBeGreaterThan(300);
  });

  it.each(usable.map((entry) => [entry.file, entry] as const))("%s", (_, entry) => {
    const bytes = bytesOf(entry);
    if (tooLong(entry)) {
      expect(failureOf(() => readNpyHeader(bytes))).toMatchObject({ code: "LIMIT_EXCEEDED" });
      return;
    }
    const header = readNpyHeader(bytes);
    expect(header.shape).toEqual(entry.expect.shape);
    expect(header.order).toBe(entry.expect.order);
    if (entry.headerVersion !== undefined) expect(header.version.join(".")).toBe(entry.headerVersion);
    expect(describeDType(header.dtype)).toEqual(withoutTraits(entry.expect.dtype));
    const head = bytes.subarray(0, header.dataOffset);
    expect(npyHeaderLength(bytes.subarray(0, 12))).toBe(header.dataOffset);
    expect(writeNpyHeader({ ...header, version: header.version })).toEqual(head);
  });

  it("the version is chosen as np.save chooses it", { timeout: 60_000 }, () => {
    const chosen = new Set<string>();
    for (const entry of usable.filter((e) => !tooLong(e))) {
      const header = readNpyHeader(bytesOf(entry));
      const auto = writeNpyHeader({ dtype: header.dtype, shape: header.shape, order: header.order });
      const version = `${auto[6]}.${auto[7]}` as string;
      if (entry.headerVersion !== undefined && !/header-[123]/.test(entry.file))
        expect(version).toBe(entry.headerVersion);
      chosen.add(version);
    }
    expect([...chosen].sort()).toEqual(["1.0", "2.0", "3.0"]);
  });
});

describe("damage", () => {
  const sample = usable.find((entry) => entry.file.endsWith("np2/struct-titles.npy")) as Entry;
  const whole = bytesOf(sample);
  const end = readNpyHeader(whole).dataOffset;

  it("every truncation is a typed error within the file", { timeout: 60_000 }, () => {
    for (let n = 0; n < end; n++) {
      const error = failureOf(() => readNpyHeader(whole.slice(0, n)));
      expect(isMasqueradeError(error, "FORMAT_TRUNCATED")).toBe(true);
      expect((error as { offset: number }).offset).toBeLessThanOrEqual(n);
    }
  });

  it("every flipped bit is a typed error with an offset, or another header", { timeout: 60_000 }, () => {
    let refused = 0;
    for (let bit = 0; bit < end * 8; bit++) {
      const bad = whole.slice();
      bad[bit >> 3] = (bad[bit >> 3] as number) ^ (1 << (bit & 7));
      const error = failureOf(() => readNpyHeader(bad));
      if (error === undefined) continue;
      refused++;
      expect(isMasqueradeError(error)).toBe(true);
      expect((error as { offset: number }).offset).toBeLessThanOrEqual(whole.length);
    }
    expect(refused).toBeGreaterThan(end * 4);
  });
});

describe("headers nobody should write", () => {
  const make = (text: string, version: NpyVersion = [1, 0]): Uint8Array => {
    const body = new TextEncoder().encode(`${text}\n`);
    const length =
      version[0] === 1 ? [body.length & 255, body.length >> 8] : [body.length & 255, body.length >> 8, 0, 0];
    return Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, ...version, ...length, ...body);
  };
  const ok = "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }";

  it("reads the plain one, Python 2's longs, and any order of keys", () => {
    expect(readNpyHeader(make(ok))).toMatchObject({ shape: [3], size: 3, order: "C", version: [1, 0] });
    const python2 = "{'shape': (3L, 10L), 'fortran_order': True, 'descr': '<f8'}";
    expect(readNpyHeader(make(python2))).toMatchObject({ shape: [3, 10], size: 30, order: "F" });
    expect(failureOf(() => readNpyHeader(make(python2, [3, 0])))).toMatchObject({ code: "FORMAT_MALFORMED" });
  });

  it.each([
    ["{'descr': '<f8', 'fortran_order': False}", "FORMAT_MALFORMED"],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 'x': 1}", "FORMAT_MALFORMED"],
    ["{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", "FORMAT_MALFORMED"],
    ["{'descr': '<f8', 'fortran_order': 0, 'shape': (3,)}", "FORMAT_MALFORMED"],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': [3]}", "FORMAT_MALFORMED"],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (True,)}", "FORMAT_MALFORMED"],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (-3,)}", "FORMAT_MALFORMED"],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (3.0,)}", "FORMAT_MALFORMED"],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (1+2,)}", "FORMAT_MALFORMED"],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}", "LIMIT_EXCEEDED"],
    ["{'descr': '|S0', 'fortran_order': False, 'shape': (4611686018427387904,)}", "LIMIT_EXCEEDED"],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "LIMIT_EXCEEDED"],
    [`{'descr': '<f8', 'fortran_order': False, 'shape': (${"1,".repeat(65)})}`, "LIMIT_EXCEEDED"],
    ["{'descr': ('<f8', (2,)), 'fortran_order': False, 'shape': (3,)}", "FORMAT_MALFORMED"],
    [
      `{'descr': ${"[('a', ".repeat(66)}'<f8'${")]".repeat(66)}, 'fortran_order': False, 'shape': ()}`,
      "LIMIT_EXCEEDED",
    ],
    [`{'descr': ${"[".repeat(2000)}, 'fortran_order': False, 'shape': ()}`, "LIMIT_EXCEEDED"],
    [`${"-".repeat(60_000)}1`, "FORMAT_MALFORMED"],
    ["", "FORMAT_MALFORMED"],
    ["[]", "FORMAT_MALFORMED"],
    ["{'descr': [('a', '<f8'), ('a', '<f4')], 'fortran_order': False, 'shape': ()}", "FORMAT_MALFORMED"],
    ["{'descr': [('a',)], 'fortran_order': False, 'shape': ()}", "FORMAT_MALFORMED"],
    ["{'descr': [('a', '|V2147483647', (9,))], 'fortran_order': False, 'shape': ()}", "FORMAT_MALFORMED"],
    ["{'descr': '<f9', 'fortran_order': False, 'shape': ()}", "FORMAT_MALFORMED"],
    ["__import__('os').system('true')", "FORMAT_MALFORMED"],
  ])("%.60s", (text, code) => {
    expect(failureOf(() => readNpyHeader(make(text)))).toMatchObject({ code });
  });

  it("names the version, the limit and the format it was told", () => {
    expect(failureOf(() => readNpyHeader(make(ok, [4, 0] as never)))).toMatchObject({
      code: "FORMAT_VERSION",
      offset: 6,
    });
    const huge = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 255, 255, 255, 255);
    expect(failureOf(() => npyHeaderLength(huge, { format: "npz", offset: 40 }))).toMatchObject({
      code: "LIMIT_EXCEEDED",
      limit: "maxHeaderBytes",
      format: "npz",
      offset: 48,
    });
    expect(failureOf(() => readNpyHeader(make("{'descr': x"), { offset: 100 }))).toMatchObject({ offset: 120 });
  });
});

function failureOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
