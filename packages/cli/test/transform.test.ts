import {
  type AnyArray,
  Bundle,
  difference,
  dtypes,
  equals,
  isMaskedArray,
  MaskedArray,
  masked,
  NdArray,
  normalizeSelection,
  openDecoded,
  readFile,
  type SelectionItem,
} from "@masquerade/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compose } from "../src/transform/compose.ts";
import { type Changes, type Transform, transformed } from "../src/transform/transform.ts";

const numbers = (shape: number[]): NdArray => {
  const size = shape.reduce((n, dim) => n * dim, 1);
  const storage = Float64Array.from({ length: size }, (_, i) => i);
  return new NdArray({ dtype: dtypes.simple("float64"), shape, storage }) as NdArray;
};
const index = fc.integer({ min: -4, max: 4 });
const item: fc.Arbitrary<SelectionItem> = fc.oneof(
  fc.record({
    start: fc.option(index, { nil: undefined }),
    stop: fc.option(index, { nil: undefined }),
    step: fc.constantFrom(undefined, 1, 2, -1, -2, 3),
  }),
  fc.constant(null),
  fc.constant(0),
);

describe("a part of a part", () => {
  it("is one part of the whole, wherever there is one", () => {
    let composed = 0;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
        fc.array(item, { maxLength: 4 }),
        fc.array(item, { maxLength: 4 }),
        (shape, first, second) => {
          const array = numbers(shape);
          const [outer, inner]: SelectionItem[][] = [first, second];
          const fits = (of: NdArray, by: SelectionItem[]): NdArray | undefined => {
            try {
              return of.slice(by);
            } catch {
              return undefined;
            }
          };
          const middle = fits(array, outer as SelectionItem[]);
          const want = middle === undefined ? undefined : fits(middle, inner as SelectionItem[]);
          if (middle === undefined || want === undefined) return;
          const both = compose(normalizeSelection(outer, shape), normalizeSelection(inner, middle.shape));
          if (both === undefined) {
            expect(want.size).toBe(0);
            return;
          }
          composed++;
          expect(equals(array.slice(both), want)).toBe(true);
        },
      ),
    );
    expect(composed).toBeGreaterThan(30);
  });
});

const cover = (data: NdArray, mask: number[], fillValue?: NdArray): MaskedArray =>
  new MaskedArray({
    data,
    mask: new NdArray({ dtype: dtypes.simple("bool"), shape: data.shape, storage: Uint8Array.from(mask) }),
    fillValue,
  } as never);

async function apply(value: AnyArray | Bundle, transform: Transform): Promise<[AnyArray | Bundle, Changes]> {
  const changes = { cast: 0, filled: 0 };
  await using file = transformed(openDecoded(value), transform, changes);
  return [await readFile(file), changes];
}

describe("what becomes of arrays", () => {
  const field = cover(numbers([2, 3]), [0, 1, 0, 0, 0, 1]);

  it("cast: values that are others now are counted, masked ones not", async () => {
    const data = new NdArray({
      dtype: dtypes.simple("float64"),
      shape: [4],
      storage: Float64Array.of(1, 2.5, 300.25, Number.NaN),
    });
    const [made, changes] = await apply(cover(data as NdArray, [0, 0, 1, 0]), { astype: dtypes.simple("float32") });
    expect([(made as MaskedArray).dtype.kind, changes]).toEqual(["float32", { cast: 0, filled: 0 }]);
    const [, whole] = await apply(cover(data as NdArray, [0, 0, 1, 1]), { astype: dtypes.simple("int8") });
    expect(whole).toEqual({ cast: 1, filled: 0 });
  });

  it("cast, then filled: a plain array", async () => {
    const [made, changes] = await apply(field, { astype: dtypes.simple("float32"), fill: "nan" });
    expect(isMaskedArray(made)).toBe(false);
    expect([...((made as NdArray).toC() as Float32Array)]).toEqual([0, Number.NaN, 2, 3, 4, Number.NaN]);
    expect(changes).toEqual({ cast: 0, filled: 2 });
  });

  it("filled with the array's own fill value", async () => {
    const fill = new NdArray({ dtype: dtypes.simple("float64"), shape: [], storage: Float64Array.of(-9) });
    const [made] = await apply(cover(numbers([2]), [1, 0], fill as NdArray), { fill: true });
    expect([...((made as NdArray).toC() as Float64Array)]).toEqual([-9, 1]);
    await expect(apply(field, { fill: "abc" })).rejects.toThrow(/--fill: "abc" is no float64/);
  });

  it("a group of a group, of names that hold a slash", async () => {
    const inner = new Bundle({
      kind: "dict",
      entries: [
        ["c/d", field],
        ["e", numbers([2])],
      ],
    });
    const value = new Bundle({ kind: "dict", entries: [["a", new Bundle({ kind: "dict", entries: [["b", inner]] })]] });
    const [group] = await apply(value, { select: "a/b" });
    expect(difference(group, inner)).toBeUndefined();
    const [one] = await apply(value, { select: "a/b/c/d", slice: "1, ::-1" });
    const row = (one as MaskedArray).toArray({ masked }) as unknown[];
    expect(row).toEqual([masked, 4, 3]);
    await expect(apply(value, { slice: "0" })).rejects.toThrow(/name it with --select/);
  });
});
