// Written block by block, the bytes are those of encode; read by parts, the elements are those of decode.
import { csv, tsv, txt } from "@masquerade/adapter-text";
import { coveringSet } from "@masquerade/conformance";
import {
  type AnyArray,
  counting,
  difference,
  dtypes,
  fromBytes,
  describe as headerOf,
  isMaskedArray,
  isMasqueradeError,
  MaskedArray,
  memorySink,
  NdArray,
  openDecoded,
  pipe,
} from "@masquerade/core";
import { withoutKernel } from "@masquerade/decimal";
import { describe, expect, inject, test } from "vitest";
import { flavours } from "../src/flavour.ts";
import { openText } from "../src/open.ts";

const utf8 = new TextEncoder();
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const codecs = { csv: await csv.codec(), tsv: await tsv.codec(), txt: await txt.codec() } as const;
type Id = keyof typeof codecs;
const ids = ["csv", "tsv", "txt"] as const;

const floats = (values: readonly number[], shape: readonly number[] = [values.length]): NdArray =>
  new NdArray({ dtype: dtypes.simple("float64"), shape, storage: Float64Array.from(values) }) as NdArray;

/** NaNs with a payload at these places of a row of zeros. */
function oddAt(places: readonly number[], shape: readonly number[]): NdArray {
  const array = floats(new Array(shape.reduce((n, dim) => n * dim, 1)).fill(0.5), shape);
  for (const at of places) new BigUint64Array((array.storage as Float64Array).buffer)[at] = 0x7ff80000deadbeefn;
  return array;
}

async function streamed(id: Id, value: AnyArray, maxBytes: number, options = {}): Promise<Uint8Array> {
  const sink = memorySink();
  const writer = await codecs[id].create?.(sink, headerOf(value), options);
  await pipe(openDecoded(value), writer as NonNullable<typeof writer>, { maxBytes });
  return sink.bytes();
}

describe.each(ids)("%s, written block by block", (id) => {
  test("every kind, shape, order and mask", async () => {
    let [seen, compared] = [0, 0];
    for (const { array } of coveringSet(["float32", "complex128", "int8", "bool", "datetime64", "str"], 53)) {
      if (seen++ % 4 > 0 || csv.losses(headerOf(array)).some(({ grade }) => grade === "content")) continue;
      const whole = text(codecs[id].encode(array));
      for (const maxBytes of [24, 1e6]) expect(text(await streamed(id, array, maxBytes))).toBe(whole);
      compared++;
    }
    expect(compared).toBeGreaterThan(30);
  });

  test("NaNs with a payload, noted before their rows although a row comes in parts", async () => {
    const odd = oddAt([3, 4, 17, 29, 59], [2, 3, 10]);
    const whole = text(codecs[id].encode(odd));
    expect(whole.match(/^# nan: .*$/gm)).toHaveLength(4);
    for (const maxBytes of [8, 24, 80, 1e6]) expect(text(await streamed(id, odd, maxBytes))).toBe(whole);
    expect(difference(odd, codecs[id].decode(utf8.encode(whole)) as NdArray)).toBeUndefined();
    const wide = oddAt([5, 99_999], [1, 100_000]);
    expect(difference(wide, codecs[id].decode(await streamed(id, wide, 4096)) as NdArray)).toBeUndefined();
  });
});

test("a NaN with a payload beside texts is refused in blocks, and written at once", async () => {
  const dtype = dtypes.struct([
    { name: "x", dtype: dtypes.simple("float64") },
    { name: "t", dtype: dtypes.str(2) },
  ]);
  const raw = new Uint8Array(2 * dtype.itemsize);
  new DataView(raw.buffer).setBigUint64(0, 0x7ff80000deadbeefn, true);
  const records = new NdArray({ dtype, shape: [2], storage: raw, objects: undefined }) as NdArray;
  const error = await streamed("csv", records, 16).catch((e: unknown) => e);
  expect(isMasqueradeError(error, "CAPABILITY_MISSING")).toBe(true);
  expect(difference(records, codecs.csv.decode(codecs.csv.encode(records)) as NdArray)).toBeUndefined();
});

test("the plan is kept to", async () => {
  const writer = await codecs.csv.create?.(memorySink(), headerOf(floats([1, 2, 3, 4], [2, 2])));
  const block = (start: number, value: AnyArray) => writer?.write({ array: "", plane: "both", start, value });
  await expect(block(1, floats([3, 4], [1, 2]))).rejects.toThrow(/begins at element 0, not at 2/);
  await expect(block(0, floats([3, 4], [1, 2]).astype("float32") as unknown as NdArray)).rejects.toThrow(/planned/);
  const mask = new NdArray({ dtype: dtypes.simple("bool"), shape: [1, 2], storage: Uint8Array.of(0, 1) });
  await expect(block(0, new MaskedArray({ data: floats([1, 2], [1, 2]), mask }))).rejects.toThrow(/masked/);
  await block(0, floats([1, 2], [1, 2]));
  await expect(writer?.finish()).rejects.toThrow(/2 of 4 elements/);
});

const selections = ["0", "-1", "1:", "::-1", "::2", "..., ::3", "..., -1", "..., 5:1:-2", "0:0", "None, ..., None"];

describe.each(ids)("%s, read by parts", (id) => {
  const open = (bytes: Uint8Array, chunk: number, options = {}) =>
    openText(flavours[id], fromBytes(bytes), options, chunk);

  async function compare(bytes: Uint8Array, chunk: number, options = {}): Promise<void> {
    const whole = codecs[id].decode(bytes, options) as AnyArray;
    const file = await open(bytes, chunk, options);
    const array = file.array();
    expect(difference(whole, await array.read())).toBeUndefined();
    for (const selection of selections) {
      let want: AnyArray;
      try {
        want = whole.slice(selection);
      } catch {
        await expect(array.read(selection)).rejects.toMatchObject({ code: "INDEX_INVALID" });
        continue;
      }
      const got = await array.read(selection);
      expect(
        difference(want.copy(got.order), got.copy()),
        `[${selection}] of (${whole.shape.join(", ")})`,
      ).toBeUndefined();
    }
  }

  test("every kind, whatever the bytes at a time", async () => {
    const kinds = [
      "float64",
      "complex64",
      "int64",
      "bool",
      "datetime64",
      "longdouble",
      "str",
      "bytes",
      "struct",
    ] as const;
    let compared = 0;
    for (const { array } of coveringSet(kinds, 61)) {
      if (compared++ % 12 > 0 || csv.losses(headerOf(array)).some(({ grade }) => grade === "content")) continue;
      await compare(codecs[id].encode(array), 7 + (compared % 64));
    }
    expect(compared).toBeGreaterThan(100);
  });

  test("parts of rows, and rows of several slices, with NaNs noted between them", async () => {
    const odd = oddAt([0, 3, 4, 17, 29, 59], [2, 3, 10]);
    const bytes = codecs[id].encode(odd);
    for (const chunk of [16, 50, 1000]) {
      await compare(bytes, chunk);
      const array = (await open(bytes, chunk)).array();
      for (const selection of ["1, 2, 7:", "0, 0, 2:5", "1, 2, 9:", "0, 1, 7"])
        expect(difference(odd.slice(selection).copy(), (await array.read(selection)).copy())).toBeUndefined();
    }
  });

  test("other people's tables", async () => {
    const d = flavours[id].delimiter ?? " ";
    const table = (lines: readonly string[], end: string): Uint8Array =>
      utf8.encode(lines.join(end).replaceAll("|", d));
    const tables: readonly (readonly [readonly string[], object])[] = [
      [["1|2.5|3", "4|NA|6", "# in between", "", "7|8|9", ""], {}],
      [["a|b|c", "1|x|true", '2|"y|z"|false', "3|--|true"], {}],
      [["a|b", "1|2", "3|4"], { names: false }],
      [["a|b", "1|2", "3|4", ""], { descr: "[('x','<i2'),('y','<f4')]", names: true }],
      [["1", "2", "-999", "4"], { missing: ["-999"] }],
      [['"two', 'lines"|1', "one|2"], {}],
      [["10000000000000000000|1", "3|4"], {}],
      [["x|y"], { names: true }],
    ];
    for (const [lines, options] of tables)
      for (const end of ["\n", "\r\n"])
        for (const chunk of [3, 8, 64]) await compare(table(lines, end), chunk, options);
  });

  test("a thousand rows: places are remembered, and what is read once is not read again", async () => {
    const many = floats(
      Array.from({ length: 200_000 }, (_, i) => i / 7),
      [50_000, 4],
    );
    const source = counting(fromBytes(codecs[id].encode(many)));
    const file = await openText(flavours[id], source);
    const array = file.array();
    const some = async (selection: string): Promise<number> => {
      const before = source.bytes;
      expect(difference(many.slice(selection).copy(), (await array.read(selection)).copy())).toBeUndefined();
      return source.bytes - before;
    };
    expect(await some("49000:49010")).toBeGreaterThan(2_000_000);
    for (const selection of ["49010:49020", "48000:48010", "20000", "0:5"])
      expect(await some(selection)).toBeLessThan(1_000_000);
    expect(await some("::1000, 1")).toBeLessThan(6_000_000);
  });
});

test("what is wrong with a file is said with its line, wherever it is read from", async () => {
  const lines = text(codecs.csv.encode(floats([1, 2, 3, 4, 5, 6], [3, 2]))).split("\n");
  const broken = (change: (lines: string[]) => string[]): Uint8Array => utf8.encode(change([...lines]).join("\n"));
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [broken((all) => all.map((one) => (one === "5,6" ? "5,x" : one))), '"x" is no number'],
    [broken((all) => all.map((one) => (one === "3,4" ? "3,4,5" : one))), "more fields than columns"],
    [broken((all) => all.map((one) => (one === "3,4" ? "3" : one))), "fewer fields than columns"],
    [broken((all) => [...all.slice(0, -1), "7,8", ""]), "more rows than the 6 elements"],
    [broken((all) => [...all.slice(0, -2), ""]), "4 elements, the shape wants 6"],
    [broken((all) => all.slice(0, -1)), "the last line is not finished"],
    [
      broken((all) => all.map((one) => (one === "3,4" ? "# nan: 5.0.0=7ff8000000000001\n3,4" : one))),
      "a note about a NaN",
    ],
  ];
  for (const [bytes, message] of cases) {
    let want: unknown;
    try {
      codecs.csv.decode(bytes);
    } catch (error) {
      want = error;
    }
    expect(isMasqueradeError(want)).toBe(true);
    expect((want as Error).message).toContain(message);
    for (const chunk of [5, 40, 1000]) {
      const error = await (await openText(flavours.csv, fromBytes(bytes), {}, chunk))
        .array()
        .read()
        .catch((e: unknown) => e);
      expect((error as Error).message, `${chunk} bytes at a time`).toBe((want as Error).message);
      expect((error as { offset?: number }).offset).toBe((want as { offset?: number }).offset);
    }
  }
});

test("damage: whatever is done to a file, read by parts it is what it is read whole, or the same error", async () => {
  let seed = inject("seed");
  const next = (n: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % n;
  };
  const files: readonly (readonly [Id, Uint8Array])[] = [
    ...ids.map((id) => [id, codecs[id].encode(oddAt([1, 4], [2, 3]))] as const),
    ["csv", utf8.encode('id,name,t\n1,"a,b",2.5\n2,NA,3\n')],
    ["txt", utf8.encode("1 2 3\r\n 4 5 6 \r\n")],
    ["tsv", utf8.encode('a\tb\n"x\ny"\t1\n')],
  ];
  const bits = ["\n", "\r", ",", '"', "#", "# nan: 1.0.0=7ff8000000000001\n", "nan", " ", "\t", "--", "9".repeat(20)];
  const settled = async (read: () => AnyArray | Promise<AnyArray>): Promise<AnyArray | string> => {
    try {
      return await read();
    } catch (error) {
      if (!isMasqueradeError(error)) throw error;
      return error.code;
    }
  };
  let read = 0;
  for (let i = 0; i < 400; i++) {
    const [id, bytes] = files[next(files.length)] as readonly [Id, Uint8Array];
    const at = next(bytes.length);
    const bit = next(3) === 0 ? [next(256)] : [...utf8.encode(bits[next(bits.length)])];
    const mutant = Uint8Array.from([...bytes.subarray(0, at), ...bit, ...bytes.subarray(at + next(3))]);
    const whole = await settled(() => codecs[id].decode(mutant) as AnyArray);
    const chunk = 1 + next(40);
    const parts = await settled(async () => {
      const file = await openText(flavours[id], fromBytes(mutant), {}, chunk);
      return await file.array().read();
    });
    const told = JSON.stringify(text(mutant));
    if (typeof whole === "string" || typeof parts === "string") expect(parts, told).toBe(whole);
    else {
      expect(difference(whole, parts), told).toBeUndefined();
      read++;
    }
  }
  expect(read).toBeGreaterThan(50);
});

test("without WebAssembly too", async () => {
  const array = floats(
    Array.from({ length: 300 }, (_, i) => i / 3),
    [3, 100],
  );
  const bytes = withoutKernel(() => codecs.csv.encode(array));
  expect(text(await streamed("csv", array, 64))).toBe(text(bytes));
  expect(isMaskedArray(array)).toBe(false);
});
