import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import type { FullMask, MaskedArray } from "../array/masked-array.ts";
import { NdArray } from "../array/ndarray.ts";
import { NAT } from "../dtype/datetime.ts";
import { type DType, lanesOf, simple } from "../dtype/dtype.ts";
import { allocateStorage, type Storage } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import { nomask } from "../symbols.ts";
import { layoutOf, resolveAxis } from "./axis.ts";
import { familyOf, isTime, toFloat64 } from "./cast.ts";

/** What is sorted, and where masked elements go. */
export interface SortOptions {
  /** Default -1. `null`: the flattened array. */
  readonly axis?: number | null;
  /** Whether masked elements go last (default) or first. */
  readonly endwith?: boolean;
}

type Compare = (i: number, j: number) => number;

/** Compares elements by storage index; NaN and NaT come last, as NumPy sorts them. Undefined order (objects, records) is refused. */
function comparatorOf(dtype: DType, lanes: Storage): Compare {
  const family = familyOf(dtype);
  if (family === "real") {
    const v = toFloat64(dtype, lanes, lanes.length);
    return (i, j) => rank(v[i] as number, v[j] as number);
  }
  if (family === "wide") {
    const v = lanes as BigInt64Array;
    const time = isTime(dtype);
    return (i, j) => {
      const [a, b] = [v[i] as bigint, v[j] as bigint];
      if (time && (a === NAT) !== (b === NAT)) return a === NAT ? 1 : -1;
      return a < b ? -1 : a > b ? 1 : 0;
    };
  }
  if (dtype.kind === "complex64" || dtype.kind === "complex128") {
    const v = lanes as Float64Array;
    return (i, j) => {
      const nan = (k: number): number => (Number.isNaN(v[2 * k]) ? 2 : 0) + (Number.isNaN(v[2 * k + 1]) ? 1 : 0);
      const bothNumbers = nan(i) - nan(j);
      if (bothNumbers !== 0) return bothNumbers;
      return rank(v[2 * i] as number, v[2 * j] as number) || rank(v[2 * i + 1] as number, v[2 * j + 1] as number);
    };
  }
  if (dtype.kind === "bytes" || dtype.kind === "str" || dtype.kind === "void") {
    const width = lanesOf(dtype);
    const v = lanes as Uint32Array;
    return (i, j) => {
      for (let k = 0; k < width; k++) {
        const d = (v[i * width + k] as number) - (v[j * width + k] as number);
        if (d !== 0) return d;
      }
      return 0;
    };
  }
  throw new OptionError("DTYPE_MISMATCH", `${dtype.kind} has no order here; cast with astype first`);
}

function rank(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : Number.isNaN(b) ? -1 : 0;
}

/**
 * Order of the elements along each row of the axis as positions along it: stable. Masked elements sort as the value np.ma fills
 * them with (NaN or the largest value for `endwith`, else the smallest).
 */
function sortedOrder(data: NdArray, flags: Uint8Array | undefined, axis: number, endwith: boolean): BigInt64Array {
  const l = layoutOf(data, axis);
  const compare = comparatorOf(data.dtype, l.lanes);
  const out = new BigInt64Array(l.outer * l.n * l.inner);
  const row = new Float64Array(l.n);
  const fill = fillRank(data.dtype, l.lanes, endwith);
  const ranked: Compare | undefined =
    flags &&
    ((i, j) => {
      const [p, q] = [flags[i] !== 0, flags[j] !== 0];
      if (p && q) return 0;
      if (p) return -fill(j);
      return q ? fill(i) : compare(i, j);
    });
  for (let o = 0; o < l.outer; o++)
    for (let k = 0; k < l.inner; k++) {
      for (let r = 0; r < l.n; r++) row[r] = (o * l.n + r) * l.inner + k;
      const sorted = row.sort(ranked ?? compare);
      for (let r = 0; r < l.n; r++) {
        const at = sorted[r] as number;
        out[(o * l.n + r) * l.inner + k] = BigInt((Math.floor(at / l.inner) - o * l.n) as number);
      }
    }
  return out;
}

/** How an element compares with what masked ones are filled with. */
function fillRank(dtype: DType, lanes: Storage, endwith: boolean): (i: number) => number {
  const family = familyOf(dtype);
  if (family === "real") {
    const v = toFloat64(dtype, lanes, lanes.length);
    const float = dtype.kind.startsWith("float");
    const bits = dtype.itemsize * 8;
    const unsigned = dtype.kind.startsWith("uint");
    const high = float ? Number.NaN : dtype.kind === "bool" ? 1 : unsigned ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
    const low = float ? Number.NEGATIVE_INFINITY : dtype.kind === "bool" || unsigned ? 0 : -(2 ** (bits - 1));
    const fill = endwith ? high : low;
    return (i) => rank(v[i] as number, fill);
  }
  if (family === "wide") {
    const v = lanes as BigInt64Array;
    const unsigned = dtype.kind === "uint64";
    const low = unsigned ? 0n : isTime(dtype) ? NAT + 1n : NAT;
    const fill = endwith ? (unsigned ? 2n ** 64n - 1n : 2n ** 63n - 1n) : low;
    const time = isTime(dtype);
    return (i) => (time && v[i] === NAT ? 1 : (v[i] as bigint) < fill ? -1 : v[i] === fill ? 0 : 1);
  }
  return () => (endwith ? -1 : 1);
}

/** Positions that sort the array along an axis (stable; NaN last, masked elements last or first). */
export function argsort(x: AnyArray, options: SortOptions = {}): NdArray<"int64"> {
  const flat = options.axis === null ? (x.reshape([x.size]) as AnyArray) : x;
  const data = isMaskedArray(flat) ? flat.data : flat;
  const axis = resolveAxis(options.axis ?? (options.axis === null ? 0 : -1), data.ndim);
  const flags =
    isMaskedArray(flat) && flat.mask !== nomask
      ? (gather(flat.mask as unknown as NdArray, "C") as Uint8Array)
      : undefined;
  const storage = sortedOrder(data, flags, axis, options.endwith ?? true);
  return new NdArray<"int64">({ dtype: simple("int64"), shape: data.shape, storage });
}

/** A sorted copy along an axis (stable; NaN last, masked elements last or first). The mask moves with its elements. */
export function sort<A extends AnyArray>(x: A, options: SortOptions = {}): A {
  const flat = (options.axis === null ? x.reshape([x.size]) : x) as AnyArray;
  const order = argsort(flat, { ...options, axis: options.axis ?? -1 }).storage;
  const axis = resolveAxis(options.axis ?? -1, flat.ndim);
  if (!isMaskedArray(flat)) return takeAlong(flat, order, axis) as A;
  const mask =
    flat.mask === nomask ? nomask : (takeAlong(flat.mask as unknown as NdArray, order, axis) as unknown as FullMask);
  return (flat as MaskedArray).with({ data: takeAlong(flat.data, order, axis), mask }) as unknown as A;
}

function takeAlong(p: NdArray, order: BigInt64Array, axis: number): NdArray {
  const l = layoutOf(p, axis);
  const per = lanesOf(p.dtype);
  const from = l.lanes as Uint8Array;
  const out = allocateStorage(p.dtype.kind, order.length * per) as Uint8Array;
  for (let o = 0; o < l.outer; o++)
    for (let r = 0; r < l.n; r++)
      for (let k = 0; k < l.inner; k++) {
        const to = (o * l.n + r) * l.inner + k;
        const at = (o * l.n + Number(order[to])) * l.inner + k;
        for (let j = 0; j < per; j++) out[to * per + j] = from[at * per + j] as number;
      }
  return new NdArray({
    dtype: p.dtype,
    shape: p.shape,
    storage: out as never,
    attrs: p.attrs,
    dims: p.dims,
  }) as unknown as NdArray;
}
