import * as fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import { arrays, testProperties } from "../src/fast-check/index.ts";
import { right } from "./zoo/right.ts";
import { wrongValues } from "./zoo/wrong-values.ts";

testProperties(right, { describe, it }, { runs: 10, seed: inject("seed") });

describe("properties", () => {
  it("make arrays of the kinds asked for, in many shapes and states", () => {
    const seen = new Set<string>();
    for (const array of fc.sample(arrays(["int8", "str"]), { numRuns: 200, seed: 4 }))
      seen.add(`${array.dtype.kind} ${array.shape.length} ${"mask" in array}`);
    expect(seen.size).toBe(20);
  });

  it("fail with the smallest array, as code", async () => {
    const wrong = wrongValues.find((w) => w.name === "0-d becomes 1-d") as (typeof wrongValues)[number];
    const bodies: (() => Promise<void>)[] = [];
    const register = Object.assign((_: string, body: () => Promise<void>) => void bodies.push(body), {
      skip: () => {},
    });
    testProperties(wrong.format, { describe: (_, body) => body(), it: register }, { runs: 200 });
    await expect(bodies[0]?.()).rejects.toThrow(
      /bool \(\) C: lost in silence \(shape\): \(\) came back as \(1\)\n {2}new NdArray/,
    );
  });
});
