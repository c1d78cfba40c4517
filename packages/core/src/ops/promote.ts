import { type DType, type SimpleKind, simple } from "../dtype/dtype.ts";
import { OptionError } from "../errors.ts";
import { isTime } from "./cast.ts";

/** Kinds NumPy computes with, as (class, bits): bool, unsigned, signed, float, complex. */
const ranks: { readonly [K in SimpleKind]: readonly [cls: "b" | "u" | "i" | "f" | "c", bits: number] } = {
  bool: ["b", 8],
  uint8: ["u", 8],
  uint16: ["u", 16],
  uint32: ["u", 32],
  uint64: ["u", 64],
  int8: ["i", 8],
  int16: ["i", 16],
  int32: ["i", 32],
  int64: ["i", 64],
  float16: ["f", 16],
  float32: ["f", 32],
  float64: ["f", 64],
  complex64: ["c", 32],
  complex128: ["c", 64],
};
export const isSimple = (dtype: DType): dtype is DType<SimpleKind> => Object.hasOwn(ranks, dtype.kind);
export const classOf = (dtype: DType): "b" | "u" | "i" | "f" | "c" | "other" =>
  isSimple(dtype) ? ranks[dtype.kind as SimpleKind][0] : "other";
export const isInteger = (dtype: DType): boolean => classOf(dtype) === "i" || classOf(dtype) === "u";

/** Bits of the float that holds every value of an integer (or bool) of so many bits, as NumPy has it. */
const floatBits = (bits: number): number => (bits <= 8 ? 16 : bits <= 16 ? 32 : 64);

/** NumPy's `result_type` of two kinds (NEP 50, arrays only). */
export function promoteKinds(a: SimpleKind, b: SimpleKind): SimpleKind {
  if (a === b) return a;
  const [x, m] = ranks[a];
  const [y, n] = ranks[b];
  if (x === "b") return b;
  if (y === "b") return a;
  if (x === "c" || y === "c" || x === "f" || y === "f") {
    const p = x === "u" || x === "i" ? floatBits(m) : m;
    const q = y === "u" || y === "i" ? floatBits(n) : n;
    const bits = Math.max(p, q);
    return x === "c" || y === "c" ? (bits === 64 ? "complex128" : "complex64") : (`float${bits}` as SimpleKind);
  }
  if (x === y) return m >= n ? a : b;
  const [unsigned, signed] = x === "u" ? [m, n] : [n, m];
  const bits = signed > unsigned ? signed : unsigned * 2;
  return bits > 64 ? "float64" : (`int${bits}` as SimpleKind);
}

/** A value beside an array: a Python scalar, which takes the array's precision (NEP 50 "weak" scalars). */
export type WeakKind = "bool" | "int" | "float" | "complex";

/** The dtype of an array of `dtype` together with a weak scalar. */
export function promoteWeak(dtype: DType, weak: WeakKind): DType {
  const cls = classOf(dtype);
  if (weak === "bool" || cls === "other") return dtype;
  if (weak === "int") return cls === "b" ? simple("int64") : dtype;
  if (weak === "float") return cls === "f" || cls === "c" ? dtype : simple("float64");
  if (cls === "c") return dtype;
  return simple(cls === "f" && dtype.itemsize <= 4 ? "complex64" : "complex128");
}

/**
 * The dtype two arrays have together, native byte order, as `np.result_type` (NumPy 2). Throws OptionError DTYPE_MISMATCH for
 * dtypes that have none or that are not computed with here (extended precision, records, objects).
 */
export function promote(a: DType, b: DType): DType {
  if (isSimple(a) && isSimple(b)) return simple(promoteKinds(a.kind as SimpleKind, b.kind as SimpleKind));
  if (isTime(a) && isTime(b) && a.kind === b.kind) return { ...finer(a, b), byteOrder: "little" } as DType;
  if (a.kind === "timedelta64" && isInteger(b)) return a;
  if (b.kind === "timedelta64" && isInteger(a)) return b;
  if ((a.kind === "str" || a.kind === "bytes") && (b.kind === "str" || b.kind === "bytes")) {
    const points = Math.max(pointsOf(a), pointsOf(b));
    if (a.kind === "bytes" && b.kind === "bytes") return a.itemsize >= b.itemsize ? a : b;
    return { kind: "str", itemsize: points * 4, byteOrder: "little" } as DType;
  }
  if (a.kind === b.kind && a.itemsize === b.itemsize && a.kind !== "struct") return a;
  throw new OptionError("DTYPE_MISMATCH", `${a.kind} and ${b.kind} have no common dtype; cast one with astype`);
}

const pointsOf = (dtype: DType): number => (dtype.kind === "str" ? dtype.itemsize / 4 : dtype.itemsize);

const lengths: readonly string[] = ["as", "fs", "ps", "ns", "us", "ms", "s", "m", "h", "D", "W", "M", "Y"];

/** The finer of two time dtypes; equal units need one multiple. */
function finer(a: DType<"datetime64" | "timedelta64">, b: DType<"datetime64" | "timedelta64">): DType {
  if (a.unit === "generic") return b;
  if (b.unit === "generic") return a;
  if (a.unit === b.unit) {
    let [x, y] = [a.multiple, b.multiple];
    while (y !== 0) [x, y] = [y, x % y];
    return { ...a, multiple: x };
  }
  if (a.multiple !== 1 || b.multiple !== 1)
    throw new OptionError("DTYPE_MISMATCH", "times of different units and multiples have no common dtype here");
  return lengths.indexOf(a.unit) < lengths.indexOf(b.unit) ? a : b;
}
