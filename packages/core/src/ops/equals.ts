import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { type Bundle, isBundle } from "../array/bundle.ts";
import { gather } from "../array/gather.ts";
import type { NdArray } from "../array/ndarray.ts";
import { sameShape } from "../array/strides.ts";
import type { DType } from "../dtype/dtype.ts";
import { nomask } from "../symbols.ts";
import { castArray } from "./astype.ts";
import { broadcastTo } from "./broadcast.ts";
import { familyOf, isTime, toFloat64 } from "./cast.ts";
import { elementTexts } from "./cast-text.ts";
import { fieldOf } from "./field.ts";
import { identical } from "./identical.ts";

/** What counts as equal. */
export interface EqualsOptions {
  /** Compare what lies beneath the mask too. Default false. */
  readonly hidden?: boolean;
  /** NaN equals NaN (and NaT NaT). Default false, as in `np.array_equal`. */
  readonly equalNaN?: boolean;
  /** Numbers may differ by `atol + rtol * |b|`, as in `np.allclose`. Default 0. */
  readonly rtol?: number;
  /** See `rtol`. Default 0. */
  readonly atol?: number;
}

/**
 * Whether two arrays or bundles mean the same: both plain or both masked, the same shape, the same elements masked, and equal
 * values elsewhere. dtype, byte order, memory order, fill value, attributes, and nomask against all-false do not matter.
 */
export function equals(a: AnyArray | Bundle, b: AnyArray | Bundle, options: EqualsOptions = {}): boolean {
  if (isBundle(a) || isBundle(b)) {
    if (!isBundle(a) || !isBundle(b) || a.entries.size !== b.entries.size) return false;
    for (const [name, member] of a.entries) {
      const other = b.entries.get(name);
      if (other === undefined || !equals(member, other, options)) return false;
    }
    return true;
  }
  if (isMaskedArray(a) !== isMaskedArray(b) || !sameShape(a.shape, b.shape)) return false;
  if (!isMaskedArray(a) || !isMaskedArray(b)) return sameValues(a as NdArray, b as NdArray, undefined, options);
  const x = a.mask === nomask && b.mask === nomask ? undefined : (a.maskArray() as unknown as NdArray);
  const y = x === undefined ? undefined : (b.maskArray() as unknown as NdArray);
  if (x !== undefined && y !== undefined && !sameValues(x, y, undefined, {})) return false;
  return sameValues(a.data, b.data, options.hidden ? undefined : x, options);
}

/** Compares elements that `skip` (a full mask) does not cover. */
function sameValues(a: NdArray, b: NdArray, skip: NdArray | undefined, options: EqualsOptions): boolean {
  if (!sameShape(a.shape, b.shape)) return false;
  if (a.dtype.kind === "struct" || b.dtype.kind === "struct") {
    if (a.dtype.kind !== "struct" || b.dtype.kind !== "struct") return false;
    const names = a.dtype.fields.map((f) => f.name);
    if (names.length !== b.dtype.fields.length) return false;
    const others = new Set(b.dtype.fields.map((f) => f.name));
    return names.every(
      (n) => others.has(n) && sameValues(fieldOf(a, n), fieldOf(b, n), skip && fieldOf(skip, n), options),
    );
  }
  const flags = skip === undefined ? undefined : (gather(broadcastTo(skip, a.shape), "C") as Uint8Array);
  if (isTime(a.dtype) || isTime(b.dtype)) return sameTimes(a, b, flags, options);
  const x = comparable(a, options);
  const y = comparable(b, options);
  if (x.form !== y.form) return false;
  const { rtol = 0, atol = 0, equalNaN = false } = options;
  const { values: p } = x;
  const { values: q } = y;
  if (p.length !== q.length) return false;
  const per = x.per;
  for (let i = 0; i < p.length; i++) {
    if (flags !== undefined && flags[per === 2 ? i >> 1 : i] !== 0) continue;
    const v = p[i];
    const w = q[i];
    // biome-ignore lint/suspicious/noDoubleEquals: numbers and bigints compare exactly only this way.
    if (v == w) continue;
    if (typeof v === "number" && typeof w === "number") {
      if (equalNaN && Number.isNaN(v) && Number.isNaN(w)) continue;
      if (Math.abs(v - w) <= atol + rtol * Math.abs(w)) continue;
    }
    if (x.form === "object" && identical(holder(a, v), holder(a, w))) continue;
    return false;
  }
  return true;
}

interface Comparable {
  readonly form: "number" | "text" | "object";
  readonly values: ArrayLike<unknown>;
  readonly per: 1 | 2;
}

/** Elements in a form that compares by `==`; complex ones as pairs. */
function comparable(array: NdArray, options: EqualsOptions): Comparable {
  const lanes = gather(array, "C");
  const { dtype, size } = array;
  if (dtype.kind === "object") return { form: "object", values: lanes, per: 1 };
  if (dtype.kind === "void")
    return { form: "text", values: hexTexts(lanes as Uint8Array, dtype.itemsize, size), per: 1 };
  if (dtype.kind === "bytes")
    return { form: "text", values: hexTexts(lanes as Uint8Array, dtype.itemsize, size, true), per: 1 };
  const family = familyOf(dtype);
  if (family === "text") return { form: "text", values: elementTexts(dtype, lanes, size), per: 1 };
  if (dtype.kind === "complex64" || dtype.kind === "complex128")
    return { form: "number", values: lanes as Float64Array, per: 2 };
  if (dtype.kind === "clongdouble")
    return { form: "number", values: castArray(array, "complex128").toC() as Float64Array, per: 2 };
  const exact = family === "wide" && !options.rtol && !options.atol;
  return { form: "number", values: exact ? (lanes as BigInt64Array) : toFloat64(dtype, lanes, size), per: 1 };
}

function hexTexts(raw: Uint8Array, width: number, size: number, strip = false): string[] {
  return Array.from({ length: size }, (_, i) => {
    let end = (i + 1) * width;
    while (strip && end > i * width && raw[end - 1] === 0) end--;
    return Array.from(raw.subarray(i * width, end), (v) => v.toString(16).padStart(2, "0")).join("");
  });
}

/** Times are equal when each, in the other's unit, is the other (so a coarse unit is not equal to what it was cut from). */
function sameTimes(a: NdArray, b: NdArray, flags: Uint8Array | undefined, options: EqualsOptions): boolean {
  if (a.dtype.kind !== b.dtype.kind) return false;
  const nat = -(2n ** 63n);
  const x = a.toC() as BigInt64Array;
  const y = b.toC() as BigInt64Array;
  const bInA = castArray(b, a.dtype).toC() as BigInt64Array;
  const aInB = castArray(a, b.dtype).toC() as BigInt64Array;
  for (let i = 0; i < x.length; i++) {
    if (flags !== undefined && flags[i] !== 0) continue;
    if (x[i] !== bInA[i] || y[i] !== aInB[i] || (x[i] === nat && options.equalNaN !== true)) return false;
  }
  return true;
}

/** One object as a 0-d array, to compare it with {@link identical}. */
function holder(array: NdArray, value: unknown): NdArray {
  return array.with({
    dtype: { kind: "object", itemsize: 8, byteOrder: "none" } as DType,
    shape: [],
    storage: [value],
    offset: 0,
    dims: undefined,
  });
}
