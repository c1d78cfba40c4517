// The kernels and plain JavaScript write the same bytes, read the same arrays, and fail alike.
import { csv, tsv, txt } from "@masquerade/adapter-text";
import { coveringSet } from "@masquerade/conformance";
import { type AnyArray, difference, dtypes, isMasqueradeError, MaskedArray, NdArray } from "@masquerade/core";
import { withoutKernel } from "@masquerade/decimal";
import { describe, expect, inject, test } from "vitest";

const formats = [
  ["csv", await csv.codec()],
  ["tsv", await tsv.codec()],
  ["txt", await txt.codec()],
] as const;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Numbers that printing and reading find hard: any bits, few digits, powers of two, the edges. */
function float64s(count: number): Float64Array {
  const values = new Float64Array(count);
  const bits = new Uint32Array(values.buffer);
  let seed = inject("seed");
  const next = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed;
  };
  const edges = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 2 ** 53, 1e21, 1e23];
  for (let i = 0; i < count; i++) {
    bits[2 * i] = next();
    bits[2 * i + 1] = next();
    if (Number.isNaN(values[i]) || i % 4 === 0) values[i] = edges[(i >> 2) % edges.length] as number;
    else if (i % 4 === 1) values[i] = Math.round(Math.sin(i) * 1e6) / 10 ** (i % 8);
    else if (i % 4 === 2) values[i] = 2 ** ((i % 2000) - 1000);
  }
  return values;
}

function float64Table(): MaskedArray {
  const data = new NdArray({ dtype: dtypes.simple("float64"), shape: [10, 40, 20], storage: float64s(8000) });
  const mask = new NdArray({
    dtype: dtypes.simple("bool"),
    shape: data.shape,
    storage: Uint8Array.from({ length: data.size }, (_, i) => Number(i % 7 === 3)),
  });
  return new MaskedArray({ data: data as NdArray, mask });
}

describe.each(formats)("%s", (_, codec) => {
  test("every kind", () => {
    const kinds = csv.capabilities.kinds.filter((kind) => /int|float|complex|timedelta/.test(kind));
    let compared = 0;
    for (const { array } of coveringSet(kinds, 41)) {
      const bytes = codec.encode(array);
      expect(text(bytes)).toBe(text(withoutKernel(() => codec.encode(array))));
      const [fast, slow] = [codec.decode(bytes), withoutKernel(() => codec.decode(bytes))] as AnyArray[];
      expect(difference(slow as AnyArray, fast as AnyArray)).toBeUndefined();
      compared++;
    }
    expect(compared).toBeGreaterThan(200);
  });
  test("many numbers, masked, in slices", () => {
    const array = float64Table();
    const bytes = codec.encode(array);
    expect(text(bytes)).toBe(text(withoutKernel(() => codec.encode(array))));
    const back = codec.decode(bytes) as AnyArray;
    expect(difference(withoutKernel(() => codec.decode(bytes)) as AnyArray, back)).toBeUndefined();
    expect(text(codec.encode(back))).toBe(text(bytes));
  });
});

test("spaces beside numbers are what they are without kernels", () => {
  const [, codec] = formats[0];
  const table = (rows: string): Uint8Array =>
    new TextEncoder().encode(`# masked-array 1 csv\n# dtype: '<f8'\n# shape: [2, 3]\n${rows}`);
  const outcome = (rows: string): string => {
    try {
      return codec.decode(table(rows)).toString();
    } catch (error) {
      if (isMasqueradeError(error)) return `${error.code} ${error.message}`;
      throw error;
    }
  };
  for (const rows of ["1,2,3\n4,5,6\n", "1, 2,3\n4,5,6\n", "1,2 ,3\n4,5,6\n", "1,2,3 \n4,5,6\n", " 1,2,3\r\n4,5, 6"])
    expect([rows, outcome(rows)]).toEqual([rows, withoutKernel(() => outcome(rows))]);
  expect(outcome("1,2,3\n4,5,6\n")).toContain("6.");
});

/** Damage at any place of a table: a value or an error, the same with kernels and without. */
test("damage", () => {
  const [, codec] = formats[0];
  const data = new NdArray({ dtype: dtypes.simple("float64"), shape: [3, 4], storage: float64s(12) }) as NdArray;
  const good = codec.encode(data);
  const start = text(good).lastIndexOf("# np.");
  const outcome = (bytes: Uint8Array): string => {
    try {
      return codec.decode(bytes).toString();
    } catch (error) {
      if (isMasqueradeError(error)) return `${error.code} ${error.message}`;
      throw error;
    }
  };
  const marks = [...'0.,-+e#"\n\r\t nN'].map((c) => c.charCodeAt(0));
  for (let at = start; at < good.length; at++)
    for (const mark of marks) {
      const bytes = good.slice();
      bytes[at] = mark;
      expect(outcome(bytes)).toBe(withoutKernel(() => outcome(bytes)));
    }
});
