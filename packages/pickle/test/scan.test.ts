import { isMasqueradeError } from "@masquerade/core";
import { describe, expect, test } from "vitest";
import { type PickleScan, scanPickle, walkOpcodes } from "../src/index.ts";

const bytes = (...parts: readonly (number | string)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((p) => (typeof p === "string" ? Array.from(p, (c) => c.charCodeAt(0)) : p)));
const scan = (...parts: readonly (number | string)[]): PickleScan => scanPickle(bytes(...parts));

describe("walkOpcodes", () => {
  test("names, offsets and arguments", () => {
    const file = bytes(
      0x80,
      4,
      0x95,
      5,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0x8c,
      2,
      "hi",
      0x94,
      "K\x07G",
      0x3f,
      0xf8,
      0,
      0,
      0,
      0,
      0,
      0,
      "L12L\n.",
    );
    const seen = [...walkOpcodes(file)].map(({ opcode, offset, value, start, length }) => [
      opcode.name,
      offset,
      value,
      start,
      length,
    ]);
    expect(seen).toEqual([
      ["PROTO", 0, 4, 1, 1],
      ["FRAME", 2, 5, 3, 8],
      ["SHORT_BINUNICODE", 11, undefined, 13, 2],
      ["MEMOIZE", 15, undefined, 16, 0],
      ["BININT1", 16, 7, 17, 1],
      ["BINFLOAT", 18, 1.5, 19, 8],
      ["LONG", 27, undefined, 28, 3],
      ["STOP", 32, undefined, 33, 0],
    ]);
  });

  test("a claim is not believed, a foreign byte is no opcode, opcodes are counted", () => {
    const codeOf = (file: Uint8Array, maxOpcodes?: number): string => {
      try {
        return String([...walkOpcodes(file, { maxOpcodes })].length);
      } catch (e) {
        return isMasqueradeError(e) ? e.code : String(e);
      }
    };
    expect(codeOf(bytes("N."))).toBe("2");
    expect(codeOf(bytes("B\xff\xff\xff\xff."))).toBe("FORMAT_TRUNCATED");
    expect(codeOf(bytes("T\xff\xff\xff\xff."))).toBe("FORMAT_MALFORMED");
    expect(codeOf(bytes("N\xfe."))).toBe("FORMAT_MALFORMED");
    expect(codeOf(bytes("NNNN."), 3)).toBe("LIMIT_EXCEEDED");
  });
});

describe("scanPickle", () => {
  test("each way of naming and of calling", () => {
    expect(scan("cos\nsystem\n(S'x'\ntR.").globals).toEqual([
      { module: "os", name: "system", offset: 0, opcode: "GLOBAL", uses: ["REDUCE"] },
    ]);
    expect(scan(0x8c, 2, "os", 0x8c, 6, "system", 0x93, ")", 0x81, ".").globals).toMatchObject([
      { module: "os", name: "system", opcode: "STACK_GLOBAL", uses: ["NEWOBJ"] },
    ]);
    expect(scan("(S'x'\nios\nsystem\n.").globals).toMatchObject([
      { module: "os", name: "system", opcode: "INST", uses: ["INST"] },
    ]);
    expect(scan("(cos\nsystem\nNo.").globals).toMatchObject([{ uses: ["OBJ"] }]);
    expect(scan("cm\nf\ncm\ng\n", 0x85, "R}b.").globals).toMatchObject([
      { name: "f", uses: ["REDUCE"] },
      { name: "g", uses: ["argument"] },
    ]);
    expect(scan("cm\nC\n)}", 0x92, ".").globals).toMatchObject([{ uses: ["NEWOBJ_EX"] }]);
    expect(scan("cm\nC\n}b.").globals).toMatchObject([{ uses: ["BUILD"] }]);
    expect(scan("cm\nC\n0N.").globals).toMatchObject([{ uses: [] }]);
  });

  test("names through the memo, and names that are no constants", () => {
    const memo = scan(0x8c, 2, "os", 0x94, 0x8c, 6, "system", "q\x07", "00h\x00h\x07", 0x93, "q\x09h\x09)R.");
    expect(memo.globals).toMatchObject([{ module: "os", name: "system", uses: ["REDUCE"] }]);
    expect(scan("U\x02osU\x06system", 0x93, ".").globals).toMatchObject([{ module: "os", name: "system" }]);
    expect(scan("Vos\nVsystem\n", 0x93, ".").globals).toMatchObject([{ module: "os", name: "system" }]);
    expect(scan("cm\nf\n)R", 0x8c, 1, "x", 0x93, ".").globals[1]).toMatchObject({ module: undefined, name: "x" });
  });

  test("what is outside of the file", () => {
    const found = scan("Pid\n", 0x82, 5, "NQ.");
    expect(found.external.map((e) => e.opcode)).toEqual(["PERSID", "EXT1", "BINPERSID"]);
  });

  test("a stack that runs empty hides nothing", () => {
    expect(scan("000tRcos\nsystem\n.").globals).toMatchObject([{ module: "os", name: "system" }]);
  });

  test("protocol, count and end", () => {
    expect(scan(0x80, 2, "N.rest")).toMatchObject({ protocol: 2, opcodes: 3, end: 4 });
  });
});
