import type { BundleKind, ByteOrder, Kind, LongDoubleLayout, Order, Subclass, TimeUnit } from "@masquerade/core";

/** The enumerations of proto/masquerade/v1: a name's index is its number on the wire. Index 0 is "unspecified". */
export const kinds: readonly (Kind | undefined)[] = [
  undefined,
  "bool",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float16",
  "float32",
  "float64",
  "longdouble",
  "complex64",
  "complex128",
  "clongdouble",
  "bytes",
  "str",
  "void",
  "datetime64",
  "timedelta64",
  "struct",
  "object",
  "string",
];

export const byteOrders: readonly ByteOrder[] = ["none", "little", "big"];

export const timeUnits: readonly (TimeUnit | undefined)[] = [
  undefined,
  "generic",
  "Y",
  "M",
  "W",
  "D",
  "h",
  "m",
  "s",
  "ms",
  "us",
  "ns",
  "ps",
  "fs",
  "as",
];

export const layouts: readonly (LongDoubleLayout | undefined)[] = [undefined, "x87", "quad", "double-double", "double"];

export const orders: readonly (Order | undefined)[] = [undefined, "C", "F"];

export const subclasses: readonly (Subclass | undefined)[] = [
  undefined,
  "matrix",
  "recarray",
  "chararray",
  "memmap",
  "scalar",
  "MaskedRecords",
  "mvoid",
  "MaskedConstant",
  "masked_matrix",
  "dtype",
  "array.array",
];

export const bundleKinds: readonly (BundleKind | undefined)[] = [undefined, "dict", "list", "tuple"];

export type MaskEncoding = "raw" | "packed" | "run-length";
export const maskEncodings: readonly (MaskEncoding | undefined)[] = [undefined, "raw", "packed", "run-length"];

export type ChecksumKind = "crc32" | "crc32c";
export const checksumKinds: readonly (ChecksumKind | undefined)[] = [undefined, "crc32", "crc32c"];

/** First bytes of every file: File.magic. */
export const MAGIC = 0x3151534d;
export const VERSION = 1;
/** Where protobuf libraries end: lengths are signed 32-bit numbers in most of them. */
export const MOST_BYTES: number = 2 ** 31 - 1;
/** Multiple of bytes at which data begin. */
export const ALIGNMENT = 64;
