import {
  type AnyArray,
  Bundle,
  type ByteSource,
  dtypes,
  type FullMask,
  fromBytes,
  identical,
  isMasqueradeError,
  MaskedArray,
  NdArray,
  type SelectionItem,
} from "@masquerade/core";
import { describe, expect, inject, test } from "vitest";
import { dumps, loads } from "../src/codec.ts";
import { openPickle } from "../src/open.ts";

declare module "vitest" {
  interface ProvidedContext {
    seed: number;
  }
}

/** Numbers from 0 below n, the same in every run. */
function random(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

function field(shape: readonly number[], order: "C" | "F", next: (n: number) => number): MaskedArray<"float64"> {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float64Array.from({ length: size }, (_, i) => Math.sin(i) * 1e3 - next(7));
  const hidden = Uint8Array.from({ length: size }, () => (next(3) === 0 ? 1 : 0));
  return new MaskedArray({
    data: new NdArray({ dtype: dtypes.simple("float64"), shape, order, storage: values }),
    mask: new NdArray({ dtype: dtypes.simple("bool"), shape, order, storage: hidden }) as FullMask,
  });
}

/** A source that counts what is read. */
function counting(bytes: Uint8Array): ByteSource & { readonly count: { bytes: number; disposed: number } } {
  const count = { bytes: 0, disposed: 0 };
  const inner = fromBytes(bytes);
  return {
    size: bytes.length,
    count,
    async read(offset, length, signal) {
      count.bytes += length;
      return await inner.read(offset, length, signal);
    },
    async [Symbol.asyncDispose]() {
      count.disposed++;
    },
  };
}

function someSelection(shape: readonly number[], next: (n: number) => number): SelectionItem[] {
  const items: SelectionItem[] = [];
  for (const n of shape) {
    if (next(6) === 0) items.push(null);
    const kind = next(5);
    if (kind === 0) items.push(next(n) - (next(2) === 0 ? n : 0));
    else if (kind === 1) items.push({});
    else if (kind === 2) items.push({ start: next(n), stop: next(n + 1), step: 1 + next(3) });
    else if (kind === 3) items.push({ step: -1 - next(3) });
    else items.push({ start: next(n), stop: n });
  }
  return items;
}

describe.each([0, 1, 2, 3, 4, 5] as const)("protocol %i", (protocol) => {
  test.each(["C", "F"] as const)(
    "any selection of a masked array in %s order reads what slicing gives",
    async (order) => {
      const next = random(inject("seed") + protocol);
      const shape = [9, 40, 17];
      const value = field(shape, order, next);
      const bytes = dumps(value, { protocol, numpy: 2 });
      const whole = loads(bytes) as MaskedArray;
      expect(whole.order).toBe(order);
      await using file = await openPickle(fromBytes(bytes));
      const lazy = file.array();
      expect(lazy.header).toMatchObject({ shape, order, mask: "mask", fillValue: undefined });
      expect(identical(await lazy.read(), whole)).toBe(true);
      for (let i = 0; i < 60; i++) {
        const selection = someSelection(shape, next);
        const read = (await lazy.read(selection)) as MaskedArray;
        const want = whole.slice(selection);
        expect(read.shape).toEqual(want.shape);
        expect(identical(read.copy("C"), want.copy("C")), JSON.stringify(selection)).toBe(true);
      }
      const data = (await lazy.read("3", { plane: "data" })) as NdArray;
      expect(data.toBytes()).toEqual(whole.data.slice("3").toBytes());
      const mask = (await lazy.read("3, :, ::2", { plane: "mask" })) as NdArray;
      expect(mask.toBytes()).toEqual((whole.mask as FullMask).slice("3, :, ::2").toBytes());
    },
  );

  test("a bundle's arrays are read alone", async () => {
    const next = random(inject("seed"));
    const plain = new NdArray({
      dtype: dtypes.simple("int16", "big"),
      shape: [9000],
      storage: Int16Array.from({ length: 9000 }, (_, i) => i),
    });
    const value = new Bundle({
      entries: [
        ["a", plain as AnyArray],
        ["b", field([2000], "C", next) as unknown as AnyArray],
        [
          "small",
          new NdArray({ dtype: dtypes.simple("uint8"), shape: [3], storage: Uint8Array.of(1, 2, 3) }) as AnyArray,
        ],
      ],
      attrs: new Map<string, string>([["long", "x".repeat(9000)]]),
    });
    const source = counting(dumps(value, { protocol, numpy: 2 }));
    const file = await openPickle(source);
    expect(file.names).toEqual(["a", "b", "small"]);
    expect((file.header as Bundle).attrs.get("long")).toBe("x".repeat(9000));
    const part = (await file.array("a").read("100:104")) as NdArray;
    expect([...(part.data as Int16Array)]).toEqual([100, 101, 102, 103]);
    expect(part.dtype.byteOrder).toBe("big");
    expect([...((await file.array("small").read()) as NdArray<"uint8">).data]).toEqual([1, 2, 3]);
    expect(source.count.disposed).toBe(0);
    await file[Symbol.asyncDispose]();
    expect(source.count.disposed).toBe(0);
  });
});

test("from protocol 3 on a slice reads little more than itself", async () => {
  const big = new NdArray({
    dtype: dtypes.simple("float64"),
    shape: [1000, 1000],
    storage: new Float64Array(1e6).fill(2.5),
  });
  for (const protocol of [3, 4, 5] as const) {
    const source = counting(dumps(big as AnyArray, { protocol, numpy: 2 }));
    await using file = await openPickle(source);
    const header = source.count.bytes;
    expect(header).toBeLessThan(2 * 4096 + 1);
    await file.array().read("500, 10:20");
    expect(source.count.bytes - header).toBe(80);
    await file.array().read(":, 3");
    expect(source.count.bytes - header - 80).toBeLessThan(8e6);
  }
});

test("what is wrong with a file is said when it is opened", async () => {
  const bytes = dumps(field([3000], "C", random(1)) as unknown as AnyArray, { protocol: 4 });
  for (const cut of [0, 1, 10, 300, bytes.length - 3001, bytes.length - 2]) {
    const error = await openPickle(fromBytes(bytes.slice(0, cut))).catch((e: unknown) => e);
    expect(isMasqueradeError(error, "FORMAT_TRUNCATED"), String(error)).toBe(true);
  }
});
