// Keys added in place, through any source that can be written: what is there then, what is written, and where it lies.
import { mmappickle } from "@masquerade/adapter-mmappickle";
import {
  type AnyArray,
  array,
  Bundle,
  type ByteSource,
  difference,
  fromBytes,
  isBundle,
  maskedArray,
  type NdArray,
  type PlainValue,
  zeros,
} from "@masquerade/core";
import { describe, expect, test } from "vitest";

const codec = await mmappickle.codec();

/** A file in memory, and the writes done to it; from the write of number `stopAt` on nothing is written. */
class Disk implements ByteSource {
  bytes: Uint8Array;
  readonly writes: { readonly offset: number; readonly length: number }[] = [];
  readonly stopAt: number;
  constructor(bytes: Uint8Array, stopAt = Number.POSITIVE_INFINITY) {
    this.bytes = bytes.slice();
    this.stopAt = stopAt;
  }
  get size(): number {
    return this.bytes.length;
  }
  read(offset: number, length: number): Promise<Uint8Array> {
    return fromBytes(this.bytes.slice()).read(offset, length);
  }
  async write(offset: number, bytes: Uint8Array): Promise<void> {
    if (this.writes.length >= this.stopAt) throw new Error("the power is gone");
    this.writes.push({ offset, length: bytes.length });
    const longer = new Uint8Array(Math.max(this.bytes.length, offset + bytes.length));
    longer.set(this.bytes);
    longer.set(bytes, offset);
    this.bytes = longer;
  }
  async [Symbol.asyncDispose](): Promise<void> {}
}

const dict = (entries: Readonly<Record<string, AnyArray>>, attrs: Readonly<Record<string, PlainValue>> = {}): Bundle =>
  new Bundle({ entries: Object.entries(entries), attrs: new Map(Object.entries(attrs)) });
const sea = maskedArray([1, 2, 3], { dtype: "float64", mask: [true, false, true], fillValue: -9 });
const wide = array([1, 2, 3, 4], "int16");

async function added(before: Bundle, ...more: readonly Bundle[]): Promise<Disk> {
  const disk = new Disk(codec.encode(before));
  for (const one of more) await codec.append?.(disk, one);
  return disk;
}

describe("append", () => {
  test("gives the very bytes of a dictionary written at once, where none of its ends lies across two sectors", async () => {
    const [a, b] = [dict({ sea, wide }), dict({ more: sea }, { units: "K", list: [1n, "a", "a"] })];
    const disk = await added(a, b);
    const whole = dict({ sea, wide, more: sea }, { units: "K", list: [1n, "a", "a"] });
    expect(disk.bytes).toEqual(codec.encode(whole));
    const single = new Disk(codec.encode(dict({ sea })));
    await codec.append?.(single, wide, { key: "wide" });
    expect(single.bytes).toEqual(codec.encode(dict({ sea, wide })));
  });

  test("writes the commit number and eleven bytes of what was there, and what is new", async () => {
    const large = zeros("float64", [100_000]) as NdArray;
    const disk = await added(dict({ large }), dict({ sea, larger: zeros("float64", [20_000]) as NdArray }));
    const old = codec.encode(dict({ large })).length;
    expect(disk.writes.filter(({ offset }) => offset < old - 11)).toEqual([{ offset: 18, length: 4 }]);
    expect(disk.writes.at(-1)).toEqual({ offset: old - 11, length: 11 });
    // The elements of a large array are one write.
    expect(disk.writes.some(({ length }) => length === 160_000)).toBe(true);
    expect((codec.decode(disk.bytes) as Bundle).names).toEqual(["large", "sea", "larger"]);
  });

  test("puts the end into one sector, behind a dead entry where it must", async () => {
    let dead = 0;
    for (let length = 0; length < 600; length += 7) {
      const text = "x".repeat(length);
      const disk = await added(dict({ wide }), dict({}, { text }), dict({ sea }));
      expect((disk.size - 11) % 512).toBeLessThanOrEqual(501);
      const plain = codec.encode(dict({ wide, sea }, { text })).length;
      dead += disk.size > plain ? 1 : 0;
      const found = codec.decode(disk.bytes) as Bundle;
      expect([...found.attrs]).toEqual([["text", text]]);
      expect(found.names).toEqual(["wide", "sea"]);
      expect(difference(sea, found.get("sea") as AnyArray)).toBeUndefined();
    }
    expect(dead).toBeGreaterThan(1);
  });

  test("covers what an interrupted one has left, however long", async () => {
    const before = codec.encode(dict({ wide }));
    for (const length of [1, 30, 200, 5000]) {
      // Stopped when all but the last write is done.
      const left = new Disk(before, 3);
      const bulk = dict({ bulk: zeros("uint8", [length]) as NdArray });
      await expect(codec.append?.(left, bulk)).rejects.toThrow("the power is gone");
      expect(difference(dict({ wide }), codec.decode(left.bytes))).toBeUndefined();
      for (const more of [dict({ sea }), dict({}, { n: 1n }), dict({ b: zeros("uint8", [length + 9]) as NdArray })]) {
        const again = new Disk(left.bytes);
        await codec.append?.(again, more);
        const want = new Bundle({ entries: [["wide", wide as AnyArray], ...more.entries], attrs: more.attrs });
        expect(difference(want, codec.decode(again.bytes))).toBeUndefined();
        // The dictionary ends where the file does.
        const twice = new Disk(again.bytes);
        await codec.append?.(twice, dict({ last: wide }));
        expect((codec.decode(twice.bytes) as Bundle).names).toEqual([...want.names, "last"]);
      }
    }
  });

  test("refuses keys that are there, and a single array's, before a byte is written", async () => {
    const disk = new Disk(codec.encode(dict({ sea, wide })));
    await expect(codec.append?.(disk, dict({ new: sea, wide }))).rejects.toMatchObject({
      code: "CAPABILITY_MISSING",
      message: expect.stringContaining('a key "wide" and arrays of a mmapdict do not grow'),
    });
    const single = new Disk(codec.encode(sea));
    await expect(codec.append?.(single, sea)).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    await expect(codec.append?.(fromBytes(disk.bytes), dict({ new: sea }))).rejects.toMatchObject({
      code: "READ_ONLY",
    });
    expect([...disk.writes, ...single.writes]).toEqual([]);
    await codec.append?.(single, dict({ more: wide }));
    expect((codec.decode(single.bytes) as Bundle).names).toEqual(["", "more"]);
  });
});

describe("an open file that can be written", () => {
  test("is overwritten in place: data and mask, with steps, and nothing else", async () => {
    const disk = new Disk(codec.encode(dict({ sea, wide })));
    const file = await codec.open?.(disk);
    await file?.array("sea").write?.("::2", maskedArray([-1, -3], { dtype: "float64", mask: [false, true] }));
    await file?.array("wide").write?.("1:3", array([7, 8], "int16"));
    const want = dict({
      sea: maskedArray([-1, 2, -3], { dtype: "float64", mask: [false, false, true], fillValue: -9 }),
      wide: array([1, 7, 8, 4], "int16"),
    });
    expect(difference(want, codec.decode(disk.bytes))).toBeUndefined();
    const before = disk.bytes.slice();
    await expect(file?.array("wide").write?.("0", array([1], "int32"))).rejects.toMatchObject({
      code: "DTYPE_MISMATCH",
    });
    await expect(file?.array("wide").write?.("0:2", array([1, 2, 3], "int16"))).rejects.toMatchObject({
      code: "SHAPE_MISMATCH",
    });
    await expect(file?.array("wide").write?.("0", sea)).rejects.toMatchObject({ code: "DTYPE_MISMATCH" });
    expect(disk.bytes).toEqual(before);
  });

  test("has no write where the source has none, nor for entries that are pickled", async () => {
    const record = zeros("int16", []) as NdArray;
    const bytes = codec.encode(dict({ record, wide }));
    const file = await codec.open?.(fromBytes(bytes));
    expect(file?.array("wide").write).toBeUndefined();
    const other = await codec.open?.(new Disk(bytes));
    expect([other?.array("wide").write, other?.array("record").write].map((w) => typeof w)).toEqual([
      "function",
      "undefined",
    ]);
    expect(isBundle(codec.decode(bytes))).toBe(true);
  });
});
