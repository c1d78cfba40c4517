import { Complex, dtypes, lazyFromArray, MaskedArray, masked, NdArray, Tuple } from "@masquerade/core";
import { describe, expect, it } from "vitest";
import { elementJson, plainJson } from "../src/json-value.ts";
import { statsOf } from "../src/stats/stats.ts";

describe("values as JSON", () => {
  const float = dtypes.simple("float64");
  it.each([
    [float, 1.5, 1.5],
    [float, Number.NaN, "NaN"],
    [float, Number.POSITIVE_INFINITY, "Infinity"],
    [float, Number.NEGATIVE_INFINITY, "-Infinity"],
    [float, -0, "-0.0"],
    [float, masked, null],
    [dtypes.simple("int64"), 2n ** 53n - 1n, 2 ** 53 - 1],
    [dtypes.simple("int64"), 2n ** 53n, "9007199254740992"],
    [dtypes.simple("int64"), -(2n ** 63n), "-9223372036854775808"],
    [dtypes.simple("complex128"), new Complex(1, Number.NaN), [1, "NaN"]],
    [dtypes.bytes(3), Uint8Array.of(65, 0, 255), "A\u0000ÿ"],
    [dtypes.str(3), "a'b", "a'b"],
    [dtypes.datetime64("D"), 0n, "1970-01-01"],
    [dtypes.datetime64("us", 25), -(2n ** 63n), "NaT"],
    [dtypes.datetime64(), 7n, "7"],
    [dtypes.timedelta64("s"), 7n, 7],
    [dtypes.timedelta64("s"), -(2n ** 63n), "NaT"],
    [dtypes.object(), null, null],
    [dtypes.object(), new Tuple([1n, "a"]), [1, "a"]],
  ])("%o %o", (dtype, value, json) => expect(elementJson(dtype as never, value)).toEqual(json));

  it("gives records as objects, their masked fields as null", () => {
    const dtype = dtypes.struct([
      { name: "__proto__", dtype: dtypes.simple("int8") },
      { name: "t", dtype: dtypes.datetime64("s"), shape: [2] },
    ]);
    const record = Object.create(null) as Record<string, unknown>;
    Object.defineProperty(record, "__proto__", { value: masked, enumerable: true });
    record["t"] = [0n, -(2n ** 63n)];
    expect(JSON.stringify(elementJson(dtype, record))).toBe('{"__proto__":null,"t":["1970-01-01T00:00:00","NaT"]}');
  });

  it("cuts off what is too deep or too much", () => {
    let deep: unknown = 1n;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(JSON.stringify(plainJson(deep))).toContain("…");
    let wide: unknown = "x";
    for (let i = 0; i < 30; i++) wide = [wide, wide];
    expect(JSON.stringify(plainJson(wide)).length).toBeLessThan(200_000);
  });

  it("keeps keys that are no strings", () => {
    expect(plainJson(new Map<unknown, unknown>([["a", 1n]]))).toEqual({ a: 1 });
    expect(plainJson(new Map<unknown, unknown>([[1n, "b"]]))).toEqual([[1, "b"]]);
  });
});

describe("statistics", () => {
  const array = (kind: "int64" | "uint8" | "bool", storage: BigInt64Array | Uint8Array, mask?: number[]) => {
    const data = new NdArray({ dtype: dtypes.simple(kind), shape: [storage.length], storage: storage as never });
    if (mask === undefined) return data;
    const full = new NdArray({ dtype: dtypes.simple("bool"), shape: [mask.length], storage: Uint8Array.from(mask) });
    return new MaskedArray({ data: data as NdArray, mask: full });
  };
  const stats = (one: NdArray | MaskedArray) => statsOf(lazyFromArray(one));

  it("is exact for int64", async () => {
    const big = 2n ** 62n;
    expect(await stats(array("int64", BigInt64Array.of(big, big, 5n), [0, 0, 1]) as MaskedArray)).toEqual({
      count: 2,
      masked: 1,
      nan: 0,
      min: String(big),
      max: String(big),
      mean: 2 ** 62,
      std: 0,
    });
  });

  it("has no extremes where nothing is visible", async () => {
    expect(await stats(array("uint8", Uint8Array.of(1, 2), [1, 1]) as MaskedArray)).toEqual({
      count: 0,
      masked: 2,
      nan: 0,
      min: null,
      max: null,
      mean: null,
      std: null,
    });
  });

  it("counts true as one, whatever its byte", async () => {
    const found = await stats(array("bool", Uint8Array.of(0, 2, 1, 0)) as NdArray);
    expect(found).toEqual({ count: 4, masked: 0, nan: 0, min: false, max: true, mean: 0.5, std: 0.5 });
  });

  it("skips NaN, and survives cancellation", async () => {
    const storage = Float64Array.of(1e100, 1, -1e100, Number.NaN);
    const data = new NdArray({ dtype: dtypes.simple("float64"), shape: [4], storage });
    expect(await stats(data as NdArray)).toMatchObject({ count: 4, nan: 1, min: -1e100, max: 1e100, mean: 1 / 3 });
  });

  it("only counts what has no order", async () => {
    const data = new NdArray({ dtype: dtypes.bytes(1), shape: [2], storage: Uint8Array.of(65, 66) });
    expect(await stats(data as NdArray)).toEqual({ count: 2, masked: 0 });
  });
});
