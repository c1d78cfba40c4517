// Kernels and plain JavaScript write the same bytes and read the same values, or say the same error: of every numeric dtype, in every layout.
import { json } from "@masquerade/adapter-json";
import {
  type AnyArray,
  arrayFromBytes,
  difference,
  dtypes,
  type Kind,
  MaskedArray,
  type NdArray,
} from "@masquerade/core";
import { kernel, kernelKinds, withoutKernel } from "@masquerade/decimal";
import { describe, expect, inject, test } from "vitest";
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
        expect(difference(array, codec.decode(ours))).toBeUndefined();
        expect(
          difference(
            array,
            withoutKernel(() => codec.decode(ours)),
          ),
        ).toBeUndefined();
      }
  });
});

/** What comes of reading: the elements, or the error. */
function outcome(bytes: Uint8Array): string {
  try {
    const array = codec.decode(bytes) as AnyArray;
    return JSON.stringify([array.dtype.kind, array.shape, Array.from(codec.encode(array, { indent: 0 }))]);
  } catch (error) {
    return String(error);
  }
}

test.each(["float64", "float32", "int8", "complex64", "bool"] as const)(
  "runs of masked elements of any length: %s",
  (kind) => {
    for (const row of [3, 8, 50, 1200]) {
      const shape = [1200 / row, row];
      const { data } = sample(kind, shape, inject("seed"), true) as MaskedArray;
      // Runs of 1, 2, 3… masked, with as many or one between.
      const bits = Uint8Array.from({ length: 1200 }, (_, i) =>
        Number(Math.floor(Math.sqrt(i * 2)) % 2 === 0 || i > 900),
      );
      const array = new MaskedArray({ data, mask: arrayFromBytes(bits, dtypes.simple("bool"), shape) as never });
      for (const indent of [0, 2])
        for (const hidden of ["drop", "keep"] as const) {
          const ours = codec.encode(array, { indent, hidden });
          expect(text.decode(ours)).toBe(withoutKernel(() => text.decode(codec.encode(array, { indent, hidden }))));
          const slow = withoutKernel(() => codec.decode(ours));
          expect(difference(slow, codec.decode(ours))).toBeUndefined();
          // Other values beneath the mask are no difference where they are dropped; a mask is.
          expect(((slow as MaskedArray).mask as NdArray).toBytes()).toEqual(bits);
        }
    }
  },
);

test("one byte changed: the same values, or the same error with the same line, column and path", () => {
  const random = randomBytes(inject("seed"), 8000);
  for (const [i, kind] of (
    ["float64", "float32", "float16", "int64", "uint8", "bool", "complex64"] as const
  ).entries()) {
    const file = codec.encode(sample(kind, [12, 9], inject("seed") + i, true));
    const from = text.decode(file).indexOf('"data"') + 8;
    for (let m = 0; m < 60; m++) {
      const mutant = file.slice();
      const at = from + (((random[m * 4] as number) * 256 + (random[m * 4 + 1] as number)) % (file.length - from));
      const letters = '0123456789-+.eE,[]{}"nulNaI \n\0';
      mutant[at] = letters.charCodeAt((random[m * 4 + 2] as number) % letters.length);
      expect(outcome(mutant)).toBe(withoutKernel(() => outcome(mutant)));
    }
  }
});

test("literals of any length and form are read as JavaScript reads them", () => {
  const literals: string[] = [];
  const words = new Uint32Array(randomBytes(inject("seed") + 9, 80_000).buffer);
  for (let i = 0; i + 1 < words.length; i += 2) {
    const digits = `${words[i]}${words[i + 1]}${words[i]}`.slice(0, 1 + ((words[i] as number) % 25));
    const exponent = ((words[i + 1] as number) % 660) - 335;
    const cut = (words[i + 1] as number) % digits.length;
    const whole = String(BigInt(digits));
    literals.push(
      i % 4 === 0
        ? `-0.000${digits}`
        : i % 4 === 1
          ? `${whole}E+${Math.abs(exponent)}`
          : cut === 0
            ? `${whole}e${exponent}`
            : `${BigInt(digits.slice(0, cut))}.${digits.slice(cut)}e${exponent}`,
    );
  }
  for (const dtype of ["<f8", "<f4", "<f2"]) {
    const file = new TextEncoder().encode(
      `{"format":"masked-array","version":1,"dtype":"${dtype}","shape":[${literals.length}],"data":[${literals.join(",")}]}`,
    );
    const ours = codec.decode(file) as NdArray;
    expect(
      difference(
        ours,
        withoutKernel(() => codec.decode(file)),
      ),
    ).toBeUndefined();
    if (dtype === "<f8") {
      const values = ours.toC() as Float64Array;
      expect(literals.filter((literal, i) => !Object.is(values[i], Number(literal)))).toEqual([]);
    }
  }
});
