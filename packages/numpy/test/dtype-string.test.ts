import { dtypes, isMasqueradeError } from "@masquerade/core";
import { describe, expect, it } from "vitest";
import { dtypeString, parseDType } from "../src/index.ts";

/** What NumPy 2.4's `np.dtype(text).str` says. */
const numpy: readonly (readonly [text: string, str: string])[] = [
  ["<f8", "<f8"], [">i4", ">i4"], ["|i1", "|i1"], ["<i1", "|i1"], [">u1", "|u1"], ["|f8", "<f8"], ["=f8", "<f8"],
  ["b", "|i1"], ["B", "|u1"], ["?", "|b1"], ["|?", "|b1"], ["b1", "|b1"], [">b1", "|b1"], ["h", "<i2"], [">H", ">u2"],
  ["i", "<i4"], ["l", "<i8"], ["q", "<i8"], ["p", "<i8"], ["P", "<u8"], ["e", "<f2"], ["f", "<f4"], ["d", "<f8"],
  ["g", "<f16"], ["G", "<c32"], ["F", "<c8"], ["D", "<c16"], ["c8", "<c8"], [">c16", ">c16"], ["c32", "<c32"], ["c", "|S1"],
  ["S", "|S0"], ["S0", "|S0"], ["|S5", "|S5"], ["S2147483647", "|S2147483647"], ["U", "<U0"], [">U3", ">U3"],
  ["U536870911", "<U536870911"], ["U05", "<U5"], ["V", "|V0"], ["V5", "|V5"], ["O", "|O"], ["O4", "|O"], ["|O8", "|O"], ["<O", "|O"],
  ["M8", "<M8"], ["M", "<M8"], ["m", "<m8"], ["M8[generic]", "<M8"], ["M8[2generic]", "<M8"], ["<M8[25us]", "<M8[25us]"],
  [">m8[ns]", ">m8[ns]"], ["M8[007s]", "<M8[7s]"], ["M8[μs]", "<M8[us]"], ["M8[1s]", "<M8[s]"],
  ["M8[2147483647s]", "<M8[2147483647s]"], ["M8[1000ms]", "<M8[1000ms]"], ["M8[60s]", "<M8[60s]"], ["M8[7D]", "<M8[7D]"],
  ["float64", "<f8"], ["float128", "<f16"], ["longdouble", "<f16"], ["complex256", "<c32"], ["int8", "|i1"], ["uint16", "<u2"],
  ["bool", "|b1"], ["bool_", "|b1"], ["str", "<U0"], ["bytes", "|S0"], ["void", "|V0"], ["object", "|O"], ["int", "<i8"],
  ["float", "<f8"], ["complex", "<c16"], ["uint", "<u8"], ["datetime64[ns]", "<M8[ns]"], ["timedelta64[3D]", "<m8[3D]"],
  ["datetime64", "<M8"], ["T", "|T16"],
]; // biome-ignore format: a table

/** What NumPy refuses, and the little it takes that no writer writes (marked). */
const refused = [
  "", " S5", "S5 ", "b2", "f1", "f3", "i3", "u16", "?1", "Z8", "x", "O16", "M4", "M8[]", "M8[s", "M8s]", "M8[s]x", "M8[-3s]",
  "M8[ s]", "M8[B]", "M8[µs]", "M8[2147483648s]", "M8[99999999999s]", "S-1", "S2147483648", "U536870912", "<int64", "<float64",
  "bytes5", "T16", "|T16", "string", "__proto__", "constructor", "toString", "struct", "f8[s]", "S5[s]",
  "M8[D/2]" /* 12h */, "M8[0s]" /* nothing can be counted in it */, "M8[+3s]", "i4,f8", "(2,3)f8", "5f8",
]; // biome-ignore format: a table

describe("dtype strings", () => {
  it.each(numpy)("%s is %s", (text, str) => expect(dtypeString(parseDType(text))).toBe(str));

  it.each(refused)("%j is refused with its place", (text) => {
    let error: unknown;
    try {
      parseDType(text, { format: "json", offset: 17 });
    } catch (e) {
      error = e;
    }
    expect(isMasqueradeError(error, "FORMAT_MALFORMED")).toBe(true);
    expect(error).toMatchObject({ format: "json", offset: 17 });
  });

  it("long doubles are x87 unless the caller knows better", () => {
    expect(parseDType("<f16")).toEqual(dtypes.longdouble("x87", 16));
    expect(parseDType("f12")).toEqual(dtypes.longdouble("x87", 12));
    expect(parseDType("<c24")).toEqual(dtypes.clongdouble("x87", 24));
    expect(parseDType(">f16", { longDouble: "quad" })).toEqual(dtypes.longdouble("quad", 16, "big"));
  });
});
