import { protobuf as format } from "@masquerade/adapter-protobuf";
import { dtypes, isMasqueradeError, MaskedArray, type MasqueradeError, NdArray } from "@masquerade/core";
import protobuf from "protobufjs/minimal.js";
import { describe, expect, it } from "vitest";
import { protobufCodec as codec } from "../src/protobuf/codec.ts";

const { Writer } = protobuf;
type Writing = (w: protobuf.Writer) => void;

/** Fields by hand: what our own writer would never write. */
const num =
  (field: number, value: number): Writing =>
  (w) =>
    void w.uint32(field * 8).uint64(value);
const msg =
  (field: number, ...parts: readonly Writing[]): Writing =>
  (w) => {
    w.uint32(field * 8 + 2).fork();
    for (const part of parts) part(w);
    w.ldelim();
  };
const raw =
  (field: number, bytes: readonly number[]): Writing =>
  (w) =>
    void w.uint32(field * 8 + 2).bytes(Uint8Array.from(bytes));
const fixed =
  (field: number, value: number): Writing =>
  (w) =>
    void w.uint32(field * 8 + 5).fixed32(value);

const magic = fixed(1, 0x3151534d);
const version = num(2, 1);
const int8 = msg(1, num(1, 2), num(3, 1));
const file = (...parts: readonly Writing[]): Uint8Array => {
  const writer = new Writer();
  for (const part of [magic, version, ...parts]) part(writer);
  return writer.finish();
};
/** An array of int8 of shape (2,), as it should be, with more fields. */
const two = (...more: readonly Writing[]): Writing => msg(3, int8, raw(2, [2]), num(3, 1), ...more, num(14, 1));
const data = msg(5, raw(2, [7, 9]));

function failure(bytes: Uint8Array): MasqueradeError {
  try {
    codec.decode(bytes);
  } catch (e) {
    if (isMasqueradeError(e)) return e;
    throw e;
  }
  throw new Error("was accepted");
}

describe("messages written by hand", () => {
  it("are read: any order of fields, annotations, padding of any length, unpacked shapes", () => {
    const array = codec.decode(file(data, two(raw(100, [1, 2, 3]), num(2 ** 20, 5)))) as NdArray;
    expect(Array.from(array.data as Int8Array)).toEqual([7, 9]);
    const unpacked = msg(3, num(14, 1), num(3, 1), num(2, 1), num(2, 2), int8);
    expect((codec.decode(file(unpacked, msg(5, raw(1, [0]), raw(2, [7, 9])))) as NdArray).shape).toEqual([1, 2]);
  });

  it.each([
    ["an unknown critical field", file(two(num(99, 1)), data), "FORMAT_VERSION", "unknown field 99"],
    [
      "an unknown kind",
      file(msg(3, msg(1, num(1, 77), num(3, 1)), num(3, 1), num(14, 1)), data),
      "FORMAT_VERSION",
      "77",
    ],
    ["an unknown order", file(msg(3, int8, raw(2, [2]), num(3, 7), num(14, 1)), data), "FORMAT_VERSION", "order"],
    [
      "another version",
      (() => {
        const w = new Writer();
        magic(w);
        num(2, 2)(w);
        return w.finish();
      })(),
      "FORMAT_VERSION",
      "version 2",
    ],
    ["a singular field twice", file(two(num(3, 1)), data), "FORMAT_MALFORMED", "comes twice"],
    ["two contents", file(two(), msg(4, num(1, 1)), data), "FORMAT_MALFORMED", "two contents"],
    ["no content", file(), "FORMAT_TRUNCATED", "no content"],
    ["the magic twice", file(magic, two(), data), "FORMAT_MALFORMED", "comes twice"],
    ["a wrong wire type", file(msg(3, fixed(3, 1)), data), "FORMAT_MALFORMED", "wire type 5"],
    ["a group", file((w) => void w.uint32(100 * 8 + 3).uint32(100 * 8 + 4)), "FORMAT_MALFORMED", "wire type 3"],
    ["a buffer nobody uses", file(two(), data, data), "FORMAT_MALFORMED", "no array uses buffer 2"],
    ["a buffer that is not there", file(two()), "FORMAT_TRUNCATED", "buffer 1 of 0"],
    ["data of another length", file(two(), msg(5, raw(2, [7]))), "FORMAT_MALFORMED", "takes 2 bytes, the buffer has 1"],
    ["padding that is not zero", file(two(), msg(5, raw(1, [0, 1]), raw(2, [7, 9]))), "FORMAT_MALFORMED", "padding"],
    [
      "a wrong checksum",
      file(two(), msg(5, raw(2, [7, 9]), msg(3, num(1, 1), fixed(2, 1)))),
      "FORMAT_CHECKSUM",
      "crc32",
    ],
    ["an unknown checksum", file(two(), msg(5, raw(2, [7, 9]), msg(3, num(1, 9), fixed(2, 1)))), "FORMAT_VERSION", "9"],
    [
      "a mask on a plain array",
      file(two(msg(5, num(1, 2), num(2, 2), num(3, 2))), data, msg(5, raw(2, [0]))),
      "FORMAT_MALFORMED",
      "not masked",
    ],
    [
      "set bits after the mask",
      file(two(num(4, 1), msg(5, num(1, 2), num(2, 2), num(3, 2))), data, msg(5, raw(2, [4]))),
      "FORMAT_MALFORMED",
      "after the last bool",
    ],
    [
      "a mask of too many bools",
      file(two(num(4, 1), msg(5, num(1, 2), num(2, 3), num(3, 2))), data, msg(5, raw(2, [0]))),
      "FORMAT_MALFORMED",
      "3 bools where there are 2",
    ],
    [
      "runs too long",
      file(two(num(4, 1), msg(5, num(1, 3), num(2, 2), num(3, 2))), data, msg(5, raw(2, [0, 3]))),
      "FORMAT_MALFORMED",
      "runs are longer",
    ],
    [
      "runs too short",
      file(two(num(4, 1), msg(5, num(1, 3), num(2, 2), num(3, 2))), data, msg(5, raw(2, [1]))),
      "FORMAT_MALFORMED",
      "end after 1 of 2",
    ],
    ["text that is not UTF-8", file(two(msg(10, raw(1, [0xff]))), data), "FORMAT_MALFORMED", "UTF-8"],
    [
      "an int8 of 3 bytes",
      file(msg(3, msg(1, num(1, 2), num(3, 3)), num(3, 1), num(14, 1)), data),
      "FORMAT_MALFORMED",
      "1 bytes, not 3",
    ],
    [
      "a field beyond its record",
      file(
        msg(
          3,
          msg(1, num(1, 22), num(3, 2), msg(7, raw(1, [97]), msg(3, num(1, 2), num(3, 1)), num(4, 2))),
          raw(2, [1]),
          num(3, 1),
          num(14, 1),
        ),
        data,
      ),
      "FORMAT_MALFORMED",
      "need 3 bytes",
    ],
  ] as const)("are refused: %s", (_what, bytes, code, words) => {
    const error = failure(bytes);
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
  });

  it("are refused beyond 100 messages within messages, and read up to there", () => {
    const nested = (lists: number): Uint8Array => {
      let value: Writing = num(1, 1);
      for (let i = 0; i < lists; i++) {
        const inner = value;
        value = msg(9, msg(1, inner));
      }
      return file(two(msg(9, raw(1, [97]), msg(2, value))), data);
    };
    expect(failure(nested(300)).message).toContain("nested more than 100 deep");
    expect(() => codec.decode(nested(48))).not.toThrow();
    expect(failure(nested(49)).code).toBe("FORMAT_MALFORMED");
  });

  it("are not believed: sizes, run lengths and integers that claim more than is there", () => {
    const huge = raw(2, [0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(failure(file(msg(3, int8, huge, num(3, 1), num(14, 1)), data)).message).toContain("takes 4294967295 bytes");
    const empty = msg(1, num(1, 19));
    const many = [0x80, 0x80, 0x80, 0x80, 0x04];
    const mask = msg(5, num(1, 3), num(2, 2 ** 30), num(3, 2));
    const claim = file(
      msg(3, empty, raw(2, many), num(3, 1), num(4, 1), mask, num(14, 1)),
      msg(5),
      msg(5, raw(2, many)),
    );
    expect(failure(claim).message).toContain("more bools than the array has bytes");
    const wide = msg(9, raw(1, [97]), msg(2, raw(4, new Array(5000).fill(1))));
    expect(failure(file(two(wide), data)).code).toBe("LIMIT_EXCEEDED");
    const twelve = [0x1a, 13, 0x18, ...new Array(11).fill(0x80), 1];
    expect(failure(Uint8Array.of(...file(), ...twelve, ...twelve)).message).toContain("comes twice");
    expect(failure(Uint8Array.of(...file(), ...twelve)).message).toContain("more than ten bytes");
  });
});

describe("what cannot be written", () => {
  const codes = (write: () => unknown): string => {
    try {
      write();
    } catch (e) {
      return isMasqueradeError(e) ? e.code : String(e);
    }
    return "written";
  };
  const array = new NdArray({ dtype: dtypes.simple("int8"), shape: [1], storage: new Int8Array(1) });

  it("is refused: half a surrogate pair, values too deep, values of no kind, records of objects", () => {
    const withAttr = (value: unknown): unknown => codec.encode(array.with({ attrs: new Map([["a", value as null]]) }));
    expect(codes(() => withAttr("\ud800"))).toBe("CAPABILITY_MISSING");
    expect(codes(() => codec.encode(array.with({ dims: ["\udfff"] })))).toBe("CAPABILITY_MISSING");
    expect(codes(() => withAttr(() => 1))).toBe("CAPABILITY_MISSING");
    const deep: unknown[] = [];
    deep.push(deep);
    expect(codes(() => withAttr(deep))).toBe("CAPABILITY_MISSING");
    const record = dtypes.struct([{ name: "o", dtype: dtypes.object() }]);
    const records = new NdArray({ dtype: record, shape: [1], storage: new Uint8Array(8), objects: [] });
    expect(codes(() => codec.encode(records))).toBe("CAPABILITY_MISSING");
  });

  it("is refused before it passes 2 GiB, without a byte of it made", () => {
    // One element seen 300 million times: strides of 0.
    const wide = new NdArray({
      dtype: dtypes.simple("float64"),
      shape: [3e8],
      strides: [0],
      storage: new Float64Array(1),
    });
    expect(codes(() => codec.encode(wide))).toBe("CAPABILITY_MISSING");
    expect(format.losses({ ...wide, mask: "plain", fillValue: undefined, hardMask: false } as never)[0]?.id).toBe(
      "values",
    );
  });

  it("drops hidden values on request, and says so", () => {
    const mask = new NdArray({ dtype: dtypes.simple("bool"), shape: [2], storage: Uint8Array.of(0, 1) });
    const secret = new NdArray({ dtype: dtypes.simple("int32"), shape: [2], storage: Int32Array.of(5, 0x5ec2e7) });
    const masked = new MaskedArray({ data: secret, mask });
    const bytes = codec.encode(masked, { hidden: "drop" });
    const read = codec.decode(bytes) as MaskedArray<"int32">;
    expect(Array.from(read.data.data)).toEqual([5, 999999]);
    expect(read.toArray({ masked: null })).toEqual([5, null]);
    expect(codes(() => codec.encode(masked, { hidden: "drop", exact: true }))).toBe("CAPABILITY_MISSING");
  });

  it("lies aligned in the file, and is read where it lies", () => {
    const numbers = new NdArray({
      dtype: dtypes.simple("float64"),
      shape: [9],
      storage: new Float64Array(9).fill(1.5),
    });
    for (const name of ["", "a", "é".repeat(40)]) {
      const bytes = codec.encode(numbers.with({ attrs: new Map([["title", name]]) }));
      const read = codec.decode(bytes) as NdArray<"float64">;
      expect(read.storage.buffer).toBe(bytes.buffer);
      expect(read.storage.byteOffset % 64).toBe(0);
      expect((codec.decode(bytes, { copy: true }) as NdArray<"float64">).storage.buffer).not.toBe(bytes.buffer);
    }
  });
});
