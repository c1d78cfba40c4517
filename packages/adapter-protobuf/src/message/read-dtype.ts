import {
  type ByteOrder,
  type DType,
  dtypes,
  type FieldSpec,
  isMasqueradeError,
  type Kind,
  type LongDoubleLayout,
  type PlainValue,
  storageRules,
  type TimeUnit,
} from "@masquerade/core";
import type { WireReader } from "../wire/reader.ts";
import type { BufferTable } from "./buffers.ts";
import { attrsOf, readAttribute, readValue } from "./read-value.ts";
import { dtypeRules, fieldRules } from "./rules.ts";
import { byteOrders, kinds, layouts, timeUnits } from "./tables.ts";

/** Bytes of a long double of each layout. */
const longDoubleSizes: Readonly<Record<LongDoubleLayout, readonly number[]>> = {
  x87: [12, 16],
  quad: [16],
  "double-double": [16],
  double: [8],
};

/** Largest number of NumPy's own int. */
const MOST_32 = 2 ** 31 - 1;

/** What a message DType says, before it is one. */
interface Said {
  kind?: Kind | undefined;
  byteOrder: ByteOrder;
  itemsize: number;
  unit?: TimeUnit | undefined;
  multiple: number;
  layout?: LongDoubleLayout | undefined;
  fields: FieldSpec[];
  aligned: boolean;
  alignment: number;
  record: boolean;
  noCoerce: boolean;
  naObject?: { readonly value: PlainValue };
  metadata: Map<string, PlainValue>;
}

/** A message DType. Throws FormatError for one that NumPy cannot have, LimitError for `maxFields` and `maxDTypeDepth`. */
export function readDType(reader: WireReader, buffers: BufferTable, depth = 0): DType {
  const at = reader.at;
  if (depth > reader.limits.maxDTypeDepth) throw reader.limit("maxDTypeDepth", "a dtype nested so deeply", at);
  const said: Said = {
    byteOrder: "none",
    itemsize: 0,
    multiple: 0,
    fields: [],
    aligned: false,
    alignment: 0,
    record: false,
    noCoerce: false,
    metadata: new Map(),
  };
  reader.message("a dtype", dtypeRules, (field) => readPart(reader, buffers, said, field, depth));
  const dtype = made(reader, said, at);
  return said.metadata.size === 0 ? dtype : { ...dtype, metadata: attrsOf(said.metadata) };
}

function readPart(reader: WireReader, buffers: BufferTable, said: Said, field: number, depth: number): void {
  switch (field) {
    case 1:
      said.kind = reader.enumeration("a dtype's kind", kinds);
      break;
    case 2:
      said.byteOrder = reader.enumeration("a byte order", byteOrders) ?? "none";
      break;
    case 3:
      said.itemsize = reader.number();
      break;
    case 4:
      said.unit = reader.enumeration("a unit of time", timeUnits);
      break;
    case 5:
      said.multiple = reader.number();
      break;
    case 6:
      said.layout = reader.enumeration("a layout of long doubles", layouts);
      break;
    case 7:
      said.fields.push(readField(reader, buffers, depth));
      break;
    case 8:
      said.aligned = reader.boolean("aligned");
      break;
    case 9:
      said.alignment = reader.number();
      break;
    case 10:
      said.record = reader.boolean("record");
      break;
    case 11:
      said.noCoerce = reader.boolean("no_coerce");
      break;
    case 12:
      said.naObject = { value: readValue(reader, buffers) };
      break;
    default:
      readAttribute(reader, buffers, said.metadata);
  }
}

function readField(reader: WireReader, buffers: BufferTable, depth: number): FieldSpec {
  const at = reader.at;
  buffers.fields += 1;
  if (buffers.fields > reader.limits.maxFields) throw reader.limit("maxFields", "so many fields", at);
  let name = "";
  let title: PlainValue | undefined;
  let dtype: DType | undefined;
  let offset = 0;
  const shape: number[] = [];
  reader.message("a field", fieldRules, (field, wire) => {
    if (field === 1) name = reader.text("a field's name");
    else if (field === 2) title = readValue(reader, buffers);
    else if (field === 3) dtype = readDType(reader, buffers, depth + 1);
    else if (field === 4) offset = reader.number();
    else reader.numbers("a field", wire, shape);
  });
  if (dtype === undefined) throw reader.fail("a field has no dtype", at);
  let count = 1;
  for (const n of shape) count *= n;
  if (!Number.isSafeInteger(count)) throw reader.fail("a field has more elements than can be counted", at);
  return { name, title, dtype, offset, shape };
}

/** The dtype said, if there is such a one. */
function made(reader: WireReader, said: Said, at: number): DType {
  const { kind, byteOrder, itemsize } = said;
  const wrong = (why: string): Error => reader.fail(`a dtype ${why}`, at);
  if (kind === undefined) throw wrong("does not say its kind");
  const rule = storageRules[kind];
  if (rule.ordered !== (byteOrder !== "none"))
    throw wrong(`of kind ${kind} ${rule.ordered ? "needs" : "has no"} byte order`);
  const isTime = kind === "datetime64" || kind === "timedelta64";
  const isLong = kind === "longdouble" || kind === "clongdouble";
  if (said.multiple > MOST_32 || said.alignment > MOST_32) throw wrong("has a number that NumPy's 32 bits do not hold");
  if (said.unit === "generic" && said.multiple !== 1) throw wrong("of no unit counts in ones");
  if (isTime !== (said.unit !== undefined) || isTime !== said.multiple > 0) throw wrong(`of kind ${kind} and its unit`);
  if (isLong !== (said.layout !== undefined)) throw wrong(`of kind ${kind} and its layout of long doubles`);
  if (kind !== "struct" && (said.fields.length > 0 || said.aligned || said.alignment !== 0 || said.record))
    throw wrong(`of kind ${kind} has fields`);
  if (kind !== "string" && (said.noCoerce || said.naObject !== undefined))
    throw wrong(`of kind ${kind} is StringDType`);
  if (rule.itemsize !== undefined && rule.itemsize !== itemsize)
    throw wrong(`of kind ${kind} has ${rule.itemsize} bytes, not ${itemsize}`);
  if (itemsize > MOST_32) throw wrong(`has ${itemsize} bytes, more than NumPy's can`);
  if (isTime) return { kind, itemsize, byteOrder, unit: said.unit as TimeUnit, multiple: said.multiple } as DType;
  if (isLong) {
    const layout = said.layout as LongDoubleLayout;
    const each = kind === "longdouble" ? itemsize : itemsize / 2;
    if (!longDoubleSizes[layout].includes(each))
      throw wrong(`of kind ${kind} and layout ${layout} has ${itemsize} bytes`);
    return { kind, itemsize, byteOrder, layout } as DType;
  }
  if (kind === "str" && itemsize % 4 !== 0) throw wrong("of kind str has 4 bytes for each character");
  if (kind === "string") return dtypes.stringDType({ coerce: !said.noCoerce, ...given(said.naObject) });
  if (kind === "struct") return structOf(reader, said, at);
  return { kind, itemsize, byteOrder } as DType;
}

const given = (naObject: Said["naObject"]): { naObject?: { readonly value: PlainValue } } =>
  naObject === undefined ? {} : { naObject };

function structOf(reader: WireReader, said: Said, at: number): DType {
  if (said.aligned !== said.alignment > 0) throw reader.fail("a record is aligned to nothing, or not aligned", at);
  try {
    const { aligned, record, itemsize } = said;
    const dtype = dtypes.struct(said.fields, { aligned, record, itemsize });
    return aligned ? { ...dtype, alignment: said.alignment } : dtype;
  } catch (e) {
    if (isMasqueradeError(e)) throw reader.fail(e.message, at);
    throw e;
  }
}
