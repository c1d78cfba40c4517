// What is peculiar to raw bytes: options instead of a header.
import { raw } from "@masquerade/adapter-raw";
import { dtypes, fromBytes, isMasqueradeError, NdArray } from "@masquerade/core";
import { describe, expect, test } from "vitest";

const codec = await raw.codec();
const bytes = Uint8Array.from({ length: 48 }, (_, i) => i);

function failure(options: object, input = bytes): string {
  try {
    codec.decode(input, options);
  } catch (e) {
    if (isMasqueradeError(e)) return `${e.code} ${e.message}`;
    throw e;
  }
  return "nothing thrown";
}

describe("options instead of a header", () => {
  test("dtype, shape, order, offset", () => {
    const array = codec.decode(bytes, { descr: ">u2", shape: [2, 3], order: "F", offset: 36 }) as NdArray<"uint16">;
    expect([array.dtype.byteOrder, array.order, array.shape]).toEqual(["big", "F", [2, 3]]);
    expect([array.at(0, 0), array.at(1, 0), array.at(0, 1)]).toEqual([0x2425, 0x2627, 0x2829]);
  });
  test("without a shape: as many as there are", () => {
    expect(codec.decode(bytes, { descr: "<i4" })).toMatchObject({ shape: [12] });
  });
  test("records, with padding and sub-arrays", () => {
    const array = codec.decode(bytes, {
      descr: "[('a', '<i2'), ('', '|V2'), ('b', '|u1', (2, 2))]",
      shape: [6],
    }) as NdArray;
    expect(array.at(1)).toEqual({
      a: 0x0908,
      b: [
        [12, 13],
        [14, 15],
      ],
    });
  });
  test("a view of the file, or a copy", () => {
    expect((codec.decode(bytes, { descr: "|u1" }) as NdArray<"uint8">).storage.buffer).toBe(bytes.buffer);
    expect((codec.decode(bytes, { descr: "|u1", copy: true }) as NdArray<"uint8">).storage.buffer).not.toBe(
      bytes.buffer,
    );
  });
  test.each<[object, RegExp]>([
    [{}, /OPTION_INVALID.*descr/],
    [{ descr: "<q9" }, /OPTION_INVALID.*descr/],
    [{ descr: "[('a'," }, /OPTION_INVALID.*descr/],
    [{ descr: "|O" }, /OPTION_INVALID.*no bytes/],
    [{ descr: "<f8", shape: [7] }, /FORMAT_TRUNCATED.*56 bytes, there are 48/],
    [{ descr: "<f8", shape: [5] }, /FORMAT_MALFORMED.*8 bytes follow/],
    [{ descr: "<f8", offset: 50 }, /FORMAT_TRUNCATED/],
    [{ descr: "<f8", offset: 4 }, /FORMAT_MALFORMED.*4 bytes follow/],
    [{ descr: "<f8", shape: [2 ** 40, 2 ** 40] }, /LIMIT_EXCEEDED/],
    [{ descr: "|S0" }, /OPTION_INVALID.*give the shape/],
    [{ descr: "|S0", shape: [2 ** 40] }, /LIMIT_EXCEEDED/],
  ])("%j", (options, message) => {
    expect(failure(options)).toMatch(message);
  });
});

test("elements in the order asked for", () => {
  const array = new NdArray({ dtype: dtypes.simple("uint8"), shape: [2, 3], storage: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  expect(codec.encode(array)).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
  expect(codec.encode(array, { order: "F" })).toEqual(Uint8Array.of(1, 4, 2, 5, 3, 6));
  expect(codec.encode(array.transpose(), { order: "A" })).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
});

test("only the rows asked for are fetched", async () => {
  const asked: [number, number][] = [];
  const source = {
    ...fromBytes(bytes),
    size: 48,
    read: async (offset: number, length: number) => {
      asked.push([offset, length]);
      return bytes.subarray(offset, offset + length);
    },
  };
  const file = await codec.open?.(source, { descr: "<u2", shape: [3, 4], offset: 24 });
  expect(asked).toEqual([]);
  const part = (await file?.array().read("1, ::-2")) as NdArray<"uint16">;
  expect([...part.toC()]).toEqual([0x2726, 0x2322]);
  expect(asked).toEqual([[32, 8]]);
});
