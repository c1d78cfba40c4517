// The vectors that others download: what the manifest says each file of the clients holds is what this library reads in it. The files of
// the corpus, which are the others of the set, have tests of their own in each adapter.
import { readFileSync } from "node:fs";
import { type AnyArray, difference, isBundle } from "@masquerade/core";
import { describe, expect, it } from "vitest";
import { expected } from "../../../corpus/support/expect.ts";
import { difference as bundleDifference } from "../../../corpus/support/same.ts";
import { load } from "../src/index.ts";

interface Entry {
  readonly file: string;
  readonly format: string;
  readonly expect: unknown;
}

const read = (name: string): { readonly entries: readonly Entry[] } =>
  JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
const { entries } = read("../../conformance/vectors/clients.json");
const bytes = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(file.replace(/^clients\//, "../../../clients/vectors/"), import.meta.url)));

describe("the vectors", () => {
  it.each(entries.map(({ file, format, expect: holds }) => [file, format, holds] as const))(
    "%s holds what the manifest says",
    async (file, format, holds) => {
      const found = await load(bytes(file), { format: format as "npz" });
      if (isBundle(found)) expect(bundleDifference(found, holds)).toBeUndefined();
      else expect(difference(expected(holds) as AnyArray, found)).toBeUndefined();
    },
  );
});
