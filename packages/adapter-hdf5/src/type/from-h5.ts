import { type DType, dtypes, type FieldSpec, type SimpleKind } from "@masquerade/core";
import { parseDType } from "@masquerade/numpy";
import type { H5Type } from "./h5type.ts";

const byteOrder = (bigEndian: boolean): "big" | "little" => (bigEndian ? "big" : "little");

/** The dtype h5py reads a type as; a sentence why there is none, otherwise. `depth` is bounded by the parser. */
export function dtypeOf(type: H5Type): DType | string {
  switch (type.class) {
    case "integer":
      if (![1, 2, 4, 8].includes(type.size)) return `integers of ${type.size} bytes`;
      return dtypes.simple(`${type.signed ? "" : "u"}int${type.size * 8}` as SimpleKind, byteOrder(type.bigEndian));
    case "bitfield":
      if (![1, 2, 4, 8].includes(type.size)) return `bit fields of ${type.size} bytes`;
      return dtypes.simple(`uint${type.size * 8}` as SimpleKind, byteOrder(type.bigEndian));
    case "float":
      return floatOf(type);
    case "string":
      return dtypes.bytes(type.size);
    case "opaque":
      return opaqueOf(type);
    case "enum":
      return isBool(type) ? dtypes.simple("bool") : dtypeOf(type.base);
    case "compound":
      return complexOf(type) ?? recordOf(type);
    case "text":
      return dtypes.stringDType();
    case "array":
      return "arrays as elements";
    case "other":
      return type.what;
  }
}

function floatOf(type: Extract<H5Type, { class: "float" }>): DType | string {
  const order = byteOrder(type.bigEndian);
  const { layout, size } = type;
  if (layout === "half" && size === 2) return dtypes.simple("float16", order);
  if (layout === "single" && size === 4) return dtypes.simple("float32", order);
  if (layout === "double" && size === 8) return dtypes.simple("float64", order);
  if ((layout === "x87" && (size === 16 || size === 12)) || (layout === "quad" && size === 16))
    return dtypes.longdouble(layout, size, order);
  return `floats of ${size} bytes`;
}

function opaqueOf(type: Extract<H5Type, { class: "opaque" }>): DType | string {
  if (!type.tag.startsWith("NUMPY:")) return dtypes.opaque(type.size);
  let dtype: DType;
  try {
    dtype = parseDType(type.tag.slice(6));
  } catch {
    return "opaque bytes whose tag names no NumPy dtype";
  }
  const plain = dtype.kind !== "object" && dtype.kind !== "string" && dtype.kind !== "struct";
  return plain && dtype.itemsize === type.size ? dtype : "opaque bytes whose tag does not fit them";
}

/** h5py's bool. */
export function isBool(type: H5Type): boolean {
  if (type.class !== "enum" || type.size !== 1 || type.names.length !== 2) return false;
  const value = (name: string): number | undefined => type.names.find((one) => one.name === name)?.value;
  return value("FALSE") === 0 && value("TRUE") === 1;
}

/** h5py's complex numbers: two equal floats r and i. */
function complexOf(type: Extract<H5Type, { class: "compound" }>): DType | undefined {
  const [r, i] = type.members;
  if (type.members.length !== 2 || r?.name !== "r" || i?.name !== "i") return undefined;
  if (r.type.class !== "float" || r.offset !== 0 || i.offset !== r.type.size || type.size !== 2 * r.type.size)
    return undefined;
  const part = floatOf(r.type);
  if (i.type.class !== "float" || i.type.layout !== r.type.layout || i.type.bigEndian !== r.type.bigEndian)
    return undefined;
  if (i.type.size !== r.type.size || typeof part === "string") return undefined;
  const order = byteOrder(r.type.bigEndian);
  if (part.kind === "float32") return dtypes.simple("complex64", order);
  if (part.kind === "float64") return dtypes.simple("complex128", order);
  return part.kind === "longdouble" ? dtypes.clongdouble(part.layout, 2 * part.itemsize, order) : undefined;
}

function recordOf(type: Extract<H5Type, { class: "compound" }>): DType | string {
  const fields: FieldSpec[] = [];
  const names = new Set<string>();
  for (const member of type.members) {
    let inner = member.type;
    const shape: number[] = [];
    while (inner.class === "array") {
      shape.push(...inner.dims);
      inner = inner.base;
    }
    const dtype = dtypeOf(inner);
    if (typeof dtype === "string") return `records with ${dtype}`;
    if (dtype.kind === "string") return "records with texts of varying length";
    if (names.has(member.name)) return "records with two fields of one name";
    const elements = shape.reduce((n, m) => n * m, 1);
    if (elements * dtype.itemsize !== member.type.size) return "records with a field whose parts do not fill it";
    names.add(member.name);
    fields.push({ name: member.name, offset: member.offset, dtype, shape });
  }
  return dtypes.struct(fields, { itemsize: type.size });
}
