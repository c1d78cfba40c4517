import { ByteBuilder } from "../write/builder.ts";
import { classNumbers, floatRules, type H5Type, stringPads } from "./h5type.ts";

/** Bytes in which a member's offset is stored: as few as hold the compound's size. Specification, datatype message, class 6, version 3. */
export function offsetSize(size: number): number {
  return size < 0x100 ? 1 : size < 0x1_0000 ? 2 : size < 0x100_0000 ? 3 : 4;
}

/** The bytes of a datatype message: file format specification 3.0, section IV.A.2.d. Depth is that of a dtype, which is bounded. */
export function datatypeMessage(type: H5Type): Uint8Array {
  const out = new ByteBuilder();
  write(out, type);
  return out.take();
}

function head(out: ByteBuilder, version: 1 | 3, number: number, bits: number, size: number): void {
  out
    .u8((version << 4) | number)
    .uint(bits, 3)
    .u32(size);
}

function write(out: ByteBuilder, type: H5Type): void {
  switch (type.class) {
    case "integer":
      head(out, 1, classNumbers.integer, (type.bigEndian ? 1 : 0) | (type.signed ? 8 : 0), type.size);
      out.u16(0).u16(type.size * 8);
      return;
    case "bitfield":
      head(out, 1, classNumbers.bitfield, type.bigEndian ? 1 : 0, type.size);
      out.u16(0).u16(type.size * 8);
      return;
    case "float": {
      const rule = floatRules[type.layout];
      const sign = rule.precision - 1;
      head(out, 1, classNumbers.float, (type.bigEndian ? 1 : 0) | (rule.normalization << 4) | (sign << 8), type.size);
      out.u16(0).u16(rule.precision);
      out.u8(rule.exponentAt, rule.exponentSize, 0, rule.mantissaSize).u32(rule.bias);
      return;
    }
    case "string":
      head(out, 1, classNumbers.string, stringPads.indexOf(type.pad) | (type.utf8 ? 0x10 : 0), type.size);
      return;
    case "text":
      // A variable-length string: a sequence of bytes whose bits say that it is text.
      head(out, 1, classNumbers.variable, 1 | (type.utf8 ? 0x100 : 0), 16);
      write(out, { class: "integer", size: 1, signed: false, bigEndian: false });
      return;
    case "opaque": {
      const tag = Math.ceil(type.tag.length / 8) * 8;
      head(out, 1, classNumbers.opaque, tag, type.size);
      out.text(type.tag).zeros(tag - type.tag.length);
      return;
    }
    case "compound":
      head(out, 3, classNumbers.compound, type.members.length, type.size);
      for (const member of type.members) {
        out.raw(new TextEncoder().encode(member.name)).u8(0);
        out.uint(member.offset, offsetSize(type.size));
        write(out, member.type);
      }
      return;
    case "enum":
      head(out, 3, classNumbers.enum, type.names.length, type.size);
      write(out, type.base);
      for (const { name } of type.names) out.raw(new TextEncoder().encode(name)).u8(0);
      for (const { value } of type.names) out.uint(value, type.size);
      return;
    case "array":
      head(out, 3, classNumbers.array, 0, type.size);
      out.u8(type.dims.length);
      for (const n of type.dims) out.u32(n);
      write(out, type.base);
      return;
    case "reference":
      head(out, 1, classNumbers.reference, 0, type.size);
      return;
    case "references":
      head(out, 1, classNumbers.variable, 0, type.size);
      write(out, { class: "reference", size: 8 });
      return;
    case "complex":
    case "time":
    case "other":
      // Only ever read, never made from a dtype.
      throw new TypeError(`no datatype message for ${type.class === "other" ? type.what : type.class}`);
  }
}
