import {
  type AnyArray,
  arrayFromBytes,
  checkShape,
  type DType,
  type FullMask,
  hasObjects,
  LimitError,
  MaskedArray,
  maskDType,
  NdArray,
  type Order,
  type PlainValue,
  type Subclass,
} from "@masquerade/core";
import type { WireReader } from "../wire/reader.ts";
import type { BufferTable } from "./buffers.ts";
import { decodeMask } from "./mask.ts";
import { readDType } from "./read-dtype.ts";
import { attrsOf, readAttribute, readValue } from "./read-value.ts";
import { arrayRules, dimsRules, fillRules, maskRules } from "./rules.ts";
import { type MaskEncoding, maskEncodings, orders, subclasses } from "./tables.ts";

/** What a message Array says, before it is one. */
export interface SaidOfArray {
  dtype?: DType;
  shape: number[];
  order?: Order | undefined;
  masked: boolean;
  /** Whether there is a full mask. */
  hasMask: boolean;
  /** Where it is, but in an outline. */
  mask?: { readonly encoding: MaskEncoding; readonly count: number; readonly buffer: number };
  fill?: NdArray;
  hard: boolean;
  dropped: boolean;
  attrs: Map<string, PlainValue>;
  dims?: string[];
  subclass: Subclass | undefined;
  dataSubclass: Subclass | undefined;
  objects: PlainValue[];
  buffer: number;
}

/** The fields of a message Array, one by one, and the array they make. Of an outline only what it says is of use: its mask has no fields. */
export function arrayParts(
  reader: WireReader,
  buffers: BufferTable,
  outline = false,
): {
  readonly field: (number: number, wire: number) => void;
  readonly done: (at: number) => AnyArray;
  readonly said: SaidOfArray;
} {
  const said: SaidOfArray = {
    shape: [],
    masked: false,
    hasMask: false,
    hard: false,
    dropped: false,
    attrs: new Map(),
    subclass: undefined,
    dataSubclass: undefined,
    objects: [],
    buffer: 0,
  };
  return {
    field: (number, wire) => {
      if (number !== 5) return readPart(reader, buffers, said, number, wire);
      said.hasMask = true;
      if (outline) reader.message("a mask", {}, () => {});
      else said.mask = readMask(reader);
    },
    done: (at) => arrayOf(reader, buffers, said, at),
    said,
  };
}

/** A message Array. */
export function readArray(reader: WireReader, buffers: BufferTable): AnyArray {
  const at = reader.at;
  const parts = arrayParts(reader, buffers);
  reader.message("an array", arrayRules, parts.field);
  return parts.done(at);
}

function readPart(reader: WireReader, buffers: BufferTable, said: SaidOfArray, field: number, wire: number): void {
  switch (field) {
    case 1:
      said.dtype = readDType(reader, buffers);
      break;
    case 2:
      reader.numbers("an array", wire, said.shape);
      break;
    case 3:
      said.order = reader.enumeration("an order", orders);
      break;
    case 4:
      said.masked = reader.boolean("masked");
      break;
    case 6:
      said.fill = readFill(reader, buffers);
      break;
    case 7:
      said.hard = reader.boolean("hard_mask");
      break;
    case 8:
      said.dropped = reader.boolean("hidden_dropped");
      break;
    case 9:
      readAttribute(reader, buffers, said.attrs);
      break;
    case 10:
      said.dims = readDims(reader);
      break;
    case 11:
      said.subclass = reader.enumeration("a subclass", subclasses);
      break;
    case 12:
      said.dataSubclass = reader.enumeration("a subclass", subclasses);
      break;
    case 13:
      said.objects.push(readValue(reader, buffers));
      break;
    default:
      said.buffer = reader.number();
  }
}

function readMask(reader: WireReader): NonNullable<SaidOfArray["mask"]> {
  let encoding: MaskEncoding | undefined;
  let count = 0;
  let buffer = 0;
  reader.message("a mask", maskRules, (field) => {
    if (field === 1) encoding = reader.enumeration("a mask's encoding", maskEncodings);
    else if (field === 2) count = reader.number();
    else buffer = reader.number();
  });
  if (encoding === undefined) throw reader.fail("a mask does not say its encoding");
  return { encoding, count, buffer };
}

function readDims(reader: WireReader): string[] {
  const names: string[] = [];
  reader.message("names of axes", dimsRules, () => {
    names.push(reader.text("the name of an axis"));
    if (names.length > reader.limits.maxDims) throw reader.limit("maxDims", "names of axes");
  });
  return names;
}

function readFill(reader: WireReader, buffers: BufferTable): NdArray {
  const at = reader.at;
  let dtype: DType | undefined;
  let data = new Uint8Array(0);
  let object: { readonly value: PlainValue } | undefined;
  reader.message("a fill value", fillRules, (field) => {
    if (field === 1) dtype = readDType(reader, buffers);
    else if (field === 2) data = Uint8Array.from(reader.bytes("a fill value"));
    else object = { value: readValue(reader, buffers) };
  });
  if (dtype === undefined) throw reader.fail("a fill value has no dtype", at);
  const said: DType = dtype;
  if ((said.kind === "object" || said.kind === "string") !== (object !== undefined))
    throw reader.fail("a fill value is an object where it should be bytes, or bytes where it should be an object", at);
  if (object !== undefined) {
    const items = [(object as { readonly value: PlainValue }).value];
    return new NdArray({ dtype: said, shape: [], storage: elementsOf(reader, said, items, at) as never });
  }
  refuseRecordsOfObjects(reader, said, at);
  if (data.length !== said.itemsize) throw reader.fail(`a fill value of ${said.itemsize} bytes has ${data.length}`, at);
  return arrayFromBytes(data, said, []);
}

function arrayOf(reader: WireReader, buffers: BufferTable, said: SaidOfArray, at: number): AnyArray {
  const { dtype, shape, order, dims } = said;
  if (dtype === undefined) throw reader.fail("an array has no dtype", at);
  if (order === undefined) throw reader.fail("an array does not say its order", at);
  if (dims !== undefined && dims.length !== shape.length)
    throw reader.fail(`${dims.length} names for ${shape.length} axes`, at);
  if (!said.masked && (said.mask ?? said.fill ?? said.dataSubclass) !== undefined)
    throw reader.fail("an array that is not masked has a mask or a fill value", at);
  if (!said.masked && (said.hard || said.dropped))
    throw reader.fail("an array that is not masked has a hard mask or hidden values", at);
  if (said.dropped && said.mask === undefined) throw reader.fail("values are hidden without a mask", at);
  const { limits, format } = reader;
  const size = checkShape(shape, dtype.itemsize, limits, { format, offset: reader.base + at });
  const values = valuesOf(reader, buffers, said, dtype, order, size, at);
  const data = values.with({
    attrs: attrsOf(said.attrs),
    dims,
    subclass: said.masked ? said.dataSubclass : said.subclass,
  });
  if (!said.masked) return data;
  return new MaskedArray({
    data,
    mask: said.mask === undefined ? undefined : maskOf(reader, buffers, said.mask, data, order, at),
    fillValue: said.fill,
    hardMask: said.hard,
    subclass: said.subclass,
  });
}

function valuesOf(
  reader: WireReader,
  buffers: BufferTable,
  said: SaidOfArray,
  dtype: DType,
  order: Order,
  size: number,
  at: number,
): NdArray {
  const { shape, buffer, objects } = said;
  account(reader, buffers, size * dtype.itemsize, at);
  if (dtype.kind === "object" || dtype.kind === "string") {
    if (buffer !== 0) throw reader.fail("an array of objects has a data buffer", at);
    if (objects.length !== size) throw reader.fail(`${size} elements, but ${objects.length} objects`, at);
    const storage = elementsOf(reader, dtype, objects, at);
    return new NdArray({ dtype, shape, order, storage: storage as never });
  }
  refuseRecordsOfObjects(reader, dtype, at);
  if (objects.length > 0) throw reader.fail("an array of bytes has objects", at);
  const { data, offset } = buffers.take(buffer, at);
  if (data.length !== size * dtype.itemsize)
    throw reader.fail(
      `shape (${shape.join(", ")}) of ${dtype.itemsize}-byte elements takes ${size * dtype.itemsize} bytes, the buffer has ${data.length}`,
      offset,
    );
  return arrayFromBytes(data, dtype, shape, order);
}

/** Objects as the storage of their kind: text, or null for a StringDType's missing value. */
function elementsOf(reader: WireReader, dtype: DType, objects: PlainValue[], at: number): unknown[] {
  if (dtype.kind === "string")
    for (const item of objects)
      if (typeof item !== "string" && !(item === null && dtype.naObject !== undefined))
        throw reader.fail("an element of a StringDType array is no text", at);
  return objects;
}

function refuseRecordsOfObjects(reader: WireReader, dtype: DType, at: number): void {
  if (hasObjects(dtype)) throw reader.fail("records of objects are not defined", at);
}

/** Adds what an array or a mask takes to the account. Throws LimitError. */
function account(reader: WireReader, buffers: BufferTable, bytes: number, at: number): void {
  const { limits, format } = reader;
  if (bytes > limits.maxBytes)
    throw new LimitError("maxBytes", `an array of ${bytes} bytes is more than ${limits.maxBytes}`, {
      format,
      offset: reader.base + at,
    });
  buffers.bytes += bytes;
  if (buffers.bytes > limits.maxTotalBytes)
    throw new LimitError("maxTotalBytes", `arrays of more than ${limits.maxTotalBytes} bytes together`, {
      format,
      offset: reader.base + at,
    });
}

function maskOf(
  reader: WireReader,
  buffers: BufferTable,
  said: NonNullable<SaidOfArray["mask"]>,
  data: NdArray,
  order: Order,
  at: number,
): FullMask {
  const dtype = maskDType(data.dtype);
  const count = data.size * dtype.itemsize;
  if (said.count !== count) throw reader.fail(`a mask of ${said.count} bools where there are ${count}`, at);
  account(reader, buffers, count, at);
  const isBytes = !hasObjects(data.dtype);
  if (said.encoding === "run-length" && isBytes && count > data.nbytes)
    throw reader.fail("a run-length mask of more bools than the array has bytes of data", at);
  const { data: held, offset } = buffers.take(said.buffer, at);
  const bools = decodeMask(held, said.encoding, count, { format: reader.format, offset: reader.base + offset });
  return arrayFromBytes(bools, dtype as DType<"bool">, data.shape, order);
}
