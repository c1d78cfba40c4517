import { type Attrs, arrayFromBytes, type NdArray, type PlainValue } from "@masquerade/core";
import { FILL_DTYPE, FILL_VALUE, isReserved, JSON_ATTRS, KIND, MASK, PROVENANCE, SCALE } from "../names.ts";
import { fromJson } from "../plain-json.ts";
import { dtypeOf, isBool } from "../type/from-h5.ts";
import type { StringPad } from "../type/h5type.ts";
import { nonzero } from "./elements.ts";
import type { RawAttr } from "./raw.ts";
import { settle } from "./settle.ts";
import { isStructural } from "./structural.ts";
import type { Writer } from "./writer.ts";

function textOf(bytes: Uint8Array, pad: StringPad): string | undefined {
  let end = bytes.indexOf(0);
  if (end < 0) end = bytes.length;
  if (pad === "space-padded") while (end > 0 && bytes[end - 1] === 0x20) end--;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
  } catch {
    return undefined;
  }
}

/** The elements of an attribute with the dtype h5py reads; undefined for texts of varying length and for what no dtype has. */
export function attrArray({ type, value }: RawAttr): NdArray | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  const own = type.h5;
  const dtype = dtypeOf(own);
  if (typeof dtype === "string") return undefined;
  const shape = type.shape ?? [];
  const bytes = settle(value.slice(), own, "h5py");
  if (dtype.kind === "bool" && own.size > 1) return nonzero(bytes, own.size, shape) as unknown as NdArray;
  return arrayFromBytes(bytes, dtype, shape) as NdArray;
}

/**
 * An attribute's value; undefined for references and other things that mean nothing outside HDF5. A single float64, int64, bool or
 * complex128 is the plain value, one of another dtype an array without dimensions.
 */
export function attrValue(attr: RawAttr): PlainValue | undefined {
  const { type, value } = attr;
  if (value === null || value === undefined) return value;
  const shape = type.shape ?? [];
  if (!(value instanceof Uint8Array)) return shape.length === 0 ? (value[0] ?? "") : value;
  const own = type.h5;
  if (shape.length === 0) {
    if (own.class === "opaque") return value;
    if (own.class === "string") return textOf(value, own.pad) ?? value;
  }
  const array = attrArray(attr);
  if (array === undefined || shape.length > 0) return array;
  if (isBool(own)) return array.at() as boolean;
  const { kind } = array.dtype;
  return kind === "float64" || kind === "int64" || kind === "complex128" ? (array.at() as PlainValue) : array;
}

/** One attribute as text; undefined where there is none of this name, or it is no text. */
export function textAttr(attrs: readonly RawAttr[], name: string): string | undefined {
  const found = attrs.find((one) => one.name === name);
  const value = found && attrValue(found);
  return typeof value === "string" ? value : undefined;
}

/** One attribute as a list of texts. */
export function textsAttr(attrs: readonly RawAttr[], name: string): readonly string[] {
  const value = attrs.find((one) => one.name === name)?.value;
  return Array.isArray(value) ? value : [];
}

/** One attribute as integers; none where it holds something else. */
export function numbersAttr(attrs: readonly RawAttr[], name: string): readonly number[] {
  const attr = attrs.find((one) => one.name === name);
  const array = attr && attrArray(attr);
  return array !== undefined && /^u?int/.test(array.dtype.kind)
    ? Array.from(array.toC() as Iterable<unknown>, Number)
    : [];
}

/** Attributes for people: those by which `reader` tells how something is stored aside. */
export function userAttrs(attrs: readonly RawAttr[], reader: Writer): Attrs {
  const ours = reader === "masquerade";
  // Beside a mask it is the fill value; else whoever made the array put it there.
  const ownFill = attrs.some(({ name }) => name === MASK || name === FILL_DTYPE);
  const json = new Set(ours ? textsAttr(attrs, JSON_ATTRS) : []);
  const out = new Map<string, PlainValue>();
  const provenance = ours ? textsAttr(attrs, PROVENANCE) : [];
  for (const attr of attrs) {
    if (provenance.includes(attr.name)) continue;
    if (ours ? isReserved(attr.name) && (ownFill || attr.name !== FILL_VALUE) : isStructural(attr, reader)) continue;
    const value = attrValue(reader === "netcdf4" ? single(attr) : attr);
    if (value === undefined) continue;
    out.set(attr.name, json.has(attr.name) && typeof value === "string" ? fromJson(value) : value);
  }
  if (ours && attrs.some(({ name }) => name === SCALE)) for (const name of ["CLASS", "NAME"]) out.delete(name);
  if (ours && textAttr(attrs, KIND) === "masked")
    for (const name of ["encoding-type", "encoding-version"]) out.delete(name);
  return out;
}

/** netCDF stores single values as vectors of one. */
function single(attr: RawAttr): RawAttr {
  return attr.type.shape?.join() === "1" ? { ...attr, type: { ...attr.type, shape: [] } } : attr;
}
