import { type Attrs, Complex, type PlainValue } from "@masquerade/core";
import { isReserved, JSON_ATTRS, KIND } from "../names.ts";
import { fromJson } from "../plain-json.ts";
import { dtypeOf, isBool } from "../type/from-h5.ts";
import { type FloatLayout, type H5Type, stringPads } from "../type/h5type.ts";
import type { RawAttr, RawType } from "../worker/protocol.ts";
import { arrayOf } from "./elements.ts";

const layouts: Readonly<Record<number, FloatLayout>> = { 2: "half", 4: "single", 8: "double" };

/** A type as far as the library tells it: of opaque types no tag, of long doubles no layout. */
function typeOf(raw: RawType): H5Type {
  const { size } = raw;
  const bigEndian = !raw.littleEndian;
  const layout = layouts[size];
  if (raw.type === 0) return { class: "integer", size, signed: raw.signed, bigEndian };
  if (raw.type === 1 && layout !== undefined) return { class: "float", size, layout, bigEndian };
  if (raw.type === 3)
    return { class: "string", size, pad: stringPads[raw.strpad ?? 1] ?? "null-padded", utf8: raw.cset === 1 };
  if (raw.type === 4) return { class: "bitfield", size, bigEndian };
  if (raw.type === 5) return { class: "opaque", size, tag: "" };
  if (raw.type === 6 && raw.compound_type !== undefined)
    return {
      class: "compound",
      size,
      members: raw.compound_type.members.map((one) => ({ name: one.name, offset: one.offset, type: typeOf(one) })),
    };
  if (raw.type === 8 && raw.enum_type !== undefined)
    return {
      class: "enum",
      size,
      base: { class: "integer", size, signed: raw.signed, bigEndian },
      names: Object.entries(raw.enum_type.members).map(([name, value]) => ({ name, value })),
    };
  if (raw.type === 10 && raw.array_type !== undefined)
    return { class: "array", size, dims: raw.array_type.shape ?? [], base: typeOf(raw.array_type) };
  return { class: "other", size, what: `a datatype of class ${raw.type}` };
}

function textOf(bytes: Uint8Array): string | undefined {
  let end = bytes.indexOf(0);
  if (end < 0) end = bytes.length;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
  } catch {
    return undefined;
  }
}

/** An attribute's value; undefined for references and other things that mean nothing outside HDF5. */
export function attrValue({ type, value }: RawAttr): PlainValue | undefined {
  if (value === null || value === undefined) return value;
  const shape = type.shape ?? [];
  if (!(value instanceof Uint8Array)) return shape.length === 0 ? (value[0] ?? "") : value;
  const own = typeOf(type);
  if (shape.length === 0) {
    if (own.class === "opaque") return value;
    if (own.class === "string") return textOf(value) ?? value;
  }
  const dtype = dtypeOf(own);
  if (typeof dtype === "string") return undefined;
  const array = arrayOf(value, own, dtype, shape);
  if (shape.length > 0) return array;
  if (isBool(own)) return array.at() as boolean;
  const scalar = array.at();
  if (typeof scalar === "number") return /int/.test(dtype.kind) ? BigInt(scalar) : scalar;
  return typeof scalar === "bigint" || scalar instanceof Complex ? scalar : array;
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

/** Attributes for people: those that are HDF5's and ours aside. `ours`: the file was written by this package. */
export function userAttrs(attrs: readonly RawAttr[], ours: boolean): Attrs {
  const json = new Set(ours ? textsAttr(attrs, JSON_ATTRS) : []);
  const out = new Map<string, PlainValue>();
  for (const attr of attrs) {
    if (ours ? isReserved(attr.name) : structural.has(attr.name)) continue;
    const value = attrValue(attr);
    if (value === undefined) continue;
    out.set(attr.name, json.has(attr.name) && typeof value === "string" ? fromJson(value) : value);
  }
  if (ours && textAttr(attrs, KIND) === "masked")
    for (const name of ["encoding-type", "encoding-version"]) out.delete(name);
  return out;
}

/** Attributes by which libraries link datasets: of no meaning without them. */
const structural: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "DIMENSION_LIST",
  "REFERENCE_LIST",
  "DIMENSION_LABELS",
]);
