import { blocks } from "@masquerade/adapter-protobuf";
import { arange, identical, type MaskedArray, maskedArray, type NdArray, zeros } from "@masquerade/core";
import { describe, expect, it } from "vitest";

const value = maskedArray(arange(3000), {
  mask: Array.from({ length: 3000 }, (_, i) => i % 3 === 0),
  dtype: "float64",
}) as MaskedArray;

describe("values of blocks lie over the bytes they came in until they are asked for", () => {
  for (const codec of ["none", "deflate", "zstd"] as const) {
    it(`${codec}: unless a copy is wanted`, async () => {
      const { encode, decode } = await blocks.codec();
      const bytes = await encode(value as never, { codec, blockBytes: 1000 });
      const own = (await decode(bytes, { copy: true })) as MaskedArray;
      const read = (await decode(bytes)) as MaskedArray;
      expect(read.data.at(2999)).toBe(2999);
      bytes.fill(0);
      expect(identical(own as never, value as never)).toBe(true);
      // Once they have been asked for they are the array's own.
      expect(identical(read as never, value as never)).toBe(true);
    });

    it(`${codec}: which fill an array that is given without being put together first`, async () => {
      const { encode, decode } = await blocks.codec();
      const bytes = await encode(value as never, { codec, blockBytes: 1000 });
      const out = zeros("float64", [3000]);
      const read = (await decode(bytes, { out: out as NdArray })) as MaskedArray;
      expect(read.data).toBe(out);
      expect([out.at(0), out.at(1), out.at(2999)]).toEqual([0, 1, 2999]);
      expect(identical(read as never, value as never)).toBe(true);
    });
  }
});
