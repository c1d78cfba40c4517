// The bytes that NumPy's tobytes() gave for every array of the corpus's NPY files, written and read.
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { raw } from "@masquerade/adapter-raw";
import { difference, dtypeString, type NdArray } from "@masquerade/core";
import { descrOf, formatLiteral } from "@masquerade/numpy";
import { expect, test } from "vitest";
import { expectedArray } from "../../../corpus/support/expect.ts";

const codec = await raw.codec();

interface Entry {
  readonly file: string;
  readonly expect: { readonly data?: string; readonly dataZ?: string; readonly shape: readonly number[] };
}

test("what NumPy's tobytes() gives", () => {
  const manifest = new URL("../../../corpus/npy/manifest.json", import.meta.url);
  const { entries } = JSON.parse(readFileSync(manifest, "utf8")) as { entries: readonly Entry[] };
  const problems: string[] = [];
  let compared = 0;
  for (const { file, expect: about } of entries) {
    const packed = about.dataZ === undefined ? undefined : inflateSync(Buffer.from(about.dataZ, "base64"));
    const want = about.data === undefined ? packed : Buffer.from(about.data, "base64");
    if (want === undefined || about.shape.some((n) => n > Number.MAX_SAFE_INTEGER)) continue;
    const array = expectedArray(about) as NdArray;
    if (Buffer.compare(codec.encode(array), want) !== 0) problems.push(`${file}: other bytes`);
    const descr = array.dtype.kind === "struct" ? formatLiteral(descrOf(array.dtype, "raw")) : dtypeString(array.dtype);
    const back = codec.decode(new Uint8Array(want), { descr, shape: array.shape }) as NdArray;
    const told = array.with({ dtype: back.dtype, subclass: undefined }).copy("C");
    const how = difference(told, back);
    if (how !== undefined) problems.push(`${file}: ${how}`);
    compared++;
  }
  expect(problems).toEqual([]);
  expect(compared).toBeGreaterThan(250);
});
