// Every array of the corpus that text declares to hold, through each of the three formats and back.
import { readFileSync } from "node:fs";
import { csv, tsv, txt } from "@masquerade/adapter-text";
import {
  type AnyArray,
  arrayFromBytes,
  difference,
  describe as headerOf,
  isArray,
  isMaskedArray,
  isMasqueradeError,
  type NdArray,
  nomask,
} from "@masquerade/core";
import { expect, test } from "vitest";
import { expected } from "../../../corpus/support/expect.ts";

interface Entry {
  readonly file: string;
  readonly expect: { readonly kind?: string; readonly shape?: readonly number[] };
}

function arraysOf(folder: string): (readonly [file: string, array: AnyArray])[] {
  const manifest = new URL(`../../../corpus/${folder}/manifest.json`, import.meta.url);
  const { entries } = JSON.parse(readFileSync(manifest, "utf8")) as { entries: readonly Entry[] };
  const seen = new Set<string>();
  return entries.flatMap(({ file, expect: about }) => {
    const text = JSON.stringify(about);
    if (seen.has(text) || (about.kind !== "ndarray" && about.kind !== "masked")) return [];
    if ((about.shape ?? []).some((n) => n > Number.MAX_SAFE_INTEGER) || text.includes('"title":{')) return [];
    seen.add(text);
    const value = expected(about);
    return isArray(value) ? [[file, value] as const] : [];
  });
}

/** The array without what the format announced to lose: marks of subclass and layout, what lies beneath the mask. */
function told(array: AnyArray, back: AnyArray): AnyArray {
  const data = isMaskedArray(array) ? array.data : array;
  const plain = data.with({ dtype: back.dtype, subclass: undefined });
  if (!isMaskedArray(array)) return plain;
  const visible =
    array.mask === nomask ? plain : beneath(plain, array.mask as NdArray, isMaskedArray(back) ? back.data : back);
  const fill = isMaskedArray(back) ? back.fillValue : undefined;
  const fillValue = fill === undefined ? array.fillValue : array.fillValue?.with({ dtype: fill.dtype });
  return array.with({ data: visible, fillValue, subclass: undefined });
}

/** `data` with the elements of which anything is masked taken from `other`. */
function beneath(data: NdArray, mask: NdArray, other: NdArray): NdArray {
  const bits = mask.toBytes("C");
  const leaves = bits.length / Math.max(data.size, 1);
  const [bytes, others] = [data.toBytes("C").slice(), other.toBytes("C")];
  const width = data.dtype.itemsize;
  for (let i = 0; i < data.size; i++)
    if (bits.subarray(i * leaves, (i + 1) * leaves).some((bit) => bit !== 0))
      bytes.set(others.subarray(i * width, (i + 1) * width), i * width);
  const made = arrayFromBytes(bytes, data.dtype, data.shape) as NdArray;
  return (data.order === "F" ? made.copy("F") : made).with({ attrs: data.attrs, dims: data.dims });
}

test.each([csv, tsv, txt])("$id", async (format) => {
  const codec = await format.codec();
  const problems: string[] = [];
  let compared = 0;
  for (const folder of format === csv ? ["npy", "pickle", "demo"] : ["npy", "demo"])
    for (const [file, array] of arraysOf(folder)) {
      if (format.losses(headerOf(array)).some((l) => l.grade === "content")) continue;
      try {
        const back = codec.decode(codec.encode(array)) as AnyArray;
        const how = difference(told(array, back), back);
        if (how !== undefined) problems.push(`${file}: ${how}`);
        compared++;
      } catch (error) {
        // Values that are no text: lone surrogates, unnormal extended precision.
        if (!isMasqueradeError(error, "CAPABILITY_MISSING")) problems.push(`${file}: ${String(error)}`);
      }
    }
  expect(problems).toEqual([]);
  expect(compared).toBeGreaterThan(150);
});
