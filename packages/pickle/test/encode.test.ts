import { createHash } from "node:crypto";
import { isMasqueradeError } from "@masquerade/core";
import { describe, expect, test } from "vitest";
import { encodePickle, encodePickleParts, picklePieces } from "../src/encode.ts";
import {
  bytesNode,
  global,
  list,
  type Payload,
  type PickleNode,
  payloadOf,
  type ReduceNode,
  reduce,
  text,
  tuple,
} from "../src/encode-nodes.ts";
import type { PickleProtocol } from "../src/encode-writer.ts";

const PROTOCOLS: readonly PickleProtocol[] = [0, 1, 2, 3, 4, 5];
const latin1 = (value: Uint8Array): string => Buffer.from(value).toString("latin1");
const digest = (value: Uint8Array): string =>
  `${value.length} ${createHash("sha256").update(value).digest("hex").slice(0, 16)}`;
const raw = (value: Uint8Array): PickleNode => bytesNode(payloadOf(value));
const ascii = (value: string): PickleNode => raw(new TextEncoder().encode(value));
const filled = (size: number, byte: number): PickleNode => raw(new Uint8Array(size).fill(byte));
const range = (size: number): bigint[] => Array.from({ length: size }, (_, i) => BigInt(i));
const numbered = (size: number): PickleNode => ({
  kind: "dict",
  keys: range(size),
  values: range(size).map(() => null),
});

const once = Array.from({ length: 300 }, (_, i) => list([`${i}.`]));

/** Values, and below what CPython makes of them. */
const VALUES: { readonly [name: string]: PickleNode } = {
  ints: list([
    0n,
    1n,
    255n,
    256n,
    65535n,
    65536n,
    -1n,
    -256n,
    2n ** 31n - 1n,
    -(2n ** 31n),
    2n ** 31n,
    -(2n ** 31n) - 1n,
    2n ** 63n,
    -(2n ** 63n),
    -(2n ** 63n) - 1n,
    10n ** 30n,
    -(10n ** 30n),
    127n * 2n ** 8n,
    128n * 2n ** 8n * 2n ** 32n,
    -(2n ** 39n),
    -(2n ** 39n) - 1n,
  ]),
  "long ints": list([2n ** 2031n, 2n ** 2039n, -(2n ** 2039n), 2n ** 2040n, -(2n ** 2047n), 2n ** 4000n + 1n]),
  floats: list([
    0,
    -0,
    0.1,
    1,
    1e16,
    1e-4,
    1e-5,
    123456789012345680,
    9007199254740992,
    5e-324,
    Number.MAX_VALUE,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  ]),
  constants: tuple(null, true, false, tuple()),
  strings: list([
    "",
    "aa",
    "\u00e9t\u00e9",
    "\u6e29\u5ea6",
    "\u{1f30a}",
    "\ud83c",
    "line\nbreak\r\0\x1a\\u",
    "x".repeat(255),
    "y".repeat(256),
    "\u00e9".repeat(128),
    "z".repeat(70000),
    "end",
  ]),
  bytes: list([
    ascii(""),
    ascii("ab"),
    raw(Uint8Array.from({ length: 256 }, (_, i) => i)),
    filled(70000, 0xff),
    filled(255, 0),
    ascii("cd"),
  ]),
  tuples: tuple(tuple(1n), tuple(1n, 2n), tuple(1n, 2n, 3n), tuple(1n, 2n, 3n, 4n), tuple(tuple(), tuple(tuple(2n)))),
  "list of 1000": list(range(1000)),
  "list of 1001": list(range(1001)),
  "list of 2000": list(range(2000)),
  "dict of 1": { kind: "dict", keys: [5n], values: [null] },
  "dict of 1000": numbered(1000),
  "dict of 1001": numbered(1001),
  empty: list([list([]), numbered(0), tuple()]),
  "many memo entries": list([...once, ...once]),
  frames: list(Array.from({ length: 12000 }, (_, i) => `f${String(i).padStart(6, "0")}`)),
  "bytes at the limit": list([filled(65535, 0x70), filled(65536, 0x71), filled(65536, 0x72)]),
};

/** Length and the start of the SHA-256 of `pickle.dumps(value, protocol)` for protocols 0 to 5; CPython 3.11.7, and 3.12.1 and 3.13.0 the same. */
const C_PICKLER: { readonly [value: string]: readonly string[] } = {
  ints: [
    "313 9aef2d11069cacd6",
    "260 39b3d43a602d870c",
    "148 8b7f05a501bfce53",
    "148 498cd81058abaeef",
    "156 b9b5554fd68feaaf",
    "156 5194ba2682120243",
  ],
  "long ints": [
    "4309 cd3ff78a610acbcc",
    "4303 b5fd825921f2923f",
    "1811 419cff71dbec0a4d",
    "1811 69e8906ee1b332e4",
    "1819 f67c9ba305b55b33",
    "1819 9b75dde4cf7a015c",
  ],
  floats: [
    "156 b6f4975a2fe6c281",
    "132 c518889c6594a57d",
    "134 1b3ea750543fce72",
    "134 bc90fb7ee8da66b7",
    "142 f8ee3c6d8f870fce",
    "142 0663fb3cd1f6aa43",
  ],
  constants: [
    "17 adcee1951c875aa4",
    "15 1c0f56b288684064",
    "11 5a469e272496e69c",
    "11 9077584cefadcf25",
    "19 eee3f8a07a14d163",
    "19 c18fec3ca0f1bc63",
  ],
  strings: [
    "70796 b028da8699bf5be0",
    "70895 4cdeea7c7e8222ce",
    "70897 dc9bf5cf9b805ae8",
    "70897 6a1996d6657752c8",
    "70875 193e4650b2444d99",
    "70875 81061f71c3318dc8",
  ],
  bytes: [
    "71989 31da6572f4234818",
    "140791 2911dde4d949737f",
    "140788 2acbcf8bef19c9a6",
    "70553 2568420fdc47fc20",
    "70564 65da91347e0b8609",
    "70564 0da23a57a40dd848",
  ],
  tuples: [
    "76 128866627c974f77",
    "56 d12e69cb509a09a9",
    "52 3022e611d9f555f6",
    "52 546d99de0d20e667",
    "53 5e930b9237d5f6f8",
    "53 ad6be1d3dade0cc0",
  ],
  "list of 1000": [
    "5896 ada437f587c76668",
    "2750 f57ba4a094191eb9",
    "2752 0938ccfe2af9f970",
    "2752 41386e1dcf6ea923",
    "2760 22d4f97e6fbaf3cd",
    "2760 30780691699c4973",
  ],
  "list of 1001": [
    "5903 6cb34e0796fd04d7",
    "2755 ff5e17bb325bbe3c",
    "2757 ce66e289147d5c09",
    "2757 ce0b9982c4bae73c",
    "2765 161e50d7236aad50",
    "2765 042a790993ee27d3",
  ],
  "list of 2000": [
    "12896 94539076754ed73e",
    "5752 f505326e8be80067",
    "5754 fe5039a9b14dff1f",
    "5754 825f73b922fdad8a",
    "5762 66968e242707f42b",
    "5762 471853c3b9791101",
  ],
  "dict of 1": [
    "11 b734aaf742351bfd",
    "8 308191677f6b055c",
    "10 64cdd60367660317",
    "10 6ca6ca527815f0ab",
    "18 53ebd48d9bdf6bdb",
    "18 721dfcabeee910d1",
  ],
  "dict of 1000": [
    "6896 7950cb91dc480e30",
    "3752 9cf8bda2441c38dc",
    "3754 c1e26b51445ea159",
    "3754 dc5bd805f5463d6d",
    "3762 448e1be019c1fb86",
    "3762 883b3e452405bed8",
  ],
  "dict of 1001": [
    "6904 a755644d177b0d43",
    "3756 ab6b94444ea30a20",
    "3758 d83b111763c6168f",
    "3758 63e14c126bf98b50",
    "3766 ade30f46938a2020",
    "3766 bbde85e3e903d387",
  ],
  empty: [
    "21 aeaa85573e8a9169",
    "13 7e9c3a17ad767073",
    "15 9312b56cffbe454c",
    "15 a1d7e6e7b496bf02",
    "21 4a64d215ffeed47d",
    "21 4fae103e16eaf7bd",
  ],
  "many memo entries": [
    "7533 f48bc00add0dfa10",
    "6547 afee7fda06b55efb",
    "6549 67895f9643dd99a7",
    "6549 8042aeaff918dbe8",
    "4022 cdf6e69479957b6d",
    "4022 d0ca5249413a5638",
  ],
  frames: [
    "192900 8ca15f0408351442",
    "203263 0f2a0c34e34f29f9",
    "203265 67dc7c5ca648b2b3",
    "203265 10d2a81238ce81b7",
    "120047 9045cb538f305067",
    "120047 b11349074594e456",
  ],
  "bytes at the limit": [
    "196702 81bc0940c572e5b8",
    "196694 e0e502fbbbde4abe",
    "196693 5f2de948a3b310df",
    "196636 fab0958a6fa55c32",
    "196641 6012a2a3308e4af2",
    "196641 14d52855c70431b2",
  ],
};

/** The same of `pickle._dumps`, where it differs. */
const PYTHON_PICKLER: { readonly [value: string]: readonly string[] } = {
  "list of 1001": [
    "5903 6cb34e0796fd04d7",
    "2754 7456b5149be0b721",
    "2756 98ca84bd37885e5d",
    "2756 65947642175090f9",
    "2764 2bd2bf1d2f53f104",
    "2764 a73e7fa05b83d1be",
  ],
  "dict of 1000": [
    "6896 7950cb91dc480e30",
    "3750 f8b752d9b96026a1",
    "3752 f139afbc450af3ab",
    "3752 14e35ab9afd1b6fb",
    "3760 2c9c7106a5fdf0b5",
    "3760 4416811cfd568816",
  ],
  "dict of 1001": [
    "6904 a755644d177b0d43",
    "3755 3390b71555423a1b",
    "3757 eba7747e4dfd27fe",
    "3757 fc07b9b51e781d98",
    "3765 c4c6b185963c72f2",
    "3765 55ebdb6eb18a3e9e",
  ],
};

describe("CPython's bytes", () => {
  for (const [name, node] of Object.entries(VALUES))
    test(name, () => {
      const c = PROTOCOLS.map((protocol) => digest(encodePickle(node, { protocol })));
      expect(c).toEqual(C_PICKLER[name]);
      const python = PROTOCOLS.map((protocol) => digest(encodePickle(node, { protocol, pickler: "python" })));
      expect(python).toEqual(PYTHON_PICKLER[name] ?? C_PICKLER[name]);
    });

  test("in parts as joined", () => {
    for (const node of Object.values(VALUES))
      for (const protocol of PROTOCOLS)
        expect(Buffer.concat([...encodePickleParts(node, { protocol })]).equals(encodePickle(node, { protocol }))).toBe(
          true,
        );
  });
});

describe("sharing", () => {
  test("one object is written once, equal ones twice", () => {
    const shared = text("ab");
    expect(latin1(encodePickle(list([shared, shared, "ab", text("ab")]), { protocol: 2 }))).toBe(
      "\x80\x02]q\0(X\x02\0\0\0abq\x01h\x01X\x02\0\0\0abq\x02X\x02\0\0\0abq\x03e.",
    );
  });

  test("short strings and bytes are one object in CPython; literals are another", () => {
    const literal = text("b");
    // pickle.dumps([chr(98), sys.intern("b"), chr(98), b"b", b"b"[:], b"", b""], 4) of CPython 3.11
    expect(
      latin1(encodePickle(list(["b", literal, "b", ascii("b"), ascii("b"), ascii(""), ascii("")]), { protocol: 3 })),
    ).toBe("\x80\x03]q\0(X\x01\0\0\0bq\x01X\x01\0\0\0bq\x02h\x01C\x01bq\x03h\x03C\0q\x04h\x04e.");
  });

  test("a list that contains itself", () => {
    const items: PickleNode[] = [];
    const self = list(items);
    items.push(self, self);
    expect(latin1(encodePickle(self, { protocol: 4 }))).toBe("\x80\x04\x95\x09\0\0\0\0\0\0\0]\x94(h\0h\0e.");
  });

  test("a tuple that contains itself is refused", () => {
    const items: PickleNode[] = [];
    const self: PickleNode = { kind: "tuple", items };
    items.push(list([self]));
    expect(() => encodePickle(self, { protocol: 4 })).toThrow(/contains itself/);
  });

  test("depth does not matter", () => {
    let node: PickleNode = 1n;
    for (let i = 0; i < 200_000; i++) node = i % 2 === 0 ? list([node]) : tuple(node);
    expect(encodePickle(node, { protocol: 2 }).length).toBeGreaterThan(1_000_000);
  });
});

describe("calls and buffers", () => {
  test("a call with state, in the words of each protocol", () => {
    const node = reduce(global("builtins", "complex"), tuple(1, -2), { kind: "dict", keys: ["k"], values: [true] });
    expect(latin1(encodePickle(node, { protocol: 0 }))).toBe(
      "c__builtin__\ncomplex\np0\n(F1.0\nF-2.0\ntp1\nRp2\n(dp3\nVk\np4\nI01\nsb.",
    );
    expect(latin1(encodePickle(node, { protocol: 3 })).slice(0, 21)).toBe("\x80\x03cbuiltins\ncomplex\nq");
    expect(latin1(encodePickle(node, { protocol: 4 })).slice(11, 33)).toBe(
      "\x8c\x08builtins\x94\x8c\x07complex\x94\x93",
    );
  });

  test("NEWOBJ from protocol 2 on", () => {
    const node: ReduceNode = { ...reduce(global("m", "C"), tuple()), newobj: true };
    expect(latin1(encodePickle(node, { protocol: 2 }))).toBe("\x80\x02cm\nC\nq\0)\x81q\x01.");
    expect(() => encodePickle(node, { protocol: 1 })).toThrow(/NEWOBJ/);
  });

  test("buffers: bytearray, bytes, out of band", () => {
    const payload = payloadOf(Uint8Array.of(1, 2));
    const buffer = (readonly: boolean, outOfBand: boolean): PickleNode => ({
      kind: "buffer",
      payload,
      readonly,
      outOfBand,
    });
    const encoded = encodePickle(
      list([buffer(false, false), buffer(true, false), buffer(false, true), buffer(true, true)]),
      {
        protocol: 5,
      },
    );
    expect(latin1(encoded.subarray(11))).toBe(
      "]\x94(\x96\x02\0\0\0\0\0\0\0\x01\x02\x94C\x02\x01\x02\x94\x97\x97\x98e.",
    );
  });

  test("raw bytes after an object stand outside the frames, at the position they are told", () => {
    const at: number[] = [];
    const wrapper = (bytes: string): ReduceNode => ({
      ...reduce(global("m", "C"), tuple()),
      newobj: true,
      after: (position) => {
        at.push(position);
        return [payloadOf(new TextEncoder().encode(bytes))];
      },
    });
    const encoded = latin1(encodePickle(list([wrapper("<one>"), "x".repeat(10), wrapper("<two>")]), { protocol: 4 }));
    expect(encoded.slice(at[0], (at[0] as number) + 5)).toBe("<one>");
    expect(encoded.slice(at[1], (at[1] as number) + 5)).toBe("<two>");
    expect(encoded.slice((at[0] as number) + 5)[0]).toBe("\x95");
    expect(encoded.endsWith("<two>e.")).toBe(true);
  });

  test("places are kept for payloads that are still to come", () => {
    const later: Payload = { size: 70_000 };
    const small: Payload = { size: 300 };
    const pieces = [...picklePieces(tuple(bytesNode(later), bytesNode(small)), { protocol: 4 })];
    const places = pieces.filter((piece) => !(piece instanceof Uint8Array));
    expect(places).toEqual([
      { payload: later, form: "raw", size: 70_000 },
      { payload: small, form: "raw", size: 300 },
    ]);
    const known = tuple(filled(70_000, 7), filled(300, 7));
    const opcodes = pieces.map((piece) =>
      piece instanceof Uint8Array ? latin1(piece) : "\x07".repeat(piece.size ?? 0),
    );
    expect(opcodes.join("")).toBe(latin1(encodePickle(known, { protocol: 4 })));
    expect(() => encodePickle(bytesNode(later), { protocol: 4 })).toThrow(/missing/);
  });
});

test("a protocol there is not is refused", () => {
  for (const protocol of [-1, 6, 2.5, Number.NaN]) {
    let thrown: unknown;
    try {
      encodePickle(null, { protocol: protocol as PickleProtocol });
    } catch (error) {
      thrown = error;
    }
    expect(isMasqueradeError(thrown, "OPTION_INVALID")).toBe(true);
  }
});
