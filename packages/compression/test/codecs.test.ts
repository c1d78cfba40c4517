import { bunzip2, crc32, unlz4, unlzma, unxz } from "@masquerade/compression";
import { bzip2Wrapper, lz4Wrapper, lzmaWrapper, wrappers, xzWrapper } from "@masquerade/compression/wrappers";
import { isMasqueradeError, type MasqueradeError, type Wrapper } from "@masquerade/core";
import { describe, expect, test } from "vitest";

type Decode = (bytes: Uint8Array, options: { readonly maxBytes: number }) => Uint8Array;

const text = new TextEncoder().encode("sea surface temperature, land masked. ".repeat(40));
const maxBytes = 1e6;
const hex = (s: string): Uint8Array => Uint8Array.from(s.match(/../g) ?? [], (h) => Number.parseInt(h, 16));

/** The text, as Python 3.11's bz2 and lzma and lz4 4.3 compress it. `exact`: every bit that is flipped is noticed. */
const files: readonly (readonly [name: string, decode: Decode, wrapper: Wrapper, exact: boolean, file: string])[] = [
  [
    "LZ4, all checksums and the size",
    unlz4,
    lz4Wrapper,
    true,
    "04224d187c40f0050000000000003a36000000ff1773656120737572666163652074656d70657261747572652c206c616e64206d61736b65642e202600ffffffffffb7506b65642e20313da54f00000000789aeca4",
  ],
  [
    "LZ4, two frames without checksums",
    unlz4,
    lz4Wrapper,
    false,
    "04224d186c40bc02000000000000d033000000ff1773656120737572666163652074656d70657261747572652c206c616e64206d61736b65642e202600ffff80502074656d7000000000b0be9b0504224d18684034030000000000002533000000ff17657261747572652c206c616e64206d61736b65642e2073656120737572666163652074656d702600fffff8506b65642e2000000000",
  ],
  [
    "bzip2, two streams",
    bunzip2,
    bzip2Wrapper,
    true,
    "425a68393141592653598f04ab2700011d118040052f0f5e002000902869a600029528f46a6469a308d91e519a3791e518a354708e51d237a3e23747ba328fb4748ee8ed19a328ec8d51c239a3c23f48d6c8d91851847a46a8fe2ee48a70a1211e09564e425a68313141592653592796b8320000e2918040052f0f5e002000902869a60004d55353d35191a68c622de2c2594b44bc45b25e52e22e62ea2d25f22d45ed2cc5f52ea2ed2ed2ef74b78b145e52e22e52c45f89652cc5b496d17a8b497f1772453850902796b832",
  ],
  [
    "xz, two streams: CRC-32, and no check",
    unxz,
    xzWrapper,
    false,
    "fd377a585a0000016922de360200210116000000742fe5a3e002bb00305d003999484363e22ebb95358274887d6b8b0cf618f2bc2cc4b7578c205d9500e38263ac3dbb59e24d4d38e3a4837972c00000136453bc000148bc05000000fb49b7c23e300d8b020000000001595a00000000fd377a585a000000ff12d9410200210116000000742fe5a3e0033300305d00329c88471323f775ec0c38f749acca76cf8a99e2fc40c293278ab4720f6200ef6bb383e09b9d80ef5ba4026d2794400000000144b406000000af6db097a8000afc020000000000595a",
  ],
  [
    "xz, CRC-64, unusual properties",
    unxz,
    xzWrapper,
    true,
    "fd377a585a000004e6d6b4460200210100000000372797d6e005ef0038d000399948220399d4e46631168eae068abef5298eede7014d351d2d54a8be22e8b219c90ce950ea31ef313d5e75e52bad2e3db9b14131bcae0000aa35590f752f920b000154f00b00000060497fcbb1c467fb020000000004595a",
  ],
  [
    "LZMA alone, unusual properties",
    unlzma,
    lzmaWrapper,
    false,
    "2400000100ffffffffffffffff00399a134857241cd8ec1d1c5372348513743555cad7ef45a3206ca458cac2301bf376652f24ec009137d717ee75befe46eec6a3c1b878555ffc6e8c00",
  ],
];

function outcome(decode: Decode, bytes: Uint8Array, limit = maxBytes): Uint8Array | MasqueradeError {
  try {
    return decode(bytes, { maxBytes: limit });
  } catch (e) {
    if (!isMasqueradeError(e)) throw e;
    expect(e.message.length).toBeLessThanOrEqual(500);
    return e;
  }
}
const isText = (bytes: Uint8Array): boolean => bytes.length === text.length && crc32(bytes) === crc32(text);

describe.each(files)("%s", (_name, decode, wrapper, exact, given) => {
  const file = hex(given);

  test("is read", async () => {
    expect(decode(file, { maxBytes })).toEqual(text);
    expect(await wrapper.unwrap(file, { maxBytes })).toEqual(text);
    expect(wrappers.filter((one) => one.sniff(file))).toEqual([wrapper]);
  });

  test("is not read beyond the limit", () => {
    expect(decode(file, { maxBytes: text.length })).toEqual(text);
    for (const limit of [0, 1, 700, text.length - 1])
      expect(outcome(decode, file, limit)).toMatchObject({ code: "LIMIT_EXCEEDED", limit: "maxBytes" });
  });

  test("cut anywhere is an error, or what the first of two files holds", () => {
    for (let end = 0; end < file.length; end++) {
      const got = outcome(decode, file.subarray(0, end));
      if (got instanceof Uint8Array) expect(got).toEqual(text.subarray(0, 700));
    }
  });

  test("with something behind it is an error", () => {
    for (const more of [[1], [0xff, 0, 0, 0, 0], Array.from(file.subarray(0, 9))]) {
      const got = outcome(decode, new Uint8Array([...file, ...more]));
      expect(got).not.toBeInstanceOf(Uint8Array);
    }
  });

  test("a flipped bit is noticed, where there is a checksum", () => {
    let unnoticed = 0;
    for (let bit = 0; bit < file.length * 8; bit++) {
      const bad = file.slice();
      bad[bit >> 3] = (bad[bit >> 3] as number) ^ (1 << (bit & 7));
      const got = outcome(decode, bad);
      if (got instanceof Uint8Array && !isText(got)) unnoticed++;
    }
    if (exact) expect(unnoticed).toBe(0);
  });
});

describe("what is refused", () => {
  test.each([
    [
      "SHA-256",
      "fd377a585a00000ae1fb0ca10200210116000000742fe5a301000078000000002d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881000131010f82dc91189b4b9a01000000000a595a",
      /SHA-256/,
    ],
    [
      "a filter",
      "fd377a585a000004e6d6b44602010301002101167920c4eee0000800075d003c00314000000000003e0809de9517e7b200012309ee7af3e71fb6f37d010000000004595a",
      /filter/,
    ],
  ])("xz with %s", (_name, given, message) => {
    expect(() => unxz(hex(given), { maxBytes })).toThrow(
      expect.objectContaining({ code: "FORMAT_VERSION", message: expect.stringMatching(message) }),
    );
  });

  test("nothing, and noise", () => {
    for (const decode of [unlz4, bunzip2, unxz, unlzma]) {
      expect(outcome(decode, new Uint8Array(0))).toMatchObject({ code: "FORMAT_TRUNCATED" });
      expect(outcome(decode, text)).toHaveProperty("code");
    }
  });
});
