import { describe, expect, inject, test } from "vitest";
import { simdKernel } from "../src/decode-latin1-simd.ts";
import { Latin1Decoder, latin1Bytes, latin1Length } from "../src/index.ts";

declare module "vitest" {
  interface ProvidedContext {
    seed: number;
  }
}

function random(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** Bytes of mixed kinds: runs of zeros, text, noise. */
function noise(length: number, next: (n: number) => number): Uint8Array {
  const out = new Uint8Array(length);
  for (let i = 0; i < length; ) {
    const run = Math.min(length - i, 1 + next(200));
    const kind = next(3);
    for (let k = 0; k < run; k++) out[i++] = kind === 0 ? 0 : kind === 1 ? 32 + next(90) : next(256);
  }
  return out;
}

/** The text of bytes as Python's pickles hold it. */
function utf8Of(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (const b of bytes) {
    if (b < 0x80) out.push(b);
    else out.push(0xc0 | (b >> 6), 0x80 | (b & 0x3f));
  }
  return Uint8Array.from(out);
}

function escapesOf(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (const b of bytes) {
    if ([0, 10, 13, 26, 92].includes(b))
      out.push(...Array.from(`\\u00${b.toString(16).padStart(2, "0")}`, (c) => c.charCodeAt(0)));
    else out.push(b);
  }
  return Uint8Array.from(out);
}

const where = { format: "pickle", offset: 7 };

describe.each([
  ["utf-8", utf8Of],
  ["raw-unicode-escape", escapesOf],
] as const)("%s", (encoding, write) => {
  test("text of any length gives its bytes back, whole and in pieces", () => {
    const next = random(inject("seed"));
    const lengths = [0, 1, 2, 15, 16, 17, 31, 100, 4095, 4096, 4097, 32_767, 33_000, 70_001];
    for (const length of lengths) {
      const bytes = noise(length, next);
      const text = write(bytes);
      expect(latin1Length(text, encoding)).toBe(length);
      expect(latin1Bytes(text, encoding, length, where)).toEqual(bytes);
      const decoder = new Latin1Decoder(encoding, "pickle", 0);
      const out = new Uint8Array(length);
      let at = 0;
      for (let i = 0; i < text.length; ) {
        const size = 1 + next(length < 1000 ? 9 : 9000);
        at = decoder.decode(text.subarray(i, i + size), out, at);
        i += size;
      }
      expect(decoder.finish(out, at)).toBe(length);
      expect(out).toEqual(bytes);
    }
  });

  test("another number of bytes than was said is refused", () => {
    const text = write(noise(9000, random(3)));
    for (const size of [0, 8999, 9001, 1e9])
      expect(() => latin1Bytes(text, encoding, size, where)).toThrow(
        expect.objectContaining({ code: "FORMAT_MALFORMED", offset: 7 }),
      );
  });
});

test("what is no latin-1 text is refused wherever it stands, with and without the kernel", () => {
  expect(simdKernel()).toBeDefined();
  const wrong = [
    [0xc3],
    [0xc2, 0xc2],
    [0x80],
    [0xc4, 0x80],
    [0xc1, 0x81],
    [0xe2, 0x82, 0xac],
    [0xf0, 0x9f, 0x8c, 0x8a],
    [0xff],
    [0xc2, 0x41],
  ];
  for (const length of [40, 5000]) {
    for (const bytes of wrong)
      for (const at of [0, 1, 15, 16, 17, 31, 32]) {
        const text = new Uint8Array(length).fill(0x41);
        text.set(bytes, at);
        // Followed by ASCII: a lead without its continuation.
        const size = latin1Length(text, "utf-8");
        expect(() => latin1Bytes(text, "utf-8", size, where), `${bytes} at ${at} of ${length}`).toThrow(
          expect.objectContaining({ code: "FORMAT_MALFORMED" }),
        );
      }
    const cut = new Uint8Array(length).fill(0x41);
    cut[length - 1] = 0xc3;
    expect(() => latin1Bytes(cut, "utf-8", length - 1, where)).toThrow(
      expect.objectContaining({ code: "FORMAT_MALFORMED" }),
    );
  }
});

test("escapes that are none stand for themselves, wrong ones are refused", () => {
  const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
  const read = (text: string, size: number): string =>
    String.fromCharCode(...latin1Bytes(ascii(text), "raw-unicode-escape", size, where));
  expect(read("a\\u0041b", 3)).toBe("aAb");
  expect(read("\\U00000042", 1)).toBe("B");
  expect(read("\\x41", 4)).toBe("\\x41");
  expect(read("\\\\u0041", 7)).toBe("\\\\u0041");
  expect(read("\\\\\\u0041", 3)).toBe("\\\\A");
  expect(read("end\\", 4)).toBe("end\\");
  for (const text of ["\\u004", "\\u00g1", "\\u0100", "\\U00110000"])
    expect(() => read(text, 1)).toThrow(expect.objectContaining({ code: "FORMAT_MALFORMED" }));
});
