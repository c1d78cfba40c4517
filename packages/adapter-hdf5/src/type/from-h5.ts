import { type DType, dtypes, type FieldSpec, type SimpleKind } from "@masquerade/core";
import { parseDType } from "@masquerade/numpy";
import type { H5Type } from "./h5type.ts";

const byteOrder = (bigEndian: boolean): "big" | "little" => (bigEndian ? "big" : "little");

/** As whose reader gives types their dtypes. */
export type TypeReader = "h5py" | "netcdf4" | "pytables" | "matlab";

/** The dtype `reader` reads a type as; a sentence why there is none, otherwise. Recursion is bounded by the parser. */
export function dtypeOf(type: H5Type, reader: TypeReader = "h5py"): DType | string {
  switch (type.class) {
    case "integer":
      if (![1, 2, 4, 8].includes(type.size)) return `integers of ${type.size} bytes`;
      return dtypes.simple(`${type.signed ? "" : "u"}int${type.size * 8}` as SimpleKind, byteOrder(type.bigEndian));
    case "bitfield":
      if (![1, 2, 4, 8].includes(type.size)) return `bit fields of ${type.size} bytes`;
      // What PyTables calls a bool.
      if (reader === "pytables" && type.size === 1) return dtypes.simple("bool");
      return dtypes.simple(`uint${type.size * 8}` as SimpleKind, byteOrder(type.bigEndian));
    case "float":
      return floatOf(type);
    case "string":
      return dtypes.bytes(type.size);
    case "opaque":
      return opaqueOf(type);
    case "enum":
      return isBool(type) && reader !== "netcdf4" && (type.size === 1 || reader === "h5py")
        ? dtypes.simple("bool")
        : dtypeOf(type.base, reader);
    case "complex":
      return nativeComplex(type);
    case "time":
      if (type.bigEndian || (type.size !== 4 && type.size !== 8)) return "Unix times that are not PyTables'";
      return dtypes.simple(type.size === 4 ? "int32" : "float64");
    case "compound":
      return complexOf(type, reader === "matlab" ? ["real", "imag"] : ["r", "i"]) ?? recordOf(type, reader);
    case "text":
      return dtypes.stringDType();
    case "array":
      return "arrays as elements";
    case "reference":
    case "references":
      return "references";
    case "other":
      return pointedDType(type, reader);
  }
}

/** References are the paths they lead to, as texts; sequences of varying length, objects: each an array, as h5py has them. */
function pointedDType({ what, points }: Extract<H5Type, { class: "other" }>, reader: TypeReader): DType | string {
  if (points === "object") return dtypes.stringDType();
  if (points === "region") return "references to parts of datasets";
  if (typeof points !== "object") return what;
  const { of } = points;
  const element = dtypeOf(of.class === "enum" && of.size > 1 ? of.base : of, reader);
  if (typeof element === "string") return `${what} of ${element}`;
  return element.kind === "string" ||
    element.kind === "object" ||
    (points.of.class === "compound" && hasTexts(points.of))
    ? `${what} of what is not of one length itself`
    : dtypes.object();
}

/** Whether elements of a type are texts of varying length, or references, or have such within. Recursion is bounded by the parser. */
export function hasTexts(type: H5Type): boolean {
  if (type.class === "text") return true;
  if (type.class === "other") return type.points === "object";
  if (type.class === "array") return hasTexts(type.base);
  return type.class === "compound" && type.members.some((member) => hasTexts(member.type));
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

/** h5py's bool, which is of one byte where h5py wrote it; it reads others as such, too. */
export function isBool(type: H5Type): boolean {
  if (type.class !== "enum" || type.names.length !== 2) return false;
  const value = (name: string): number | undefined => type.names.find((one) => one.name === name)?.value;
  return value("FALSE") === 0 && value("TRUE") === 1;
}

/** h5py's complex numbers: two equal floats r and i; MATLAB's: real and imag. */
function complexOf(
  type: Extract<H5Type, { class: "compound" }>,
  names: readonly [string, string] = ["r", "i"],
): DType | undefined {
  const [r, i] = type.members;
  if (type.members.length !== 2 || r?.name !== names[0] || i?.name !== names[1]) return undefined;
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

/** HDF5 2.0's own complex numbers. */
function nativeComplex({ base, size }: Extract<H5Type, { class: "complex" }>): DType | string {
  const what = "complex numbers of another kind than IEEE's";
  if (base.class !== "float" || base.size * 2 !== size) return what;
  const part = { type: base, offset: 0, name: "r" };
  return complexOf({ class: "compound", size, members: [part, { ...part, offset: base.size, name: "i" }] }) ?? what;
}

function recordOf(type: Extract<H5Type, { class: "compound" }>, reader: TypeReader): DType | string {
  const fields: FieldSpec[] = [];
  const names = new Set<string>();
  for (const member of type.members) {
    let inner = member.type;
    const shape: number[] = [];
    while (inner.class === "array") {
      shape.push(...inner.dims);
      inner = inner.base;
    }
    // A record keeps its bytes as they are: a bool of more than one is a number there.
    const dtype = dtypeOf(inner.class === "enum" && inner.size > 1 ? inner.base : inner, reader);
    if (typeof dtype === "string") return `records with ${dtype}`;
    if (dtype.kind === "object") return "records with sequences of varying length";
    if (names.has(member.name)) return "records with two fields of one name";
    const elements = shape.reduce((n, m) => n * m, 1);
    if (dtype.kind === "string") {
      if (4 * elements > member.type.size) return "records with texts that do not fit in them";
      // How long the longest text is, is known when they are read.
      names.add(member.name);
      fields.push({ name: member.name, offset: member.offset, dtype: dtypes.str(1) as DType, shape });
      continue;
    }
    if (elements * dtype.itemsize !== member.type.size) return "records with a field whose parts do not fill it";
    names.add(member.name);
    fields.push(asTexts({ name: member.name, offset: member.offset, dtype, shape }, reader));
  }
  const made = dtypes.struct(fields, { itemsize: type.size });
  return reader === "netcdf4" ? (asAligned(made) ?? made) : made;
}

/** netCDF has no strings of one length in records, but arrays of characters, which netCDF4-python gives as strings. */
function asTexts(field: FieldSpec, reader: TypeReader): FieldSpec {
  const { dtype, shape = [] } = field;
  const length = shape.at(-1);
  if (reader !== "netcdf4" || dtype.kind !== "bytes" || dtype.itemsize !== 1 || length === undefined || length === 0)
    return field;
  return { ...field, dtype: dtypes.bytes(length) as DType, shape: shape.slice(0, -1) };
}

/** netCDF4-python marks records as aligned, which those of C programs are. */
function asAligned(made: DType<"struct">): DType | undefined {
  const laid = dtypes.struct(
    made.fields.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    { aligned: true },
  );
  const same = laid.fields.every((field, i) => field.offset === made.fields[i]?.offset);
  return same && laid.itemsize === made.itemsize ? laid : undefined;
}
