import { dtypes, MaskedArray, NdArray } from "@masquerade/core";
import { describe, expect, it } from "vitest";
import { colourDepth, drawField, fieldOf } from "../src/picture/index.ts";

const grid = (values: number[], shape: number[], mask?: number[]): MaskedArray =>
  new MaskedArray({
    data: new NdArray({ dtype: dtypes.simple("float64"), shape, storage: Float64Array.from(values) }) as NdArray,
    mask: mask && new NdArray({ dtype: dtypes.simple("bool"), shape, storage: Uint8Array.from(mask) }),
  });

describe("a picture", () => {
  const field = fieldOf(grid([0, 4, 999, 8, 0, 4, 999, Number.NaN], [2, 4], [0, 0, 1, 0, 0, 0, 1, 0]), 80);

  it("takes its range from visible finite values", () => expect(field.range).toEqual([0, 8]));

  it("shows masked cells differently, without colour", () => {
    expect(drawField(field, { depth: "none", unit: "K", maskedName: "land" })).toBe(
      " =#@\n0 [ .:-=+*%@] 8 K   # land\n",
    );
  });

  it("shows masked cells in a colour the scale does not have", () => {
    const drawn = drawField(field, { depth: "true" });
    expect(drawn.split("\u001b[38;2;88;88;88m\u001b[48;2;88;88;88m▀").length).toBe(2);
    expect(drawn).toContain("\u001b[38;2;18;32;96m\u001b[48;2;18;32;96m▀");
    expect(drawField(field, { depth: "256" })).toContain("\u001b[38;5;17m\u001b[48;5;17m▀");
  });

  it("averages what does not fit, masked only where most of it is", () => {
    const small = fieldOf(grid([1, 3, 9, 9, 1, 3, 9, 9], [2, 4], [0, 0, 1, 1, 0, 0, 1, 0]), 2);
    expect([small.rows, small.columns]).toEqual([1, 2]);
    expect([...small.values]).toEqual([2, Number.NaN]);
    expect([...small.masked]).toEqual([0, 1]);
  });

  it("survives nothing, and one value", () => {
    expect(drawField(fieldOf(grid([], [0, 3]), 80), { depth: "none" })).toBe(
      "nothing [ .:-=+*%@] visible   # masked\n",
    );
    expect(drawField(fieldOf(grid([7], [1, 1]), 80), { depth: "none" })).toBe("=\n7 [ .:-=+*%@] 7   # masked\n");
  });

  it("has room for the largest numbers", () => {
    const huge = fieldOf(grid([-Number.MAX_VALUE, 0, Number.MAX_VALUE], [1, 3]), 80);
    expect(drawField(huge, { depth: "none" })).toMatch(/^ =@\n-1\.79\S+e\+308 \[.*\] 1\.79\S+e\+308 /);
  });

  it("refuses complex numbers rather than drop a part of them", () => {
    const data = new NdArray({ dtype: dtypes.simple("complex64"), shape: [1, 1], storage: Float32Array.of(1, 2) });
    expect(() => fieldOf(data as NdArray, 80)).toThrow(/complex/);
  });

  it("refuses what is no plane of numbers", () => {
    expect(() => fieldOf(grid([1], [1]), 80)).toThrow(/two dimensions/);
  });
});

describe("colour", () => {
  it.each([
    [{}, false, "none"],
    [{}, true, "256"],
    [{ COLORTERM: "truecolor" }, true, "true"],
    [{ COLORTERM: "truecolor", NO_COLOR: "1" }, true, "none"],
    [{ FORCE_COLOR: "1" }, false, "256"],
    [{ TERM: "dumb" }, true, "none"],
  ] as const)("%j on a terminal: %s: %s", (env, isTTY, depth) => expect(colourDepth(env, isTTY)).toBe(depth));
});
