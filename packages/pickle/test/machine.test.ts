import { Complex, isMasqueradeError, resolveLimits, Tuple } from "@masquerade/core";
import { describe, expect, test } from "vitest";
import {
  decodePickle,
  decodePickleAt,
  decodePickles,
  type Emulator,
  type EmulatorTable,
  globalKey,
  opcodes,
} from "../src/index.ts";

type Part = number | string | readonly number[];

/** Bytes from numbers and latin-1 texts. */
function bytes(...parts: readonly Part[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((p) => (typeof p === "string" ? Array.from(p, (c) => c.charCodeAt(0)) : p)));
}

const u32 = (n: number): number[] => [n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24];
const u64 = (n: number): number[] => [...u32(n), ...u32(Math.floor(n / 2 ** 32))];

const pair: Emulator = { reduce: ([re, im]) => new Complex(re as number, im as number) };
const globals: EmulatorTable = new Map([
  [globalKey("builtins", "complex"), pair],
  [globalKey("m", "named"), {}],
]);
const read = (...parts: readonly Part[]): unknown => decodePickle(bytes(...parts), { globals });
const codeOf = (make: () => unknown): string => {
  try {
    make();
  } catch (e) {
    if (!isMasqueradeError(e)) throw e;
    expect(e.message.length).toBeLessThanOrEqual(500);
    expect(e.message).not.toContain("\n");
    return e.code;
  }
  return "a value";
};

describe("values", () => {
  test("numbers of every opcode", () => {
    expect(read("I-5\n.")).toBe(-5n);
    expect(read("I01\n.")).toBe(true);
    expect(read("I00\n.")).toBe(false);
    expect(read("L123456789012345678901234567890L\n.")).toBe(123456789012345678901234567890n);
    expect(read("J", u32(-2 >>> 0), ".")).toBe(-2n);
    expect(read("K", 255, ".")).toBe(255n);
    expect(read("M", 1, 2, ".")).toBe(513n);
    expect(read(0x8a, 0, ".")).toBe(0n);
    expect(read(0x8a, 1, 0xff, ".")).toBe(-1n);
    expect(read(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, ".")).toBe(2n ** 64n);
    expect(read(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, ".")).toBe(-(2n ** 71n));
    expect(read(0x8b, u32(2), 0x00, 0x80, ".")).toBe(-32768n);
    expect(read("F-1.5e3\n.")).toBe(-1500);
    expect(read("Finf\n.")).toBe(Number.POSITIVE_INFINITY);
    expect(read("G", 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, ".")).toBe(1.5);
  });

  test("texts and bytes of every opcode", () => {
    expect(read("Va\\u0041\\U0001f30a\n.")).toBe("aA🌊");
    expect(read("X", u32(3), 0xe2, 0x82, 0xac, ".")).toBe("€");
    expect(read(0x8c, 3, 0xed, 0xa0, 0xb4, ".")).toBe("\ud834");
    expect(read(0x8d, u64(1), "x", ".")).toBe("x");
    expect(read("X", u32(300), "y".repeat(300), ".")).toBe("y".repeat(300));
    expect(read("B", u32(2), 1, 2, ".")).toEqual(Uint8Array.of(1, 2));
    expect(read("C", 2, 1, 2, ".")).toEqual(Uint8Array.of(1, 2));
    expect(read(0x8e, u64(1), 9, ".")).toEqual(Uint8Array.of(9));
    expect(read(0x96, u64(1), 9, ".")).toEqual(Uint8Array.of(9));
    expect(read("S'a\\x41\\n\\101\\q'\n.")).toBe("aA\nA\\q");
    expect(read("U", 2, "hi", ".")).toBe("hi");
    expect(read("T", u32(2), 0xff, 0x41, ".")).toEqual(Uint8Array.of(0xff, 0x41));
  });

  test("containers, memo, marks", () => {
    expect(read("(K\x01K\x02l.")).toEqual([1n, 2n]);
    expect(read("](K\x01K\x02K\x030e.")).toEqual([1n, 2n]);
    expect(read("(K\x01K\x02t.")).toEqual(new Tuple([1n, 2n]));
    expect(read("K\x01", 0x85, ".")).toEqual(new Tuple([1n]));
    expect(read("(K\x01K\x02d.")).toEqual(new Map([[1n, 2n]]));
    expect(read("}(", 0x8c, 1, "a", "NU\x01bNu.")).toEqual(
      new Map([
        ["a", null],
        ["b", null],
      ]),
    );
    expect(read("}V__proto__\nK\x01s.")).toEqual(new Map([["__proto__", 1n]]));
    expect(read("N(K\x01K\x021.")).toBeNull();
    expect(read("K\x072", 0x86, ".")).toEqual(new Tuple([7n, 7n]));
    const shared = read("]q\x00h\x00", 0x86, ".") as Tuple;
    expect(shared.items[0]).toBe(shared.items[1]);
    expect(read(0x80, 4, 0x95, u64(4), "]", 0x94, "0h\x00.")).toEqual([]);
  });

  test("calls, in each of the three forms", () => {
    const want = new Complex(1, 2);
    const two = ["G", [0x3f, 0xf0, 0, 0, 0, 0, 0, 0], "G", [0x40, 0, 0, 0, 0, 0, 0, 0]] as const;
    expect(read("cbuiltins\ncomplex\n", ...two, 0x86, "R.")).toEqual(want);
    expect(read("(cbuiltins\ncomplex\n", ...two, "o.")).toEqual(want);
    expect(read("(", ...two, "ibuiltins\ncomplex\n.")).toEqual(want);
    expect(read(0x8c, 8, "builtins", 0x8c, 7, "complex", 0x93, ...two, 0x86, "R.")).toEqual(want);
  });

  test("out-of-band buffers come in order, and are missed when they were not given", () => {
    const buffers = [Uint8Array.of(1), Uint8Array.of(2)];
    expect(decodePickle(bytes(0x97, 0x97, 0x98, 0x86, "."), { globals, buffers })).toEqual(new Tuple(buffers));
    expect(codeOf(() => decodePickle(bytes(0x97, "."), { globals }))).toBe("FORMAT_MALFORMED");
  });

  test("several pickles, with their places", () => {
    const file = bytes("N.K\x01.", 0x80, 3, "K\x02.");
    expect([...decodePickles(file, { globals })]).toEqual([
      { value: null, start: 0, end: 2, protocol: 0 },
      { value: 1n, start: 2, end: 5, protocol: 0 },
      { value: 2n, start: 5, end: 10, protocol: 3 },
    ]);
    expect(codeOf(() => decodePickle(file, { globals }))).toBe("FORMAT_MALFORMED");
    expect(decodePickleAt(file, 2, { globals }).end).toBe(5);
  });
});

describe("what is refused", () => {
  const callers: readonly (readonly [string, Uint8Array])[] = [
    ["GLOBAL", bytes("cos\nsystem\n.")],
    ["GLOBAL, popped again", bytes("cos\nsystem\n0N.")],
    ["GLOBAL, only remembered", bytes("cos\nsystem\nq\x000N.")],
    ["GLOBAL as a key", bytes("}cos\nsystem\nNs.")],
    ["REDUCE", bytes("cos\nsystem\n(S'x'\ntR.")],
    ["INST", bytes("(S'x'\nios\nsystem\n.")],
    ["OBJ", bytes("(cos\nsystem\nS'x'\no.")],
    ["NEWOBJ", bytes("cos\nsystem\n)", 0x81, ".")],
    ["STACK_GLOBAL", bytes(0x8c, 2, "os", 0x8c, 6, "system", 0x93, ".")],
    ["STACK_GLOBAL from the memo", bytes(0x8c, 2, "os", 0x94, "0", 0x8c, 6, "system", 0x94, "0h\x00h\x01", 0x93, ".")],
    ["STACK_GLOBAL of bytes strings", bytes("U\x02os", "U\x06system", 0x93, ".")],
  ];
  test.each(callers)("a foreign name by %s", (_, file) => {
    try {
      decodePickle(file, { globals });
      expect.unreachable();
    } catch (e) {
      expect(isMasqueradeError(e, "UNSAFE_GLOBAL")).toBe(true);
      expect(e).toMatchObject({ module: "os", global: "system", offset: expect.any(Number) });
    }
  });

  test("names near a known one", () => {
    for (const [module, name] of [
      ["builtins", "complex.__class__"],
      ["builtins.complex", ""],
      [" builtins", "complex"],
      ["builtins ", "complex"],
      ["Builtins", "complex"],
      ["", "builtins\ncomplex"],
      ["builtins\ncomplex", ""],
      ["__proto__", "constructor"],
      ["constructor", "prototype"],
      ["toString", "call"],
    ] as const) {
      const file = bytes(0x8c, module.length, module, 0x8c, name.length, name, 0x93, ".");
      expect(codeOf(() => decodePickle(file, { globals }))).toBe("UNSAFE_GLOBAL");
    }
  });

  test.each([
    ["PERSID", bytes("Px\n.")],
    ["BINPERSID", bytes("NQ.")],
    ["EXT1", bytes(0x82, 1, ".")],
    ["EXT2", bytes(0x83, 1, 0, ".")],
    ["EXT4", bytes(0x84, 1, 0, 0, 0, ".")],
    ["NEWOBJ_EX", bytes("cbuiltins\ncomplex\n)}", 0x92, ".")],
  ] as const)("%s", (_, file) => {
    expect(codeOf(() => decodePickle(file, { globals }))).toBe("UNSAFE_OPCODE");
  });

  test("states and calls for what takes none", () => {
    expect(codeOf(() => read("cbuiltins\ncomplex\n}b."))).toBe("UNSAFE_OBJECT");
    expect(codeOf(() => read("]}b."))).toBe("UNSAFE_OBJECT");
    expect(codeOf(() => read("})b."))).toBe("UNSAFE_OBJECT");
    expect(codeOf(() => read("])R."))).toBe("UNSAFE_OBJECT");
    expect(codeOf(() => read("cm\nnamed\n)R."))).toBe("UNSAFE_OBJECT");
    expect(codeOf(() => read("cbuiltins\ncomplex\n)", 0x81, "."))).toBe("UNSAFE_OBJECT");
    expect(codeOf(() => read("cm\nnamed\n."))).toBe("CAPABILITY_MISSING");
    expect(codeOf(() => read(0x8f, "(K\x01", 0x90, "."))).toBe("CAPABILITY_MISSING");
  });

  test.each([
    ["nothing on the stack", bytes(".")],
    ["an unknown opcode", bytes("\xff.")],
    ["POP of nothing", bytes("0.")],
    ["TUPLE without MARK", bytes("K\x01t.")],
    ["APPENDS from below the MARK", bytes("(e.")],
    ["REDUCE from below the MARK", bytes("cbuiltins\ncomplex\n((tR.")],
    ["APPEND to an int", bytes("K\x01K\x02a.")],
    ["SETITEM on a list", bytes("]K\x01K\x02s.")],
    ["an odd dict", bytes("(K\x01d.")],
    ["a list as a key", bytes("(]Nd.")],
    ["GET of nothing", bytes("h\x05.")],
    ["a negative memo index", bytes("Np-1\n.")],
    ["a memo index that is no number", bytes("Npx\n.")],
    ["arguments that are no tuple", bytes("cbuiltins\ncomplex\n]R.")],
    ["hexadecimal digits", bytes("I0x10\n.")],
    ["an empty int", bytes("I\n.")],
    ["a blank int", bytes("I \n.")],
    ["a float with a comma", bytes("F1,5\n.")],
    ["a negative BINSTRING", bytes("T\xff\xff\xff\xff.")],
    ["a negative LONG4", bytes(0x8b, "\xff\xff\xff\xff.")],
    ["a string without quotes", bytes("Sabc\n.")],
    ["text that is not UTF-8", bytes(0x8c, 2, "\xc3\x28.")],
    ["text beyond Unicode", bytes("V\\U00110000\n.")],
    ["bytes behind the pickle", bytes("N.N.")],
    ["a list that contains itself", bytes("]q\x00h\x00a.")],
    ["a tuple that contains itself", bytes("]q\x00h\x00", 0x85, "a.")],
    ["a dict that contains itself", bytes("}q\x00Nh\x00s.")],
  ] as const)("%s", (_, file) => {
    expect(codeOf(() => decodePickle(file, { globals }))).toBe("FORMAT_MALFORMED");
  });

  test("a protocol of the future", () => {
    expect(codeOf(() => read(0x80, 6, "N."))).toBe("FORMAT_VERSION");
  });
});

describe("what costs nothing", () => {
  test.each([
    ["BINBYTES8 of 2^63", bytes(0x8e, "\x00\x00\x00\x00\x00\x00\x00\x80.")],
    ["BINBYTES of 4 GB", bytes("B\xff\xff\xff\xff.")],
    ["BINUNICODE of 4 GB", bytes("X\xff\xff\xff\xff.")],
    ["LONG4 of 2 GB", bytes(0x8b, "\xff\xff\xff\x7f.")],
    ["a frame of 2^40", bytes(0x95, u64(2 ** 40), "N.")],
    ["a line without an end", bytes("V", "x".repeat(1000))],
    ["no STOP", bytes("N")],
    ["nothing", bytes()],
  ] as const)("%s", (_, file) => {
    expect(codeOf(() => decodePickle(file, { globals }))).toBe("FORMAT_TRUNCATED");
  });

  test("a memo index of 2^32 - 1 takes one entry", () => {
    expect(read("Nr\xff\xff\xff\xff0j\xff\xff\xff\xff.")).toBeNull();
  });

  test("a tuple 200,000 deep is refused, and not by the JavaScript stack", () => {
    const deep = new Uint8Array(200_003).fill(0x85);
    deep[0] = 0x4e;
    deep[200_002] = 0x2e;
    expect(codeOf(() => decodePickle(deep, { globals }))).toBe("LIMIT_EXCEEDED");
    expect(codeOf(() => decodePickle(deep, { globals, limits: { maxDepth: 2e6 } }))).toBe("a value");
  });

  test("values that would unfold to 2^60 stay what they are, and are refused", () => {
    const doubling = bytes("]", ...Array.from({ length: 60 }, () => [0x32, 0x86] as const).flat(), ".");
    expect(codeOf(() => decodePickle(doubling, { globals }))).toBe("LIMIT_EXCEEDED");
  });

  test("opcodes, stack and digits are counted", () => {
    const many = new Uint8Array(5000).fill(0x4e);
    many[4999] = 0x2e;
    expect(codeOf(() => decodePickle(many, { globals, limits: { maxOpcodes: 4000 } }))).toBe("LIMIT_EXCEEDED");
    expect(codeOf(() => decodePickle(many, { globals, limits: { maxStack: 1000 } }))).toBe("LIMIT_EXCEEDED");
    expect(codeOf(() => read(`I${"9".repeat(4301)}\n.`))).toBe("LIMIT_EXCEEDED");
    expect(codeOf(() => read(0x8b, u32(5000), "\x01".repeat(5000), "."))).toBe("LIMIT_EXCEEDED");
    expect(read(`I${"9".repeat(4300)}\n.`)).toBe(10n ** 4300n - 1n);
    expect(resolveLimits(undefined).maxOpcodes).toBe(50_000_000);
  });

  test("130,000 items at once", () => {
    const many = bytes("](", "N".repeat(130_000), "e.");
    expect((decodePickle(many, { globals }) as unknown[]).length).toBe(130_000);
    expect((decodePickle(bytes("(", "N".repeat(130_000), "t."), { globals }) as Tuple).items.length).toBe(130_000);
  });
});

test("the table of opcodes is that of pickletools: 68 opcodes, protocols 0 to 5", () => {
  expect(opcodes.size).toBe(68);
  const count = [0, 0, 0, 0, 0, 0];
  for (const { protocol } of opcodes.values()) count[protocol] = (count[protocol] as number) + 1;
  expect(count).toEqual([22, 19, 12, 2, 10, 3]);
});

test("prototypes are as before", () => {
  read("}V__proto__\n}Vpolluted\nK\x01ss.");
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});
