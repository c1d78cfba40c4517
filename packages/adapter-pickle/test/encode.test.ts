import {
  type AnyArray,
  Bundle,
  type ByteSink,
  describe as describeValue,
  dtypes,
  type FileWriter,
  isBundle,
  isMaskedArray,
  isMasqueradeError,
  MaskedArray,
  memorySink,
  NdArray,
  nomask,
  type PlainValue,
  zeros,
} from "@masquerade/core";
import { describe, expect, test } from "vitest";
import { dumps, encodePickleFile, encodePickleFileParts } from "../src/encode.ts";
import { createPickle } from "../src/encode-stream.ts";
import { pickleLosses } from "../src/losses.ts";

const float64 = dtypes.simple("float64");
const bool = dtypes.simple("bool");

function field(shape: readonly number[], order: "C" | "F" = "C", masked = true): MaskedArray {
  const size = shape.reduce((product, n) => product * n, 1);
  const data = Float64Array.from({ length: size }, (_, i) => Math.sin(i) * 1000);
  const mask = Uint8Array.from({ length: size }, (_, i) => (i % 7 === 0 ? 1 : 0));
  return new MaskedArray({
    data: new NdArray({ dtype: float64, shape, storage: data, order }),
    mask: masked ? new NdArray({ dtype: bool, shape, storage: mask, order }) : nomask,
    fillValue: new NdArray({ dtype: float64, shape: [], storage: Float64Array.of(-999) }),
  }) as unknown as MaskedArray;
}

/** The blocks of an array along its slowest axis, `step` of them at a time. */
function* blocksOf(array: NdArray, step: number): Generator<readonly [start: number, value: NdArray]> {
  const axis = array.order === "F" ? array.ndim - 1 : 0;
  if (array.ndim === 0) yield [0, array];
  else
    for (let start = 0; start < (array.shape[axis] as number); start += step)
      yield [start, array.slice(array.shape.map((_, i) => (i === axis ? `${start}:${start + step}` : ":")).join(", "))];
}

async function writeBlocks(writer: FileWriter, value: AnyArray | Bundle, step: number, path = ""): Promise<void> {
  if (isBundle(value)) {
    for (const [name, member] of value.entries)
      await writeBlocks(writer, member, step, path === "" ? name : `${path}/${name}`);
    return;
  }
  const masked = isMaskedArray(value);
  for (const [start, block] of blocksOf(masked ? value.data : value, step))
    await writer.write({ array: path, plane: "data", start, value: block });
  if (!masked || value.mask === nomask) return;
  for (const [start, block] of blocksOf(value.mask as unknown as NdArray, step))
    await writer.write({ array: path, plane: "mask", start, value: block });
}

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return isMasqueradeError(error) ? error.code : String(error);
  }
  return undefined;
}

const big = field([160, 400]);
const STREAMED: { readonly [name: string]: AnyArray | Bundle } = {
  "a large masked array": big as AnyArray,
  "Fortran order": field([160, 401], "F") as AnyArray,
  nomask: field([140_000], "C", false) as AnyArray,
  plain: big.data as AnyArray,
  "big-endian": big.data.with({ dtype: dtypes.simple("float64", "big") as never }) as AnyArray,
  "a small one": field([3, 4]) as AnyArray,
  "no elements": field([0, 4]) as AnyArray,
  "0-d": field([]) as AnyArray,
  "a bundle": new Bundle({
    entries: [
      ["big", big],
      [
        "in",
        new Bundle({
          kind: "list",
          entries: [
            ["0", big.data],
            ["2", field([2])],
          ],
          attrs: new Map([["1", "text"]]),
        }),
      ],
      ["none", field([0])],
    ],
    attrs: new Map<string, PlainValue>([["title", "sea surface"]]),
  }),
  objects: new NdArray({ dtype: dtypes.object(), shape: [4], storage: ["a", 1n, null, [2.5]] }) as unknown as AnyArray,
};

describe("written block by block", () => {
  for (const [name, value] of Object.entries(STREAMED))
    test(`${name}: the bytes of encode`, async () => {
      for (const protocol of [0, 1, 2, 3, 4, 5] as const)
        for (const numpy of [1, 2, "portable"] as const) {
          const sink = memorySink();
          const options = { protocol, numpy };
          const writer = await createPickle(sink, describeValue(value), options);
          expect(writer.planes).toBe("data-first");
          await writeBlocks(writer, value, 37);
          await writer.finish();
          expect(same(sink.bytes(), encodePickleFile(value, options))).toBe(true);
        }
    });

  test("a stream that cannot be overwritten takes protocol 4, not 2", async () => {
    const memory = memorySink();
    const sink: ByteSink = {
      write: (bytes) => memory.write(bytes),
      commit: () => memory.commit(),
      abort: () => memory.abort(),
      get position() {
        return memory.position;
      },
    };
    await expect(createPickle(sink, describeValue(big as AnyArray), { protocol: 2 })).rejects.toMatchObject({
      code: "CAPABILITY_MISSING",
    });
    const writer = await createPickle(sink, describeValue(big as AnyArray));
    await writeBlocks(writer, big as AnyArray, 100);
    await writer.finish();
    expect(same(memory.bytes(), encodePickleFile(big as AnyArray))).toBe(true);
  });

  for (const [size, value] of [
    ["large", big],
    ["small", field([3, 4])],
  ] as const)
    test(`${size}: blocks out of order, too many, too few`, async () => {
      const open = (): Promise<FileWriter> => createPickle(memorySink(), describeValue(value as AnyArray));
      const data = value.data as unknown as NdArray;
      const mask = value.mask as unknown as NdArray;
      const malformed = { code: "FORMAT_MALFORMED" };
      const early = await open();
      if (size === "large")
        await expect(early.write({ array: "", plane: "mask", start: 0, value: mask })).rejects.toMatchObject(malformed);
      await expect(early.write({ array: "x", plane: "data", start: 0, value: data })).rejects.toMatchObject(malformed);
      await expect(early.write({ array: "", plane: "both", start: 0, value: value as AnyArray })).rejects.toMatchObject(
        malformed,
      );
      await early.write({ array: "", plane: "data", start: 0, value: data });
      await expect(early.write({ array: "", plane: "data", start: 0, value: data })).rejects.toMatchObject(malformed);
      await expect(early.finish()).rejects.toMatchObject({ code: "FORMAT_TRUNCATED" });
      await early.abort();
    });
});

describe("whole", () => {
  test("dumps is protocol 2, which is what NumPy's own dumps writes", () => {
    const value = field([2, 3]) as AnyArray;
    expect([...dumps(value).subarray(0, 2)]).toEqual([0x80, 2]);
    expect(dumps(value)).toEqual(encodePickleFile(value, { protocol: 2, numpy: 1 }));
    expect(dumps(value, { numpy: 2 })).toEqual(encodePickleFile(value, { protocol: 2, numpy: 2 }));
    expect([...encodePickleFile(value).subarray(0, 2)]).toEqual([0x80, 4]);
  });

  test("portable is NumPy 1's, and names nothing that either has moved", () => {
    for (const protocol of [0, 2, 4] as const)
      expect(
        same(
          encodePickleFile(big as AnyArray, { protocol }),
          encodePickleFile(big as AnyArray, { protocol, numpy: 1 }),
        ),
      ).toBe(true);
    const five = new TextDecoder("latin1").decode(encodePickleFile(big.data as AnyArray, { protocol: 5 }));
    expect(five).toContain("numpy.core.multiarray");
    expect(five).not.toMatch(/numeric|_core/);
  });

  test("parts are views of the array where nothing has to change", () => {
    const parts = [...encodePickleFileParts(big as AnyArray, { protocol: 4 })];
    const storage = big.data.storage as Float64Array;
    expect(parts.some((part) => part.buffer === storage.buffer && part.length === storage.byteLength)).toBe(true);
    const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    parts.reduce((at, part) => {
      whole.set(part, at);
      return at + part.length;
    }, 0);
    expect(same(whole, encodePickleFile(big as AnyArray))).toBe(true);
  });

  test("the caller's arrays are left as they are", () => {
    const value = field([100, 100]);
    const before = (value.data.storage as Float64Array).slice();
    for (const protocol of [0, 2, 5] as const) encodePickleFile(value as AnyArray, { protocol });
    expect(value.data.storage).toEqual(before);
  });

  test("options and values there are not", () => {
    const value = field([2]) as AnyArray;
    expect(codeOf(() => encodePickleFile(value, { protocol: 6 as 5 }))).toBe("OPTION_INVALID");
    expect(codeOf(() => encodePickleFile(value, { numpy: 3 as 2 }))).toBe("OPTION_INVALID");
    expect(codeOf(() => encodePickleFile(value, { compress: true } as object))).toBe("OPTION_UNKNOWN");
    const strange = new NdArray({ dtype: dtypes.object(), shape: [1], storage: [new Date(0)] }) as unknown as AnyArray;
    expect(codeOf(() => encodePickleFile(strange))).toBe("CAPABILITY_MISSING");
    const holed = new Bundle({
      kind: "list",
      entries: [
        ["0", value],
        ["5", value],
      ],
    });
    expect(codeOf(() => encodePickleFile(holed))).toBe("CAPABILITY_MISSING");
    const signal = AbortSignal.abort();
    expect(codeOf(() => encodePickleFile(value, { signal }))).toBe("ABORTED");
  });
});

describe("losses", () => {
  const lost = (value: AnyArray | Bundle, options = {}): string[] =>
    pickleLosses(describeValue(value), options).map((one) => `${one.array}:${one.id}`);

  test("traits of masked arrays", () => {
    expect(lost(field([2]) as AnyArray)).toEqual([]);
    expect(lost(field([2], "C", false) as AnyArray)).toEqual([":nomask"]);
    expect(lost(field([2]).with({ hardMask: true }) as AnyArray)).toEqual([":hard-mask"]);
    expect(codeOf(() => encodePickleFile(field([2], "C", false) as AnyArray, { exact: true }))).toBe(
      "CAPABILITY_MISSING",
    );
  });

  test("attributes of an array are refused, those of a bundle are items", () => {
    const attrs = new Map<string, PlainValue>([["unit", "K"]]);
    const value = field([2]).data.with({ attrs }) as AnyArray;
    expect(lost(value)).toEqual([":attrs"]);
    expect(codeOf(() => encodePickleFile(value))).toBe("CAPABILITY_MISSING");
    expect(encodePickleFile(value, { lossy: ["attrs"] })).toEqual(encodePickleFile(field([2]).data as AnyArray));
    expect(lost(new Bundle({ entries: [["x", field([2])]], attrs }))).toEqual([]);
    expect(lost(new Bundle({ entries: [["x", value]], attrs }))).toEqual(["x:attrs"]);
  });

  test("what NumPy 1 does not have", () => {
    const text = new NdArray({ dtype: dtypes.stringDType(), shape: [1], storage: ["a"] }) as unknown as AnyArray;
    expect(lost(text, { numpy: 1 })).toEqual([":dtype"]);
    expect(lost(text, { numpy: 2 })).toEqual([]);
    const deep = zeros(float64, new Array(33).fill(1)) as unknown as AnyArray;
    expect(lost(deep)).toEqual([":shape"]);
    expect(lost(deep, { numpy: 2 })).toEqual([]);
  });

  test("a record's default fill value, and extended precision of another machine", () => {
    const record = dtypes.struct([{ name: "a", dtype: float64 }]);
    const masked = new MaskedArray({ data: zeros(record, [2]) }) as unknown as AnyArray;
    expect(lost(masked)).toEqual([":nomask", ":unset-fill-value"]);
    const quad = zeros(dtypes.longdouble("quad"), [1]) as unknown as AnyArray;
    expect(lost(quad)).toEqual([":dtype"]);
  });
});
