import { display, dtypes, MaskedArray, NdArray, nomask, repr, Tuple, zeros } from "@masquerade/core";
import { describe, expect, it } from "vitest";

const floats = (values: readonly number[], shape = [values.length]): NdArray<"float64"> =>
  new NdArray({ dtype: dtypes.simple("float64"), shape, storage: Float64Array.from(values) });
const objects = (values: unknown[]): NdArray =>
  new NdArray<"object">({ dtype: dtypes.object(), shape: [values.length], storage: values }) as unknown as NdArray;

describe("printing", () => {
  it("is what toString gives", () => {
    expect(String(floats([1, 2.5]))).toBe("array([1. , 2.5])");
    const mask = new NdArray({ dtype: dtypes.simple("bool"), shape: [2], storage: Uint8Array.of(0, 1) });
    expect(`${new MaskedArray({ data: floats([1, 2.5]), mask })}`).toBe(
      "masked_array(data=[1.0, --],\n             mask=[False,  True],\n       fill_value=1e+20)",
    );
    expect(display(floats([1, 2.5]))).toBe("[1.  2.5]");
  });

  it("follows views without copying them", () => {
    const table = floats([0, 1, 2, 3, 4, 5], [2, 3]);
    expect(repr(table.transpose())).toBe("array([[0., 3.],\n       [1., 4.],\n       [2., 5.]])");
    expect(repr(table.slice("1, ::-1"))).toBe("array([5., 4., 3.])");
  });

  it("takes NumPy's options, and refuses others", () => {
    expect(repr(floats([Math.PI]), { precision: 3 })).toBe("array([3.142])");
    expect(repr(floats([1, 2, 3, 4, 5, 6, 7]), { threshold: 5, edgeitems: 1 })).toBe(
      "array([1., ..., 7.], shape=(7,))",
    );
    for (const [options, code] of [
      [{ precision: -1 }, "OPTION_INVALID"],
      [{ precision: "8" }, "OPTION_INVALID"],
      [{ linewidth: Number.NaN }, "OPTION_INVALID"],
      [{ floatmode: "short" }, "OPTION_INVALID"],
      [{ nanstr: 5 }, "OPTION_INVALID"],
      [{ width: 5 }, "OPTION_UNKNOWN"],
      [{ __proto__: null, constructor: 1 }, "OPTION_UNKNOWN"],
    ] as const)
      expect(() => repr(floats([1]), options as never)).toThrow(expect.objectContaining({ code }));
  });

  it("stops where a value contains itself, and before the stack ends", { timeout: 60_000 }, () => {
    const own: unknown[] = [1n];
    const array = objects(own);
    own[0] = array;
    expect(repr(array)).toBe("array([array(..., dtype=object)], dtype=object)");
    const list: unknown[] = [2n];
    list.push(list);
    expect(repr(objects([list]))).toBe("array([list([2, [...]])], dtype=object)");
    let deep: unknown = new Tuple([]);
    for (let i = 0; i < 100_000; i++) deep = i % 2 === 0 ? [deep] : new Map([["k", deep]]);
    expect(repr(objects([deep]))).toContain("...");
    let nested: unknown = objects([]);
    for (let i = 0; i < 5000; i++) nested = objects([nested]);
    expect(repr(nested as NdArray)).toContain("...");
  });

  it("prints a summary of a large array without looking at all of it", () => {
    // A view of one element: there are no 10^12 of them.
    const wide = new NdArray({
      dtype: dtypes.simple("int64"),
      shape: [1e6, 1e6],
      storage: BigInt64Array.of(7n),
      strides: [0, 0],
    });
    expect(repr(wide)).toMatch(/^array\(\[\[7, 7, 7, \.\.\., 7, 7, 7\],\n/);
    expect(repr(wide)).toMatch(/shape=\(1000000, 1000000\)\)$/);
    expect(repr(new MaskedArray({ data: wide, mask: nomask }))).toContain("mask=False");
  });

  it("prints what NumPy cannot: dates without a unit, characters beyond Unicode", () => {
    const dates = new NdArray({ dtype: dtypes.datetime64(), shape: [1], storage: BigInt64Array.of(5n) });
    expect(repr(dates)).toBe("array(['5'], dtype=datetime64)");
    const text = new NdArray({ dtype: dtypes.str(1), shape: [1], storage: Uint32Array.of(0x110000) });
    expect(repr(text)).toBe("array(['\ufffd'], dtype='<U1')");
  });

  it("has text for every kind of dtype, empty or not", () => {
    for (const dtype of [
      dtypes.object(),
      dtypes.stringDType(),
      dtypes.opaque(0),
      dtypes.bytes(0),
      dtypes.str(0),
      dtypes.struct([]),
    ]) {
      expect(repr(zeros(dtype, [0, 2]) as unknown as NdArray)).toContain("shape=(0, 2)");
      expect(display(zeros(dtype, [2]) as unknown as NdArray)).toMatch(/^\[.*\]$/);
    }
  });
});
