import { type DType, hostIsLittleEndian, NdArray, storageOver } from "@masquerade/core";
import { cfKinds } from "../cf-kinds.ts";
import { attrArray } from "./attrs.ts";
import type { RawAttr } from "./raw.ts";

type Value = number | bigint;

/** Whether netCDF has numbers of this kind. */
export const isNetcdfKind = (kind: string): boolean => cfKinds.has(kind);

/**
 * An attribute's values as elements of `dtype`; undefined where there is none, or one of them is another number there (netCDF4-python then
 * leaves the attribute alone, and says so).
 */
export function valuesOf(attrs: readonly RawAttr[], name: string, dtype: DType): readonly Value[] | undefined {
  const attr = attrs.find((one) => one.name === name);
  const found = attr && attrArray(attr);
  if (found === undefined || !isNetcdfKind(found.dtype.kind)) return undefined;
  const out: Value[] = [];
  for (const value of found.toC() as Iterable<Value>) {
    const cast = castValue(value, dtype);
    if (cast === undefined) return undefined;
    out.push(cast);
  }
  return out;
}

function castValue(value: Value, { kind, itemsize }: DType): Value | undefined {
  // NumPy compares integers with floats as float64.
  if (kind === "float64") return Number(value);
  if (kind === "float32") {
    const narrow = Math.fround(Number(value));
    return Object.is(narrow, Number(value)) || narrow === Number(value) ? narrow : undefined;
  }
  if (typeof value === "number" && !Number.isInteger(value)) return undefined;
  const wide = BigInt(value);
  const fits = kind.startsWith("u") ? BigInt.asUintN(8 * itemsize, wide) : BigInt.asIntN(8 * itemsize, wide);
  if (fits !== wide) return undefined;
  return itemsize === 8 ? wide : Number(wide);
}

/** The same bits as an unsigned integer. */
export function unsigned(value: Value, itemsize: number): Value {
  if (typeof value === "bigint") return BigInt.asUintN(64, value);
  return value < 0 ? value + 2 ** (8 * itemsize) : value;
}

/** A view of signed integers as unsigned ones. */
export function unsignedView(data: NdArray): NdArray {
  const lanes = data.toC() as Int8Array;
  const kind = `u${data.dtype.kind}` as "uint8";
  const storage = storageOver(kind, lanes.buffer, lanes.byteOffset, lanes.length);
  return new NdArray({
    dtype: { ...data.dtype, kind } as DType,
    shape: data.shape,
    storage,
    attrs: data.attrs,
    dims: data.dims,
  }) as NdArray;
}

/** One element of a numeric dtype as an array without dimensions. */
export function scalarArray(value: Value, dtype: DType): NdArray {
  const out = storageOver(dtype.kind as "float64", new ArrayBuffer(dtype.itemsize), 0, 1);
  out[0] = value as never;
  return new NdArray({ dtype, shape: [], storage: out }) as NdArray;
}

/** Whether text, as far as it is asked, is what netCDF4-python takes as true. */
export const saysTrue = (text: string | undefined): boolean => text === "true" || text === "True";

/** The one value of an attribute that scales: a number of whatever dtype; undefined for texts and vectors. */
export function scaleOf(attrs: readonly RawAttr[], name: string): NdArray | undefined | "unfit" {
  const attr = attrs.find((one) => one.name === name);
  if (attr === undefined) return undefined;
  const found = attrArray(attr);
  if (found === undefined || found.size !== 1 || !isNetcdfKind(found.dtype.kind)) return "unfit";
  return found.with({
    shape: [],
    dtype: { ...found.dtype, byteOrder: found.dtype.itemsize === 1 ? "none" : hostIsLittleEndian ? "little" : "big" },
  } as never) as NdArray;
}
