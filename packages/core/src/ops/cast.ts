import { needsSwap, swapUnit } from "../array/byte-order.ts";
import { swapLanes } from "../array/swap.ts";
import { NAT } from "../dtype/datetime.ts";
import { type DType, lanesOf, sameDType } from "../dtype/dtype.ts";
import {
  allocateStorage,
  type BinaryKind,
  type Kind,
  type Storage,
  storageOver,
  storageRules,
} from "../dtype/elements.ts";
import { float16ToNumber, numberToFloat16 } from "../dtype/float16.ts";
import { extendedToInteger, extendedToNumber, writeExtended } from "../dtype/longdouble.ts";
import { OptionError } from "../errors.ts";
import { castFromText, castToText } from "./cast-text.ts";
import { convertTimes } from "./time.ts";

type Numbers =
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** What a kind's numbers are computed in: everything a float64 holds exactly, 64-bit integers, or neither. */
export type Family = "real" | "wide" | "complex" | "extended" | "text" | "other";
const families: { readonly [K in Kind]: Family } = {
  bool: "real",
  int8: "real",
  int16: "real",
  int32: "real",
  int64: "wide",
  uint8: "real",
  uint16: "real",
  uint32: "real",
  uint64: "wide",
  float16: "real",
  float32: "real",
  float64: "real",
  longdouble: "extended",
  complex64: "complex",
  complex128: "complex",
  clongdouble: "extended",
  bytes: "text",
  str: "text",
  void: "other",
  datetime64: "wide",
  timedelta64: "wide",
  struct: "other",
  object: "other",
  string: "text",
};
export const familyOf = (dtype: DType): Family => families[dtype.kind];
export const isTime = (dtype: DType): dtype is DType<"datetime64" | "timedelta64"> =>
  dtype.kind === "datetime64" || dtype.kind === "timedelta64";
const isFloating = (kind: Kind): boolean => kind === "float16" || kind === "float32" || kind === "float64";

/** Whether values of the one lie in memory exactly as values of the other. */
export function sameStorage(a: DType, b: DType): boolean {
  return storageRules[a.kind].ordered && a.kind === b.kind
    ? sameDType({ ...a, byteOrder: "little" } as DType, { ...b, byteOrder: "little" } as DType)
    : sameDType(a, b);
}

/**
 * Contiguous elements of one dtype as elements of another, by NumPy's `astype(casting="unsafe")`; the storage itself when
 * nothing changes. Integers wrap, floats are cut toward zero, complex loses its imaginary part, NaT stays NaT.
 * Floats outside an integer's range, undefined in C, become what x86-64 makes of them.
 * Structured and object dtypes are not for this function. Throws OptionError DTYPE_MISMATCH where NumPy has no cast.
 */
export function castLanes(from: DType, lanes: Storage, to: DType, size: number): Storage {
  if (sameStorage(from, to)) return lanes;
  const source = familyOf(from);
  const target = familyOf(to);
  if (target === "text") return castToText(from, lanes, to, size);
  if (source === "text" && target !== "other") return castFromText(from, lanes, to, size);
  if (source === "other" || target === "other") return opaqueCast(from, lanes, to, size);
  if (target === "wide") return wideOf(from, lanes, to, size);
  if (target === "real") return realOf(from, lanes, to, size);
  return pairsOf(from, lanes, to, size);
}

/** Elements as float64 (the real part of complex ones). Shares the storage of float64. */
export function toFloat64(from: DType, lanes: Storage, size: number): Float64Array {
  const out = from.kind === "float64" ? (lanes as Float64Array) : new Float64Array(size);
  if (from.kind === "float16") {
    const bits = lanes as Uint16Array;
    for (let i = 0; i < size; i++) out[i] = float16ToNumber(bits[i] as number);
  } else if (from.kind === "bool") {
    const flags = lanes as Uint8Array;
    for (let i = 0; i < size; i++) out[i] = flags[i] === 0 ? 0 : 1;
  } else if (familyOf(from) === "wide") {
    const wide = lanes as BigInt64Array;
    for (let i = 0; i < size; i++) out[i] = Number(wide[i]);
  } else if (from.kind === "complex64" || from.kind === "complex128") {
    const pairs = lanes as Float64Array;
    for (let i = 0; i < size; i++) out[i] = pairs[2 * i] as number;
  } else if (from.kind === "longdouble" || from.kind === "clongdouble") {
    const step = lanesOf(from);
    for (let i = 0; i < size; i++) out[i] = extendedToNumber(lanes as Uint8Array, i * step, from.layout);
  } else if (from.kind !== "float64") out.set(lanes as Numbers);
  return out;
}

/** float64 values as elements of any real kind. Shares the storage of float64. */
export function fromFloat64(values: Float64Array, to: DType, into?: Storage): Storage {
  const size = values.length;
  if (to.kind === "float64" && into === undefined) return values;
  const out = into ?? allocateStorage(to.kind, size);
  if (to.kind === "float64" || to.kind === "float32") (out as Float64Array).set(values);
  else if (to.kind === "float16")
    for (let i = 0; i < size; i++) (out as Uint16Array)[i] = numberToFloat16(values[i] as number);
  else if (to.kind === "bool") for (let i = 0; i < size; i++) (out as Uint8Array)[i] = values[i] === 0 ? 0 : 1;
  else if (to.kind === "uint32")
    for (let i = 0; i < size; i++) (out as Uint32Array)[i] = inRange(values[i] as number, -(2 ** 63), 2 ** 63);
  else
    for (let i = 0; i < size; i++) (out as Int32Array)[i] = inRange(values[i] as number, -2147483649, 2147483648) | 0;
  return out;
}

/** The value, or (outside the open range, and for NaN) the machine's integer indefinite: -2^31, which is 0 in narrower types. */
function inRange(x: number, low: number, high: number): number {
  return x > low && x < high ? x : high === 2147483648 ? -2147483648 : 0;
}

/** A float64 cut to 64 bits as x86-64 does. */
function truncated(x: number, unsigned: boolean): bigint {
  if (x > -(2 ** 63) && x < 2 ** 63) return BigInt(Math.trunc(x));
  return unsigned && x >= 2 ** 63 && x < 2 ** 64 ? BigInt(x) : unsigned && x >= 2 ** 64 ? 0n : -(2n ** 63n);
}

/** Elements as 64-bit integers (uint64 in the bits of int64). Shares the storage of 64-bit kinds. */
export function toWide(from: DType, lanes: Storage, to: DType, size: number): BigInt64Array {
  if (familyOf(from) === "wide") {
    const wide = lanes as BigInt64Array | BigUint64Array;
    return new BigInt64Array(wide.buffer as ArrayBuffer, wide.byteOffset, wide.length);
  }
  const out = new BigInt64Array(size);
  const missing = isTime(to) ? NAT : undefined;
  if (from.kind === "longdouble" || from.kind === "clongdouble") {
    const step = lanesOf(from);
    for (let i = 0; i < size; i++) {
      const whole = extendedToInteger(lanes as Uint8Array, i * step, from.layout);
      out[i] = whole === undefined || whole < NAT || whole >= 1n << 64n ? NAT : whole;
    }
    return out;
  }
  if (isFloating(from.kind) || familyOf(from) === "complex") {
    const values = toFloat64(from, lanes, size);
    for (let i = 0; i < size; i++) {
      const x = values[i] as number;
      out[i] = missing !== undefined && !(Math.abs(x) < 2 ** 63) ? missing : truncated(x, to.kind === "uint64");
    }
    return out;
  }
  const small = lanes as Int32Array;
  if (from.kind === "bool") for (let i = 0; i < size; i++) out[i] = small[i] === 0 ? 0n : 1n;
  else for (let i = 0; i < size; i++) out[i] = BigInt(small[i] as number);
  return out;
}

function wideOf(from: DType, lanes: Storage, to: DType, size: number): Storage {
  if (isTime(from) && isTime(to)) return convertTimes(lanes as BigInt64Array, from, to);
  const bits = toWide(from, lanes, to, size);
  return storageOver(to.kind as BinaryKind, bits.buffer, bits.byteOffset, size);
}

function realOf(from: DType, lanes: Storage, to: DType, size: number): Storage {
  if (to.kind === "bool" && familyOf(from) === "complex") {
    const pairs = lanes as Float64Array;
    const flags = new Uint8Array(size);
    for (let i = 0; i < size; i++) flags[i] = pairs[2 * i] === 0 && pairs[2 * i + 1] === 0 ? 0 : 1;
    return flags;
  }
  if (familyOf(from) !== "wide") {
    const integers = !isFloating(from.kind) && familyOf(from) === "real" && to.kind !== "bool" && to.kind !== "float16";
    if (!integers || from.kind === "bool") return fromFloat64(toFloat64(from, lanes, size), to);
    const out = allocateStorage(to.kind, size);
    (out as Numbers).set(lanes as Numbers);
    return out;
  }
  const wide = lanes as BigInt64Array;
  const out = allocateStorage(to.kind, size) as Float64Array;
  if (to.kind === "bool") for (let i = 0; i < size; i++) out[i] = wide[i] === 0n ? 0 : 1;
  else if (to.kind === "float64") for (let i = 0; i < size; i++) out[i] = Number(wide[i]);
  else if (to.kind === "float32") for (let i = 0; i < size; i++) out[i] = singleOf(wide[i] as bigint);
  else if (to.kind === "float16")
    for (let i = 0; i < size; i++) out[i] = numberToFloat16(Math.fround(singleOf(wide[i] as bigint)));
  else for (let i = 0; i < size; i++) out[i] = Number(BigInt.asIntN(32, wide[i] as bigint));
  return out;
}

/** A float64 that rounds to the float32 nearest to the integer: its tail is kept as one sticky bit, so that rounding twice does no harm. */
function singleOf(x: bigint): number {
  const near = Number(x);
  if (Math.abs(near) < 2 ** 53) return near;
  const high = x >> 11n;
  return Number((x & 2047n) === 0n ? high : high | 1n) * 2048;
}

/** To complex and to extended precision. */
function pairsOf(from: DType, lanes: Storage, to: DType, size: number): Storage {
  const out = allocateStorage(to.kind, size * lanesOf(to));
  const two = from.kind === "complex64" || from.kind === "complex128" || from.kind === "clongdouble";
  const re = familyOf(from) === "wide" ? undefined : toFloat64(from, lanes, size);
  const wide = re === undefined ? (lanes as BigInt64Array) : undefined;
  const im = two ? toFloat64(from, imaginary(from, lanes), size) : undefined;
  if (to.kind === "longdouble" || to.kind === "clongdouble") {
    const step = lanesOf(to);
    const bytes = out as Uint8Array;
    const half = from.kind === "clongdouble" ? lanesOf(from) / 2 : lanesOf(from);
    const exact =
      (from.kind === "longdouble" || from.kind === "clongdouble") && from.layout === to.layout
        ? (lanes as Uint8Array)
        : undefined;
    const wanted = to.kind === "clongdouble" ? step / 2 : step;
    for (let i = 0; i < size; i++) {
      const at = i * step;
      if (exact !== undefined) {
        const start = i * lanesOf(from);
        bytes.set(exact.subarray(start, start + Math.min(half, wanted)), at);
        if (two && to.kind === "clongdouble")
          bytes.set(exact.subarray(start + half, start + half + Math.min(half, wanted)), at + wanted);
        continue;
      }
      writeExtended(
        re === undefined ? ((wide as BigInt64Array)[i] as bigint) : (re[i] as number),
        bytes,
        at,
        to.layout,
      );
      if (to.kind === "clongdouble")
        writeExtended(im === undefined ? 0 : (im[i] as number), bytes, at + wanted, to.layout);
    }
    return out;
  }
  const pairs = out as Float64Array;
  for (let i = 0; i < size; i++) {
    pairs[2 * i] =
      re !== undefined
        ? (re[i] as number)
        : to.kind === "complex64"
          ? singleOf((wide as BigInt64Array)[i] as bigint)
          : Number((wide as BigInt64Array)[i]);
    pairs[2 * i + 1] = im === undefined ? 0 : (im[i] as number);
  }
  return out;
}

/** The lanes shifted so that the imaginary parts stand where the real ones did. */
function imaginary(from: DType, lanes: Storage): Storage {
  return (lanes as Float64Array).subarray(lanesOf(from) / 2);
}

/** To and from `V`: the bytes as they are, cut or zero-padded. */
function opaqueCast(from: DType, lanes: Storage, to: DType, size: number): Storage {
  if (from.kind === "void" && to.kind === "bool") return anyByte(lanes as Uint8Array, from.itemsize, size);
  if (to.kind !== "void") throw new OptionError("DTYPE_MISMATCH", `${from.kind} cannot be cast to ${to.kind}`);
  if (Array.isArray(lanes)) throw new OptionError("DTYPE_MISMATCH", `${from.kind} cannot be cast to ${to.kind}`);
  let raw = new Uint8Array(lanes.buffer, lanes.byteOffset, lanes.byteLength);
  if (needsSwap(from)) raw = swapLanes(raw, swapUnit(from), new Uint8Array(raw.length));
  const width = size === 0 ? 0 : raw.length / size;
  const take = Math.min(width, to.itemsize);
  const out = new Uint8Array(size * to.itemsize);
  for (let i = 0; i < size; i++) out.set(raw.subarray(i * width, i * width + take), i * to.itemsize);
  return out;
}

/** Whether each group of `width` bytes has one that is not zero. */
function anyByte(raw: Uint8Array, width: number, size: number): Uint8Array {
  const out = new Uint8Array(size);
  for (let i = 0; i < size * width; i++) if (raw[i] !== 0) out[Math.floor(i / width)] = 1;
  return out;
}
