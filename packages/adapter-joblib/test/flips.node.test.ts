// Every single bit of compressed joblib files flipped: noticed or harmless, wherever the compression has a checksum.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { wrappers } from "@masquerade/compression/wrappers";
import { type AnyArray, type Bundle, createRegistry, identical, isBundle, isMasqueradeError } from "@masquerade/core";
import { describe, expect, test } from "vitest";
import { joblib } from "../src/index.ts";

const registry = createRegistry(joblib).withWrappers(...wrappers);
const folder = join(import.meta.dirname, "../../../corpus/joblib");
const same = (a: AnyArray | Bundle, b: AnyArray): boolean => !isBundle(a) && identical(a, b);

async function unnoticed(file: string): Promise<{ readonly bits: number; readonly wrong: number[] }> {
  const bytes = new Uint8Array(readFileSync(join(folder, file)));
  const right = (await registry.load(bytes)) as AnyArray;
  const wrong: number[] = [];
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const bad = bytes.slice();
    bad[bit >> 3] = (bad[bit >> 3] as number) ^ (1 << (bit & 7));
    try {
      if (!same(await registry.load(bad), right)) wrong.push(bit);
    } catch (e) {
      if (!isMasqueradeError(e)) throw e;
    }
  }
  return { bits: bytes.length * 8, wrong };
}

describe("one bit flipped", () => {
  test.each(["zlib", "gzip", "bz2", "xz"])(
    "%s: each is an error, or changes nothing",
    async (name) => {
      const { bits, wrong } = await unnoticed(
        name === "xz" ? "np1/masked-fill-xz-3.joblib" : `np2/array-f8-${name}-3.joblib`,
      );
      expect(bits).toBeGreaterThan(1000);
      expect(wrong).toEqual([]);
    },
    60_000,
  );

  test("lzma: no checksum in the format, but nothing that goes on to make sense", async () => {
    const { wrong } = await unnoticed("np2/array-f8-lzma-3.joblib");
    expect(wrong).toEqual([]);
  }, 60_000);

  test("lz4: joblib asks for no checksum, so only the header and what is no data are sure", async () => {
    const { bits, wrong } = await unnoticed("np2/array-f8-lz4-3.joblib");
    expect(wrong.filter((bit) => bit < 7 * 8)).toEqual([]);
    // The 48 bytes of data, and the 16 of padding within them that compress.
    expect(wrong.length).toBeLessThan(bits / 2);
  }, 60_000);
});
