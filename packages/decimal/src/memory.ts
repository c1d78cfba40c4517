import type { Kind } from "@masquerade/core";

/** Where things are in the kernels' memory; kernel/memory.ts is the other side of this table. */
export const PARAMETERS = 64;
export const POWERS = 2048;
export const CEILINGS: number = POWERS + 696 * 16;
export const EXACT: number = CEILINGS + 696 * 16;
export const IOTA: number = EXACT + 23 * 8 + 16;
export const PLACES: number = IOTA + 48;
export const FACTORS: number = PLACES + 15 * 32;
export const ONES: number = FACTORS + 11 * 16;
export const NULLS: number = ONES + 48;
export const LEAST = -348;
/** Words from PARAMETERS on. */
export const AXIS_ROWS = 64;
export const SEPARATORS = 128;
/** The most outer axes whose separators fit there. */
export const MOST_AXES = 64;
/** Text that stands between rows. */
export const SEPARATOR_TEXT = 0x6800;
export const SEPARATOR_ROOM = 0x1800;

/** The text of a masked element in a table, and the most bytes it may have. */
export const MISSING: number = PARAMETERS + 512;
export const MISSING_ROOM = 64;

/** Printing: elements and mask in, text out. */
export const PRINT_VALUES = 0x10000;
export const PRINT_MASK = 0x30000;
export const PRINT_TEXT = 0x40000;
/** Where printing pauses; behind it is room for one element or a run of masked ones, and what stands between two rows. */
export const PRINT_LIMIT = 0xb0000;
/** Elements printed at once, at most 16 bytes each. */
export const PRINT_ELEMENTS = 8192;

/** Parsing: text in, elements and mask out. */
export const PARSE_TEXT = 0x10000;
export const PARSE_ROOM = 0x10000;
export const PARSE_MASK = 0x28000;
export const PARSE_VALUES = 0x30000;
/** Elements parsed at once, at most 16 bytes each. */
export const PARSE_ELEMENTS = 0x8000;

/** Parameters by name, as words from PARAMETERS on. */
export const word = {
  masked: 0,
  pair: 1,
  indent: 2,
  delimiter: 2,
  rowLength: 3,
  inRow: 4,
  row: 5,
  axes: 6,
  missing: 6,
  column: 7,
  after: 7,
  done: 8,
  rows: 9,
  nulls: 10,
} as const;

/** What the kernels know: a number for each kind, and the bytes of one element. */
export interface KernelKind {
  readonly code: number;
  readonly size: number;
  readonly pair: boolean;
}

const codes: readonly (readonly [Kind, number, number, boolean])[] = [
  ["bool", 0, 1, false],
  ["int8", 1, 1, false],
  ["uint8", 2, 1, false],
  ["int16", 3, 2, false],
  ["uint16", 4, 2, false],
  ["int32", 5, 4, false],
  ["uint32", 6, 4, false],
  ["int64", 7, 8, false],
  ["uint64", 8, 8, false],
  ["float16", 9, 2, false],
  ["float32", 10, 4, false],
  ["float64", 11, 8, false],
  ["timedelta64", 12, 8, false],
  ["complex64", 10, 8, true],
  ["complex128", 11, 16, true],
];

export const kernelKinds: ReadonlyMap<Kind, KernelKind> = /* @__PURE__ */ new Map(
  codes.map(([kind, code, size, pair]) => [kind, { code, size, pair }] as const),
);
