/** What follows an opcode's byte. */
export type OpcodeArgument =
  | "none"
  | "line"
  | "lines2"
  | "u1"
  | "u2"
  | "i4"
  | "u4"
  | "u8"
  | "f8"
  | "bytes1"
  | "bytes4"
  | "bytes4s"
  | "bytes8"
  | "long1"
  | "long4";

export interface Opcode {
  readonly code: number;
  readonly name: string;
  readonly argument: OpcodeArgument;
  /** The protocol that introduced it. */
  readonly protocol: number;
}

const rows: readonly (readonly [char: string | number, name: string, argument: OpcodeArgument, protocol: number])[] = [
  ["(", "MARK", "none", 0],
  [".", "STOP", "none", 0],
  ["0", "POP", "none", 0],
  ["1", "POP_MARK", "none", 1],
  ["2", "DUP", "none", 0],
  ["F", "FLOAT", "line", 0],
  ["I", "INT", "line", 0],
  ["J", "BININT", "i4", 1],
  ["K", "BININT1", "u1", 1],
  ["L", "LONG", "line", 0],
  ["M", "BININT2", "u2", 1],
  ["N", "NONE", "none", 0],
  ["P", "PERSID", "line", 0],
  ["Q", "BINPERSID", "none", 1],
  ["R", "REDUCE", "none", 0],
  ["S", "STRING", "line", 0],
  ["T", "BINSTRING", "bytes4s", 1],
  ["U", "SHORT_BINSTRING", "bytes1", 1],
  ["V", "UNICODE", "line", 0],
  ["X", "BINUNICODE", "bytes4", 1],
  ["a", "APPEND", "none", 0],
  ["b", "BUILD", "none", 0],
  ["c", "GLOBAL", "lines2", 0],
  ["d", "DICT", "none", 0],
  ["}", "EMPTY_DICT", "none", 1],
  ["e", "APPENDS", "none", 1],
  ["g", "GET", "line", 0],
  ["h", "BINGET", "u1", 1],
  ["i", "INST", "lines2", 0],
  ["j", "LONG_BINGET", "u4", 1],
  ["l", "LIST", "none", 0],
  ["]", "EMPTY_LIST", "none", 1],
  ["o", "OBJ", "none", 1],
  ["p", "PUT", "line", 0],
  ["q", "BINPUT", "u1", 1],
  ["r", "LONG_BINPUT", "u4", 1],
  ["s", "SETITEM", "none", 0],
  ["t", "TUPLE", "none", 0],
  [")", "EMPTY_TUPLE", "none", 1],
  ["u", "SETITEMS", "none", 1],
  ["G", "BINFLOAT", "f8", 1],
  [0x80, "PROTO", "u1", 2],
  [0x81, "NEWOBJ", "none", 2],
  [0x82, "EXT1", "u1", 2],
  [0x83, "EXT2", "u2", 2],
  [0x84, "EXT4", "i4", 2],
  [0x85, "TUPLE1", "none", 2],
  [0x86, "TUPLE2", "none", 2],
  [0x87, "TUPLE3", "none", 2],
  [0x88, "NEWTRUE", "none", 2],
  [0x89, "NEWFALSE", "none", 2],
  [0x8a, "LONG1", "long1", 2],
  [0x8b, "LONG4", "long4", 2],
  ["B", "BINBYTES", "bytes4", 3],
  ["C", "SHORT_BINBYTES", "bytes1", 3],
  [0x8c, "SHORT_BINUNICODE", "bytes1", 4],
  [0x8d, "BINUNICODE8", "bytes8", 4],
  [0x8e, "BINBYTES8", "bytes8", 4],
  [0x8f, "EMPTY_SET", "none", 4],
  [0x90, "ADDITEMS", "none", 4],
  [0x91, "FROZENSET", "none", 4],
  [0x92, "NEWOBJ_EX", "none", 4],
  [0x93, "STACK_GLOBAL", "none", 4],
  [0x94, "MEMOIZE", "none", 4],
  [0x95, "FRAME", "u8", 4],
  [0x96, "BYTEARRAY8", "bytes8", 5],
  [0x97, "NEXT_BUFFER", "none", 5],
  [0x98, "READONLY_BUFFER", "none", 5],
];

/** Every opcode of protocols 0 to 5 by its byte. Source: Python's `pickletools`. */
export const opcodes: ReadonlyMap<number, Opcode> = /* @__PURE__ */ new Map(
  rows.map(([char, name, argument, protocol]) => {
    const code = typeof char === "number" ? char : char.charCodeAt(0);
    return [code, { code, name, argument, protocol }] as const;
  }),
);
