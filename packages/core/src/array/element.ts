import { type DType, type Field, fieldCount, lanesOf } from "../dtype/dtype.ts";
import { float16ToNumber, numberToFloat16 } from "../dtype/float16.ts";
import { LongDouble } from "../dtype/longdouble.ts";
import { OptionError } from "../errors.ts";
import { Complex } from "../values.ts";
import { needsSwap, swapUnit } from "./byte-order.ts";
import { arrayFromBytes } from "./bytes.ts";
import type { NdArray } from "./ndarray.ts";
import { elementIndices } from "./strides.ts";
import { swapLanes } from "./swap.ts";

/** The scalar at a storage index (in elements). */
export function readElement(array: NdArray, index: number): unknown {
  const { dtype, storage } = array;
  const lanes = lanesOf(dtype);
  const at = index * lanes;
  switch (dtype.kind) {
    case "bool":
      return (storage as Uint8Array)[at] !== 0;
    case "float16":
      return float16ToNumber((storage as Uint16Array)[at] as number);
    case "complex64":
    case "complex128":
      return new Complex((storage as Float64Array)[at] as number, (storage as Float64Array)[at + 1] as number);
    case "longdouble":
      return new LongDouble((storage as Uint8Array).slice(at, at + lanes), dtype.layout);
    case "clongdouble": {
      const half = lanes / 2;
      return [
        new LongDouble((storage as Uint8Array).slice(at, at + half), dtype.layout),
        new LongDouble((storage as Uint8Array).slice(at + half, at + lanes), dtype.layout),
      ];
    }
    case "bytes": {
      let end = at + lanes;
      while (end > at && (storage as Uint8Array)[end - 1] === 0) end--;
      return (storage as Uint8Array).slice(at, end);
    }
    case "void":
      return (storage as Uint8Array).slice(at, at + lanes);
    case "str":
      return codePointsToString(storage as Uint32Array, at, at + lanes);
    case "struct":
      return readRecord(array, (storage as Uint8Array).subarray(at, at + lanes), dtype);
    default:
      return (storage as readonly unknown[])[at];
  }
}

/** Text of zero-padded code points; those beyond Unicode (which a hostile file can hold) become U+FFFD. */
export function codePointsToString(points: Uint32Array, from: number, to: number): string {
  let end = to;
  while (end > from && points[end - 1] === 0) end--;
  let text = "";
  for (let i = from; i < end; i++) {
    const c = points[i] as number;
    text += c > 0x10ffff ? "\ufffd" : String.fromCodePoint(c);
  }
  return text;
}

function readRecord(array: NdArray, record: Uint8Array, dtype: DType<"struct">): unknown {
  const out = Object.create(null) as Record<string, unknown>;
  for (const field of dtype.fields) {
    const values = readField(array, record, field);
    Object.defineProperty(out, field.name, { value: values, enumerable: true, configurable: true, writable: true });
  }
  return out;
}

/** A field of one record as an array of the field's own dtype and shape (a copy where it is not aligned). */
export function fieldArray(array: NdArray, record: Uint8Array, field: Field): NdArray {
  const raw = record.subarray(field.offset, field.offset + field.dtype.itemsize * fieldCount(field));
  if (field.dtype.kind === "object" || field.dtype.kind === "string") return objectField(array, raw, field);
  const made = arrayFromRecordBytes(raw, field.dtype, field.shape);
  return array.objects === undefined ? made : made.with({ objects: array.objects });
}

/** As arrayFromBytes, for record dtypes with object members too (their bytes are indices, never swapped). */
function arrayFromRecordBytes(raw: Uint8Array, dtype: DType, shape: readonly number[]): NdArray {
  if (dtype.kind === "struct") return recordArray(raw, dtype, shape);
  return arrayFromBytes(raw, dtype, shape);
}

function recordArray(raw: Uint8Array, dtype: DType<"struct">, shape: readonly number[]): NdArray {
  const opaque = arrayFromBytes<"void">(raw, { kind: "void", itemsize: dtype.itemsize, byteOrder: "none" }, shape);
  return (opaque as NdArray).with({ dtype });
}

function objectField(array: NdArray, raw: Uint8Array, field: Field): NdArray {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const count = fieldCount(field);
  const storage: unknown[] = [];
  for (let i = 0; i < count; i++) {
    const id = view.getUint32(i * field.dtype.itemsize, true);
    storage.push(id === 0 ? null : (array.objects?.[id - 1] ?? null));
  }
  return (array as NdArray<"object">).with({
    dtype: field.dtype as DType<"object">,
    shape: field.shape,
    storage,
    offset: 0,
    strides: undefined,
    order: "C",
    dims: undefined,
  }) as NdArray;
}

function readField(array: NdArray, record: Uint8Array, field: Field): unknown {
  const made = fieldArray(array, record, field);
  if (field.shape.length === 0) return readElement(made, made.offset);
  return nested(made, 0, made.offset);
}

/** Nested JavaScript arrays of scalars, as NumPy's `tolist()`; the depth is the number of dimensions. */
export function nested(array: NdArray, axis: number, at: number): unknown {
  if (axis === array.shape.length) return readElement(array, at);
  const out: unknown[] = [];
  for (let i = 0; i < (array.shape[axis] as number); i++)
    out.push(nested(array, axis + 1, at + i * (array.strides[axis] as number)));
  return out;
}

/** Storage index of every element, in C order. */
export function elementStarts(array: NdArray): Float64Array {
  return elementIndices(array.shape, array.strides, array.offset, "C", new Float64Array(array.size));
}

/** Length of the first axis, along which arrays are iterated. Throws OptionError INDEX_INVALID for 0-d arrays. */
export function firstLength(shape: readonly number[]): number {
  const n = shape[0];
  if (n === undefined)
    throw new OptionError("INDEX_INVALID", "a 0-d array cannot be iterated; take its element with at()");
  return n;
}

/** Stores a scalar at a storage index. Throws OptionError DTYPE_MISMATCH when it does not fit. */
export function writeElement(array: NdArray, index: number, value: unknown): void {
  const { dtype, storage } = array;
  const lanes = lanesOf(dtype);
  const at = index * lanes;
  switch (dtype.kind) {
    case "bool":
      (storage as Uint8Array)[at] = value ? 1 : 0;
      return;
    case "float16":
      (storage as Uint16Array)[at] = numberToFloat16(expectNumber(value, dtype));
      return;
    case "complex64":
    case "complex128": {
      const z = value instanceof Complex ? value : new Complex(expectNumber(value, dtype), 0);
      (storage as Float64Array)[at] = z.re;
      (storage as Float64Array)[at + 1] = z.im;
      return;
    }
    case "int64":
    case "uint64":
    case "datetime64":
    case "timedelta64":
      storeExactly(storage as BigInt64Array, at, expectInteger(value, dtype), dtype);
      return;
    case "longdouble":
      writeBytes(storage as Uint8Array, at, lanes, value instanceof LongDouble ? value.bytes : undefined, dtype);
      return;
    case "clongdouble": {
      const [re, im] = Array.isArray(value) ? (value as unknown[]) : [];
      writeBytes(storage as Uint8Array, at, lanes / 2, re instanceof LongDouble ? re.bytes : undefined, dtype);
      writeBytes(
        storage as Uint8Array,
        at + lanes / 2,
        lanes / 2,
        im instanceof LongDouble ? im.bytes : undefined,
        dtype,
      );
      return;
    }
    case "bytes":
    case "void":
      writeBytes(storage as Uint8Array, at, lanes, value instanceof Uint8Array ? value : undefined, dtype);
      return;
    case "str": {
      const points = Array.from(String(value), (c) => c.codePointAt(0) as number);
      (storage as Uint32Array).fill(0, at, at + lanes);
      (storage as Uint32Array).set(points.slice(0, lanes), at);
      return;
    }
    case "struct":
      writeRecord(array, (storage as Uint8Array).subarray(at, at + lanes), dtype, value);
      return;
    case "object":
    case "string":
      (storage as unknown[])[at] = value;
      return;
    case "float32":
    case "float64":
      (storage as Float64Array)[at] = expectNumber(value, dtype);
      return;
    default:
      storeExactly(storage as Int32Array, at, Math.trunc(expectNumber(value, dtype)), dtype);
  }
}

/** Stores an integer that the typed array must hold as it is; what was there stays when it does not. */
function storeExactly<T extends number | bigint>(
  storage: { [i: number]: T },
  at: number,
  value: T,
  dtype: DType,
): void {
  const before = storage[at] as T;
  storage[at] = value;
  if (storage[at] === value) return;
  storage[at] = before;
  throw new OptionError("DTYPE_MISMATCH", `${value} is out of bounds for ${dtype.kind}`);
}

function expectNumber(value: unknown, dtype: DType): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  throw new OptionError(
    "DTYPE_MISMATCH",
    `a ${dtype.kind} element takes a number, not ${value === null ? "null" : typeof value}`,
  );
}

function expectInteger(value: unknown, dtype: DType): bigint {
  if (typeof value === "bigint") return value;
  if ((typeof value === "number" && Number.isSafeInteger(value)) || typeof value === "boolean") return BigInt(value);
  throw new OptionError(
    "DTYPE_MISMATCH",
    `a ${dtype.kind} element takes a bigint or a safe integer, not ${typeof value === "number" ? value : typeof value}`,
  );
}

function writeBytes(
  storage: Uint8Array,
  at: number,
  length: number,
  value: Uint8Array | undefined,
  dtype: DType,
): void {
  if (value === undefined)
    throw new OptionError(
      "DTYPE_MISMATCH",
      `a ${dtype.kind} element takes ${dtype.kind === "longdouble" || dtype.kind === "clongdouble" ? "LongDouble values" : "a Uint8Array"}`,
    );
  storage.fill(0, at, at + length);
  storage.set(value.length > length ? value.subarray(0, length) : value, at);
}

function writeRecord(array: NdArray, record: Uint8Array, dtype: DType<"struct">, value: unknown): void {
  if (typeof value !== "object" || value === null)
    throw new OptionError("DTYPE_MISMATCH", "a record takes an object with one property per field");
  for (const field of dtype.fields) {
    if (!Object.hasOwn(value, field.name)) continue;
    writeField(array, record, field, (value as Record<string, unknown>)[field.name]);
  }
}

/** Stores one field of one record; for a sub-array field one scalar for all, or nested arrays of its shape. */
export function writeField(array: NdArray, record: Uint8Array, field: Field, value: unknown): void {
  const size = field.dtype.itemsize * fieldCount(field);
  const target = record.subarray(field.offset, field.offset + size);
  if (field.dtype.kind === "object" || field.dtype.kind === "string")
    throw new OptionError("DTYPE_MISMATCH", "object fields of records cannot be assigned in place");
  const made = fieldArray(array, record, field).copy("C");
  const flat = Array.isArray(value) && field.shape.length > 0 ? value.flat(Number.POSITIVE_INFINITY) : undefined;
  for (let i = 0; i < made.size; i++) writeElement(made, i, flat === undefined ? value : flat[i]);
  const raw = new Uint8Array((made.storage as Uint8Array).buffer, (made.storage as Uint8Array).byteOffset, size);
  if (needsSwap(field.dtype)) swapLanes(raw, swapUnit(field.dtype), raw);
  target.set(raw);
}
