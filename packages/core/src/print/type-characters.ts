import type { DType } from "../dtype/dtype.ts";
import type { Kind } from "../dtype/elements.ts";

/**
 * The letter NumPy gives each kind in `dtype.str` (`numpy.dtype.kind`, but for bool, whose kind and letter are both "b").
 * The only place where it is written; what reads such strings inverts it.
 */
export const typeCharacters: { readonly [K in Kind]: string } = {
  bool: "b",
  int8: "i",
  int16: "i",
  int32: "i",
  int64: "i",
  uint8: "u",
  uint16: "u",
  uint32: "u",
  uint64: "u",
  float16: "f",
  float32: "f",
  float64: "f",
  longdouble: "f",
  complex64: "c",
  complex128: "c",
  clongdouble: "c",
  bytes: "S",
  str: "U",
  void: "V",
  datetime64: "M",
  timedelta64: "m",
  struct: "V",
  object: "O",
  string: "T",
};

/** The letters of byte order: "<", ">" and "|" where there is none. */
export const orderCharacters: { readonly [O in DType["byteOrder"]]: "<" | ">" | "|" } = {
  little: "<",
  big: ">",
  none: "|",
};

/**
 * NumPy's `dtype.str`: `<f8`, `|S5`, `<U7` (length in characters), `<M8[25us]`, `|O`, `|V12` for records.
 * Records lose their fields here: see the descr for those.
 */
export function dtypeString(dtype: DType): string {
  const start = orderCharacters[dtype.byteOrder] + typeCharacters[dtype.kind];
  switch (dtype.kind) {
    case "object":
      return start;
    case "str":
      return `${start}${dtype.itemsize / 4}`;
    case "datetime64":
    case "timedelta64":
      return `${start}8${timeUnitSuffix(dtype)}`;
    default:
      return `${start}${dtype.itemsize}`;
  }
}

/** `[25us]`, or nothing for generic units. */
export function timeUnitSuffix(dtype: DType<"datetime64"> | DType<"timedelta64">): string {
  if (dtype.unit === "generic") return "";
  return `[${dtype.multiple === 1 ? "" : dtype.multiple}${dtype.unit}]`;
}
