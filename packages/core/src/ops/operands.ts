import { type AnyArray, isArray, isMaskedArray } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import { type FullMask, MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { zeros } from "../array/zeros.ts";
import { type DType, simple } from "../dtype/dtype.ts";
import type { Kind } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import { type NoMask, nomask } from "../symbols.ts";
import { Complex } from "../values.ts";
import { broadcastTo } from "./broadcast.ts";
import { orInto } from "./mask-bits.ts";
import { classOf, isInteger, promote, promoteWeak, type WeakKind } from "./promote.ts";

/**
 * A single value beside an array, as a Python scalar is to NumPy: a `bigint` is an int; a whole `number` is an int beside integers
 * and bools, else a float. Beside a plain array it takes the array's dtype where it can; beside a masked one it counts as int64,
 * float64 or complex128, because that is what np.ma makes of it.
 */
export type Scalar = number | bigint | boolean | Complex;
/** What an operation takes: an array, or a single value. */
export type Operand = AnyArray | Scalar;

/** Masked as soon as one operand is. */
export type ResultOf<A, B, K extends Kind = Kind> = A extends MaskedArray
  ? MaskedArray<K>
  : B extends MaskedArray
    ? MaskedArray<K>
    : NdArray<K>;

/** Two operands as plain arrays with their masks, and the dtype they have together. */
export interface Operands {
  readonly a: NdArray;
  readonly b: NdArray;
  readonly maskA: NdArray | NoMask;
  readonly maskB: NdArray | NoMask;
  readonly common: DType;
  /** Where attributes of a masked result come from; undefined for plain results. */
  readonly from: MaskedArray | undefined;
}

const dataOf = (x: AnyArray): NdArray => (isMaskedArray(x) ? x.data : x);

/** The mask of an array that is not structured. Throws OptionError DTYPE_MISMATCH for records. */
export function flatMask(x: unknown): NdArray | NoMask {
  if (!isMaskedArray(x) || x.mask === nomask) return nomask;
  if (x.mask.dtype.kind === "struct")
    throw new OptionError("DTYPE_MISMATCH", "records are masked field by field; take a field first");
  return x.mask as unknown as NdArray;
}

/**
 * `loose`: integers beside an integer array need not fit its dtype, since the result has another: "comparing" gives bools (and
 * leaves promotion to the comparison), "dividing" floats.
 */
export function operandsOf(x: Operand, y: Operand, loose?: "comparing" | "dividing"): Operands {
  const comparing = loose === "comparing";
  const from = isMaskedArray(x) ? x : isMaskedArray(y) ? y : undefined;
  const masks: Pick<Operands, "maskA" | "maskB" | "from"> = { maskA: flatMask(x), maskB: flatMask(y), from };
  if (isArray(x) && isArray(y)) {
    const [a, b] = [dataOf(x), dataOf(y)];
    return { a, b, ...masks, common: comparing ? a.dtype : together(a.dtype, b.dtype) };
  }
  if (isArray(x)) {
    const a = dataOf(x);
    const b = weakArray(y as Scalar, a.dtype, loose !== undefined, from !== undefined);
    return { a, b, ...masks, common: comparing ? a.dtype : together(a.dtype, b.dtype) };
  }
  if (isArray(y)) {
    const b = dataOf(y);
    const a = weakArray(x, b.dtype, loose !== undefined, from !== undefined);
    return { a, b, ...masks, common: comparing ? b.dtype : together(a.dtype, b.dtype) };
  }
  const [a, b] = [weakArray(x, undefined, false, true), weakArray(y, undefined, false, true)];
  return { a, b, ...masks, common: together(a.dtype, b.dtype) };
}

/** As `promote`, but times with other dtypes are left to the operation. */
function together(a: DType, b: DType): DType {
  const time = (d: DType): boolean => d.kind === "datetime64" || d.kind === "timedelta64";
  return time(a) || time(b) ? a : promote(a, b);
}

function weakKind(value: Scalar, dtype: DType | undefined): WeakKind {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int";
  if (value instanceof Complex) return "complex";
  if (typeof value !== "number")
    throw new OptionError("OPTION_INVALID", "an operand is an array, a number, a bigint or a bool");
  const beside = dtype === undefined || classOf(dtype) === "b" || isInteger(dtype) || dtype.kind === "timedelta64";
  return Number.isInteger(value) && !Object.is(value, -0) && beside ? "int" : "float";
}

const ranges: { readonly [K in Kind]?: readonly [bigint, bigint] } = {
  int8: [-128n, 127n],
  int16: [-32768n, 32767n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint8: [0n, 255n],
  uint16: [0n, 65535n],
  uint32: [0n, 2n ** 32n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

/** A scalar as a 0-d array of the dtype it and an array of `beside` have together. Throws OptionError when it does not fit. */
function weakArray(value: Scalar, beside: DType | undefined, loose: boolean, strong: boolean): NdArray {
  const weak = weakKind(value, beside);
  const alone = { bool: "bool", int: "int64", float: "float64", complex: "complex128" } as const;
  let dtype: DType =
    beside === undefined || strong || classOf(beside) === "other" ? simple(alone[weak]) : promoteWeak(beside, weak);
  if (weak === "bool" && beside !== undefined) dtype = simple("bool");
  if (weak === "int" && isInteger(dtype)) {
    const whole = BigInt(value as number);
    const [low, high] = ranges[dtype.kind] as readonly [bigint, bigint];
    if (whole < low || whole > high) {
      if (!loose) throw new OptionError("DTYPE_MISMATCH", `${whole} is out of bounds for ${dtype.kind}`);
      dtype =
        whole >= -(2n ** 63n) && whole < 2n ** 63n
          ? simple("int64")
          : simple(whole < 2n ** 64n && whole >= 0n ? "uint64" : "float64");
    }
  }
  const out = zeros(dtype, []) as NdArray;
  const stored = dtype.kind === "int64" || dtype.kind === "uint64" ? BigInt(value as number) : value;
  out.set([], stored as never);
  return out;
}

/** The masks of both operands together, over the result's shape and in its order; a fresh array, or nomask. */
export function unionMask(o: Operands, result: NdArray): NdArray<"bool"> | NoMask {
  if (o.maskA === nomask && o.maskB === nomask) return nomask;
  const out = zeros(simple("bool"), result.shape, result.order);
  const masks: readonly (NdArray | NoMask)[] = [o.maskA, o.maskB];
  for (const mask of masks)
    if (mask !== nomask) orInto(out.storage, gather(broadcastTo(mask, result.shape), result.order) as Uint8Array);
  return out;
}

/** A result with a mask, its other properties (fill value, attributes) from the operand NumPy takes them from. */
export function maskedResult(data: NdArray, mask: NdArray<"bool"> | NoMask, from: MaskedArray): MaskedArray {
  return new MaskedArray({
    data: data.with({ attrs: from.attrs }),
    mask: mask as FullMask | NoMask,
    fillValue: from.fillValue,
  });
}
