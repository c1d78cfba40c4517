import { OptionError } from "../errors.ts";
import type { Complex } from "../values.ts";
import type { LongDouble } from "./longdouble.ts";

/**
 * ONE table: every dtype-generic type is an index into it.
 * `data`: the typed storage of an array. `scalar`: what `at()` returns and `set()` takes.
 */
export interface Elements {
  /** Bytes as found; non-zero is true. */
  bool: { data: Uint8Array; scalar: boolean };
  int8: { data: Int8Array; scalar: number };
  int16: { data: Int16Array; scalar: number };
  int32: { data: Int32Array; scalar: number };
  int64: { data: BigInt64Array; scalar: bigint };
  uint8: { data: Uint8Array; scalar: number };
  uint16: { data: Uint16Array; scalar: number };
  uint32: { data: Uint32Array; scalar: number };
  uint64: { data: BigUint64Array; scalar: bigint };
  /** IEEE 754 binary16 bits. */
  float16: { data: Uint16Array; scalar: number };
  float32: { data: Float32Array; scalar: number };
  float64: { data: Float64Array; scalar: number };
  /** The raw bytes, `itemsize` per element, little-endian in memory whatever `byteOrder` says. */
  longdouble: { data: Uint8Array; scalar: LongDouble };
  /** Interleaved (re, im). */
  complex64: { data: Float32Array; scalar: Complex };
  complex128: { data: Float64Array; scalar: Complex };
  clongdouble: { data: Uint8Array; scalar: readonly [re: LongDouble, im: LongDouble] };
  /** NumPy `S`: `itemsize` bytes per element, NUL padded; the scalar has its trailing NULs stripped. */
  bytes: { data: Uint8Array; scalar: Uint8Array };
  /** NumPy `U`: `itemsize / 4` code points per element, zero padded; the scalar has its trailing zeros stripped. */
  str: { data: Uint32Array; scalar: string };
  /** NumPy `V`: `itemsize` opaque bytes per element. */
  void: { data: Uint8Array; scalar: Uint8Array };
  /** Counts of `count` units since 1970-01-01T00:00; -2^63 is NaT. */
  datetime64: { data: BigInt64Array; scalar: bigint };
  timedelta64: { data: BigInt64Array; scalar: bigint };
  /** Record bytes exactly as the dtype describes them. The scalar is a null-prototype object, one property a field. */
  struct: { data: Uint8Array; scalar: StructScalar };
  object: { data: unknown[]; scalar: unknown };
  /** NumPy's StringDType; `null` where the element is the dtype's `naObject`. */
  string: { data: (string | null)[]; scalar: string | null };
}

/** NumPy's dtypes by what their elements are, without sizes and byte order where these are parameters. */
export type Kind = keyof Elements;

/** One record: field name to value (or to `masked`). Sub-array fields hold nested arrays of scalars. */
export interface StructScalar {
  readonly [field: string]: unknown;
}

/** Where elements lie: a typed array of lanes, bytes, or a list of values. */
export type Storage = Elements[Kind]["data"];

/** How a kind is stored: typed array constructor, and how many storage lanes one element takes. */
export interface StorageRule {
  /** Bytes of one storage lane; 0 for JavaScript arrays. */
  readonly laneBytes: 0 | 1 | 2 | 4 | 8;
  /** Storage lanes per element; undefined where it follows from the itemsize. */
  readonly lanes: 1 | 2 | undefined;
  /** Bytes of one element; undefined where the dtype decides. */
  readonly itemsize: number | undefined;
  /** Whether the dtype carries a byte order. */
  readonly ordered: boolean;
}

const rule = (
  laneBytes: StorageRule["laneBytes"],
  lanes: StorageRule["lanes"],
  itemsize: number | undefined,
  ordered: boolean,
): StorageRule => ({
  laneBytes,
  lanes,
  itemsize,
  ordered,
});

/** The storage of each kind. Everything that depends on the kind's memory layout looks here. */
export const storageRules: { readonly [K in Kind]: StorageRule } = {
  bool: rule(1, 1, 1, false),
  int8: rule(1, 1, 1, false),
  int16: rule(2, 1, 2, true),
  int32: rule(4, 1, 4, true),
  int64: rule(8, 1, 8, true),
  uint8: rule(1, 1, 1, false),
  uint16: rule(2, 1, 2, true),
  uint32: rule(4, 1, 4, true),
  uint64: rule(8, 1, 8, true),
  float16: rule(2, 1, 2, true),
  float32: rule(4, 1, 4, true),
  float64: rule(8, 1, 8, true),
  longdouble: rule(1, undefined, undefined, true),
  complex64: rule(4, 2, 8, true),
  complex128: rule(8, 2, 16, true),
  clongdouble: rule(1, undefined, undefined, true),
  bytes: rule(1, undefined, undefined, false),
  str: rule(4, undefined, undefined, true),
  void: rule(1, undefined, undefined, false),
  datetime64: rule(8, 1, 8, true),
  timedelta64: rule(8, 1, 8, true),
  struct: rule(1, undefined, undefined, false),
  object: rule(0, 1, 8, false),
  string: rule(0, 1, 16, false),
};

/** Kinds whose storage is a typed array. */
export type BinaryKind = Exclude<Kind, "object" | "string">;

interface StorageConstructor {
  new (lanes: number): Exclude<Storage, unknown[]>;
  new (buffer: ArrayBuffer, byteOffset: number, lanes: number): Exclude<Storage, unknown[]>;
}

const constructors: { readonly [K in BinaryKind]: StorageConstructor } = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  longdouble: Uint8Array,
  complex64: Float32Array,
  complex128: Float64Array,
  clongdouble: Uint8Array,
  bytes: Uint8Array,
  str: Uint32Array,
  void: Uint8Array,
  datetime64: BigInt64Array,
  timedelta64: BigInt64Array,
  struct: Uint8Array,
};

/** Whether elements of a kind are so many bytes each (all but objects and StringDType). */
export function isBinaryKind(kind: Kind): kind is BinaryKind {
  return storageRules[kind].laneBytes !== 0;
}

/** A typed array of this kind over existing bytes; `byteOffset` must be a multiple of the lane size. */
export function storageOver(kind: BinaryKind, buffer: ArrayBufferLike, byteOffset: number, lanes: number): Storage {
  return new constructors[kind](buffer as ArrayBuffer, byteOffset, lanes);
}

/** Fresh zeroed storage of `lanes` lanes (for object and string: filled with null). */
export function allocateStorage(kind: Kind, lanes: number): Storage {
  try {
    if (isBinaryKind(kind)) return new constructors[kind](lanes);
    return new Array<null>(lanes).fill(null);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new OptionError("SHAPE_MISMATCH", `there is no memory for ${lanes} values of ${kind} in one piece`);
  }
}

/** Whether typed arrays on this machine are little-endian. */
export const hostIsLittleEndian: boolean = /* @__PURE__ */ (() => new Uint8Array(Uint16Array.of(1).buffer)[0] === 1)();
