/** HDF5's datatypes as far as arrays of the model need them: what a datatype message says, without its bytes. */
export type H5Type =
  | {
      readonly class: "integer";
      readonly size: number;
      readonly signed: boolean;
      readonly bigEndian: boolean;
      /** Where the number lies in its bytes, where it does not take them all: the lowest bit, and how many. Read only. */
      readonly bits?: { readonly offset: number; readonly precision: number };
    }
  | { readonly class: "float"; readonly size: number; readonly layout: FloatLayout; readonly bigEndian: boolean }
  | { readonly class: "string"; readonly size: number; readonly pad: StringPad; readonly utf8: boolean }
  | { readonly class: "opaque"; readonly size: number; readonly tag: string }
  | { readonly class: "bitfield"; readonly size: number; readonly bigEndian: boolean }
  | { readonly class: "compound"; readonly size: number; readonly members: readonly H5Member[] }
  | { readonly class: "enum"; readonly size: number; readonly base: H5Type; readonly names: readonly H5EnumName[] }
  | { readonly class: "array"; readonly size: number; readonly dims: readonly number[]; readonly base: H5Type }
  | { readonly class: "text"; readonly size: number; readonly utf8: boolean }
  /** Read, never written: complex numbers of HDF5 2.0, and what HDF5 calls Unix times, which PyTables alone writes. */
  | { readonly class: "complex"; readonly size: number; readonly base: H5Type }
  | { readonly class: "time"; readonly size: number; readonly bigEndian: boolean }
  /** Written only: objects of the file, and sequences of varying length of them. */
  | { readonly class: "reference"; readonly size: 8 }
  | { readonly class: "references"; readonly size: 16 }
  | { readonly class: "other"; readonly size: number; readonly what: string; readonly points?: Points };

/** What elements of a type without a dtype point to: objects, parts of one, what is not known, or sequences of elements of a type. */
export type Points = "object" | "region" | "unknown" | { readonly of: H5Type };

/** IEEE 754 binary16 to binary128 and x87's 80 bits. */
export type FloatLayout = "half" | "single" | "double" | "x87" | "quad";

/** How a fixed-length string is ended: at the first NUL, by NULs to its length, by spaces. */
export type StringPad = "null-terminated" | "null-padded" | "space-padded";

export interface H5Member {
  readonly name: string;
  readonly offset: number;
  readonly type: H5Type;
}

export interface H5EnumName {
  readonly name: string;
  readonly value: number;
}

/** Where the parts of a float lie, in bits: section IV.A.2.d of the file format specification, class 1. */
export interface FloatRule {
  readonly precision: number;
  readonly exponentAt: number;
  readonly exponentSize: number;
  readonly mantissaSize: number;
  readonly bias: number;
  /** 2: the most significant bit of the mantissa is implied; 0: it is stored. */
  readonly normalization: 0 | 2;
}

export const floatRules: { readonly [L in FloatLayout]: FloatRule } = {
  half: { precision: 16, exponentAt: 10, exponentSize: 5, mantissaSize: 10, bias: 15, normalization: 2 },
  single: { precision: 32, exponentAt: 23, exponentSize: 8, mantissaSize: 23, bias: 127, normalization: 2 },
  double: { precision: 64, exponentAt: 52, exponentSize: 11, mantissaSize: 52, bias: 1023, normalization: 2 },
  x87: { precision: 80, exponentAt: 64, exponentSize: 15, mantissaSize: 64, bias: 16383, normalization: 0 },
  quad: { precision: 128, exponentAt: 112, exponentSize: 15, mantissaSize: 112, bias: 16383, normalization: 2 },
};

/** The class numbers of datatype messages. */
export const classNumbers = {
  integer: 0,
  float: 1,
  string: 3,
  bitfield: 4,
  opaque: 5,
  compound: 6,
  reference: 7,
  enum: 8,
  variable: 9,
  array: 10,
} as const;

export const stringPads: readonly StringPad[] = ["null-terminated", "null-padded", "space-padded"];
