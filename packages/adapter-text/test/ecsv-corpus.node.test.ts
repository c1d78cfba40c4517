// Every ECSV file astropy wrote for the corpus: read, compared with what astropy itself reads, and written again.
import { readFileSync } from "node:fs";
import { ecsv } from "@masquerade/adapter-text";
import { type AnyArray, difference, isMaskedArray } from "@masquerade/core";
import { expect, test } from "vitest";
import { expected } from "../../../corpus/support/expect.ts";

interface Entry {
  readonly file: string;
  readonly expect: { readonly kind?: string };
}
const corpus = new URL("../../../corpus/", import.meta.url);
const { entries } = JSON.parse(readFileSync(new URL("ecsv/manifest.json", corpus), "utf8")) as { entries: Entry[] };
const codec = await ecsv.codec();

/** The manifest says nothing of attributes. */
function bare(array: AnyArray): AnyArray {
  if (!isMaskedArray(array)) return array.with({ attrs: new Map() });
  return array.with({ data: array.data.with({ attrs: new Map() }), fillValue: undefined });
}

test.each(entries.map((entry) => [entry.file, entry] as const))("%s", (_, entry) => {
  const value = codec.decode(new Uint8Array(readFileSync(new URL(entry.file, corpus)))) as AnyArray;
  expect(difference(expected(entry.expect) as AnyArray, bare(value))).toBeUndefined();
  for (const delimiter of [",", " "] as const) {
    const again = codec.decode(codec.encode(value, { delimiter, mask: "columns" })) as AnyArray;
    expect(difference(value, again)).toBeUndefined();
  }
});
