import { describe, expect, it } from "vitest";
import {
  type AnyArray,
  array,
  Bundle,
  difference,
  differenceOfFiles,
  dtypes,
  FormatError,
  MaskedArray,
  NdArray,
  nomask,
  openDecoded,
  zeros,
} from "../src/index.ts";

const floats = (values: readonly number[], shape = [values.length]): NdArray =>
  new NdArray({ dtype: dtypes.simple("float64"), shape, storage: Float64Array.from(values) }) as unknown as NdArray;
const bools = (values: readonly number[], shape = [values.length]): NdArray<"bool"> =>
  new NdArray({ dtype: dtypes.simple("bool"), shape, storage: Uint8Array.from(values) });
const attrs = (value: string): ReadonlyMap<string, string> => new Map([["unit", value]]);
const fill = (value: number): NdArray => floats([value], []);
const masked = (values: readonly number[], mask: readonly number[], more = {}): AnyArray =>
  new MaskedArray({ data: floats(values), mask: bools(mask), ...more });

const six = floats([1, 2, 3, 4, 5, 6], [2, 3]);
const values: readonly (readonly [string, AnyArray | Bundle])[] = [
  ["numbers", six],
  ["another number", floats([1, 2, 3, 4, 5, 7], [2, 3])],
  ["another zero", floats([1, 2, 3, 4, 5, -0], [2, 3])],
  ["another shape", floats([1, 2, 3, 4, 5, 6], [3, 2])],
  ["another order", six.copy("F")],
  ["another number in that order", floats([1, 2, 9, 4, 5, 6], [2, 3]).copy("F")],
  ["attributes", six.with({ attrs: attrs("K") })],
  ["other attributes and another number", floats([1, 2, 3, 4, 5, 7], [2, 3]).with({ attrs: attrs("C") })],
  ["dimensions", six.with({ dims: ["y", "x"] })],
  ["another dtype", six.astype("float32") as unknown as NdArray],
  ["none", floats([], [0, 3])],
  ["a scalar", floats([1], [])],
  ["another scalar", floats([2], [])],
  ["masked", masked([1, 2, 3], [0, 1, 0])],
  ["masked elsewhere", masked([1, 2, 3], [0, 0, 1])],
  ["something else beneath the mask", masked([1, 9, 3], [0, 1, 0])],
  ["a fill value", masked([1, 2, 3], [0, 1, 0], { fillValue: fill(7) })],
  ["another fill value", masked([1, 2, 3], [0, 1, 0], { fillValue: fill(8) })],
  ["a hard mask", masked([1, 2, 3], [0, 1, 0], { hardMask: true })],
  ["nomask", new MaskedArray({ data: floats([1, 2, 3]), mask: nomask })],
  ["objects", array([1n, "a", null] as never, "object") as unknown as AnyArray],
  ["other objects", array([1n, "b", null] as never, "object") as unknown as AnyArray],
  ["a bundle", new Bundle({ entries: [["a", six]] })],
  ["another name", new Bundle({ entries: [["b", six]] })],
  ["a list", new Bundle({ kind: "list", entries: [["0", six]] })],
  [
    "two",
    new Bundle({
      entries: [
        ["a", six],
        ["g", new Bundle({ entries: [["x", six]] })],
      ],
    }),
  ],
  [
    "two, one other",
    new Bundle({
      entries: [
        ["a", six],
        ["g", new Bundle({ entries: [["x", floats([1])]] })],
      ],
    }),
  ],
  [
    "two, with attributes within",
    new Bundle({
      entries: [
        ["a", six],
        ["g", new Bundle({ entries: [["x", six]], attrs: attrs("K") })],
      ],
    }),
  ],
];

describe("the difference of files", () => {
  it("is the difference of what is in them, word for word", () => {
    const pairs = values.flatMap(([name, a]) => values.map(([other, b]) => [`${name} / ${other}`, a, b] as const));
    return Promise.all(
      pairs.map(async ([name, a, b]) => {
        expect(await differenceOfFiles(openDecoded(a), openDecoded(b)), name).toBe(difference(a, b));
      }),
    );
  });

  it("is not told of files with members that are not read", async () => {
    const whole = openDecoded(six);
    const refused = new FormatError("FORMAT_MALFORMED", "toy", "no array");
    const part = { ...whole, unreadable: new Map([["x", refused]]) };
    await expect(differenceOfFiles(part, whole)).rejects.toBe(refused);
    await expect(differenceOfFiles(whole, part)).rejects.toBe(refused);
  });

  it("counts elements from the beginning, wherever a piece begins", async () => {
    for (const order of ["C", "F"] as const) {
      const [a, b] = [zeros("float64", [3, 400_000], order), zeros("float64", [3, 400_000], order)];
      b.set([2, 399_999], 1);
      const found = await differenceOfFiles(openDecoded(a as AnyArray), openDecoded(b as AnyArray));
      expect(found).toBe(difference(a as AnyArray, b as AnyArray));
      expect(found).toContain("element 1199999 ");
    }
  });
});
