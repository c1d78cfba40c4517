import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blocks } from "@masquerade/adapter-protobuf";
import { appendBlocks, readByteStream } from "@masquerade/adapter-protobuf/blocks";
import {
  type AnyArray,
  arange,
  Bundle,
  concatenate,
  counting,
  difference,
  fromBytes,
  type MaskedArray,
  maskedArray,
} from "@masquerade/core";
import { fromFile } from "@masquerade/core/node";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "masquerade-append-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows `from` to `to` of a masked array of 6 columns. */
const rows = (from: number, to: number): MaskedArray =>
  maskedArray(arange(from * 6, to * 6), {
    mask: Array.from({ length: (to - from) * 6 }, (_, i) => (from * 6 + i) % 4 === 0),
    dtype: "float64",
    fillValue: -5,
  }).reshape([to - from, 6]) as MaskedArray;

let count = 0;
async function file(value: AnyArray | Bundle, options: object): Promise<string> {
  const path = join(folder, `${count++}.mqb`);
  writeFileSync(path, await (await blocks.codec()).encode(value, options));
  return path;
}

async function append(path: string, value: AnyArray, options: object = {}): Promise<number> {
  const source = await fromFile(path, { mode: "r+" });
  try {
    return (await appendBlocks(source, value, options)).length;
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

const decoded = async (path: string, options: object = {}): Promise<AnyArray | Bundle> =>
  await (await blocks.codec()).decode(new Uint8Array(readFileSync(path)), options);

describe("appending", () => {
  it.each(["none", "deflate", "zstd", "blosc"] as const)(
    "makes the array longer, block by block, with %s",
    async (codec) => {
      const path = await file(rows(0, 7), { codec, blockBytes: 200 });
      const before = readFileSync(path);
      let length = 7;
      for (const more of [1, 30, 4]) {
        expect(await append(path, rows(length, length + more))).toBe(length + more);
        length += more;
      }
      // Nothing that was there has changed.
      expect(readFileSync(path).subarray(0, before.length).equals(before)).toBe(true);
      const want = rows(0, length);
      expect(difference(await decoded(path), want)).toBeUndefined();
      const bytes = new Uint8Array(readFileSync(path));
      const streamed = await readByteStream(
        (async function* () {
          yield bytes;
        })(),
      );
      expect(difference(streamed, want)).toBeUndefined();
      const source = counting(fromBytes(bytes));
      const open = await (await blocks.codec()).open?.(source, {});
      expect(open?.array().header.shape).toEqual([length, 6]);
      for (const selection of ["6:9, ::2", "-1", "::-5", "..."])
        expect(
          difference((await open?.array().read(selection)) as AnyArray, want.slice(selection).copy() as AnyArray),
        ).toBeUndefined();
    },
  );

  it("to one array of several, along the last axis in Fortran order, and to none", async () => {
    const f = arange(12).reshape([3, 4], "F");
    const path = await file(
      new Bundle({
        entries: [
          ["a", rows(0, 2)],
          ["f", f],
        ],
      }),
      {},
    );
    await append(path, rows(2, 3), { array: "a" });
    await append(path, arange(12, 18).reshape([3, 2], "F"), { array: "f" });
    expect(await append(path, rows(3, 3), { array: "a" })).toBe(3);
    const back = (await decoded(path)) as Bundle;
    expect(difference(back.get("a"), rows(0, 3))).toBeUndefined();
    expect((back.get("f") as AnyArray).shape).toEqual([3, 6]);
    expect(Array.from((back.get("f") as AnyArray).slice("0").copy().data as Float64Array)).toEqual(
      Array.from(concatenate([f.slice("0"), arange(12, 18).reshape([3, 2], "F").slice("0")] as never).data as never),
    );
    await expect(append(path, rows(0, 1))).rejects.toMatchObject({ code: "INDEX_INVALID" });
    await expect(append(path, rows(0, 1), { array: "z" })).rejects.toMatchObject({ code: "INDEX_INVALID" });
  });

  it("through the format: members by name, and no others", async () => {
    const path = await file(
      new Bundle({
        entries: [
          ["a", rows(0, 2)],
          ["b", arange(4)],
        ],
      }),
      { codec: "zstd" },
    );
    const codec = await blocks.codec();
    const source = await fromFile(path, { mode: "r+" });
    await codec.append?.(
      source,
      new Bundle({
        entries: [
          ["a", rows(2, 5)],
          ["b", arange(4, 6)],
        ],
      }),
      { level: 9 },
    );
    const other = new Bundle({ entries: [["c", arange(4)]] });
    await expect(codec.append?.(source, other)).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    await expect(codec.append?.(source, other, { codec: "none" })).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await source[Symbol.asyncDispose]();
    const want = new Bundle({
      entries: [
        ["a", rows(0, 5)],
        ["b", arange(6)],
      ],
    });
    expect(difference(await decoded(path), want)).toBeUndefined();
  });

  it("refuses what does not fit before a byte is written", async () => {
    const path = await file(arange(6).reshape([1, 6]), {});
    const before = readFileSync(path);
    for (const [value, code] of [
      [arange(5).reshape([1, 5]), "SHAPE_MISMATCH"],
      [arange(6, 12, 1, "int16").reshape([1, 6]), "DTYPE_MISMATCH"],
      [rows(0, 1), "CAPABILITY_MISSING"],
    ] as const)
      await expect(append(path, value as AnyArray)).rejects.toMatchObject({ code });
    await expect(appendBlocks(fromBytes(new Uint8Array(before)), arange(6).reshape([1, 6]))).rejects.toMatchObject({
      code: "READ_ONLY",
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("that was interrupted leaves what was complete, for who asks for it", async () => {
    const path = await file(rows(0, 7), { blockBytes: 200 });
    const complete = readFileSync(path).length;
    await append(path, rows(7, 30));
    const whole = readFileSync(path);
    for (const cut of [complete + 1, complete + 50, whole.length - 31, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, cut));
      await expect(decoded(path)).rejects.toMatchObject({ code: "FORMAT_TRUNCATED" });
      expect(difference(await decoded(path, { recover: true }), rows(0, 7))).toBeUndefined();
      const codec = await blocks.codec();
      const source = fromBytes(new Uint8Array(readFileSync(path)));
      await expect(codec.open?.(source, {})).rejects.toMatchObject({ code: "FORMAT_TRUNCATED" });
      const open = await codec.open?.(source, { recover: true });
      expect(difference((await open?.array().read()) as AnyArray, rows(0, 7))).toBeUndefined();
    }
  });
});
