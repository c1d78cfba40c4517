import { describe, expect, inject, test } from "vitest";
import { adler32 } from "../src/adler32.ts";
import { engine as native } from "../src/node/engine.ts";
import { engine as portable } from "../src/portable/engine.ts";
import { unzlib } from "../src/zlib.ts";

/** Mulberry32: the same numbers for the same seed. */
function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const next = random(inject("seed"));
const noise = (n: number): Uint8Array => Uint8Array.from({ length: n }, () => next() * 256);
const texts: Record<string, Uint8Array> = {
  empty: new Uint8Array(),
  "one byte": Uint8Array.of(7),
  zeros: new Uint8Array(100_000),
  noise: noise(70_000),
  runs: Uint8Array.from({ length: 50_000 }, (_, i) => (i >> 7) % 5),
  "few letters": Uint8Array.from({ length: 40_000 }, () => 97 + Math.floor(next() * next() * 20)),
  "far repeats": (() => {
    const block = noise(32_768);
    return Uint8Array.from([...block, ...block.subarray(0, 300), ...block]);
  })(),
};

/** `toEqual` walks arrays number by number, which takes seconds here. */
function same(got: Uint8Array | undefined, want: Uint8Array): void {
  expect(got !== undefined && Buffer.compare(got, want) === 0, "the same bytes").toBe(true);
}

function inflated(
  engine: typeof native,
  packed: Uint8Array,
  limit: number,
  hint: number,
): { bytes: Uint8Array; consumed: number } {
  const done = engine.inflate(packed, limit, hint);
  if ("problem" in done) throw new Error(done.problem);
  return done;
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: number[] = [];
  for await (const chunk of chunks) for (const byte of chunk) parts.push(byte);
  return Uint8Array.from(parts);
}

describe.each([
  ["node", native],
  ["portable", portable],
])("the %s engine", (_, engine) => {
  test.each(Object.entries(texts))("inflates what both engines deflate: %s", (_name, bytes) => {
    for (const level of [0, 1, 6, 9])
      for (const writer of [native, portable]) {
        const packed = writer.deflate(bytes, level);
        const padded = Uint8Array.from([...packed, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        for (const done of [inflated(engine, packed, bytes.length, bytes.length), inflated(engine, padded, 1e6, 10)]) {
          same(done.bytes, bytes);
          expect(done.consumed).toBe(packed.length);
        }
      }
  });

  test("stops at the limit", () => {
    const packed = native.deflate(texts["zeros"] as Uint8Array, 9);
    expect(engine.inflate(packed, 99_999, 99_999)).toMatchObject({ problem: "overlong" });
    expect(engine.inflate(packed, 0, 0)).toMatchObject({ problem: "overlong" });
    expect(engine.inflate(packed, 10, 1e15)).toMatchObject({ problem: "overlong" });
    expect(engine.inflate(packed, 100_000, 1e15)).toMatchObject({ consumed: packed.length });
  });

  test("says of every cut that the stream is truncated", () => {
    for (const name of ["few letters", "noise"]) {
      const bytes = (texts[name] as Uint8Array).subarray(0, 600);
      for (const level of [0, 6]) {
        const packed = native.deflate(bytes, level);
        for (let cut = 0; cut < packed.length; cut++)
          expect(engine.inflate(packed.subarray(0, cut), 600, 600), `${name} ${cut}`).toMatchObject({
            problem: "truncated",
          });
      }
    }
  });

  test("gives the head of a stream", () => {
    const bytes = texts["few letters"] as Uint8Array;
    const packed = native.deflate(bytes, 6);
    const head = engine.inflateHead(packed.subarray(0, 2000), 500);
    same(head, bytes.subarray(0, 500));
    for (const text of [new Uint8Array(5000), texts["noise"] as Uint8Array])
      for (const level of [0, 9])
        for (const want of [1, 100, 700])
          same(engine.inflateHead(native.deflate(text, level).subarray(0, 70_000), want), text.subarray(0, want));
    expect(engine.inflateHead(Uint8Array.of(7, 7, 7), 10)).toEqual(new Uint8Array());
  });

  test("streams both ways, and stops reading when the reader does", async () => {
    const bytes = texts["few letters"] as Uint8Array;
    const packed = await joined(engine.deflateChunks(inPieces(bytes, 1000), 6));
    same(inflated(native, packed, bytes.length, bytes.length).bytes, bytes);
    same(await joined(engine.inflateChunks(inPieces(packed, 100))), bytes);
    for await (const chunk of engine.inflateChunks(inPieces(packed, 100))) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });

  test("streams pass on what the source throws, and name damage", async () => {
    const packed = native.deflate(texts["few letters"] as Uint8Array, 6);
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 50);
      throw new Error("disk gone");
    };
    await expect(joined(engine.inflateChunks(failing()))).rejects.toThrow("disk gone");
    await expect(joined(engine.inflateChunks(inPieces(packed.subarray(0, 500), 100)))).rejects.toMatchObject({
      problem: engine === native ? "truncated" : "corrupt",
    });
    const longer = Uint8Array.from([...packed, 1, 2, 3]);
    // Node's DecompressionStream lets this pass, browsers' do not; sizes and checksums catch it there.
    for (const size of engine === native ? [7, 1e6] : [])
      await expect(joined(engine.inflateChunks(inPieces(longer, size)))).rejects.toMatchObject({ problem: "corrupt" });
    await expect(joined(engine.inflateChunks(inPieces(Uint8Array.of(255, 255), 1)))).rejects.toMatchObject({
      problem: "corrupt",
    });
  });
});

test("both engines agree on every mutant: the same bytes, or no bytes from either", () => {
  const bytes = (texts["few letters"] as Uint8Array).subarray(0, 3000);
  let accepted = 0;
  for (const level of [0, 1, 9]) {
    const packed = native.deflate(bytes, level);
    for (let i = 0; i < 700; i++) {
      const mutant = packed.slice();
      for (let k = 0; k <= i % 3; k++) {
        const at = Math.floor(next() * (i % 2 ? 120 : mutant.length));
        mutant[at] = (mutant[at] as number) ^ (1 << Math.floor(next() * 8));
      }
      const a = native.inflate(mutant, 10_000, 3000);
      const b = portable.inflate(mutant, 10_000, 3000);
      if ("bytes" in a) {
        accepted++;
        same("bytes" in b ? b.bytes : undefined, a.bytes);
      } else expect(b).toHaveProperty("problem");
    }
  }
  expect(accepted).toBeGreaterThan(100);
});

test("CRC-32 is the same by tables as by Node, for every length, alignment and seed", () => {
  const all = noise(300);
  for (let from = 0; from < 4; from++)
    for (let to = from; to < 100; to++) {
      const part = all.subarray(from, to);
      expect(portable.crc32(part)).toBe(native.crc32(part));
      expect(portable.crc32(part, 0xdeadbeef)).toBe(native.crc32(part, 0xdeadbeef));
    }
  for (const engine of [portable, native]) expect(engine.crc32(new Uint8Array(), 0xdeadbeef)).toBe(0xdeadbeef);
  expect(portable.crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});

describe("zlib streams by Node at once", () => {
  test.each(Object.entries(texts))("%s: the bytes that header, deflate and Adler-32 make, and back", (_, bytes) => {
    for (const level of [0, 1, 6, 9]) {
      const packed = native.zlib?.(bytes, level) as Uint8Array;
      expect([packed[0], ((packed[0] as number) * 256 + (packed[1] as number)) % 31]).toEqual([0x78, 0]);
      same(packed.subarray(2, -4), native.deflate(bytes, level));
      expect(new DataView(packed.buffer, packed.byteOffset).getUint32(packed.length - 4)).toBe(adler32(bytes));
      same(native.unzlib?.(packed, bytes.length, bytes.length), bytes);
      same(native.unzlib?.(packed, 1e6, 0), bytes);
    }
  });

  test("what is not sound is left to the function that says why", () => {
    const bytes = texts["few letters"] as Uint8Array;
    const packed = native.zlib?.(bytes, 6) as Uint8Array;
    const flipped = packed.map((byte, i) => (i === packed.length - 1 ? byte ^ 1 : byte));
    for (const wrong of [flipped, packed.subarray(0, -1), Uint8Array.of(...packed, 0), packed.subarray(1)])
      expect(native.unzlib?.(wrong, 1e6, 1e5)).toBeUndefined();
    expect(native.unzlib?.(packed, bytes.length - 1, bytes.length)).toBeUndefined();
    expect(native.unzlib?.(native.zlib?.(Uint8Array.of(1), 6) as Uint8Array, 0, 0)).toBeUndefined();
    expect(() => unzlib(flipped, { maxBytes: 1e6 })).toThrow(expect.objectContaining({ code: "FORMAT_CHECKSUM" }));
  });
});
