import { BlockSet, runsText } from "@masquerade/adapter-protobuf/blocks";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finder } from "../src/stream/block-set.ts";
import { blockShapeFor, runAt, runOf, runsOf } from "../src/stream/runs.ts";

describe("sets of blocks", () => {
  it("say what is missing, as runs", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(3000)), fc.integer({ min: 1, max: 3001 }), (numbers, total) => {
        const set = new BlockSet();
        for (const n of numbers) expect(set.add(n)).toBe(true);
        for (const n of numbers) expect([set.has(n), set.add(n)]).toEqual([true, false]);
        const missing = set
          .missing(total)
          .flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
        const want = Array.from({ length: total }, (_, i) => i).filter((n) => !numbers.includes(n));
        expect(missing).toEqual(want);
      }),
      { numRuns: 50 },
    );
  });

  it("of which few of very many are there take little room", () => {
    const set = new BlockSet();
    set.add(2 ** 50);
    set.add(5);
    expect(runsText(set.missing(2 ** 50 + 10))).toBe(`0–4, 6–${2 ** 50 - 1}, ${2 ** 50 + 1}–${2 ** 50 + 9}`);
    expect(set.missing(2 ** 50 + 10, 1)).toEqual([{ first: 0, count: 5 }]);
  });

  it("are asked for by runs in any order, that may lie over each other", () => {
    const runs = fc.array(fc.record({ first: fc.nat(60), count: fc.nat(20) }), { maxLength: 8 });
    fc.assert(
      fc.property(runs, (some) => {
        const wanted = finder(some);
        for (let n = 0; n < 90; n++)
          expect(wanted(n)).toBe(some.some(({ first, count }) => n >= first && n < first + count));
      }),
      { numRuns: 100 },
    );
    expect(finder(undefined)(7)).toBe(true);
  });
});

describe("runs of memory", () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 4 });

  it("cover each element once, in order, and are found by their elements", () => {
    fc.assert(
      fc.property(
        shapes,
        fc.constantFrom("C", "F") as fc.Arbitrary<"C" | "F">,
        fc.integer({ min: 1, max: 300 }),
        (shape, order, bytes) => {
          const runs = runsOf(shape, order, blockShapeFor(shape, order, 4, bytes));
          if (runs === undefined)
            throw new Error("the shape of blocks that a writer chooses is one that a reader takes");
          let next = 0;
          for (let i = 0; i < runs.count; i++) {
            const { start, count } = runAt(runs, i);
            expect(start).toBe(next);
            expect(count).toBeGreaterThan(0);
            expect(count * 4 <= bytes || count === 1).toBe(true);
            expect([runOf(runs, start), runOf(runs, start + count - 1)]).toEqual([i, i]);
            next += count;
          }
          expect(next).toBe(shape.reduce((n, dim) => n * dim, 1));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("follow the specification's default", () => {
    expect(blockShapeFor([3], "C", 8, undefined)).toEqual([8192]);
    expect(blockShapeFor([1000, 300, 1000], "C", 8, undefined)).toEqual([1, 131, 1000]);
    expect(blockShapeFor([500, 100], "F", 8, undefined)).toEqual([500, 16]);
    expect(blockShapeFor([], "C", 8, undefined)).toEqual([]);
    expect(blockShapeFor([2 ** 30], "C", 8, undefined)).toEqual([131_072]);
    expect(blockShapeFor([2 ** 24], "C", 8, undefined)).toEqual([16_384]);
  });
});
