import type { Order } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import { NdArray } from "../array/ndarray.ts";
import { sameShape, sizeOf } from "../array/strides.ts";
import { zeros } from "../array/zeros.ts";
import { NAT } from "../dtype/datetime.ts";
import { type DType, lanesOf, simple } from "../dtype/dtype.ts";
import { allocateStorage, type Elements, type Kind, type Storage } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import { castArray } from "./astype.ts";
import { broadcastShapes, broadcastTo } from "./broadcast.ts";
import { familyOf, fromFloat64, isTime, toFloat64, toWide } from "./cast.ts";
import { compareComplex, complexBinary } from "./kernels-complex.ts";
import {
  type BinaryName,
  type CompareName,
  type RealBinary,
  realBinary,
  realCompare,
  realUnary,
  type UnaryName,
} from "./kernels-real.ts";
import { type Wide, wideBinary, wideCompare } from "./kernels-wide.ts";
import { isInteger, promote } from "./promote.ts";

/** Elements handled at a time: scratch space stays in the cache and memory stays bounded. */
const BLOCK = 8192;

interface Side {
  readonly dtype: DType;
  readonly lanes: Storage;
  /** 0: one value for all. */
  readonly step: 0 | 1;
}
interface Plan {
  readonly a: Side;
  readonly b: Side;
  readonly shape: readonly number[];
  readonly order: Order;
  readonly size: number;
}

function plan(a: NdArray, b: NdArray): Plan {
  const shape = broadcastShapes(a.shape, b.shape);
  const full = [a, b].filter((x) => x.size !== 1 || sizeOf(shape) === 1);
  const order: Order = full.length > 0 && full.every((x) => x.order === "F" && sameShape(x.shape, shape)) ? "F" : "C";
  return { a: side(a, shape, order), b: side(b, shape, order), shape, order, size: sizeOf(shape) };
}

function side(array: NdArray, shape: readonly number[], order: Order): Side {
  const { dtype } = array;
  if (array.size === 1 && sizeOf(shape) !== 1) return { dtype, lanes: gather(array, "C"), step: 0 };
  return { dtype, lanes: gather(broadcastTo(array, shape), order), step: 1 };
}

/** Elements `from` to `from + n` (or the one there is) of a side as float64. */
function loadReal(s: Side, from: number, n: number): Float64Array {
  if (s.step === 0) return toFloat64(s.dtype, s.lanes, 1);
  return toFloat64(s.dtype, (s.lanes as Float64Array).subarray(from, from + n), n);
}
function loadWide(s: Side, from: number, n: number, to: DType): Wide {
  const count = s.step === 0 ? 1 : n;
  const start = s.step === 0 ? 0 : from;
  const wide = toWide(s.dtype, (s.lanes as Float64Array).subarray(start, start + count), to, count);
  return to.kind === "uint64" ? new BigUint64Array(wide.buffer as ArrayBuffer, wide.byteOffset, count) : wide;
}
function loadPairs(s: Side, from: number, n: number): Float64Array {
  const start = s.step === 0 ? 0 : from * 2;
  const part = (s.lanes as Float64Array).subarray(start, start + (s.step === 0 ? 2 : n * 2));
  return s.dtype.kind === "complex128" ? part : new Float64Array(part);
}

function made<K extends Kind>(dtype: DType<K>, p: Plan, storage: Storage): NdArray<K> {
  return new NdArray<K>({ dtype, shape: p.shape, storage: storage as Elements[K]["data"], order: p.order });
}

function unsupported(name: string, dtype: DType): never {
  throw new OptionError("DTYPE_MISMATCH", `${name} is not defined for ${dtype.kind} here; cast with astype first`);
}

/** An element-wise operation of two arrays, computed and returned in `dtype`. Shapes are broadcast. */
export function binaryOf(name: BinaryName, a: NdArray, b: NdArray, dtype: DType): NdArray {
  const family = familyOf(dtype);
  if (family === "complex") {
    const run = complexBinary[name as keyof typeof complexBinary];
    if (run === undefined) unsupported(name, dtype);
    const p = plan(castArray(a, dtype), castArray(b, dtype));
    const out = allocateStorage(dtype.kind, p.size * 2) as Float64Array;
    const single = dtype.kind === "complex64";
    const scratch = new Float64Array(2 * Math.min(BLOCK, p.size));
    for (let at = 0; at < p.size; at += BLOCK) {
      const n = Math.min(BLOCK, p.size - at);
      run(loadPairs(p.a, at, n), loadPairs(p.b, at, n), scratch, n, p.a.step, p.b.step, single);
      out.set(n === BLOCK ? scratch : scratch.subarray(0, 2 * n), 2 * at);
    }
    return made(dtype, p, out);
  }
  const p = plan(a, b);
  if (family === "wide") {
    if (name === "divide" || name === "arctan2" || name === "hypot") unsupported(name, dtype);
    const out = allocateStorage(dtype.kind, p.size) as BigInt64Array;
    const run = wideBinary[name];
    for (let at = 0; at < p.size; at += BLOCK) {
      const n = Math.min(BLOCK, p.size - at);
      const [v, w] = [loadWide(p.a, at, n, dtype), loadWide(p.b, at, n, dtype)];
      const to = out.subarray(at, at + n);
      run(v, w, to, n, p.a.step, p.b.step);
      if (isTime(dtype)) markNaT(v, w, to, NAT, p);
    }
    return made(dtype, p, out);
  }
  if (family !== "real") unsupported(name, dtype);
  return made(dtype, p, realLoop(realKernel(name, dtype), p, dtype));
}

function realKernel(name: BinaryName, dtype: DType): RealBinary {
  if (!isInteger(dtype)) return realBinary[name];
  if (name === "multiply") return dtype.itemsize === 4 ? realBinary.multiply32 : realBinary.multiply;
  if (name === "floorDivide") return realBinary.floorDivideInt;
  if (name === "remainder") return realBinary.remainderInt;
  return name === "power" ? realBinary.powerInt : realBinary[name];
}

function realLoop(run: RealBinary, p: Plan, dtype: DType): Storage {
  const out = allocateStorage(dtype.kind, p.size) as Float64Array;
  const direct = dtype.kind === "float64";
  const wraps = isInteger(dtype) || dtype.kind === "float32";
  const scratch = direct ? undefined : new Float64Array(Math.min(BLOCK, p.size));
  for (let at = 0; at < p.size; at += BLOCK) {
    const n = Math.min(BLOCK, p.size - at);
    const to = out.subarray(at, at + n);
    const values = scratch === undefined ? to : scratch.subarray(0, n);
    run(loadReal(p.a, at, n), loadReal(p.b, at, n), values, n, p.a.step, p.b.step);
    if (scratch === undefined) continue;
    // Storing float64 into integers wraps, which is what integer arithmetic does.
    if (wraps) to.set(values);
    else fromFloat64(values, dtype, to);
  }
  return out;
}

/** An element-wise comparison after promotion (by value where no dtype holds both, as for int64 with uint64). */
export function compareOf(name: CompareName, a: NdArray, b: NdArray): NdArray<"bool"> {
  const [x, y] = textual(a) || textual(b) ? sameText(a, b) : [a, b];
  const common = promoteForCompare(x, y);
  const family = familyOf(common);
  const p = family === "complex" || isTime(common) ? plan(castArray(x, common), castArray(y, common)) : plan(x, y);
  const out = new Uint8Array(p.size);
  for (let at = 0; at < p.size; at += BLOCK) {
    const n = Math.min(BLOCK, p.size - at);
    const to = out.subarray(at, at + n);
    if (family === "text") compareText(name, p, common, at, n, to);
    else if (family === "complex")
      compareComplex(name, loadPairs(p.a, at, n), loadPairs(p.b, at, n), to, n, p.a.step, p.b.step);
    else if (family === "wide") {
      const [v, w] = [loadWide(p.a, at, n, p.a.dtype), loadWide(p.b, at, n, p.b.dtype)];
      wideCompare[name](v, w, to, n, p.a.step, p.b.step);
      if (isTime(common)) markNaT(v, w, to, name === "notEqual" ? 1 : 0, p);
    } else if (family === "real")
      realCompare[name](loadReal(p.a, at, n), loadReal(p.b, at, n), to, n, p.a.step, p.b.step);
    else unsupported(name, common);
  }
  return made(simple("bool"), p, out);
}

const textual = (a: NdArray): boolean => familyOf(a.dtype) === "text";

function sameText(a: NdArray, b: NdArray): [NdArray, NdArray] {
  if (!textual(a) || !textual(b)) throw new OptionError("DTYPE_MISMATCH", "text compares only with text");
  const plain = (x: NdArray): NdArray => (x.dtype.kind === "string" ? castArray(x, "str") : x);
  const [x, y] = [plain(a), plain(b)];
  const common = promote(x.dtype, y.dtype);
  return [castArray(x, common), castArray(y, common)];
}

function promoteForCompare(a: NdArray, b: NdArray): DType {
  // int64 and uint64 are compared as integers, not through float64.
  if (isInteger(a.dtype) && isInteger(b.dtype)) {
    const wide = [a, b].find((x) => familyOf(x.dtype) === "wide");
    return wide === undefined ? simple("float64") : wide.dtype;
  }
  return promote(a.dtype, b.dtype);
}

/** Stores `value` wherever either operand is NaT. */
function markNaT<T extends number | bigint>(
  a: Wide,
  b: Wide,
  out: { [i: number]: T; length: number },
  value: T,
  p: Plan,
) {
  for (let i = 0; i < out.length; i++) if (a[i * p.a.step] === NAT || b[i * p.b.step] === NAT) out[i] = value;
}

function compareText(name: CompareName, p: Plan, common: DType, at: number, n: number, out: Uint8Array): void {
  const width = lanesOf(common);
  const a = p.a.lanes as Uint32Array;
  const b = p.b.lanes as Uint32Array;
  for (let i = 0; i < n; i++) {
    const ia = (at + i) * p.a.step * width;
    const ib = (at + i) * p.b.step * width;
    let k = 0;
    while (k < width && a[ia + k] === b[ib + k]) k++;
    const sign = k === width ? 0 : (a[ia + k] as number) < (b[ib + k] as number) ? -1 : 1;
    const isTrue =
      name === "equal"
        ? sign === 0
        : name === "notEqual"
          ? sign !== 0
          : name === "less"
            ? sign < 0
            : name === "lessEqual"
              ? sign <= 0
              : name === "greater"
                ? sign > 0
                : sign >= 0;
    out[i] = isTrue ? 1 : 0;
  }
}

/** An element-wise function of one array of a real dtype, computed in float64 and returned in `dtype`. */
export function unaryOf(name: UnaryName, a: NdArray, dtype: DType): NdArray {
  const { order, size } = a;
  const s: Side = { dtype: a.dtype, lanes: gather(a, order), step: 1 };
  const result = zeros(dtype, a.shape, order);
  const out = result.storage as Float64Array;
  if (familyOf(dtype) === "wide") {
    const wide = s.lanes as BigInt64Array;
    const to = result.storage as BigInt64Array;
    if (name !== "negative" && name !== "abs") unsupported(name, dtype);
    for (let i = 0; i < size; i++) {
      const v = wide[i] as bigint;
      to[i] = name === "negative" || v < 0n ? -v : v;
    }
    return result;
  }
  if (familyOf(dtype) !== "real" || familyOf(a.dtype) === "complex") unsupported(name, a.dtype);
  const run = realUnary[name];
  const scratch = new Float64Array(Math.min(BLOCK, size));
  for (let at = 0; at < size; at += BLOCK) {
    const n = Math.min(BLOCK, size - at);
    const values = scratch.subarray(0, n);
    run(loadReal(s, at, n), values, n);
    const to = out.subarray(at, at + n);
    if (isInteger(dtype)) to.set(values);
    else fromFloat64(values, dtype, to);
  }
  return result;
}
