import { OptionError, quoteText } from "../errors.ts";
import type { Attrs, PlainValue } from "../values.ts";
import { type Kind, storageRules } from "./elements.ts";

/** Byte order where the array came from (and where writers restore it); "none" for dtypes without one. */
export type ByteOrder = "little" | "big" | "none";

interface Common<K extends Kind> {
  readonly kind: K;
  /** Bytes of one element as NumPy counts them. */
  readonly itemsize: number;
  readonly byteOrder: ByteOrder;
  /** NumPy's dtype metadata, when there is any. */
  readonly metadata?: Attrs | undefined;
}

/** Kinds that need nothing but a byte order. */
export type SimpleKind =
  | "bool"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float16"
  | "float32"
  | "float64"
  | "complex64"
  | "complex128";

export interface SimpleDType<K extends SimpleKind | "object" | "bytes" | "str" | "void"> extends Common<K> {}

/** x87: 80-bit extended in 12 or 16 bytes; quad: IEEE 754 binary128; double-double: PowerPC. */
export type LongDoubleLayout = "x87" | "quad" | "double-double" | "double";
export interface LongDoubleDType<K extends "longdouble" | "clongdouble"> extends Common<K> {
  readonly layout: LongDoubleLayout;
}

/** NumPy's units of time, from years to attoseconds; generic has none. */
export type TimeUnit = "Y" | "M" | "W" | "D" | "h" | "m" | "s" | "ms" | "us" | "ns" | "ps" | "fs" | "as" | "generic";
/** Points in time or spans, counted in 64 bits in multiples of a unit; the smallest count is NaT. */
export interface TimeDType<K extends "datetime64" | "timedelta64"> extends Common<K> {
  readonly unit: TimeUnit;
  /** How many units one count stands for; 1 but for dtypes such as 25 microseconds. */
  readonly multiple: number;
}

/** A field of a structured dtype, with where it lies in an element. */
export interface Field {
  readonly name: string;
  /** NumPy's field title; usually a string. */
  readonly title?: PlainValue | undefined;
  readonly dtype: DType;
  /** Byte offset in the record. */
  readonly offset: number;
  /** Shape of a sub-array field; empty for a plain one. */
  readonly shape: readonly number[];
}
/** Records: named fields at offsets in an element. */
export interface StructDType extends Common<"struct"> {
  readonly fields: readonly Field[];
  /** Made with align=True. */
  readonly aligned: boolean;
  /** The alignment in bytes NumPy reports (1 unless aligned). */
  readonly alignment: number;
  /** The scalar type is numpy.record, as in record arrays. */
  readonly record: boolean;
}

export interface StringDType extends Common<"string"> {
  readonly coerce: boolean;
  /** The missing-value object; undefined when the dtype has none. */
  readonly naObject?: { readonly value: PlainValue } | undefined;
}

interface Special {
  longdouble: LongDoubleDType<"longdouble">;
  clongdouble: LongDoubleDType<"clongdouble">;
  datetime64: TimeDType<"datetime64">;
  timedelta64: TimeDType<"timedelta64">;
  struct: StructDType;
  string: StringDType;
}
type DTypeTable = {
  [K in Kind]: K extends keyof Special
    ? Special[K]
    : K extends SimpleKind | "object" | "bytes" | "str" | "void"
      ? SimpleDType<K>
      : never;
};

/**
 * A NumPy dtype, byte order included. Plain data: compare with {@link sameDType}.
 * (The second half says nothing new; it is what lets TypeScript infer K from a dtype.)
 */
export type DType<K extends Kind = Kind> = DTypeTable[K] & { readonly kind: K };

/** Byte order of this machine's typed arrays is what new dtypes get. */
const native = (kind: Kind, order: ByteOrder | undefined): ByteOrder =>
  storageRules[kind].ordered ? (order ?? "little") : "none";

/** The dtype of a kind that needs nothing but a byte order (little-endian unless given). */
export function simple<K extends SimpleKind>(kind: K, byteOrder?: ByteOrder): DType<K> {
  return { kind, itemsize: storageRules[kind].itemsize ?? 0, byteOrder: native(kind, byteOrder) } as DType<K>;
}

function sized<K extends "bytes" | "str" | "void">(kind: K, itemsize: number, order: ByteOrder | undefined): DType<K> {
  if (!Number.isSafeInteger(itemsize) || itemsize < 0)
    throw new OptionError("OPTION_INVALID", `an itemsize is a non-negative integer, not ${itemsize}`);
  return { kind, itemsize, byteOrder: native(kind, order) } as DType<K>;
}

/** NumPy `S`: strings of `length` bytes. */
export const bytes = (length: number): DType<"bytes"> => sized("bytes", length, undefined);
/** NumPy `U`: strings of `length` code points (4 bytes each). */
export const str = (length: number, byteOrder?: ByteOrder): DType<"str"> => sized("str", length * 4, byteOrder);
/** NumPy `V`: `length` opaque bytes. */
export const opaque = (length: number): DType<"void"> => sized("void", length, undefined);
export const object = (): DType<"object"> => ({ kind: "object", itemsize: 8, byteOrder: "none" });

export function longdouble(
  layout: LongDoubleLayout = "x87",
  itemsize = 16,
  byteOrder: ByteOrder = "little",
): DType<"longdouble"> {
  return { kind: "longdouble", itemsize, byteOrder, layout };
}
export function clongdouble(
  layout: LongDoubleLayout = "x87",
  itemsize = 32,
  byteOrder: ByteOrder = "little",
): DType<"clongdouble"> {
  return { kind: "clongdouble", itemsize, byteOrder, layout };
}
export function datetime64(
  unit: TimeUnit = "generic",
  multiple = 1,
  byteOrder: ByteOrder = "little",
): DType<"datetime64"> {
  return { kind: "datetime64", itemsize: 8, byteOrder, unit, multiple };
}
export function timedelta64(
  unit: TimeUnit = "generic",
  multiple = 1,
  byteOrder: ByteOrder = "little",
): DType<"timedelta64"> {
  return { kind: "timedelta64", itemsize: 8, byteOrder, unit, multiple };
}
export function stringDType(
  options: { readonly coerce?: boolean; readonly naObject?: { readonly value: PlainValue } } = {},
): DType<"string"> {
  return {
    kind: "string",
    itemsize: 16,
    byteOrder: "none",
    coerce: options.coerce ?? true,
    naObject: options.naObject,
  };
}

/** A field as {@link struct} takes it. `offset` may be left out for all fields: they are then packed (or aligned). */
export interface FieldSpec {
  readonly name: string;
  readonly dtype: DType;
  readonly title?: PlainValue | undefined;
  readonly offset?: number | undefined;
  readonly shape?: readonly number[] | undefined;
}
/** What else is said of a structured dtype. */
export interface StructOptions {
  readonly aligned?: boolean;
  readonly record?: boolean;
  /** Total bytes of a record, where there is padding at the end. */
  readonly itemsize?: number;
  readonly metadata?: Attrs | undefined;
}

/** Elements of a sub-array field: the product of its shape (1 for a plain field). */
export function fieldCount(field: { readonly shape?: readonly number[] | undefined }): number {
  let count = 1;
  for (const n of field.shape ?? []) count *= n;
  return count;
}

/** Natural alignment in bytes, as a C compiler on x86-64 has it. */
export function alignmentOf(dtype: DType): number {
  switch (dtype.kind) {
    case "struct":
      return dtype.aligned ? dtype.alignment : 1;
    case "bytes":
    case "void":
      return 1;
    case "str":
      return 4;
    case "complex64":
      return 4;
    case "complex128":
    case "object":
    case "string":
      return 8;
    case "clongdouble":
      return dtype.itemsize / 2;
    default:
      return dtype.itemsize;
  }
}

/** A structured dtype. Throws OptionError on duplicate names and on fields that do not fit the itemsize. */
export function struct(fields: readonly FieldSpec[], options: StructOptions = {}): DType<"struct"> {
  const aligned = options.aligned ?? false;
  let end = 0;
  let alignment = 1;
  const names = new Set<string>();
  const laid = fields.map((spec): Field => {
    if (names.has(spec.name))
      throw new OptionError("OPTION_INVALID", `field name "${quoteText(spec.name)}" occurs twice`);
    names.add(spec.name);
    const align = aligned ? alignmentOf(spec.dtype) : 1;
    alignment = Math.max(alignment, align);
    const offset = spec.offset ?? Math.ceil(end / align) * align;
    const shape = spec.shape ?? [];
    const stop = offset + spec.dtype.itemsize * fieldCount({ shape });
    if (!Number.isSafeInteger(stop) || !Number.isSafeInteger(offset) || offset < 0)
      throw new OptionError("OPTION_INVALID", `field "${quoteText(spec.name)}" lies at an impossible offset`);
    end = Math.max(end, stop);
    return { name: spec.name, title: spec.title, dtype: spec.dtype, offset, shape };
  });
  const itemsize = options.itemsize ?? Math.ceil(end / alignment) * alignment;
  if (itemsize < end)
    throw new OptionError("OPTION_INVALID", `the fields need ${end} bytes, the record has ${itemsize}`);
  return {
    kind: "struct",
    itemsize,
    byteOrder: "none",
    fields: laid,
    aligned,
    alignment,
    record: options.record ?? false,
    metadata: options.metadata,
  };
}

/** Whether `dtype` is, or contains, Python objects (which have no bytes of their own). */
export function hasObjects(dtype: DType): boolean {
  if (dtype.kind === "struct") return dtype.fields.some((f) => hasObjects(f.dtype));
  return dtype.kind === "object" || dtype.kind === "string";
}

/** Storage lanes one element takes in the array's typed storage. */
export function lanesOf(dtype: DType): number {
  const rule = storageRules[dtype.kind];
  return rule.lanes ?? dtype.itemsize / rule.laneBytes;
}

/** The same dtype in another byte order (structured: every field); no change where there is none. */
export function withByteOrder<K extends Kind>(dtype: DType<K>, byteOrder: "little" | "big"): DType<K> {
  const d: DType = dtype;
  if (d.kind === "struct")
    return {
      ...d,
      fields: d.fields.map((f) => ({ ...f, dtype: withByteOrder(f.dtype, byteOrder) })),
    } as unknown as DType<K>;
  return d.byteOrder === "none" ? dtype : ({ ...d, byteOrder } as unknown as DType<K>);
}

/** Whether two dtypes are the same in every respect, layout, titles and byte order included (metadata aside). */
export function sameDType(a: DType, b: DType): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.itemsize !== b.itemsize || a.byteOrder !== b.byteOrder) return false;
  if (a.kind === "struct" && b.kind === "struct") {
    if (a.aligned !== b.aligned || a.record !== b.record || a.fields.length !== b.fields.length) return false;
    return a.fields.every((f, i) => {
      const g = b.fields[i] as Field;
      return (
        f.name === g.name &&
        f.offset === g.offset &&
        f.title === g.title &&
        f.shape.join() === g.shape.join() &&
        sameDType(f.dtype, g.dtype)
      );
    });
  }
  if ((a.kind === "datetime64" || a.kind === "timedelta64") && a.kind === b.kind)
    return a.unit === b.unit && a.multiple === b.multiple;
  if ((a.kind === "longdouble" || a.kind === "clongdouble") && a.kind === b.kind) return a.layout === b.layout;
  if (a.kind === "string" && b.kind === "string") {
    if (a.coerce !== b.coerce || (a.naObject === undefined) !== (b.naObject === undefined)) return false;
    return a.naObject === undefined || Object.is(a.naObject.value, b.naObject?.value);
  }
  return true;
}

/** The dtype of a full mask for data of this dtype: bool, or for structured data packed bools field by field. */
export function maskDType(dtype: DType): DType<"bool"> | DType<"struct"> {
  if (dtype.kind !== "struct") return simple("bool");
  return struct(dtype.fields.map((f) => ({ name: f.name, title: f.title, dtype: maskDType(f.dtype), shape: f.shape })));
}
