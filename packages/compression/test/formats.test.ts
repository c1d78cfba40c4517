import {
  adler32,
  crc32,
  deflateRaw,
  gunzip,
  gzip,
  inflateHead,
  inflateRaw,
  inflateRawChunks,
  unzlib,
  zlib,
} from "@masquerade/compression";
import { gzipWrapper, zlibWrapper } from "@masquerade/compression/wrappers";
import { isMasqueradeError, LimitError } from "@masquerade/core";
import { describe, expect, test } from "vitest";

const text = new TextEncoder().encode("sea surface temperature, land masked. ".repeat(40));
const maxBytes = 1e6;

/** Written by Python 3.11: gzip.compress(b"masked", mtime=0) with a name, and zlib.compress(b"masked"). */
const fromPython = {
  gzip: "1f8b08080000000002ff612e74787400cb4d2cce4e4d0100caf2a7ce06000000",
  zlib: "789ccb4d2cce4e4d010008b40276",
};

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (e) {
    if (!isMasqueradeError(e)) throw e;
    expect(e.message.length).toBeLessThanOrEqual(500);
    return e.code;
  }
  return "no error";
}

const hex = (s: string): Uint8Array => Uint8Array.from(s.match(/../g) ?? [], (h) => Number.parseInt(h, 16));

test("checksums of the standards' own examples", () => {
  const nine = new TextEncoder().encode("123456789");
  expect(crc32(nine)).toBe(0xcbf43926);
  expect(crc32(nine.subarray(4), crc32(nine.subarray(0, 4)))).toBe(0xcbf43926);
  expect(adler32(new TextEncoder().encode("Wikipedia"))).toBe(0x11e60398);
  expect(adler32(new Uint8Array(100_000).fill(255))).toBe(
    adler32(new Uint8Array(50_000).fill(255), adler32(new Uint8Array(50_000).fill(255))),
  );
});

test("a result may be views at odd offsets", () => {
  const shifted = new Uint8Array(text.length + 3);
  shifted.set(text, 3);
  expect(gunzip(gzip(shifted.subarray(3)), { maxBytes })).toEqual(text);
});

describe("raw deflate", () => {
  const packed = deflateRaw(text);
  test("goes both ways", () => {
    expect(inflateRaw(packed, { maxBytes, format: "x" })).toEqual(text);
    expect(inflateRaw(packed, { maxBytes, size: text.length, format: "x" })).toEqual(text);
    expect(inflateHead(packed, 100).subarray(0, 100)).toEqual(text.subarray(0, 100));
  });
  test("declared sizes must be right, limits hold", () => {
    const attempt = (options: object, bytes = packed): string =>
      codeOf(() => inflateRaw(bytes, { maxBytes, format: "x", ...options }));
    expect(attempt({ size: text.length - 1 })).toBe("FORMAT_MALFORMED");
    expect(attempt({ size: text.length + 1 })).toBe("FORMAT_MALFORMED");
    expect(attempt({ maxBytes: text.length - 1 })).toBe("LIMIT_EXCEEDED");
    expect(attempt({ maxBytes: 10, size: 11 })).toBe("LIMIT_EXCEEDED");
    expect(attempt({}, Uint8Array.from([...packed, 0]))).toBe("FORMAT_MALFORMED");
    expect(attempt({}, packed.subarray(0, -1))).toBe("FORMAT_TRUNCATED");
    expect(codeOf(() => deflateRaw(text, { level: 10 }))).toBe("OPTION_INVALID");
  });
  test("as a stream", async () => {
    const run = async (bytes: Uint8Array, options: object): Promise<number> => {
      let made = 0;
      const chunks = (async function* () {
        for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
      })();
      for await (const chunk of inflateRawChunks(chunks, { maxBytes, format: "x", ...options })) made += chunk.length;
      return made;
    };
    expect(await run(packed, { size: text.length })).toBe(text.length);
    await expect(run(packed, { size: text.length + 1 })).rejects.toMatchObject({ code: "FORMAT_MALFORMED" });
    await expect(run(packed, { size: text.length - 1 })).rejects.toMatchObject({ code: "FORMAT_MALFORMED" });
    await expect(run(packed, { maxBytes: 5 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    // The web's streams do not tell the end from damage.
    await expect(run(packed.subarray(0, 20), {})).rejects.toMatchObject({
      code: expect.stringMatching(/^FORMAT_(TRUNCATED|MALFORMED)$/),
    });
    await expect(run(Uint8Array.of(7), {})).rejects.toMatchObject({ code: "FORMAT_MALFORMED" });
  });
});

describe.each([
  ["gzip", gzip, gunzip, gzipWrapper],
  ["zlib", zlib, unzlib, zlibWrapper],
] as const)("%s", (name, pack, unpack, wrapper) => {
  const packed = pack(text);
  test("goes both ways and reads Python's", async () => {
    for (const level of [0, 1, 6, 9]) expect(unpack(pack(text, { level }), { maxBytes })).toEqual(text);
    expect(unpack(pack(new Uint8Array()), { maxBytes })).toEqual(new Uint8Array());
    expect(await wrapper.unwrap(packed, { maxBytes })).toEqual(text);
    expect(wrapper.sniff(packed)).toBe(true);
    expect(wrapper.sniff(text)).toBe(false);
    expect(wrapper.sniff(new Uint8Array())).toBe(false);
    const python = hex(fromPython[name]);
    expect(new TextDecoder().decode(unpack(python, { maxBytes }))).toBe("masked");
  });
  test("every truncation is an error, and so is every flipped bit of header, data end and trailer", () => {
    for (let cut = 0; cut < packed.length; cut++)
      expect(
        codeOf(() => unpack(packed.subarray(0, cut), { maxBytes })),
        `cut ${cut}`,
      ).toBe("FORMAT_TRUNCATED");
    const trailer = name === "gzip" ? 8 : 4;
    for (let bit = (packed.length - trailer) * 8; bit < packed.length * 8; bit++) {
      const bad = packed.slice();
      bad[bit >> 3] = (bad[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(codeOf(() => unpack(bad, { maxBytes }))).toMatch(/FORMAT_(CHECKSUM|MALFORMED)/);
    }
    for (const index of [0, 1, 2]) {
      const bad = packed.slice();
      bad[index] = (bad[index] as number) ^ 0x40;
      expect(
        codeOf(() => unpack(bad, { maxBytes })),
        `byte ${index}`,
      ).toMatch(/FORMAT_/);
    }
  });
  test("limits, and what follows the end", async () => {
    expect(codeOf(() => unpack(packed, { maxBytes: text.length - 1 }))).toBe("LIMIT_EXCEEDED");
    expect(unpack(packed, { maxBytes: text.length })).toEqual(text);
    expect(codeOf(() => unpack(Uint8Array.from([...packed, 9]), { maxBytes }))).toBe("FORMAT_MALFORMED");
    await expect(wrapper.unwrap(packed, { maxBytes: 3 })).rejects.toBeInstanceOf(LimitError);
    await expect(wrapper.unwrap(packed, { maxBytes, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "ABORTED",
    });
  });
});

test("gzip members are joined, within one limit, zero padding allowed", () => {
  const two = Uint8Array.from([...gzip(text), ...gzip(text, { level: 1 }), 0, 0, 0]);
  expect(gunzip(two, { maxBytes })).toEqual(Uint8Array.from([...text, ...text]));
  expect(codeOf(() => gunzip(two, { maxBytes: text.length + 5 }))).toBe("LIMIT_EXCEEDED");
  expect(codeOf(() => gunzip(two, { maxBytes: text.length }))).toBe("LIMIT_EXCEEDED");
});

test("a gzip header's optional parts are skipped and its checksum verified", () => {
  const plain = gzip(text);
  const extra = [4, 0, 1, 2, 3, 4];
  const name = [97, 0];
  const head = Uint8Array.from([0x1f, 0x8b, 8, 4 + 8 + 16 + 2, 0, 0, 0, 0, 0, 3, ...extra, ...name, ...name]);
  const check = crc32(head) & 0xffff;
  const whole = Uint8Array.from([...head, check & 255, check >> 8, ...plain.subarray(10)]);
  expect(gunzip(whole, { maxBytes })).toEqual(text);
  whole[9] = 4;
  expect(codeOf(() => gunzip(whole, { maxBytes }))).toBe("FORMAT_CHECKSUM");
});

test("a trailer that claims 4 GB costs nothing", () => {
  const packed = gzip(text);
  packed.fill(255, packed.length - 4);
  expect(codeOf(() => gunzip(packed, { maxBytes: 2 ** 40 }))).toBe("FORMAT_MALFORMED");
});
