import { isMasqueradeError, isNdArray } from "@masquerade/core";
import { describe, expect, test } from "vitest";
import { decode } from "../src/decode.ts";

const ascii = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0));
const int = (n: number): number[] => [0x4a, n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >> 24) & 255];
const text = (value: string): number[] => [0x58, value.length, 0, 0, 0, ...ascii(value)];
const global = (module: string, name: string): number[] => ascii(`c${module}\n${name}\n`);
const tuple = (...items: readonly (readonly number[])[]): number[] => [0x28, ...items.flat(), 0x74];
const dict = (items: { readonly [key: string]: readonly number[] }): number[] => [
  0x7d,
  0x28,
  ...Object.entries(items).flatMap(([key, value]) => [...text(key), ...value]),
  0x75,
];
const NONE = [0x4e];
const NO = [0x89];
const YES = [0x88];
const dtype = (code: string): number[] => [
  ...global("numpy", "dtype"),
  ...tuple(text(code), NO, YES),
  0x52,
  ...tuple(int(3), text("<"), NONE, NONE, NONE, int(-1), int(-1), int(0)),
  0x62,
];
const state = {
  subclass: global("numpy", "ndarray"),
  shape: tuple(int(3)),
  order: text("C"),
  dtype: dtype("i2"),
  allow_mmap: YES,
  numpy_array_alignment_bytes: int(16),
};
const wrapper = (items: { readonly [key: string]: readonly number[] }, name = "NumpyArrayWrapper"): number[] => [
  ...global("joblib.numpy_pickle", name),
  0x29,
  0x81,
  ...dict(items),
  0x62,
];
const pickle = (...parts: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from([0x80, 2, ...parts.flat(), 0x2e]);
const data = [1, 0, 2, 0, 3, 0];
const padding = [2, 0xff, 0xff];

function codeOf(bytes: Uint8Array, limits?: object): string {
  try {
    decode(bytes, { limits });
  } catch (e) {
    if (!isMasqueradeError(e)) throw e;
    return e.code;
  }
  return "no error";
}

describe("wrappers", () => {
  test("as joblib writes them, with padding of any length and without", () => {
    const { numpy_array_alignment_bytes: _, ...old } = state;
    for (const file of [
      pickle(wrapper(state), padding, data),
      pickle(wrapper(state), [0], data),
      pickle(wrapper(old), data),
      pickle(wrapper({ ...state, numpy_array_alignment_bytes: NONE }), data),
    ]) {
      const array = decode(file);
      expect(isNdArray(array) && [...(array.data as Int16Array)]).toEqual([1, 2, 3]);
    }
  });

  test.each([
    ["padding that is not 0xff", [wrapper(state), [2, 0xff, 0xfe], data]],
    ["more padding than the alignment", [wrapper(state), [17, ...Array.from({ length: 17 }, () => 0xff)], data]],
    ["a shape that does not fit the data", [wrapper({ ...state, shape: tuple(int(2)) }), padding, data]],
    ["a negative shape", [wrapper({ ...state, shape: tuple(int(-3)) }), padding, data]],
    ["another order", [wrapper({ ...state, order: text("K") }), padding, data]],
    ["no dtype", [wrapper({ ...state, dtype: text("i2") }), padding, data]],
    ["a class that is none", [wrapper({ ...state, subclass: text("ndarray") }), padding, data]],
    ["an attribute joblib does not know", [wrapper({ ...state, more: NONE }), padding, data]],
    ["a state that is no dict", [global("joblib.numpy_pickle", "NumpyArrayWrapper"), [0x29, 0x81], tuple(), [0x62]]],
    ["no state", [global("joblib.numpy_pickle", "NumpyArrayWrapper"), [0x29, 0x81]]],
    ["two states", [wrapper(state), padding, data, dict(state), [0x62]]],
    ["arguments", [global("joblib.numpy_pickle", "NumpyArrayWrapper"), tuple(int(1)), [0x81]]],
    ["a pickle of no array where objects belong", [wrapper({ ...state, dtype: dtype("O8") }), [...pickle(int(3))]]],
    ["bytes behind the pickle", [wrapper(state), padding, data, [0x2e, 0, 0]]],
  ])("%s is malformed", (_what, parts) => {
    expect(codeOf(pickle(...parts))).toMatch(/^FORMAT_(MALFORMED|TRUNCATED)$/);
  });

  test("claims cost nothing", () => {
    const huge = tuple(int(0x7fffffff), int(0x7fffffff));
    expect(codeOf(pickle(wrapper({ ...state, shape: huge }), padding, data))).toMatch(/LIMIT_EXCEEDED|FORMAT_/);
    const large = tuple(int(0x7fffffff));
    expect(codeOf(pickle(wrapper({ ...state, shape: large }), padding, data))).toBe("FORMAT_TRUNCATED");
    expect(codeOf(pickle(wrapper(state), padding, data), { maxBytes: 5 })).toBe("LIMIT_EXCEEDED");
  });

  test("called, or asked for by REDUCE, they do nothing", () => {
    expect(codeOf(pickle(global("joblib.numpy_pickle", "NumpyArrayWrapper"), [0x29, 0x52]))).toBe("UNSAFE_OBJECT");
  });

  test("have no place in the pickle of an object array", () => {
    const inner = pickle(wrapper(state), padding, data);
    expect(codeOf(pickle(wrapper({ ...state, dtype: dtype("O8") }), [...inner]))).toBe("UNSAFE_GLOBAL");
    const evil = pickle(global("os", "system"));
    expect(codeOf(pickle(wrapper({ ...state, dtype: dtype("O8") }), [...evil]))).toBe("UNSAFE_GLOBAL");
  });

  test("a thousand arrays of one large dtype are looked at once", () => {
    const put = [0x71, 0];
    const one = wrapper({ ...state, dtype: [...dtype("i2"), ...put] });
    const again = wrapper({ ...state, dtype: [0x68, 0] });
    const file = pickle(
      [0x5d, 0x28],
      one,
      padding,
      data,
      ...Array.from({ length: 1000 }, () => [...again, ...padding, ...data]),
      [0x65],
    );
    expect(codeOf(file)).toBe("no error");
  });
});

describe("files of joblib before 0.10", () => {
  test.each(["NDArrayWrapper", "ZNDArrayWrapper"])("%s: the arrays are in other files", (name) => {
    const file = pickle(wrapper({ filename: text("a.npy"), subclass: global("numpy", "ndarray") }, name));
    expect(() => decode(file)).toThrow(
      expect.objectContaining({ code: "FORMAT_VERSION", message: expect.stringContaining("joblib before 0.10") }),
    );
  });
});

describe("compression", () => {
  test("that only load() takes off is named", () => {
    const xz = Uint8Array.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]);
    expect(() => decode(xz)).toThrow(expect.objectContaining({ message: expect.stringContaining("xz") }));
  });
});
