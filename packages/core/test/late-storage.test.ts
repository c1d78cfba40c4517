import { describe, expect, it } from "vitest";
import { arrayFromBytes, dtypes, fillOut, NdArray } from "../src/index.ts";

/** Float64 bytes at an odd place in a larger buffer, in this byte order. */
function unaligned(values: readonly number[], little: boolean): Uint8Array {
  const room = new Uint8Array(values.length * 8 + 3);
  const view = new DataView(room.buffer);
  values.forEach((v, i) => {
    view.setFloat64(3 + i * 8, v, little);
  });
  return room.subarray(3);
}

describe("arrays over bytes that are not aligned or not in host order", () => {
  for (const order of ["little", "big"] as const) {
    const dtype = dtypes.simple("float64", order);
    const raw = unaligned([1.5, -0, 3, 4], order === "little");

    it(`${order}: pass the bytes on without a copy`, () => {
      const array = arrayFromBytes(raw, dtype, [2, 2]);
      expect(array.toBytes()).toBe(raw);
      expect(array.transpose().toBytes("F")).toBe(raw);
      expect(array.with({ attrs: new Map([["a", 1n]]) }).toBytes()).toBe(raw);
      expect([...array.toBytes("F")]).toEqual([...arrayFromBytes(raw, dtype, [2, 2], "F").copy("C").toBytes()]);
    });

    it(`${order}: give their elements, one storage for all views`, () => {
      const array = arrayFromBytes(raw, dtype, [2, 2]);
      const row = array.slice("1");
      expect([array.at(0, 0), array.at(0, 1), row.at(0), row.at(1)]).toEqual([1.5, -0, 3, 4]);
      expect(row.storage).toBe(array.storage);
      array.set([1, 0], 7);
      expect(row.at(0)).toBe(7);
      // What was written counts from now on, not the bytes it came from.
      expect([...row.toBytes()]).toEqual([...unaligned([7, 4], order === "little")]);
      expect(new DataView(raw.buffer).getFloat64(3 + 16, order === "little")).toBe(3);
    });

    it(`${order}: fill out without a copy between`, () => {
      const out = new NdArray<"float64">({
        dtype: dtypes.simple("float64"),
        shape: [2, 2],
        storage: new Float64Array(4),
      });
      const array = arrayFromBytes(raw, dtype, [2, 2]);
      expect(fillOut(array as NdArray, out as NdArray)).toBe(out);
      expect([...out.storage]).toEqual([1.5, -0, 3, 4]);
      const sideways = new NdArray<"float64">({
        dtype: dtypes.simple("float64"),
        shape: [2, 2],
        order: "F",
        storage: new Float64Array(4),
      });
      fillOut(array as NdArray, sideways as NdArray);
      expect([...sideways.storage]).toEqual([1.5, 3, -0, 4]);
    });

    it(`${order}: are copied at once when asked to`, () => {
      const own = raw.slice();
      const array = arrayFromBytes(own, dtype, [4], "C", { copy: true });
      own.fill(0);
      expect([...array.storage]).toEqual([1.5, -0, 3, 4]);
    });
  }

  for (const order of ["little", "big"] as const) {
    const dtype = dtypes.simple("float64", order);
    const whole = unaligned([1.5, -0, 3, 4], order === "little");
    /** Cut within elements. */
    const pieces = (): Uint8Array[] => [whole.slice(0, 5), whole.slice(5, 5), whole.slice(5, 19), whole.slice(19)];

    it(`${order}: are put together when their elements are asked for, from then on their own`, () => {
      const own = pieces();
      const array = arrayFromBytes(own, dtype, [2, 2]);
      expect(array.slice("1").at(0)).toBe(3);
      for (const piece of own) piece.fill(0);
      array.set([0, 0], 7);
      expect([...array.toBytes()]).toEqual([...unaligned([7, -0, 3, 4], order === "little")]);
    });

    it(`${order}: give their bytes, in either order, and fill out`, () => {
      const array = arrayFromBytes(pieces(), dtype, [2, 2]);
      const out = arrayFromBytes(new Uint8Array(32), dtypes.simple("float64"), [2, 2]);
      fillOut(array as NdArray, out as NdArray);
      expect([...out.storage]).toEqual([1.5, -0, 3, 4]);
      expect([...array.toBytes()]).toEqual([...whole]);
      expect([...array.toBytes("F")]).toEqual([...unaligned([1.5, 3, -0, 4], order === "little")]);
    });
  }

  it("must be as many as the shape takes", () => {
    const dtype = dtypes.simple("int16");
    expect(() => arrayFromBytes([new Uint8Array(2), new Uint8Array(1)], dtype, [2])).toThrow("takes 4 bytes, not 3");
    expect([...arrayFromBytes([], dtype, [0]).storage]).toEqual([]);
  });

  it("give the bytes in another order when the dtype is relabelled", () => {
    const array = arrayFromBytes(unaligned([1, 2], false), dtypes.simple("float64", "big"), [2]);
    const little = array.with({ dtype: dtypes.simple("float64", "little") });
    expect([...little.toBytes()]).toEqual([...unaligned([1, 2], true)]);
  });
});
