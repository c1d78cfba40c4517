import { blocks } from "@masquerade/adapter-protobuf";
import {
  endMessage,
  framed,
  joinParts,
  messagesOf,
  readMessages,
  writeMessages,
} from "@masquerade/adapter-protobuf/blocks";
import {
  type AnyArray,
  arange,
  array,
  type Bundle,
  Bundle as BundleOf,
  isMasqueradeError,
  type MaskedArray,
  maskedArray,
} from "@masquerade/core";
import { describe, expect, inject, it } from "vitest";

const magic = Uint8Array.of(0x89, 0x4d, 0x51, 0x42, 0x0d, 0x0a, 0x1a, 0x0a);
const value = maskedArray(arange(20), {
  mask: Array.from({ length: 20 }, (_, i) => i % 3 === 0),
  dtype: "float64",
  fillValue: -1,
}) as MaskedArray;

/** What decoding gives: a code, or undefined. Anything else than a typed error is told. */
async function codeOf(bytes: Uint8Array, options: object = {}): Promise<string | undefined> {
  const codec = await blocks.codec();
  try {
    await codec.decode(bytes, options);
    return undefined;
  } catch (error) {
    return isMasqueradeError(error) ? error.code : `no code: ${(error as Error).stack}`;
  }
}

async function encoded(of: AnyArray | Bundle, options: object = {}): Promise<Uint8Array> {
  return await (await blocks.codec()).encode(of, options);
}

/** The messages of a file, each without its length. */
async function messages(bytes: Uint8Array): Promise<Uint8Array[]> {
  const out: Uint8Array[] = [];
  for await (const message of messagesOf(
    (async function* () {
      yield bytes;
    })(),
  ))
    out.push(message.slice());
  return out;
}

function file(parts: readonly Uint8Array[]): Uint8Array {
  return joinParts([magic, ...parts.flatMap((part) => framed(part))]);
}

const varint = (n: number): number[] => (n < 128 ? [n] : [(n % 128) | 128, ...varint(Math.floor(n / 128))]);
const text = (s: string): number[] => [...new TextEncoder().encode(s)];
type Field = readonly [
  number: number,
  value: number | readonly Field[] | Uint8Array | string | { readonly fixed32: number },
];

/** A message from its fields: numbers are varints, lists messages, bytes bytes. */
function wire(fields: readonly Field[]): Uint8Array {
  return Uint8Array.from(
    fields.flatMap(([number, one]) => {
      if (typeof one === "number") return [...varint(number * 8), ...varint(one)];
      if (typeof one === "object" && "fixed32" in one)
        return [...varint(number * 8 + 5), ...new Uint8Array(Uint32Array.of(one.fixed32).buffer)];
      const inside =
        typeof one === "string" ? text(one) : one instanceof Uint8Array ? [...one] : [...wire(one as readonly Field[])];
      return [...varint(number * 8 + 2), ...varint(inside.length), ...inside];
    }),
  );
}

const MAGIC = { fixed32: 0x3142514d };
const npyOf = async (of: AnyArray): Promise<Uint8Array> => {
  const [, header] = await messages(await encoded(of, { checksum: "none" }));
  return (header as Uint8Array).subarray((header as Uint8Array).indexOf(0x93));
};
const flat: readonly Field[] = [
  [1, MAGIC],
  [2, 1],
  [3, 1],
  [5, 1],
  [7, 2],
  [8, [[1, Uint8Array.of(10)]]],
  [9, []],
];
const block = (index: number, start: number, count: number, data: Uint8Array, length = data.length): Uint8Array =>
  wire([
    [
      3,
      [
        [1, index],
        [3, 1],
        [4, start],
        [5, count],
        [6, length],
        [7, data],
      ],
    ],
  ]);
const end = (count: number): Uint8Array => joinParts(endMessage(count, 0, 0, undefined).parts);
const some = (n: number): Uint8Array => new Uint8Array(n * 8);

/** A stream of arange(20) without a mask in two blocks, with one of its parts exchanged. */
async function stream(parts: {
  envelope?: readonly Field[];
  header?: Uint8Array;
  blocks?: readonly Uint8Array[];
  end?: Uint8Array;
}): Promise<Uint8Array> {
  const header = parts.header ?? wire([[2, [[2, await npyOf(arange(20))]]]]);
  return file([
    wire([[1, parts.envelope ?? flat]]),
    header,
    ...(parts.blocks ?? [block(0, 0, 10, some(10)), block(1, 10, 10, some(10))]),
    parts.end ?? end(2),
  ]);
}
const without = (number: number, ...fields: readonly Field[]): readonly Field[] =>
  [...flat.filter(([n]) => n !== number), ...fields].sort(([a], [b]) => a - b);

describe("a stream made by hand", () => {
  it("is read", async () => {
    expect(await codeOf(await stream({}))).toBeUndefined();
  });

  it.each<[string, string, () => Promise<Uint8Array>]>([
    ["an unknown codec", "FORMAT_VERSION", () => stream({ envelope: without(5, [5, 9]) })],
    ["an unknown kind of checksum", "FORMAT_VERSION", () => stream({ envelope: without(0, [6, 7]) })],
    ["run-length masks", "FORMAT_VERSION", () => stream({ envelope: without(7, [7, 3]) })],
    [
      "an unknown plane",
      "FORMAT_VERSION",
      () =>
        stream({
          blocks: [
            wire([
              [
                3,
                [
                  [3, 5],
                  [5, 10],
                  [6, 80],
                  [7, some(10)],
                ],
              ],
            ]),
          ],
        }),
    ],
    ["an unknown critical field", "FORMAT_VERSION", () => stream({ envelope: without(0, [77, 1]) })],
    ["another version", "FORMAT_VERSION", () => stream({ envelope: without(2, [2, 2]) })],
    ["another magic number", "FORMAT_MALFORMED", () => stream({ envelope: without(1, [1, { fixed32: 1 }]) })],
    ["a codec twice", "FORMAT_MALFORMED", () => stream({ envelope: [...flat, [5, 1]] })],
    ["two contents", "FORMAT_MALFORMED", () => stream({ envelope: [...flat, [10, [[1, 1]]]] })],
    ["no codec", "FORMAT_MALFORMED", () => stream({ envelope: without(5) })],
    ["a header too many", "FORMAT_MALFORMED", () => stream({ envelope: without(3, [3, 2]) })],
    ["fewer blocks than it has", "FORMAT_MALFORMED", () => stream({ envelope: without(0, [4, 1]) })],
    [
      "blocks that are no runs",
      "FORMAT_MALFORMED",
      () => stream({ envelope: without(8, [8, [[1, Uint8Array.of(3, 3)]]]) }),
    ],
    ["blocks of no length", "FORMAT_MALFORMED", () => stream({ envelope: without(8, [8, [[1, Uint8Array.of(0)]]]) })],
    ["data in the envelope", "FORMAT_MALFORMED", () => stream({ envelope: without(9, [9, [[14, 1]]]) })],
    ["a fill value without a mask", "FORMAT_MALFORMED", () => stream({ envelope: without(9, [9, [[7, 1]]]) })],
    [
      "something after an NPY header",
      "FORMAT_MALFORMED",
      async () => stream({ header: wire([[2, [[2, joinParts([await npyOf(arange(20)), Uint8Array.of(0)])]]]]) }),
    ],
    [
      "another array's header",
      "FORMAT_MALFORMED",
      async () =>
        stream({
          header: wire([
            [
              2,
              [
                [1, 1],
                [2, await npyOf(arange(20))],
              ],
            ],
          ]),
        }),
    ],
    [
      "a header of another dtype than the envelope's",
      "FORMAT_MALFORMED",
      () =>
        stream({
          envelope: without(9, [
            9,
            [
              [
                1,
                [
                  [1, 11],
                  [2, 1],
                  [3, 4],
                ],
              ],
            ],
          ]),
        }),
    ],
    [
      "a shape that cannot be",
      "LIMIT_EXCEEDED",
      async () =>
        stream({
          header: wire([[2, [[2, reshaped(await npyOf(arange(20)), "(4611686018427387904, 4611686018427387904)")]]]]),
        }),
    ],
    [
      "a block twice",
      "FORMAT_MALFORMED",
      () => stream({ blocks: [block(0, 0, 10, some(10)), block(0, 0, 10, some(10))] }),
    ],
    ["a block that is elsewhere", "FORMAT_MALFORMED", () => stream({ blocks: [block(0, 5, 10, some(10))] })],
    ["a block of another size", "FORMAT_MALFORMED", () => stream({ blocks: [block(0, 0, 9, some(9))] })],
    ["a block beyond the last", "FORMAT_MALFORMED", () => stream({ blocks: [block(2, 20, 10, some(10))] })],
    ["a length that lies", "FORMAT_MALFORMED", () => stream({ blocks: [block(0, 0, 10, some(10), 1000)] })],
    [
      "data shorter than their length",
      "FORMAT_MALFORMED",
      () => stream({ blocks: [block(0, 0, 10, some(9), 80), block(1, 10, 10, some(10))] }),
    ],
    ["a block that is missing", "FORMAT_TRUNCATED", () => stream({ blocks: [block(0, 0, 10, some(10))] })],
    ["an end that counts otherwise", "FORMAT_MALFORMED", () => stream({ end: end(3) })],
    ["no end", "FORMAT_TRUNCATED", async () => (await stream({})).slice(0, -26)],
    [
      "something after the end",
      "FORMAT_MALFORMED",
      async () => joinParts([await stream({}), ...framed(block(0, 0, 10, some(10)))]),
    ],
    ["a message of no bytes", "FORMAT_MALFORMED", async () => joinParts([await stream({}), Uint8Array.of(0)])],
    [
      "a growth to less",
      "FORMAT_MALFORMED",
      async () => joinParts([await stream({}), ...framed(wire([[4, [[2, 5]]]])), ...framed(end(2))]),
    ],
    ["a request", "FORMAT_MALFORMED", () => stream({ blocks: [wire([[7, [[1, 1]]]])] })],
    ["an empty message", "FORMAT_MALFORMED", () => stream({ blocks: [wire([[100, 1]])] })],
  ])("is refused with %s", async (_what, code, make) => {
    expect(await codeOf(await make())).toBe(code);
  });

  it("names the blocks that are missing", async () => {
    const some100 = await encoded(arange(100), { blockBytes: 80 });
    const all = await messages(some100);
    const left = all.filter((_, i) => ![2, 5, 6, 7, 11].includes(i - 0));
    const codec = await blocks.codec();
    await expect(codec.decode(file(left))).rejects.toThrow(
      /blocks are missing: 0, 3–5, 9 \(the first has the data of elements 0 to 9\)/,
    );
  });

  it("passes on what nobody knows from number 100 on", async () => {
    expect(await codeOf(await stream({ envelope: [...flat, [100, 1], [900, "note"]] }))).toBeUndefined();
  });

  it("nested without end is refused", async () => {
    let deep: Uint8Array = wire([[6, "x"]]);
    for (let i = 0; i < 200; i++) deep = wire([[9, [[1, deep]]]]);
    const envelope = without(9, [
      9,
      [
        [
          9,
          [
            [1, "a"],
            [2, deep],
          ],
        ],
      ],
    ]);
    expect(await codeOf(await stream({ envelope }))).toBe("FORMAT_MALFORMED");
  });

  it("with a message longer than is due names the limit that is why, or none", async () => {
    const codec = await blocks.codec();
    const bytes = await encoded(value);
    const error = (limits: object, of = bytes): Promise<unknown> =>
      codec.decode(of, { limits }).catch((e: unknown) => e);
    expect(await error({ maxMetadataBytes: 20 })).toMatchObject({ code: "LIMIT_EXCEEDED", limit: "maxMetadataBytes" });
    expect(await error({ maxHeaderBytes: 30 })).toMatchObject({ code: "LIMIT_EXCEEDED", limit: "maxHeaderBytes" });
    // A block longer than any of the arrays' blocks is damage: raising a limit would not help.
    const [envelope, header] = (await messages(bytes)) as [Uint8Array, Uint8Array];
    const long = joinParts([file([envelope, header]), Uint8Array.from(varint(100_000)), new Uint8Array(100_000)]);
    expect(await error({}, long)).toMatchObject({ code: "FORMAT_MALFORMED" });
  });

  it("that claims much costs nothing", async () => {
    const before = process_memory();
    const npy = reshaped(await npyOf(arange(20)), "(1000000000000, )");
    const header = wire([[2, [[2, npy]]]]);
    expect(await codeOf(await stream({ header }))).toMatch(/FORMAT_TRUNCATED|FORMAT_MALFORMED/);
    const huge = Uint8Array.of(...magic, 0xff, 0xff, 0xff, 0xff, 0x07);
    expect(await codeOf(huge)).toBe("LIMIT_EXCEEDED");
    expect(process_memory() - before).toBeLessThan(100e6);
  });
});

/** Bytes in use, where that can be known. */
function process_memory(): number {
  const known = (globalThis as { process?: { memoryUsage?: () => { arrayBuffers: number } } }).process;
  return known?.memoryUsage?.().arrayBuffers ?? 0;
}

/** An NPY header with another shape. */
function reshaped(npy: Uint8Array, shape: string): Uint8Array {
  const latin = String.fromCharCode(...npy.subarray(10, -1));
  const changed = latin.replace(/'shape': \([^)]*\)/, `'shape': ${shape}`).trimEnd();
  const out = new Uint8Array(npy.length).fill(0x20);
  out.set(npy.subarray(0, 10));
  for (let i = 0; i < changed.length; i++) out[10 + i] = changed.charCodeAt(i);
  out[out.length - 1] = 0x0a;
  return out;
}

describe("a flipped bit", () => {
  it.each(["crc32", "crc32c"] as const)("anywhere in a file with %s is detected", async (checksum) => {
    const bytes = await encoded(value, { checksum, blockBytes: 40 });
    expect(bytes.length).toBeGreaterThan(400);
    for (let i = 0; i < bytes.length; i++) {
      const changed = bytes.slice();
      changed[i] = (changed[i] as number) ^ (1 << (i & 7));
      expect(await codeOf(changed), `bit ${i & 7} of byte ${i}`).toMatch(/^FORMAT_|^LIMIT_/);
    }
  });

  it.each(["deflate", "zstd", "blosc"] as const)("in a block of %s is found before it is decoded", async (codec) => {
    const bytes = await encoded(arange(4000), { codec });
    const at = bytes.length >> 1;
    const changed = bytes.slice();
    changed[at] = (changed[at] as number) ^ 4;
    expect(await codeOf(changed)).toBe("FORMAT_CHECKSUM");
  });
});

describe("codecs", () => {
  it.each(["deflate", "zstd", "blosc"] as const)(
    "%s holds what it is given and refuses what is damaged, checksum or not",
    async (codec) => {
      const zeros = await encoded(maskedArray(Array(5000).fill(7), { mask: Array(5000).fill(false), dtype: "int64" }), {
        codec,
        checksum: "none",
      });
      expect(zeros.length).toBeLessThan(2000);
      expect(await codeOf(zeros)).toBeUndefined();
      const all = await messages(zeros);
      const data = all[2] as Uint8Array;
      // Cut short, one byte more, and every byte near the beginning, where the sizes are.
      const mutants: Uint8Array[] = [];
      for (let i = 0; i < Math.min(data.length, 60); i++)
        for (const bits of [1, 0x80, 0xff]) {
          const changed = data.slice();
          changed[i] = (changed[i] as number) ^ bits;
          mutants.push(changed);
        }
      let refused = 0;
      for (const mutant of mutants) {
        const code = await codeOf(file([all[0] as Uint8Array, all[1] as Uint8Array, mutant, ...all.slice(3)]));
        expect(code ?? "").not.toMatch(/^no code/);
        if (code !== undefined) refused++;
      }
      expect(refused).toBeGreaterThan(mutants.length / 3);
    },
  );

  it("what does not become shorter stays as it is", async () => {
    const noise = array(
      Array.from({ length: 64 }, (_, i) => (i * 2_654_435_761) % 251),
      "uint8",
    );
    for (const codec of ["deflate", "zstd", "blosc"] as const)
      expect((await encoded(noise, { codec })).length).toBe((await encoded(noise)).length);
  });
});

describe("mutants", () => {
  it("2,000, seeded, each give a typed error or an array", async () => {
    const bundle = new BundleOf({
      entries: [
        ["a", value],
        ["b", array([1, 2, 3], "int16")],
      ],
      attrs: new Map([["n", 1n]]),
    });
    const samples = await Promise.all([
      encoded(value, { blockBytes: 40, checksum: "none" }),
      encoded(bundle, { codec: "deflate", checksum: "none" }),
      encoded(maskedArray(["x", null, 3n], { dtype: "object", mask: [true, false, false] }), { checksum: "none" }),
      encoded(value, { checksum: "crc32" }),
    ]);
    let state = inject("seed") >>> 0;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    let refused = 0;
    for (let k = 0; k < 2000; k++) {
      let mutant = (samples[k % samples.length] as Uint8Array).slice();
      for (let times = 1 + random(3); times > 0; times--) {
        const at = random(mutant.length);
        const way = random(4);
        if (way === 0) mutant[at] = random(256);
        else if (way === 1) mutant[at] = (mutant[at] as number) ^ (1 << random(8));
        else if (way === 2) mutant = mutant.slice(0, Math.max(1, at));
        else mutant.copyWithin(at, random(mutant.length), random(mutant.length));
      }
      const code = await codeOf(mutant);
      expect(code ?? "", `mutant ${k}`).not.toMatch(/^no code/);
      if (code !== undefined) refused++;
    }
    expect(refused).toBeGreaterThan(1500);
  });
});

describe("messages that arrive", () => {
  it("in any order, and one by one", async () => {
    const all: Uint8Array[] = [];
    for await (const message of writeMessages(value, { blockBytes: 40 })) all.push(message);
    const shuffled = [...all.slice(0, 2), ...all.slice(2, -1).reverse(), all.at(-1) as Uint8Array];
    const back = await readMessages(
      (async function* () {
        yield* shuffled;
      })(),
    );
    expect(await encoded(back)).toEqual(await encoded(value));
  });

  it("and stop are an error that says which blocks are missing", async () => {
    const all: Uint8Array[] = [];
    for await (const message of writeMessages(arange(100), { blockBytes: 80 })) all.push(message);
    const cut = readMessages(
      (async function* () {
        yield* all.slice(0, 6);
      })(),
    );
    await expect(cut).rejects.toThrow(/blocks are missing: 4–9/);
  });

  it("are made only when they are asked for, and no more after a signal", async () => {
    const stop = new AbortController();
    const made = writeMessages(arange(1000), { blockBytes: 80, signal: stop.signal });
    for (let i = 0; i < 5; i++) await made.next();
    stop.abort();
    await expect(made.next()).rejects.toMatchObject({ code: "ABORTED" });
  });
});
