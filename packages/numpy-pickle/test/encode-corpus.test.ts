import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encodePickle, type PickleProtocol } from "@masquerade/pickle";
import { describe, expect, test } from "vitest";
import { expectedArray } from "../../../corpus/support/expect.ts";
import { numpyPickleGraph } from "../src/encode.ts";

interface Entry {
  readonly file: string;
  readonly expect: unknown;
  readonly protocol: PickleProtocol;
  readonly numpy: 1 | 2;
  /**
   * `true`: these are the bytes. "interned": they are, for names that stand in source code, as ours do. "unshared": the fill
   * value's dtype is equal to the array's but another object, as happens to arrays that NumPy loaded: ours are freshly made.
   */
  readonly identical?: true | "interned" | "unshared";
}

const corpus = join(import.meta.dirname, "../../../corpus");
const { entries } = JSON.parse(readFileSync(join(corpus, "pickle/manifest.json"), "utf8")) as { entries: Entry[] };
const promised = entries.filter((entry) => entry.identical !== undefined);

function isIdentical(entry: Entry): boolean {
  const { protocol, numpy } = entry;
  const value = expectedArray(entry.expect, { dictOrder: true });
  const ours = encodePickle(numpyPickleGraph(value, { protocol, numpy }), { protocol });
  return readFileSync(join(corpus, entry.file)).equals(ours);
}

describe("the bytes NumPy itself wrote", () => {
  for (const numpy of [1, 2] as const)
    for (const protocol of [0, 1, 2, 3, 4, 5] as const) {
      const chosen = promised.filter((entry) => entry.numpy === numpy && entry.protocol === protocol);
      const unshared = chosen.filter((entry) => entry.identical === "unshared").map((entry) => entry.file);
      test(`NumPy ${numpy}, protocol ${protocol}: ${chosen.length - unshared.length} of ${chosen.length} files`, () => {
        expect(chosen.length).toBeGreaterThan(150);
        expect(chosen.filter((entry) => !isIdentical(entry)).map((entry) => entry.file)).toEqual(unshared);
      });
    }
});
