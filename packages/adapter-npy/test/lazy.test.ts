// Reading and writing parts: every selection against the same selection in memory, and what it fetches.
import { npy, npz } from "@masquerade/adapter-npy";
import { coveringSet, random } from "@masquerade/conformance";
import {
  type AnyArray,
  Bundle,
  type ByteSource,
  counting,
  difference,
  dtypes,
  fromBytes,
  describe as headerOf,
  isMaskedArray,
  type LazyArray,
  MaskedArray,
  memorySink,
  NdArray,
  nomask,
  type SelectionItem,
  zeros,
} from "@masquerade/core";
import { describe, expect, inject, test } from "vitest";
import { codeOfAsync } from "./support/codes.ts";

const npyCodec = await npy.codec();
const npzCodec = await npz.codec();

async function opened(codec: typeof npyCodec | typeof npzCodec, source: ByteSource, name?: string): Promise<LazyArray> {
  const file = await codec.open?.(source);
  if (file === undefined) throw new Error("the codec opens");
  return file.array(name);
}

type Random = ReturnType<typeof random>;

function randomSelection(shape: readonly number[], rnd: Random): SelectionItem[] {
  const items: SelectionItem[] = [];
  for (const n of shape) {
    const kind = rnd.below(6);
    if (kind === 0 && n > 0) items.push(rnd.below(2 * n) - n);
    else if (kind === 1) items.push({});
    else {
      const bound = (): number | undefined => (rnd.below(3) === 0 ? undefined : rnd.below(2 * n + 3) - n - 1);
      const step = [1, 1, 2, 3, -1, -2, 7][rnd.below(7)] as number;
      items.push({ start: bound(), stop: bound(), step });
    }
    if (rnd.below(12) === 0) items.push(null);
  }
  return rnd.below(4) === 0 ? [...items.slice(0, rnd.below(items.length + 1)).filter((i) => i !== null), "..."] : items;
}

/** `toEqual` walks bytes one by one, which takes long. */
function sameBytes(got: Uint8Array, want: Uint8Array, what = ""): void {
  expect(got.length, what).toBe(want.length);
  expect(
    got.every((byte, i) => byte === want[i]),
    what,
  ).toBe(true);
}

/** The same elements whatever their memory order. */
function sameElements(got: AnyArray, want: AnyArray): void {
  const flat = (a: AnyArray): AnyArray => a.copy("C");
  expect(difference(flat(got), flat(want))).toBeUndefined();
}

describe("a selection read lazily is the selection of the whole", () => {
  const rnd = random(inject("seed"));
  // The marks of align=True and of records are lost, as announced: what is compared here is the reading.
  const samples = [...coveringSet(npy.capabilities.kinds, 5)]
    .filter(({ array }) => npy.losses(headerOf(array)).every(({ id }) => id !== "layout"))
    .filter((_, i) => i % 3 === 0);
  test("NPY", async () => {
    let read = 0;
    for (const { array, name } of samples) {
      const data = isMaskedArray(array) ? array.data : array;
      const lazy = await opened(npyCodec, fromBytes(npyCodec.encode(data)));
      for (let k = 0; k < 3; k++) {
        const selection = randomSelection(data.shape, rnd);
        const part = await lazy.read(selection);
        expect(part.shape, name).toEqual(data.slice(selection).shape);
        sameElements(part, data.slice(selection));
        read++;
      }
    }
    expect(read).toBeGreaterThan(300);
  });
  test.each([false, true])("NPZ, compress: %s", async (compress) => {
    for (const { array } of samples.filter((_, i) => i % 4 === 0)) {
      const lazy = await opened(npzCodec, fromBytes(npzCodec.encode(array, { compress })));
      const selection = randomSelection(array.shape, rnd);
      sameElements(await lazy.read(selection), array.slice(selection));
      if (!isMaskedArray(array)) continue;
      sameElements(await lazy.read(selection, { plane: "data" }), array.data.slice(selection));
      sameElements(await lazy.read(selection, { plane: "mask" }), (array.maskArray() as NdArray).slice(selection));
    }
  });
  test.each(["C", "F"] as const)("large enough for every path, %s order", async (order) => {
    const data = arange([40, 30, 70], "int16", order);
    const bytes = npyCodec.encode(data);
    const odd = new Uint8Array(bytes.length + 1);
    odd.set(bytes, 1);
    for (const source of [fromBytes(bytes), fromBytes(odd.subarray(1)), asyncOnly(bytes)]) {
      const lazy = await opened(npyCodec, source);
      for (let k = 0; k < 40; k++) {
        const selection = randomSelection(data.shape, rnd);
        sameElements(await lazy.read(selection), data.slice(selection));
      }
    }
  });
});

function arange(shape: readonly number[], kind: "int16" | "float64", order: "C" | "F" = "C"): NdArray {
  const size = shape.reduce((n, d) => n * d, 1);
  const storage = kind === "int16" ? new Int16Array(size) : new Float64Array(size);
  for (let i = 0; i < size; i++) storage[i] = i;
  return new NdArray({ dtype: dtypes.simple(kind), shape, storage: storage as Int16Array, order }) as NdArray;
}

/** A source that answers later and never at once, as HTTP does. */
function asyncOnly(bytes: Uint8Array): ByteSource {
  const { readSync, ...rest } = fromBytes(bytes);
  void readSync;
  return rest;
}

describe("what is fetched", () => {
  const data = arange([200, 100, 50], "float64");
  const bytes = npyCodec.encode(data);
  const whole = bytes.length;
  async function fetched(selection: string): Promise<{ wanted: number; bytes: number; reads: number }> {
    const source = counting(asyncOnly(bytes));
    const lazy = await opened(npyCodec, source);
    const part = await lazy.read(selection);
    sameElements(part, data.slice(selection));
    return { wanted: part.size * 8, bytes: source.bytes, reads: source.reads };
  }
  test("the header costs one read of 256 bytes", async () => {
    const source = counting(asyncOnly(bytes));
    const { header } = await opened(npyCodec, source);
    expect(header).toMatchObject({ shape: [200, 100, 50], order: "C", mask: "plain" });
    expect([source.reads, source.bytes]).toEqual([1, 256]);
  });
  test.each([
    ["3", 2],
    ["10:20", 2],
    ["5, 10:60", 2],
    ["::2", 101],
    ["10:60, 20:60", 51],
    [":, 5", 201],
    ["::-1, 90:", 201],
  ])("%s: less than twice its bytes", async (selection, reads) => {
    const cost = await fetched(selection);
    expect(cost.bytes).toBeLessThan(2 * cost.wanted);
    expect(cost.reads).toBeLessThanOrEqual(reads);
  });
  test("gaps below 1 KiB are read along, and never more than the span", async () => {
    const cost = await fetched("7, :, ::5");
    expect(cost.reads).toBe(2);
    expect(cost.bytes).toBeLessThan(5100 * 8 + 256);
    expect((await fetched("0:0")).reads).toBe(1);
  });
  test("a stored member of an archive costs its part and the headers", async () => {
    const other = arange([100, 50], "float64");
    const archive = npzCodec.encode(
      new Bundle({
        entries: [
          ["t", data],
          ["u", other],
        ],
      }),
    );
    const source = counting(asyncOnly(archive));
    const lazy = await opened(npzCodec, source, "t");
    const before = source.bytes;
    expect(before).toBeLessThan(4096);
    sameElements(await lazy.read("3:5"), data.slice("3:5"));
    expect(source.bytes - before).toBe(2 * 5000 * 8);
    expect(source.bytes).toBeLessThan(whole / 10);
  });
  test("a deflated member is read no further than the selection reaches", async () => {
    const noise = random(3);
    const storage = Float64Array.from({ length: 200_000 }, () => noise.below(2 ** 30) / 7);
    const array = new NdArray({ dtype: dtypes.simple("float64"), shape: [2000, 100], storage }) as NdArray;
    const archive = npzCodec.encode(array, { compress: true });
    const source = counting(asyncOnly(archive));
    const lazy = await opened(npzCodec, source);
    sameElements(await lazy.read("1:3"), array.slice("1:3"));
    expect(source.bytes).toBeLessThan(archive.length);
    sameElements(await lazy.read("::-700"), array.slice("::-700"));
  });
  test("a wrong CRC of a deflated member comes out when it is read to its end", async () => {
    const archive = npzCodec.encode(arange([1000], "float64"), { compress: true }).slice();
    const central = archive.length - 22 - 46 - "data.npy".length;
    for (const at of [14, central + 16]) archive[at] = (archive[at] as number) ^ 1;
    const lazy = await opened(npzCodec, fromBytes(archive));
    expect(await codeOfAsync(() => lazy.read())).toBe("FORMAT_CHECKSUM");
  });
});

describe("blocks", () => {
  const mask = zeros(dtypes.simple("bool"), [40, 30]) as NdArray<"bool">;
  for (let i = 0; i < 40; i++) mask.set([i, i % 30], true);
  const masked = new MaskedArray({ data: arange([40, 30], "float64"), mask });
  test.each([false, true])("of a masked array, compress: %s", async (compress) => {
    for (const order of ["C", "F"] as const) {
      const value = masked.with({ data: masked.data.copy(order) });
      const lazy = await opened(npzCodec, fromBytes(npzCodec.encode(value, { compress })));
      for (const plane of ["both", "data", "mask"] as const) {
        let next = 0;
        for await (const block of lazy.blocks({ maxBytes: 2000, plane })) {
          expect(block).toMatchObject({ start: next, plane, array: "" });
          const count = block.value.shape[order === "C" ? 0 : 1] as number;
          const rows = order === "C" ? `${next}:${next + count}` : `:, ${next}:${next + count}`;
          const part = value.slice(rows);
          sameElements(block.value, plane === "both" ? part : plane === "data" ? part.data : (part.mask as NdArray));
          next += count;
        }
        expect(next).toBe(order === "C" ? 40 : 30);
      }
    }
  });
  test("0-d and empty arrays", async () => {
    const scalar = await opened(npyCodec, fromBytes(npyCodec.encode(arange([], "float64"))));
    const blocks = [];
    for await (const block of scalar.blocks()) blocks.push(block.start);
    expect(blocks).toEqual([0]);
    const empty = await opened(npyCodec, fromBytes(npyCodec.encode(arange([0, 3], "float64"))));
    for await (const block of empty.blocks()) throw new Error(`a block at ${block.start} of nothing`);
  });
  test("blocks written are the file encode makes", async () => {
    for (const { array } of [...coveringSet(["float64", "str", "struct"], 9)]) {
      const data = isMaskedArray(array) ? array.data : array;
      for (const [codec, value] of [
        [npyCodec, data],
        [npzCodec, array],
      ] as const) {
        const bytes = codec.encode(value);
        const source = await codec.open?.(fromBytes(bytes));
        const sink = memorySink();
        const writer = await codec.create?.(sink, headerOf(value));
        const planes =
          isMaskedArray(value) && value.mask !== nomask ? (["data", "mask"] as const) : (["data"] as const);
        for (const plane of planes)
          for await (const block of source?.array().blocks({ maxBytes: 24, plane }) ?? []) await writer?.write(block);
        await writer?.finish();
        sameBytes(sink.bytes(), bytes);
      }
    }
  });
  test("blocks that are missing, early, too long or of another dtype are refused", async () => {
    const data = arange([4, 3], "float64");
    const block = (start: number, value: AnyArray) => ({ array: "", plane: "data" as const, start, value });
    const writer = async () => {
      const made = await npyCodec.create?.(memorySink(), headerOf(data));
      if (made === undefined) throw new Error("npy creates");
      return made;
    };
    expect(await codeOfAsync(async () => (await writer()).write(block(1, data.slice("1:"))))).toBe("INDEX_INVALID");
    expect(await codeOfAsync(async () => (await writer()).write(block(0, data.slice(":, 1:"))))).toBe("SHAPE_MISMATCH");
    expect(await codeOfAsync(async () => (await writer()).write(block(0, arange([5, 3], "float64"))))).toBe(
      "SHAPE_MISMATCH",
    );
    expect(await codeOfAsync(async () => (await writer()).write(block(0, arange([4, 3], "int16"))))).toBe(
      "DTYPE_MISMATCH",
    );
    expect(await codeOfAsync(async () => (await writer()).finish())).toBe("FORMAT_TRUNCATED");
  });
});

describe("written in place", () => {
  function writable(bytes: Uint8Array): ByteSource {
    return {
      ...fromBytes(bytes),
      write: async (offset, part) => {
        bytes.set(part, offset);
      },
    };
  }
  test.each(["C", "F"] as const)("any selection, %s order, the rest untouched", async (order) => {
    const rnd = random(inject("seed") + 1);
    for (const kind of ["float64", "int16"] as const)
      for (let k = 0; k < 40; k++) {
        const want = arange([6, 5, 300], kind, order).copy();
        const bytes = npyCodec.encode(want).slice();
        const lazy = await opened(npyCodec, writable(bytes));
        const selection = randomSelection(want.shape, rnd);
        const view = want.slice(selection);
        const value = arange(view.shape, kind).copy();
        await lazy.write?.(
          selection,
          k % 5 === 0
            ? value
                .reshape([-1])
                .slice(value.size > 0 ? "0" : ":")
                .reshape(value.size > 0 ? [] : view.shape)
            : value,
        );
        assign(view, k % 5 === 0 && value.size > 0 ? undefined : value);
        sameBytes(bytes, npyCodec.encode(want), JSON.stringify(selection));
      }
  });
  test("wrong shapes, dtypes and masks are refused, and so are archives", async () => {
    const lazy = await opened(npyCodec, writable(npyCodec.encode(arange([4, 3], "float64")).slice()));
    expect(await codeOfAsync(async () => lazy.write?.("0", arange([4], "float64")))).toBe("SHAPE_MISMATCH");
    expect(await codeOfAsync(async () => lazy.write?.("0", arange([3], "int16")))).toBe("DTYPE_MISMATCH");
    const masked = new MaskedArray({ data: arange([3], "float64") });
    expect(await codeOfAsync(async () => lazy.write?.("0", masked))).toBe("CAPABILITY_MISSING");
    expect((await opened(npyCodec, fromBytes(npyCodec.encode(arange([3], "float64"))))).write).toBeUndefined();
    expect((await opened(npzCodec, writable(npzCodec.encode(arange([3], "float64"))))).write).toBeUndefined();
  });

  /** Element by element, the slow and certain way; undefined: zero everywhere (the first element of an arange). */
  function assign(view: NdArray, value: NdArray | undefined): void {
    const index = new Array<number>(view.ndim).fill(0);
    for (let n = 0; n < view.size; n++) {
      view.set(index, (value === undefined ? 0 : value.at(...index)) as never);
      for (let axis = view.ndim - 1; axis >= 0; axis--) {
        index[axis] = (index[axis] as number) + 1;
        if ((index[axis] as number) < (view.shape[axis] as number)) break;
        index[axis] = 0;
      }
    }
  }
});

test("out is filled and returned", async () => {
  const data = arange([4, 3], "float64");
  const out = zeros(dtypes.simple("float64"), [4, 3]) as NdArray;
  const bytes = npyCodec.encode(data);
  expect(npyCodec.decode(bytes, { out })).toBe(out);
  sameElements(out, data);
  const part = zeros(dtypes.simple("float64"), [2, 3]) as NdArray;
  const lazy = await opened(npyCodec, fromBytes(bytes));
  expect(await lazy.read("1:3", { out: part })).toBe(part);
  sameElements(part, data.slice("1:3"));
  expect(await codeOfAsync(() => lazy.read("1:2", { out: part }))).toBe("SHAPE_MISMATCH");
  expect(await codeOfAsync(() => lazy.read("1:3", { out: part.copy("F") }))).toBe("SHAPE_MISMATCH");
  expect(await codeOfAsync(() => lazy.read("0", { out: arange([3], "int16") }))).toBe("DTYPE_MISMATCH");
});

test("a decoded array is a view of aligned bytes, and not with copy", () => {
  const bytes = npyCodec.encode(arange([10], "float64"));
  const view = npyCodec.decode(bytes) as NdArray<"float64">;
  expect(view.storage.buffer).toBe(bytes.buffer);
  expect((npyCodec.decode(bytes, { copy: true }) as NdArray<"float64">).storage.buffer).not.toBe(bytes.buffer);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  sameElements(npyCodec.decode(shifted.subarray(1)) as AnyArray, view as NdArray);
});
