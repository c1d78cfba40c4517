import { array, isBundle, isMasqueradeError } from "@masquerade/core";
import { describe, expect, it } from "vitest";
import { dumps, loads } from "../src/codec.ts";

const latin1 = (text: string): readonly number[] => Array.from(text, (c) => c.charCodeAt(0));
const item = (key: string, value: readonly number[]): number[] => [
  ...latin1(`X${String.fromCharCode(key.length)}\0\0\0${key}`),
  ...value,
];
/** A dict of an array and of what the opcodes leave on the stack. */
const beside = (value: string): Uint8Array => {
  const body = [...dumps(array([1, 2, 3]))].slice(2, -1);
  return Uint8Array.from([...latin1("\x80\x02}("), ...item("a", body), ...item("w", latin1(value)), ...latin1("u.")]);
};
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (e) {
    if (isMasqueradeError(e)) return `${e.code}: ${e.message}`;
    throw e;
  }
  return "none";
};

describe("objects of foreign classes", () => {
  it.each([
    ["called", "cposix\nsystem\n(X\x02\0\0\0lstR", "<posix.system, not read>"],
    ["made, with a state", "cshop\nBasket\n)\x81}X\x01\0\0\0nK\x01sb", "<shop.Basket, not read>"],
    [
      "filled as a list and as a dict",
      "cshop\nList\n)\x81(K\x01K\x02eK\x03aK\x01K\x02s(K\x01K\x02u",
      "<shop.List, not read>",
    ],
    ["only named", "cnumpy\nsin\n", "<numpy.sin, not read>"],
    ["built by INST", "(K\x01ishop\nBasket\n", "<shop.Basket, not read>"],
    ["a set", "\x8f(K\x01\x90", "<builtins.set, not read>"],
    ["a frozen set", "(K\x01\x91", "<builtins.frozenset, not read>"],
  ])("%s", (_, opcodes, text) => {
    const bytes = beside(opcodes);
    expect(codeOf(() => loads(bytes))).toMatch(/^(UNSAFE_GLOBAL: .*--unreadable skip|CAPABILITY_MISSING: .*set)/);
    const value = loads(bytes, { unreadable: "skip" });
    expect(isBundle(value) && [value.attrs.get("w"), String(value.get("a"))]).toEqual([text, "array([1., 2., 3.])"]);
  });

  it("are no way to call anything, and no arrays", () => {
    const skip = { unreadable: "skip" } as const;
    expect(codeOf(() => loads(beside("cposix\nsystem\n)R)R"), skip))).toMatch(/^UNSAFE_OBJECT/);
    expect(codeOf(() => loads(beside("Pname\n"), skip))).toMatch(/^UNSAFE_OPCODE/);
    expect(codeOf(() => loads(Uint8Array.from(latin1("cpandas\nSeries\n.")), skip))).toBe(
      "CAPABILITY_MISSING: pickle: the file holds <pandas.Series, not read> and no array",
    );
    expect(codeOf(() => loads(beside("cjoblib.numpy_pickle\nNumpyArrayWrapper\n"), skip))).toMatch(/^FORMAT_OTHER/);
    expect(codeOf(() => loads(beside("N"), { unreadable: "drop" as never }))).toMatch(/^OPTION_INVALID/);
  });
});
