import { dtypes, makeHeader } from "@masquerade/core";
import { choose, figures, registry } from "masquerade";
import { expect, test } from "vitest";

const header = makeHeader({ dtype: dtypes.simple("float64"), shape: [1000, 1000], mask: "mask" });

test("every official format was measured", () => {
  for (const { id, capabilities } of registry.formats)
    if (capabilities.kinds.includes("float64"))
      expect(
        figures.formats[id]?.map(([kind]) => kind),
        id,
      ).toContain("float64");
  expect(Object.keys(figures.formats).filter((id) => !registry.formats.some((one) => one.id === id))).toEqual([]);
});

test("what is to be expected is that of the data's kind and size", () => {
  const npz = choose({ for: header }).find(({ format }) => format.id === "npz");
  const row = figures.formats["npz"]?.find(([kind, compressed]) => kind === "float64" && !compressed);
  expect(npz?.expected).toMatchObject({
    compressed: false,
    sizeRatio: row?.[2],
    writeRate: (row?.[3] as number) * 1e6,
  });
  expect(npz?.expected?.bytes).toBe(Math.round(8e6 * (row?.[2] as number)));
  expect(npz?.expected?.readSeconds).toBeCloseTo(8 / (row?.[4] as number), 12);
  const small = choose({ for: header, compression: true }).find(({ format }) => format.id === "npz");
  expect(small?.expected?.compressed).toBe(true);
  expect(small?.expected?.sizeRatio).toBeLessThan(npz?.expected?.sizeRatio as number);
});

test("prefer orders those that fit, and no others before them", () => {
  const fits = (wishes: Parameters<typeof choose>[0]): (number | undefined)[] =>
    choose(wishes)
      .filter((one) => one.fits && one.expected !== undefined)
      .map((one) => one.expected?.sizeRatio);
  const ratios = fits({ for: header, prefer: "small" });
  expect(ratios).toEqual([...ratios].sort((a, b) => (a as number) - (b as number)));
  const all = choose({ for: header, untrusted: true, prefer: "fast" });
  expect(all.map((one) => one.fits)).toEqual([...all.map((one) => one.fits)].sort((a, b) => Number(b) - Number(a)));
  expect(() => choose({ prefer: "cheap" as never })).toThrow(/"small" or "fast"/);
});

test("a description stands for an array", () => {
  const lacks = (id: string, wishes: Parameters<typeof choose>[0]): string[] | undefined =>
    choose(wishes)
      .find(({ format }) => format.id === id)
      ?.lacks.map(({ about }) => about);
  expect(lacks("npy", { masked: true })).toContain("mask");
  expect(lacks("npy", { masked: false, dtype: "int8" })).toEqual([]);
  expect(lacks("protobuf", { size: 3e9 })).toContain("values");
  expect(lacks("csv", { hiddenValues: true, attrs: true })).toEqual(["hiddenValues", "attrs"]);
  expect(() => choose({ size: -1 })).toThrow(/size is a number of bytes/);
});

test("text has no figures", () => {
  expect(choose({ dtype: "str" }).every((one) => one.expected === undefined)).toBe(true);
});
