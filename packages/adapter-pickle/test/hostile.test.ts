import { isMaskedArray, isMasqueradeError, isNdArray, type NdArray, nomask } from "@masquerade/core";
import { describe, expect, test } from "vitest";
import { loads } from "../src/codec.ts";

/** Python source of a pickle, protocol 2 and 3, put together by hand. */
const ascii = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0));
const flat = (...parts: readonly (string | readonly number[])[]): number[] =>
  parts.flatMap((p) => (typeof p === "string" ? ascii(p) : [...p]));
const int = (n: number): number[] => [0x4a, n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >> 24) & 255];
const long = (n: bigint): number[] => {
  const out: number[] = [];
  for (let rest = n, i = 0; i < 9; i++, rest >>= 8n) out.push(Number(rest & 255n));
  return [0x8a, 9, ...out];
};
const text = (value: string): number[] => [0x58, value.length, 0, 0, 0, ...ascii(value)];
const bytes = (value: readonly number[]): number[] => [0x43, value.length, ...value];
const tuple = (...items: readonly (readonly number[])[]): number[] => [0x28, ...items.flat(), 0x74];
const global = (module: string, name: string): number[] => ascii(`c${module}\n${name}\n`);
const call = (f: readonly number[], ...args: readonly (readonly number[])[]): number[] => [
  ...f,
  ...tuple(...args),
  0x52,
];
const build = (made: readonly number[], state: readonly number[]): number[] => [...made, ...state, 0x62];
const pickle = (...parts: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from([0x80, 3, ...parts.flat(), 0x2e]);
const none = [0x4e];
const no = [0x89];
const yes = [0x88];
const dict = (...items: readonly (readonly [readonly number[], readonly number[]])[]): number[] => [
  0x7d,
  0x28,
  ...items.flatMap(([k, v]) => [...k, ...v]),
  0x75,
];

const ndarray = global("numpy", "ndarray");
const newArray = call(global("numpy.core.multiarray", "_reconstruct"), ndarray, tuple(int(0)), bytes([0x62]));
const dtypeOf = (code: string, state: readonly number[]): number[] =>
  build(call(global("numpy", "dtype"), text(code), no, yes), state);
const simpleState = (order = "<"): number[] => tuple(int(3), text(order), none, none, none, int(-1), int(-1), int(0));
const i4 = dtypeOf("i4", simpleState());
const objects = dtypeOf("O8", tuple(int(3), text("|"), none, none, none, int(-1), int(-1), int(63)));
const arrayOf = (
  shape: readonly number[],
  dtype: readonly number[],
  data: readonly number[],
  fortran = no,
): Uint8Array => pickle(build(newArray, tuple(int(1), shape, dtype, fortran, data)));
const struct = (fields: readonly number[], names: readonly number[], size: number, flags = 16): number[] =>
  dtypeOf(`V${size}`, tuple(int(3), text("|"), none, names, fields, int(size), int(1), int(flags)));
const newMasked = call(
  global("numpy.ma.core", "_mareconstruct"),
  global("numpy.ma.core", "MaskedArray"),
  ndarray,
  tuple(int(0)),
  text("b"),
);
const masked = (
  data: readonly number[],
  mask: readonly number[],
  fill: readonly number[],
  shape = tuple(int(2)),
): Uint8Array => pickle(build(newMasked, tuple(int(1), shape, i4, no, data, mask, fill)));

function failure(file: Uint8Array): { code: string; offset?: number } {
  try {
    const value = loads(file);
    return { code: `a value (${isNdArray(value) ? "array" : "other"})` };
  } catch (e) {
    if (!isMasqueradeError(e)) throw e;
    expect(e.message.length).toBeLessThanOrEqual(500);
    return e as unknown as { code: string; offset?: number };
  }
}

const eight = bytes([1, 2, 3, 4, 5, 6, 7, 8]);

test("the forms used below are right when nothing lies", () => {
  const array = loads(arrayOf(tuple(int(2)), i4, eight)) as NdArray<"int32">;
  expect([...array.data]).toEqual([0x04030201, 0x08070605]);
  const one = loads(masked(eight, bytes([0, 1]), none));
  expect(isMaskedArray(one) && one.mask !== nomask && [...one.mask.toBytes()]).toEqual([0, 1]);
});

describe("states that lie: a typed error with an offset", () => {
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ["a shape larger than the data", arrayOf(tuple(int(3)), i4, eight)],
    ["a shape smaller than the data", arrayOf(tuple(int(1)), i4, eight)],
    ["a negative dimension", arrayOf(tuple(int(-2)), i4, eight)],
    ["two negative dimensions", arrayOf(tuple(int(-2), int(-1)), i4, eight)],
    ["a product of 2^64", arrayOf(tuple(long(2n ** 32n), long(2n ** 32n)), i4, bytes([]))],
    ["zero times too many", arrayOf(tuple(int(0), long(2n ** 62n), long(2n ** 62n)), i4, bytes([]))],
    [
      "2^62 elements of no bytes",
      arrayOf(
        tuple(long(2n ** 62n)),
        dtypeOf("S0", tuple(int(3), text("|"), none, none, none, int(0), int(1), int(0))),
        bytes([]),
      ),
    ],
    ["a shape that is a list", arrayOf([0x5d], i4, eight)],
    ["a float in the shape", arrayOf(tuple([0x47, 0x40, 0, 0, 0, 0, 0, 0, 0]), i4, eight)],
    ["100 dimensions", arrayOf(tuple(...Array.from({ length: 100 }, () => int(1))), i4, bytes([1, 2, 3, 4]))],
    ["a dtype that is a text", arrayOf(tuple(int(2)), text("i4"), eight)],
    ["a dtype without a state, of no size", arrayOf(tuple(int(2)), call(global("numpy", "dtype"), text("q0")), eight)],
    ["a dtype NumPy does not write", arrayOf(tuple(int(2)), call(global("numpy", "dtype"), text("int32")), eight)],
    ["a byte order x", arrayOf(tuple(int(2)), dtypeOf("i4", simpleState("x")), eight)],
    [
      "a version of the future",
      arrayOf(
        tuple(int(2)),
        dtypeOf("i4", tuple(int(9), text("<"), none, none, none, int(-1), int(-1), int(0))),
        eight,
      ),
    ],
    ["a state of three items", pickle(build(newArray, tuple(int(1), tuple(int(2)), i4)))],
    ["an array's version of the future", pickle(build(newArray, tuple(int(7), tuple(int(2)), i4, no, eight)))],
    ["an array without a state", pickle(newArray)],
    ["a Fortran flag that is a text", arrayOf(tuple(int(2)), i4, eight, text("F"))],
    ["a list for numbers", arrayOf(tuple(int(2)), i4, flat("](K\x01K\x02e"))],
    ["bytes for objects", arrayOf(tuple(int(1)), objects, eight)],
    [
      "flags 0 over objects",
      arrayOf(
        tuple(int(1)),
        dtypeOf("O8", tuple(int(3), text("|"), none, none, none, int(-1), int(-1), int(0))),
        eight,
      ),
    ],
    ["a list of objects too short", arrayOf(tuple(int(3)), objects, flat("](NNe"))],
    ["a list of objects too long", arrayOf(tuple(int(1)), objects, flat("](NNe"))],
    [
      "a field past the end",
      arrayOf(tuple(int(1)), struct(dict([text("a"), tuple(i4, int(6))]), tuple(text("a")), 8), eight),
    ],
    [
      "a field at 2^40",
      arrayOf(tuple(int(1)), struct(dict([text("a"), tuple(i4, long(2n ** 40n))]), tuple(text("a")), 8), eight),
    ],
    [
      "a field at 0.5",
      arrayOf(
        tuple(int(1)),
        struct(dict([text("a"), tuple(i4, [0x47, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0])]), tuple(text("a")), 8),
        eight,
      ),
    ],
    ["a field that is named and not there", arrayOf(tuple(int(1)), struct(dict(), tuple(text("a")), 8), eight)],
    [
      "a field named twice",
      arrayOf(tuple(int(1)), struct(dict([text("a"), tuple(i4, int(0))]), tuple(text("a"), text("a")), 8), eight),
    ],
    [
      "a sub-array of 2^62",
      arrayOf(
        tuple(int(1)),
        struct(
          dict([
            text("a"),
            tuple(
              dtypeOf(
                "V8",
                tuple(int(3), text("|"), tuple(i4, tuple(long(2n ** 62n))), none, none, int(8), int(1), int(0)),
              ),
              int(0),
            ),
          ]),
          tuple(text("a")),
          8,
        ),
        eight,
      ),
    ],
    [
      "a sub-array at the top",
      arrayOf(
        tuple(int(1)),
        dtypeOf("V8", tuple(int(3), text("|"), tuple(i4, tuple(int(2))), none, none, int(8), int(1), int(0))),
        eight,
      ),
    ],
    [
      "a unit that is none",
      arrayOf(
        tuple(int(1)),
        dtypeOf(
          "M8",
          tuple(
            int(4),
            text("<"),
            none,
            none,
            none,
            int(-1),
            int(-1),
            int(0),
            tuple(none, tuple(bytes(ascii("xx")), int(1), int(1), int(1))),
          ),
        ),
        eight,
      ),
    ],
    ["a mask too short", masked(eight, bytes([0]), none)],
    ["a mask too long", masked(eight, bytes([0, 0, 0]), none)],
    ["a mask that is a list", masked(eight, flat("](NNe"), none)],
    [
      "a fill value of three",
      masked(eight, bytes([0, 0]), build(newArray, tuple(int(1), tuple(int(2)), i4, no, eight))),
    ],
    ["a fill value that is a dict", masked(eight, bytes([0, 0]), [0x7d])],
    [
      "a masked array of a dtype class",
      pickle(
        call(global("numpy.ma.core", "_mareconstruct"), global("numpy", "dtype"), ndarray, tuple(int(0)), text("b")),
      ),
    ],
    [
      "an array of a masked class",
      pickle(
        call(
          global("numpy.core.multiarray", "_reconstruct"),
          global("numpy.ma.core", "MaskedArray"),
          tuple(int(0)),
          bytes([0x62]),
        ),
      ),
    ],
    [
      "_frombuffer with -1",
      pickle(call(global("numpy.core.numeric", "_frombuffer"), eight, i4, tuple(int(-1)), text("C"))),
    ],
    [
      "_frombuffer with the wrong size",
      pickle(call(global("numpy.core.numeric", "_frombuffer"), eight, i4, tuple(int(3)), text("C"))),
    ],
    [
      "_frombuffer in order X",
      pickle(call(global("numpy.core.numeric", "_frombuffer"), eight, i4, tuple(int(2)), text("X"))),
    ],
    [
      "_frombuffer with axes twice",
      pickle(
        call(
          global("numpy.core.numeric", "_frombuffer"),
          eight,
          i4,
          tuple(int(1), int(2)),
          text("K"),
          tuple(int(0), int(0)),
        ),
      ),
    ],
    ["encode to another encoding", pickle(call(global("_codecs", "encode"), text("x"), text("rot13")))],
    [
      "encode of text beyond latin-1",
      pickle(call(global("_codecs", "encode"), [0x58, 3, 0, 0, 0, 0xe2, 0x82, 0xac], text("latin1"))),
    ],
    [
      "encode with three arguments",
      pickle(call(global("_codecs", "encode"), text("x"), text("latin1"), text("ignore"))),
    ],
    ["complex of texts", pickle(call(global("builtins", "complex"), text("1"), text("2")))],
    ["bytes of a number", pickle(call(global("builtins", "bytes"), int(1_000_000_000)))],
    ["bytearray of a number", pickle(call(global("builtins", "bytearray"), int(1_000_000_000)))],
    ["a scalar of two", pickle(call(global("numpy.core.multiarray", "scalar"), i4, eight))],
    ["an OrderedDict of numbers", pickle(call(global("collections", "OrderedDict"), flat("](K\x01K\x02e")))],
    [
      "dill told to call something else",
      pickle(
        call(
          global("dill._dill", "_create_array"),
          global("_codecs", "encode"),
          tuple(text("x"), text("latin1")),
          none,
          none,
        ),
      ),
    ],
    [
      "an array.array of machine format 99",
      pickle(call(global("array", "_array_reconstructor"), global("array", "array"), text("d"), int(99), eight)),
    ],
  ];
  test.each(cases)("%s", (_, file) => {
    const error = failure(file);
    expect(["FORMAT_MALFORMED", "LIMIT_EXCEEDED"]).toContain(error.code);
    expect(error.offset, JSON.stringify(error)).toBeTypeOf("number");
  });

  test("a fill value that is a class", () => {
    expect(failure(masked(eight, bytes([0, 0]), ndarray)).code).toBe("CAPABILITY_MISSING");
  });

  test("a dtype that contains itself", () => {
    // The dtype is put into the memo before its state, which names it as its own field.
    const made = [...call(global("numpy", "dtype"), text("V8"), no, yes), 0x71, 9];
    const inner = [0x68, 9];
    const state = tuple(
      int(3),
      text("|"),
      none,
      tuple(text("a")),
      dict([text("a"), tuple(inner, int(0))]),
      int(8),
      int(1),
      int(16),
    );
    expect(failure(arrayOf(tuple(int(1)), build(made, state), eight)).code).toBe("FORMAT_MALFORMED");
  });

  test("a thousand dtypes within each other", () => {
    let dtype = i4;
    for (let i = 0; i < 100; i++) dtype = struct(dict([text("a"), tuple(dtype, int(0))]), tuple(text("a")), 8);
    expect(failure(arrayOf(tuple(int(1)), dtype, eight)).code).toBe("LIMIT_EXCEEDED");
  });

  test("a fill value that is the array itself", () => {
    const made = [...newMasked, 0x71, 7];
    const file = pickle(build(made, tuple(int(1), tuple(int(2)), i4, no, eight, bytes([0, 0]), [0x68, 7])));
    expect(failure(file).code).toBe("FORMAT_MALFORMED");
  });
});

describe("bombs", () => {
  test("4,000 arrays out of one memoised text are counted", () => {
    const big = ascii("x".repeat(60_000));
    const payload = [0x58, 0x60, 0xea, 0, 0, ...big, 0x71, 1];
    const dtype = [...dtypeOf("S1", tuple(int(3), text("|"), none, none, none, int(1), int(1), int(0))), 0x71, 2];
    const encode = (t: readonly number[]): number[] => call(global("_codecs", "encode"), t, text("latin1"));
    const one = (t: readonly number[], d: readonly number[]): number[] =>
      build(newArray, tuple(int(1), tuple(int(60_000)), d, no, encode(t)));
    const again = one([0x68, 1], [0x68, 2]);
    const many = Uint8Array.from([
      0x80,
      3,
      0x28,
      ...one(payload, dtype),
      ...Array.from({ length: 400 }, () => again).flat(),
      0x74,
      0x2e,
    ]);
    expect(failure(many).code).not.toBe("LIMIT_EXCEEDED");
    try {
      loads(many, { limits: { maxTotalBytes: 10_000_000 } });
      expect.unreachable();
    } catch (e) {
      expect(isMasqueradeError(e, "LIMIT_EXCEEDED") && e.limit).toBe("maxTotalBytes");
    }
  });

  test("one array over another's bytes does not share its memory", () => {
    const shared = [...eight, 0x71, 3];
    const file = pickle(
      tuple(
        build(newArray, tuple(int(1), tuple(int(2)), i4, no, shared)),
        build(newArray, tuple(int(1), tuple(int(2)), i4, no, [0x68, 3])),
      ),
    );
    const value = loads(file) as unknown as { get(name: string): NdArray<"int32"> };
    value.get("0").set([0], 99);
    expect(value.get("1").at(0)).toBe(0x04030201);
  });
});

describe("names of other formats and of nobody", () => {
  test("a joblib wrapper says which format this is", () => {
    const file = pickle(flat("cjoblib.numpy_pickle\nNumpyArrayWrapper\n)", [0x81]));
    expect(failure(file)).toMatchObject({ code: "FORMAT_OTHER", redirect: "joblib" });
  });

  test("keys that an object must not take", () => {
    const value = loads(
      pickle(
        dict(
          ...["__proto__", "constructor", "toString"].map(
            (key) => [text(key), build(newArray, tuple(int(1), tuple(int(2)), i4, no, eight))] as const,
          ),
        ),
      ),
    ) as unknown as { names: readonly string[] };
    expect(value.names).toEqual(["__proto__", "constructor", "toString"]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  test("the caller's own emulators, exactly by name", () => {
    const decimal = call(global("decimal", "Decimal"), text("1.25"));
    const file = pickle(
      dict([text("price"), decimal], [text("a"), build(newArray, tuple(int(1), tuple(int(2)), i4, no, eight))]),
    );
    expect(failure(file)).toMatchObject({ code: "UNSAFE_GLOBAL", module: "decimal", global: "Decimal" });
    const value = loads(file, { allow: { "decimal Decimal": ([t]) => String(t) } }) as unknown as {
      attrs: Map<string, unknown>;
    };
    expect(value.attrs.get("price")).toBe("1.25");
    expect(() => loads(file, { allow: { "decimal.Decimal": () => 0 } })).toThrow(
      expect.objectContaining({ code: "OPTION_INVALID" }),
    );
    const thrower = (): never => {
      throw new TypeError("no");
    };
    expect(() => loads(file, { allow: { "decimal Decimal": thrower } })).toThrow(
      expect.objectContaining({ code: "FORMAT_MALFORMED" }),
    );
  });
});
