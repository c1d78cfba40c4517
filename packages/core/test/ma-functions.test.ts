import { describe, expect, expectTypeOf, it } from "vitest";
import {
  arange,
  argmax,
  array,
  bitwiseAnd,
  clip,
  compressRows,
  countMasked,
  cov,
  diagonal,
  diff,
  dot,
  isMasqueradeError,
  MaskedArray,
  masked,
  maskedAll,
  maskedAllLike,
  maskedArray,
  maskOr,
  maskRowcols,
  mean,
  type NdArray,
  nomask,
  notmaskedContiguous,
  ones,
  round,
  sum,
  where,
  zeros,
} from "../src/index.ts";

const grid = maskedArray(
  [
    [1, 2, 3],
    [4, 5, 6],
  ],
  {
    mask: [
      [0, 1, 0],
      [0, 0, 0],
    ],
    fillValue: -9,
  },
);
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (e) {
    if (isMasqueradeError(e)) return e.code;
    throw e;
  }
  return "none";
};

describe("several axes", () => {
  it("take one or many, in any order, and keep them if asked", () => {
    const x = arange(24).reshape([2, 3, 4]);
    expect(sum(x, { axis: [0, -1] }).toArray()).toEqual([60, 92, 124]);
    expect(sum(x, { axis: [2, 0], keepdims: true }).shape).toEqual([1, 3, 1]);
    expect(x.sum({ axis: [0, 1, 2] }).at()).toBe(276);
    expect(mean(x, { axis: [] }).shape).toEqual([2, 3, 4]);
    expectTypeOf(sum(x, { axis: [0, 1] })).toEqualTypeOf<NdArray<"float64">>();
    expectTypeOf(grid.sum({ axis: [0, 1] })).toEqualTypeOf<MaskedArray<"float64">>();
  });
  it("are refused twice, out of bounds, and where NumPy takes one", () => {
    const x = zeros([2, 3]);
    for (const axis of [[0, 0], [0, -2], [0, 2], [0.5], ["0"]])
      expect(codeOf(() => sum(x, { axis: axis as never }))).toBe("INDEX_INVALID");
    expect(codeOf(() => sum(x, { axis: "0" as never }))).toBe("INDEX_INVALID");
    // @ts-expect-error one axis, as in NumPy
    expect(codeOf(() => argmax(x, { axis: [0, 1] }))).toBe("INDEX_INVALID");
  });
});

describe("making arrays", () => {
  it("takes NumPy's order of arguments too", () => {
    expect(zeros([2, 3]).dtype.kind).toBe("float64");
    expect(zeros([2], "int8").dtype.kind).toBe("int8");
    expect(ones([2], "int8", "F").toArray()).toEqual([1, 1]);
    expect(ones("bool", [1]).toArray()).toEqual([true]);
    expectTypeOf(zeros([2], "int8")).toEqualTypeOf<NdArray<"int8">>();
    expectTypeOf(ones([2])).toEqualTypeOf<NdArray<"float64">>();
    expect(codeOf(() => zeros([2], "int7" as never))).toBe("OPTION_INVALID");
  });
  it("takes a mask of 0 and 1", () => {
    expect(maskedArray([1, 2, 3], { mask: [0, 1, 0] }).toArray()).toEqual([1, masked, 3]);
  });
  it("masks everything", () => {
    expect(maskedAll([2], "int16").toArray()).toEqual([masked, masked]);
    expect(countMasked(maskedAllLike(grid))).toBe(6);
  });
});

describe("choosing", () => {
  it("takes masked for one side, and is masked as soon as one of three is", () => {
    const x = array([1, 2, 3]);
    const c = array([true, false, true]);
    const made = where(c, x, masked);
    expectTypeOf(made).toEqualTypeOf<MaskedArray>();
    expect(made.toArray()).toEqual([1, masked, 3]);
    expectTypeOf(where(c, x, 0)).toEqualTypeOf<NdArray>();
    expect(where(c, x, 0).toArray()).toEqual([1, 0, 3]);
    expect(where(maskedArray([true, false, true], { mask: [1, 0, 0] }), x, 0) instanceof MaskedArray).toBe(true);
    expect(codeOf(() => where(c, masked, masked))).toBe("OPTION_INVALID");
    expect(codeOf(() => where(c, array([1, 2]), 0))).toBe("SHAPE_MISMATCH");
  });
  it("changes no argument", () => {
    const x = array([5, -5]);
    expect(clip(x, 0, 3).toArray()).toEqual([3, 0]);
    expect(clip(x, undefined).storage).not.toBe(x.storage);
    expect(round(array([0.5, 2.5, -0.5])).toArray()).toEqual([0, 2, -0]);
    maskRowcols(grid);
    expect([x.toArray(), countMasked(grid)]).toEqual([[5, -5], 1]);
  });
});

describe("what does not fit", () => {
  it.each<[string, () => unknown, string]>([
    ["rows of three dimensions", () => maskRowcols(zeros([1, 1, 1])), "SHAPE_MISMATCH"],
    ["rows of one", () => compressRows(zeros([3])), "SHAPE_MISMATCH"],
    ["runs of rows of one", () => notmaskedContiguous(zeros([3]), 0), "SHAPE_MISMATCH"],
    ["a diagonal of one", () => diagonal(zeros([3])), "SHAPE_MISMATCH"],
    ["products of shapes that do not meet", () => dot(zeros([2, 3]), zeros([2, 3])), "SHAPE_MISMATCH"],
    ["products of 64-bit integers", () => dot(zeros([2], "int64"), zeros([2], "int64")), "DTYPE_MISMATCH"],
    ["covariances of three dimensions", () => cov(zeros([1, 1, 1])), "SHAPE_MISMATCH"],
    ["bits of floats", () => bitwiseAnd(zeros([1]), 1), "DTYPE_MISMATCH"],
    ["half a decimal", () => round(zeros([1]), 0.5), "OPTION_INVALID"],
    ["differences of text", () => diff(array(["a", "b"])), "DTYPE_MISMATCH"],
    ["masks of two shapes", () => maskOr(zeros("bool", [2]), zeros("bool", [3])), "SHAPE_MISMATCH"],
  ])("%s", (_, work, code) => {
    expect(codeOf(work)).toBe(code);
  });
  it("no mask and no mask is no mask", () => {
    expect(maskOr(nomask, nomask)).toBe(nomask);
    expect(maskOr(zeros("bool", [2]), nomask)).toBe(nomask);
  });
});
