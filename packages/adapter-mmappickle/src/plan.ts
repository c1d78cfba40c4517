import {
  type DType,
  dtypeString,
  type Header,
  hasObjects,
  maskDType,
  type NdArray,
  type PlainValue,
  sizeOf,
} from "@masquerade/core";
import { numpyPickleGraph } from "@masquerade/numpy-pickle";
import { encodePickle, type PickleNode } from "@masquerade/pickle";
import { ARRAY_HEAD, CALL2, MASKED_HEAD, shortText } from "./forms.ts";
import { memoOpcode, type Renumbered, renumber } from "./memo.ts";

/** Place for the elements of an array (C order) or of its mask. */
export interface Hole {
  readonly plane: "data" | "mask";
  readonly size: number;
}

/** An entry's VALUE before its elements are known. */
export interface ValuePlan {
  readonly parts: readonly (Uint8Array | Hole)[];
  readonly length: number;
  /** The first memo index that is free behind it. */
  readonly memo: number;
}

/**
 * Whether an array with this header has the form whose elements can be mapped. Others are pickled as NumPy does, which `pickle.load` and
 * mmappickle read as well: records (mmappickle writes what nobody can read back), 0-d arrays (which it cannot read), objects, subclasses.
 */
export function canMap(header: Header): boolean {
  const { dtype, shape, subclass } = header;
  if (dtype.kind === "struct" || hasObjects(dtype) || dtype.itemsize === 0) return false;
  if (dtype.metadata !== undefined && dtype.metadata.size > 0) return false;
  return shape.length > 0 && subclass === undefined;
}

/** `str(dtype)` of a little-endian machine. */
export function dtypeText(dtype: DType): string {
  const { kind } = dtype;
  if (dtype.byteOrder === "big" || kind === "bytes" || kind === "str" || kind === "void") return dtypeString(dtype);
  if (kind === "longdouble") return `float${dtype.itemsize * 8}`;
  if (kind === "clongdouble") return `complex${dtype.itemsize * 8}`;
  if (kind !== "datetime64" && kind !== "timedelta64") return kind;
  const unit = /\[.*\]$/.exec(dtypeString(dtype))?.[0] ?? "";
  return `${kind}${unit}`;
}

/** A plain value, or an array that cannot be mapped, pickled into an entry. */
export function plainPlan(value: PlainValue, memo: number): Renumbered {
  const node = numpyPickleGraph(value as NdArray, { protocol: 4, numpy: "portable" });
  return renumber(encodePickle(node, { protocol: 4 }), memo);
}

/** The VALUE of an array of that form; see {@link canMap}. */
export function arrayPlan(header: Header, memo: number): ValuePlan {
  if (header.mask === "plain") {
    const parts = planeParts(header, "data");
    return { parts, length: lengthOf(parts), memo: 0 };
  }
  const both = [MASKED_HEAD, ...planeParts(header, "data"), ...planeParts(header, "mask")];
  if (header.fillValue === undefined) {
    const parts = [...both, Uint8Array.from(CALL2)];
    return { parts, length: lengthOf(parts), memo: 0 };
  }
  const fill = renumber(encodePickle(fillNode(header.fillValue, header.dtype), { protocol: 4 }), memo + 2);
  const parts = [
    ...both,
    memoOpcode(0x71, 0x72, memo + 1),
    Uint8Array.of(0x30),
    memoOpcode(0x71, 0x72, memo),
    Uint8Array.of(0x30, 0x28),
    memoOpcode(0x68, 0x6a, memo),
    memoOpcode(0x68, 0x6a, memo + 1),
    Uint8Array.of(0x4e, 0x89, 0x88, 0x4b, 0x00),
    ...fill.parts,
    Uint8Array.of(0x74, 0x52),
  ];
  return { parts, length: lengthOf(parts), memo: fill.memo };
}

/** Python's float, int or bool where that is the fill value exactly, else a 0-d array with its own dtype. */
function fillNode(fill: NdArray, dtype: DType): PickleNode {
  const { kind, byteOrder } = fill.dtype;
  if (kind === dtype.kind && byteOrder !== "big") {
    const value = fill.at();
    if (kind === "float64" && !Number.isNaN(value)) return value as number;
    if (kind === "int64") return value as bigint;
    if (kind === "bool" && (fill.toBytes()[0] as number) <= 1) return value as boolean;
  }
  return numpyPickleGraph(fill, { protocol: 4, numpy: "portable" });
}

function planeParts(header: Header, plane: Hole["plane"]): (Uint8Array | Hole)[] {
  const dtype = plane === "data" ? header.dtype : (maskDType(header.dtype) as DType);
  const size = sizeOf(header.shape) * dtype.itemsize;
  const length = Uint8Array.of(0x8e, 0, 0, 0, 0, 0, 0, 0, 0);
  new DataView(length.buffer).setBigUint64(1, BigInt(size), true);
  const trailer = Uint8Array.of(...shortText(dtypeText(dtype)), ...CALL2, ...shapeBytes(header.shape), ...CALL2);
  return [ARRAY_HEAD, length, { plane, size }, trailer];
}

function shapeBytes(shape: readonly number[]): readonly number[] {
  const items = shape.flatMap((n) =>
    renumber(encodePickle(BigInt(n), { protocol: 4 }), 0).parts.flatMap((p) => [...p]),
  );
  const close = [0x29, 0x85, 0x86, 0x87][shape.length];
  return close === undefined ? [0x28, ...items, 0x74] : [...items, close];
}

function lengthOf(parts: readonly (Uint8Array | Hole)[]): number {
  let length = 0;
  for (const part of parts) length += part instanceof Uint8Array ? part.length : part.size;
  return length;
}
