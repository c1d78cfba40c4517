import { type AnyArray, array, dtypes, lazyFromArray, MaskedArray, NdArray } from "@masquerade/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { piecesOf } from "../src/pieces.ts";
import { histogramOf } from "../src/stats/histogram.ts";
import { Ranks } from "../src/stats/ranks.ts";
import { statsOf } from "../src/stats/stats.ts";
import { corpus, masq } from "./support/masq.ts";

const floats = (values: number[], shape: number[] = [values.length], order: "C" | "F" = "C"): NdArray =>
  (order === "C"
    ? new NdArray({ dtype: dtypes.simple("float64"), shape, storage: Float64Array.from(values) })
    : new NdArray({
        dtype: dtypes.simple("float64"),
        shape: shape.toReversed(),
        storage: Float64Array.from(values),
      }).transpose()) as NdArray;

/** Every rank, with room for few elements, from blocks of a few. */
function byRanks(values: Float64Array | BigInt64Array | BigUint64Array, sorting: "float" | "signed" | "unsigned") {
  const ranks = new Ranks(sorting, 3);
  const wanted = Array.from({ length: values.length }, (_, rank) => rank);
  let passes = 0;
  do {
    for (let at = 0; at < values.length; at += 7) ranks.add(values.slice(at, at + 7));
    passes++;
  } while (ranks.needsPass(wanted));
  return { found: wanted.map((rank) => ranks.at(rank)), passes };
}

describe("ranks", () => {
  it("are those of sorting, whatever the numbers, in room for three", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 40 }), (list) => {
        const values = Float64Array.from(list);
        const { found, passes } = byRanks(values, "float");
        expect(found).toEqual([...values.slice().sort()]);
        expect(passes).toBeLessThanOrEqual(5);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 40 }), (list) => {
        const values = BigInt64Array.from(list);
        expect(byRanks(values, "signed").found).toEqual([...values.slice().sort()]);
        const unsigned = new BigUint64Array(values.buffer);
        expect(byRanks(unsigned, "unsigned").found).toEqual([...unsigned.slice().sort()]);
      }),
    );
  });

  it("tells neighbours of many equals apart", () => {
    const values = Float64Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? 1 : 1 + 2 ** -52));
    const { found, passes } = byRanks(values, "float");
    expect([found[24], found[25], passes]).toEqual([1, 1 + 2 ** -52, 5]);
  });

  it("needs two passes for many equals", () => {
    const values = Float64Array.from({ length: 60 }, (_, i) => (i < 40 ? 0 : i));
    const ranks = new Ranks("float", 3);
    ranks.add(values);
    expect(ranks.needsPass([10, 30])).toBe(true);
    ranks.add(values);
    expect(ranks.needsPass([10, 30])).toBe(false);
    expect([ranks.at(10), ranks.at(30)]).toEqual([0, 0]);
  });
});

describe("pieces", () => {
  it.each([
    [[1, 6, 4], "C"],
    [[2, 2, 6], "C"],
    [[4, 6, 1], "F"],
    [[24], "C"],
    [[], "C"],
    [[3, 0], "C"],
  ] as const)("of %j in %s order are small, and all of it", async (shape, order) => {
    const size = shape.reduce((n: number, dim) => n * dim, 1);
    const whole = floats(
      Array.from({ length: size }, (_, i) => i),
      [...shape],
      order,
    );
    const seen: number[] = [];
    for await (const piece of piecesOf(lazyFromArray(whole), 32)) {
      expect(piece.size).toBeLessThanOrEqual(4);
      seen.push(...((piece as NdArray).toC() as Float64Array));
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
  });
});

const quantiles = [0, 0.25, 0.5, 1];
const stats = (one: AnyArray) => statsOf(lazyFromArray(one), { quantiles });

describe("stats", () => {
  it("leaves out masked elements and NaN", async () => {
    const data = floats([1, 2, 4, 999, Number.NaN]);
    const mask = array([false, false, false, true, false]) as NdArray<"bool">;
    expect(await stats(new MaskedArray({ data, mask }))).toEqual({
      count: 4,
      masked: 1,
      nan: 1,
      min: 1,
      max: 4,
      mean: 7 / 3,
      std: Math.sqrt(((4 / 3) ** 2 + (1 / 3) ** 2 + (5 / 3) ** 2) / 3),
      quantiles: { 0: 1, 0.25: 1.5, 0.5: 2, 1: 4 },
    });
  });

  it("of large integers is exact where integers are", async () => {
    const at = 2n ** 62n;
    const data = new NdArray({
      dtype: dtypes.simple("int64"),
      shape: [3],
      storage: BigInt64Array.of(at, at + 2n, at + 1n),
    });
    expect(await stats(data as NdArray)).toMatchObject({
      min: String(at),
      max: String(at + 2n),
      std: Math.sqrt(2 / 3),
      quantiles: { 0: String(at), 0.5: String(at + 1n), 1: String(at + 2n) },
    });
  });

  it("of nothing visible is null", async () => {
    const none = new MaskedArray({ data: floats([1]), mask: array([true]) as NdArray<"bool"> });
    const missing = { min: null, max: null, mean: null, std: null };
    expect(await stats(none)).toEqual({
      count: 0,
      masked: 1,
      nan: 0,
      ...missing,
      quantiles: { 0: null, 0.25: null, 0.5: null, 1: null },
    });
  });

  it("of records are those of their fields, by any name", async () => {
    const dtype = dtypes.struct([
      { name: "__proto__", dtype: dtypes.simple("int8") },
      { name: "in", dtype: dtypes.struct([{ name: "x", dtype: dtypes.simple("uint8"), shape: [2] }]) },
    ]);
    const data = new NdArray({ dtype, shape: [2], storage: Uint8Array.of(255, 1, 2, 5, 3, 4) });
    const found = await statsOf(lazyFromArray(data as unknown as NdArray));
    expect(JSON.parse(JSON.stringify(found.fields?.["in"]))).toMatchObject({
      count: 2,
      fields: { x: { count: 4, min: 1, max: 4, mean: 2.5 } },
    });
    expect(Object.entries(found.fields ?? {})[0]?.[1]).toMatchObject({ count: 2, min: -1, max: 5, mean: 2 });
  });

  it("of complex numbers has a mean and a spread, and no order", async () => {
    const storage = Float64Array.of(1, 1, 3, -1, Number.NaN, 0);
    const data = new NdArray({ dtype: dtypes.simple("complex128"), shape: [3], storage });
    expect(await stats(data as NdArray)).toEqual({ count: 3, masked: 0, nan: 1, mean: [2, 0], std: Math.SQRT2 });
  });
});

describe("masq stats", () => {
  it("prints a table", async () => {
    const { code, out } = await masq(["stats", corpus("demo/sst.pkl"), "--quantiles", "0.5"]);
    expect(code).toBe(0);
    expect(out).toBe(
      "dtype  count  masked  NaN     mean      std   min   50%    max\n  <f4   5136    2640    0  11.3775  10.8535  -1.8  8.73  30.83\n",
    );
  });

  it("prints JSON, and refuses fractions that are none", async () => {
    const { out } = await masq(["stats", corpus("demo/sst.pkl"), "--quantiles", "none", "--json"]);
    const { arrays } = JSON.parse(out) as { arrays: { stats: object }[] };
    expect(arrays[0]?.stats).toMatchObject({ count: 5136, masked: 2640, nan: 0 });
    expect(arrays[0]?.stats).not.toHaveProperty("quantiles");
    for (const bad of ["1.1", "-0.1", "x", ""]) {
      const { code, err } = await masq(["stats", corpus("demo/sst.pkl"), "--quantiles", bad]);
      expect([code, err]).toEqual([2, expect.stringMatching(/^masq: USAGE: --quantiles takes/)]);
    }
  });
});

describe("hist", () => {
  it("counts as numpy.histogram does", async () => {
    const found = await histogramOf(lazyFromArray(floats([0, 0.1, 0.25, 0.5, 1, 1, Number.POSITIVE_INFINITY])), {
      bins: 4,
    });
    expect(found).toEqual({ edges: [0, 0.25, 0.5, 0.75, 1], counts: [2, 1, 1, 2], masked: 0, nan: 0, outside: 1 });
  });

  it("counts large integers by exact distances", async () => {
    const at = 2n ** 62n;
    const data = new NdArray({
      dtype: dtypes.simple("int64"),
      shape: [4],
      storage: BigInt64Array.of(at, at + 1n, at + 2n, at + 3n),
    });
    expect((await histogramOf(lazyFromArray(data as NdArray), { bins: 3 })).counts).toEqual([1, 1, 2]);
  });

  it("draws bars, and says what it left out", async () => {
    const { code, out } = await masq(["hist", corpus("demo/sst.pkl"), "--bins", "3", "--width", "50"]);
    expect(code).toBe(0);
    expect(out).toBe(
      "   -1.8 .. 9.07667 2605 ██████████████████████████\n" +
        "9.07667 .. 19.9533 1040 ██████████▍\n" +
        "19.9533 ..   30.83 1491 ██████████████▉\n" +
        "masked 2640, NaN 0, outside 0\n",
    );
  });

  it("refuses text, and ranges that are none", async () => {
    expect((await masq(["hist", corpus("npy/np2/dtype-U7.npy")])).err).toMatch(/^masq: DTYPE_MISMATCH: /);
    for (const bad of ["1", "2,1", "a,b"])
      expect((await masq(["hist", corpus("demo/sst.pkl"), "--range", bad])).err).toMatch(/^masq: USAGE: --range/);
  });
});
