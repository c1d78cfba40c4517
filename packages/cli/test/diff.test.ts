import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dtypes, load, MaskedArray as Masked, type MaskedArray, NdArray, save } from "masquerade";
import { beforeAll, describe, expect, it } from "vitest";
import { corpus, masq, scratch } from "./support/masq.ts";

const folder = scratch();
const sst = corpus("demo/sst.pkl");
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  const value = await load(sst, { as: "masked", dtype: "float32" });
  await save(at("same.npz"), value);
  const changed = value.copy() as MaskedArray<"float32">;
  changed.data.set([0, 0, 0], 99);
  changed.data.set([2, 8, 15], 7); // land: beneath the mask
  await save(at("changed.npz"), changed);
  const unmasked = value.copy() as MaskedArray<"float32">;
  (unmasked.mask as NdArray<"bool">).set([0, 8, 15], false);
  await save(at("unmasked.npz"), unmasked);
  await save(at("plain.npy"), value.data);
});

describe("diff", () => {
  it("says nothing of two that are the same, whatever their formats", async () => {
    for (const option of [[], ["--bits"], ["--hidden", "--equal-nan"]])
      expect(await masq(["diff", sst, at("same.npz"), ...option])).toMatchObject({ code: 0, out: "", err: "" });
  });

  it("finds the farthest of the values that differ, and none beneath the mask unless asked", async () => {
    const { code, out } = await masq(["diff", sst, at("changed.npz")]);
    expect(code).toBe(1);
    expect(out).toMatch(/^1 other values; farthest at \(0, 0, 0\): -?[\d.]+ against 99\n$/);
    const hidden = await masq(["diff", sst, at("changed.npz"), "--hidden", "--equal-nan", "--json"]);
    expect(JSON.parse(hidden.out)).toMatchObject({ same: false, arrays: [{ key: null, masks: 0, values: 2 }] });
    expect((await masq(["diff", sst, at("changed.npz"), "--atol", "1000"])).code).toBe(0);
    expect(await masq(["diff", sst, at("changed.npz"), "--quiet"])).toMatchObject({ code: 1, out: "", err: "" });
  });

  it("counts what is masked in one only", async () => {
    expect((await masq(["diff", sst, at("unmasked.npz")])).out).toBe("1 masked in one file only\n");
    expect((await masq(["diff", sst, at("plain.npy")])).out).toBe("masked in one file, plain in the other\n");
  });

  it("names arrays that only one file has", async () => {
    const { code, out } = await masq(["diff", corpus("npz/np2/several.npz"), corpus("npz/np2/big.npz")]);
    expect(code).toBe(1);
    expect(out).toContain("x: only in the first file\n");
    expect(out).toContain("big: only in the second file\n");
  });

  it("is an error, not a difference, when a file cannot be read", async () => {
    writeFileSync(at("noise"), "neither");
    expect(await masq(["diff", sst, at("noise")])).toMatchObject({ code: 2, out: "" });
    expect(await masq(["diff", sst, sst, "--rtol", "-1"])).toMatchObject({ code: 2, out: "" });
    expect(await masq(["diff", "-", "-"])).toMatchObject({ code: 2, out: "" });
  });

  it("compares int64 without rounding", async () => {
    const of = (value: bigint): Masked =>
      new Masked({
        data: new NdArray({ dtype: dtypes.simple("int64"), shape: [1], storage: BigInt64Array.of(value) }) as NdArray,
      });
    await save(at("a.npz"), of(2n ** 60n));
    await save(at("b.npz"), of(2n ** 60n + 1n));
    expect(await masq(["diff", at("a.npz"), at("b.npz")])).toMatchObject({
      code: 1,
      out: "1 other values; farthest at (0): 1152921504606846976 against 1152921504606846977\n",
    });
    const { out } = await masq(["diff", at("a.npz"), at("b.npz"), "--json"]);
    expect(JSON.parse(out).arrays[0].worst).toEqual({ index: [0], a: "1152921504606846976", b: "1152921504606846977" });
    expect(await masq(["diff", at("a.npz"), at("b.npz"), "--atol", "1"])).toMatchObject({ code: 0, out: "" });
  });

  it("compares piece by piece what is larger than a piece: the first of the farthest, whatever the order", async () => {
    const shape = [2, 3, 150_000];
    const of = (more: readonly number[], order: "C" | "F"): NdArray => {
      const data = new NdArray({ dtype: dtypes.simple("float64"), shape, storage: new Float64Array(900_000) });
      for (const at of more) (data.storage as Float64Array)[at] = 2;
      return data.copy(order) as NdArray;
    };
    await save(at("zeros.npy"), of([], "F"));
    await save(at("twos.h5"), of([899_999, 600_001, 599_999, 7], "C"));
    const { code, out } = await masq(["diff", at("zeros.npy"), at("twos.h5")]);
    expect(code).toBe(1);
    expect(out).toBe("4 other values; farthest at (0, 0, 7): 0 against 2\n");
    await save(at("ends.npy"), of([899_999], "F"));
    expect((await masq(["diff", at("zeros.npy"), at("ends.npy"), "--bits"])).out).toMatch(
      /^element 899999 \(memory order\)/,
    );
  });
});
