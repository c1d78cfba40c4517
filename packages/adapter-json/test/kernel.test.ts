// Kernels and plain JavaScript write the same bytes: of every numeric dtype, in every layout.
import { json } from "@masquerade/adapter-json";
import { arrayFromBytes, dtypes, type Kind, MaskedArray, type NdArray } from "@masquerade/core";
import { describe, expect, inject, test } from "vitest";
import { kernel, withoutKernel } from "../src/kernel/kernel.ts";
import { kernelKinds } from "../src/kernel/memory.ts";
import { randomBytes } from "./support/floats.ts";

const codec = await json.codec();
const text = new TextDecoder();

/** Random bits, short decimals and small whole numbers; a third of them masked. */
function sample(kind: Kind, shape: readonly number[], seed: number, masked: boolean): NdArray | MaskedArray {
  const size = shape.reduce((n, dim) => n * dim, 1);
  const dtype = kind === "timedelta64" ? dtypes.timedelta64("s") : dtypes.simple(kind as "float64");
  const raw = randomBytes(seed, Math.ceil((size * dtype.itemsize) / 4) * 4).slice(0, size * dtype.itemsize);
  if (kind === "float64" || kind === "complex128") {
    const values = new Float64Array(raw.buffer);
    for (let i = 0; i < values.length; i++) {
      if (i % 3 === 1) values[i] = Math.round((i * 7919) % 1e6) / 100;
      if (i % 7 === 2) values[i] = i % 2 === 0 ? -i : -0;
    }
  }
  const data = arrayFromBytes(raw, dtype, shape) as NdArray;
  if (!masked) return data;
  const bits = randomBytes(seed + 1, Math.ceil(size / 4) * 4).slice(0, size);
  const mask = arrayFromBytes(
    bits.map((b) => (b % 3 === 0 ? 1 : 0)),
    dtypes.simple("bool"),
    shape,
  );
  return new MaskedArray({ data, mask: mask as never });
}

test("there are kernels in this engine", () => {
  expect(kernel()).toBeDefined();
});

describe.each([...kernelKinds.keys()])("%s", (kind) => {
  test.each<[string, readonly number[]]>([
    ["one long row", [2000]],
    ["short rows", [300, 3]],
    ["four axes", [2, 3, 4, 50]],
    ["axes of one", [1, 5, 1, 40]],
  ])("%s", (_, shape) => {
    for (const masked of [false, true])
      for (const indent of [0, 2, 5]) {
        const array = sample(kind, shape, inject("seed") + indent, masked);
        const ours = codec.encode(array, { indent });
        expect(text.decode(ours)).toBe(withoutKernel(() => text.decode(codec.encode(array, { indent }))));
      }
  });
});
