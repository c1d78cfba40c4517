import {
  allocateStorage,
  arrayFromBytes,
  Complex,
  type DType,
  hasObjects,
  lanesOf,
  NdArray,
  type Order,
  type Storage,
  sizeOf,
  Tuple,
  zeros,
} from "@masquerade/core";
import type { ValueKind } from "./cover.ts";
import type { Random } from "./random.ts";

/** Bit patterns that betray a detour through another type, by storage width; the rest is random. */
const edges16: readonly number[] = [0x8000, 0x0001, 0x7c01, 0xfe00, 0x7bff, 0x3c00, 0, 0xffff];
const edges32: readonly number[] = [0x80000000, 1, 0x7f800001, 0xffc12345, 0x7f7fffff, 0x3f800000, 0, 0xffffffff];
const edges64: readonly bigint[] = [
  0x8000000000000000n,
  1n,
  0x7ff0000000000001n,
  0xfff8dead0000beefn,
  0x7fefffffffffffffn,
  0x20000000000001n,
  0x3ff0000000000000n,
  0xffffffffffffffffn,
];

/** An array of this dtype and shape whose first elements are special bit patterns and whose others are random (or as `values` says). */
export function sampleArray(
  dtype: DType,
  shape: readonly number[],
  order: Order,
  rnd: Random,
  values: ValueKind = "edges",
): NdArray {
  const size = sizeOf(shape);
  if (values === "zero" && dtype.kind !== "object" && dtype.kind !== "string")
    return zeros(dtype, shape, order) as NdArray;
  if (dtype.kind === "object") return new NdArray({ dtype, shape, order, storage: objects(size) });
  if (dtype.kind === "string") {
    const texts = ["", "ä", "plain", "𝄞\n", "a\u0000b"];
    return new NdArray({
      dtype,
      shape,
      order,
      storage: Array.from({ length: size }, (_, i) => texts[i % texts.length] as string),
    });
  }
  if (dtype.kind === "struct" && !hasObjects(dtype)) return records(dtype, shape, order, rnd, values);
  return new NdArray({ dtype, shape, order, storage: storageFor(dtype, size, rnd, values) as never });
}

function storageFor(dtype: DType, size: number, rnd: Random, values: ValueKind): unknown {
  const storage = allocateStorage(dtype.kind, size * lanesOf(dtype));
  if (Array.isArray(storage)) return storage;
  const raw = new Uint8Array(storage.buffer, storage.byteOffset, storage.byteLength);
  switch (dtype.kind) {
    case "bool":
      for (let i = 0; i < raw.length; i++) raw[i] = rnd.below(2);
      break;
    case "str":
      textPoints(storage as Uint32Array, lanesOf(dtype), rnd);
      break;
    case "longdouble":
    case "clongdouble":
      extended(raw, dtype.kind === "longdouble" ? dtype.itemsize : dtype.itemsize / 2, rnd);
      break;
    default:
      rnd.fill(raw);
      if (values !== "random") special(storage, values === "edges" ? 0 : 4);
  }
  return storage;
}

/** Puts the edge patterns first, as integers, so that no float register touches them. */
function special(storage: Exclude<Storage, unknown[]>, from: number): void {
  const { buffer, length } = storage;
  const first = <T>(edges: readonly T[]): T[] => [...edges.slice(from), ...edges.slice(0, from)].slice(0, length);
  if (storage.BYTES_PER_ELEMENT === 2) new Uint16Array(buffer).set(first(edges16));
  else if (storage.BYTES_PER_ELEMENT === 4) new Uint32Array(buffer).set(first(edges32));
  else if (storage.BYTES_PER_ELEMENT === 8) new BigUint64Array(buffer).set(first(edges64));
}

/** Code points: ASCII, beyond ASCII, beyond the basic plane, inner zero; some strings shorter than the width. */
function textPoints(points: Uint32Array, width: number, rnd: Random): void {
  const choices = [0x61, 0x5a, 0xe9, 0x20ac, 0x1d11e, 0x20, 0x22, 0x2c];
  for (let i = 0; i < points.length; i++)
    points[i] = i % width >= 1 + rnd.below(width) ? 0 : (choices[rnd.below(choices.length)] as number);
  for (let i = 1; i < points.length; i++) if (i % width !== 0 && points[i - 1] === 0) points[i] = 0;
}

/** 80-bit values of ordinary magnitude with all mantissa bits in use, zero padding. */
function extended(raw: Uint8Array, unit: number, rnd: Random): void {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  for (let at = 0; at + 10 <= raw.length; at += unit) {
    rnd.fill(raw.subarray(at, at + 7));
    raw[at + 7] = 0x80 | rnd.below(128);
    view.setUint16(at + 8, (rnd.below(2) << 15) | (16383 + rnd.below(40)), true);
  }
}

function objects(size: number): unknown[] {
  const values: unknown[] = [
    null,
    7n,
    2.5,
    "text",
    true,
    12345678901234567890n,
    ["a", 1n, null],
    new Tuple([1n, "b"]),
    Uint8Array.of(0, 255),
    new Complex(1, -2),
    new Map([["k", 1n]]),
  ];
  return Array.from({ length: size }, (_, i) => values[i % values.length]);
}

function records(
  dtype: DType<"struct">,
  shape: readonly number[],
  order: Order,
  rnd: Random,
  values: ValueKind,
): NdArray {
  const size = sizeOf(shape);
  const raw = new Uint8Array(size * dtype.itemsize);
  fillRecords(raw, dtype, size, dtype.itemsize, 0, rnd, values);
  return arrayFromBytes(raw, dtype, shape, order) as NdArray;
}

/** Fills each field with samples of its own dtype; padding stays zero. */
function fillRecords(
  raw: Uint8Array,
  dtype: DType<"struct">,
  count: number,
  step: number,
  from: number,
  rnd: Random,
  values: ValueKind,
): void {
  for (const field of dtype.fields) {
    const per = field.shape.reduce((n, m) => n * m, 1);
    for (let i = 0; i < count; i++) {
      const at = from + i * step + field.offset;
      if (field.dtype.kind === "struct") fillRecords(raw, field.dtype, per, field.dtype.itemsize, at, rnd, values);
      else raw.set(sampleArray(field.dtype, [per], "C", rnd, values).toBytes(), at);
    }
  }
}
