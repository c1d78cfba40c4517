import { type DType, dtypeString, fieldCount } from "@masquerade/core";
import type { FloatLayout, H5Type } from "./h5type.ts";

const integer = (size: number, signed: boolean, bigEndian: boolean): H5Type => ({
  class: "integer",
  size,
  signed,
  bigEndian,
});
const float = (size: number, layout: FloatLayout, bigEndian: boolean): H5Type => ({
  class: "float",
  size,
  layout,
  bigEndian,
});
const complex = (part: H5Type): H5Type => ({
  class: "compound",
  size: part.size * 2,
  members: [
    { name: "r", offset: 0, type: part },
    { name: "i", offset: part.size, type: part },
  ],
});

/** h5py's bool: an enumeration over int8. */
export const boolType: H5Type = {
  class: "enum",
  size: 1,
  base: integer(1, true, false),
  names: [
    { name: "FALSE", value: 0 },
    { name: "TRUE", value: 1 },
  ],
};

/** An opaque type that h5py reads as the dtype its tag names. */
const tagged = (dtype: DType): H5Type => ({
  class: "opaque",
  size: dtype.itemsize,
  tag: `NUMPY:${dtypeString(dtype)}`,
});

/** How elements of a dtype are stored, as h5py stores them; undefined where HDF5 has no way. `inRecord`: as a field of a record. */
export function h5TypeOf(dtype: DType, inRecord = false): H5Type | undefined {
  const big = dtype.byteOrder === "big";
  switch (dtype.kind) {
    case "bool":
      return boolType;
    case "int8":
    case "int16":
    case "int32":
    case "int64":
      return integer(dtype.itemsize, true, big);
    case "uint8":
    case "uint16":
    case "uint32":
    case "uint64":
      return integer(dtype.itemsize, false, big);
    case "float16":
      return float(2, "half", big);
    case "float32":
      return float(4, "single", big);
    case "float64":
      return float(8, "double", big);
    case "complex64":
      return complex(float(4, "single", big));
    case "complex128":
      return complex(float(8, "double", big));
    case "longdouble":
    case "clongdouble": {
      if (dtype.layout !== "x87" && dtype.layout !== "quad") return undefined;
      const part = float(dtype.kind === "longdouble" ? dtype.itemsize : dtype.itemsize / 2, dtype.layout, big);
      return dtype.kind === "longdouble" ? part : complex(part);
    }
    case "bytes":
      if (dtype.itemsize === 0 && inRecord) return undefined;
      return { class: "string", size: Math.max(1, dtype.itemsize), pad: "null-padded", utf8: false };
    case "str":
      // UTF-8 for everybody; within records, where bytes stay as they are, NumPy's own code points.
      if (inRecord) return dtype.itemsize === 0 ? undefined : tagged(dtype);
      return { class: "string", size: Math.max(1, dtype.itemsize), pad: "null-padded", utf8: true };
    case "void":
      if (dtype.itemsize === 0 && inRecord) return undefined;
      return { class: "opaque", size: Math.max(1, dtype.itemsize), tag: "" };
    case "datetime64":
    case "timedelta64":
      return tagged(dtype);
    case "struct":
      return compoundOf(dtype);
    case "string":
      return inRecord ? undefined : { class: "text", size: 16, utf8: true };
    case "object":
      return undefined;
  }
}

/**
 * Strings in records whose numbers are big-endian are opaque, with a tag that h5py knows: a reader that wants little-endian numbers has the
 * library convert the record, and it would cut strings at a NUL within.
 */
function keepNuls(members: { type: H5Type; readonly field: DType }[]): void {
  const turned = members.some(({ type }) => isBig(type));
  for (const member of members) if (turned) member.type = withoutStrings(member.type, member.field);
}

function isBig(type: H5Type): boolean {
  if (type.class === "integer" || type.class === "float" || type.class === "bitfield") return type.bigEndian;
  if (type.class === "array" || type.class === "enum") return isBig(type.base);
  return type.class === "compound" && type.members.some((member) => isBig(member.type));
}

function withoutStrings(type: H5Type, dtype: DType): H5Type {
  if (type.class === "string") return tagged(dtype);
  if (type.class === "array") return { ...type, base: withoutStrings(type.base, dtype) };
  if (type.class !== "compound" || dtype.kind !== "struct") return type;
  const inner = type.members.map((member, i) => ({
    ...member,
    type: withoutStrings(member.type, dtype.fields[i]?.dtype ?? dtype),
  }));
  return { ...type, members: inner };
}

function compoundOf(dtype: DType<"struct">): H5Type | undefined {
  if (dtype.fields.length === 0) return undefined;
  const members: { name: string; offset: number; type: H5Type; field: DType }[] = [];
  for (const field of dtype.fields) {
    const base = h5TypeOf(field.dtype, true);
    if (base === undefined || field.name === "" || /\0|\p{Surrogate}/u.test(field.name)) return undefined;
    if (field.shape.length > 32 || fieldCount(field) === 0) return undefined;
    const type: H5Type =
      field.shape.length === 0
        ? base
        : { class: "array", size: base.size * fieldCount(field), dims: field.shape, base };
    members.push({ name: field.name, offset: field.offset, type, field: field.dtype });
  }
  keepNuls(members);
  const inOrder = [...members].sort((a, b) => a.offset - b.offset);
  for (let i = 1; i < inOrder.length; i++) {
    const before = inOrder[i - 1] as (typeof members)[number];
    if (before.offset + before.type.size > (inOrder[i] as (typeof members)[number]).offset) return undefined;
  }
  // Version 3 of the message counts members in 16 bits and has 64 KiB for all of it.
  return members.length > 0xffff
    ? undefined
    : {
        class: "compound",
        size: dtype.itemsize,
        members: members.map(({ name, offset, type }) => ({ name, offset, type })),
      };
}
