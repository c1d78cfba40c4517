// What a corpus file holds, from the manifest's neutral description (made by corpus/make/expect.py) to values of
// @masquerade/core. For the tests of every package; it reads nothing that the library under test wrote.
import { inflateSync } from "node:zlib";
import {
  type AnyArray,
  arrayFromBytes,
  Bundle,
  type BundleMember,
  Complex,
  type DType,
  dtypes,
  type FieldSpec,
  type FullMask,
  fieldCount,
  hasObjects,
  isArray,
  isBundle,
  MaskedArray,
  maskDType,
  NdArray,
  nomask,
  type PlainValue,
  type Subclass,
  sizeOf,
  Tuple,
  zeros,
} from "@masquerade/core";
import { parseDType } from "@masquerade/numpy";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Dict = { [key: string]: Json };

export interface ExpectOptions {
  /**
   * Dicts of arrays and plain values whose order a Bundle's entries and attributes cannot tell: name every key in
   * `keys`, which writers take as the order.
   */
  readonly dictOrder?: boolean;
}

/** The value a description stands for: an array, a bundle or a plain value. */
export function expected(json: unknown, options: ExpectOptions = {}): AnyArray | Bundle | PlainValue {
  const described = json as Dict;
  switch (described["kind"]) {
    case "ndarray":
      return ndarray(described, options);
    case "masked":
      return maskedArray(described, options);
    case "dict":
      return dict(described, options);
    case "list":
    case "tuple":
      return sequence(described, options);
    case "plain":
      return plain(described["value"] as Json, options);
    default:
      throw new Error(`a description of kind ${String(described["kind"])} is no value`);
  }
}

/** As {@link expected}, where the value is known to be an array or a bundle. */
export function expectedArray(json: unknown, options: ExpectOptions = {}): AnyArray | Bundle {
  const value = expected(json, options);
  if (isArray(value) || isBundle(value)) return value;
  throw new Error("the description is of a plain value");
}

/** A dtype from its description: NumPy's dtype.str, or an object where that does not say everything. */
export function expectedDType(json: unknown): DType {
  if (typeof json === "string") return parseDType(json);
  const described = json as Dict;
  if (described["string"] === true) {
    const coerce = described["coerce"] as boolean;
    return "naObject" in described
      ? dtypes.stringDType({ coerce, naObject: { value: plain(described["naObject"] as Json, {}) } })
      : dtypes.stringDType({ coerce });
  }
  const metadata = "metadata" in described ? (plain(described["metadata"] as Json, {}) as never) : undefined;
  if (typeof described["str"] === "string") return { ...parseDType(described["str"]), metadata };
  const aligned = described["aligned"] === true;
  const fields = (described["fields"] as Dict[]).map(
    (field): FieldSpec => ({
      name: text(field["name"] as Json),
      dtype: expectedDType(field["dtype"]),
      offset: field["offset"] as number,
      ...("shape" in field ? { shape: field["shape"] as number[] } : {}),
      ...("title" in field ? { title: plain(field["title"] as Json, {}) } : {}),
    }),
  );
  const itemsize = described["itemsize"] as number;
  return dtypes.struct(fields, { aligned, record: described["record"] === true, itemsize, metadata });
}

/** A plain Python value from its tagged form. */
function plain(json: Json, options: ExpectOptions): PlainValue {
  if (json === null || typeof json === "boolean" || typeof json === "string") return json;
  const [tag, value] = Object.entries(json as Dict)[0] as [string, Json];
  switch (tag) {
    case "value":
      return expected(value, options);
    case "int":
      return BigInt(value as string);
    case "float":
      return double(value as string);
    case "complex": {
      const [re, im] = value as [string, string];
      return new Complex(double(re), double(im));
    }
    case "str":
      return text(json);
    case "bytes":
    case "bytearray":
    case "str2":
      return base64(value as string);
    case "list":
      return (value as Json[]).map((item) => plain(item, options));
    case "tuple":
      return new Tuple((value as Json[]).map((item) => plain(item, options)));
    case "dict":
      return new Map((value as [Json, Json][]).map(([k, v]) => [plain(k, options), plain(v, options)]));
    default:
      throw new Error(`no plain value is tagged ${tag}`);
  }
}

/** Text, given as code points where it has lone surrogates. */
function text(json: Json): string {
  if (typeof json === "string") return json;
  return ((json as Dict)["str"] as number[]).map((point) => String.fromCodePoint(point)).join("");
}

function double(hex: string): number {
  return new DataView(Uint8Array.from(Buffer.from(hex, "hex")).buffer).getFloat64(0);
}

function base64(encoded: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(encoded, "base64"));
}

/** The bytes called `name`, or deflated `nameZ`; undefined for null. */
function bytesOf(described: Dict, name: string): Uint8Array | undefined {
  const packed = described[`${name}Z`] as string | undefined;
  if (packed !== undefined) return Uint8Array.from(inflateSync(base64(packed)));
  const plainly = described[name] as string | null;
  return plainly === null ? undefined : base64(plainly);
}

function ndarray(described: Dict, options: ExpectOptions): NdArray {
  const dtype = expectedDType(described["dtype"]);
  const shape = described["shape"] as number[];
  const made = elements(described, dtype, shape, options);
  const ordered = described["order"] === "F" ? made.copy("F") : made;
  const subclass = described["subclass"] as Subclass | "array.array" | undefined;
  return subclass === undefined || subclass === "array.array" ? ordered : ordered.with({ subclass });
}

function elements(described: Dict, dtype: DType, shape: number[], options: ExpectOptions): NdArray {
  if (!("items" in described)) {
    const raw = bytesOf(described, "data") as Uint8Array;
    return arrayFromBytes(raw, dtype, shape) as NdArray;
  }
  const items = described["items"] as Json[];
  if (dtype.kind === "struct") return records(items, dtype, shape, options);
  const storage = items.map((item) => {
    const missing = item !== null && typeof item === "object" && "na" in item;
    return missing ? null : plain(item, options);
  });
  return new NdArray({ dtype, shape, storage }) as NdArray;
}

/** Records with object fields: each item is the tuple of one record. */
function records(items: Json[], dtype: DType<"struct">, shape: number[], options: ExpectOptions): NdArray {
  const objects: unknown[] = [];
  const storage = new Uint8Array(sizeOf(shape) * dtype.itemsize);
  for (const [i, item] of items.entries())
    fillRecord(storage.subarray(i * dtype.itemsize, (i + 1) * dtype.itemsize), dtype, plain(item, options), objects);
  return new NdArray({ dtype, shape, storage, objects }) as NdArray;
}

function fillRecord(record: Uint8Array, dtype: DType<"struct">, value: PlainValue, objects: unknown[]): void {
  for (const [i, field] of dtype.fields.entries()) {
    const one = (value as Tuple).items[i] as PlainValue;
    const size = field.dtype.itemsize;
    const count = fieldCount(field);
    const target = record.subarray(field.offset, field.offset + size * count);
    const given = field.shape.length === 0 ? [one] : [...(one as NdArray).copy("C").toC()];
    if (isArray(one) && !hasObjects(field.dtype)) target.set((one as NdArray).toBytes());
    else
      for (let k = 0; k < count; k++)
        fillElement(target.subarray(k * size, (k + 1) * size), field.dtype, given[k] as PlainValue, objects);
  }
}

function fillElement(target: Uint8Array, dtype: DType, value: PlainValue, objects: unknown[]): void {
  if (dtype.kind === "struct") fillRecord(target, dtype, value, objects);
  else if (dtype.kind === "object") {
    if (value !== null) objects.push(value);
    new DataView(target.buffer, target.byteOffset).setUint32(0, value === null ? 0 : objects.length, true);
  } else {
    const one = zeros(dtype, []) as NdArray;
    const wide = dtype.kind === "int64" || dtype.kind === "uint64";
    one.set([], (typeof value === "bigint" && !wide ? Number(value) : value) as never);
    target.set(one.toBytes());
  }
}

function maskedArray(described: Dict, options: ExpectOptions): MaskedArray {
  const data = ndarray(described["data"] as Dict, options);
  const dtype = maskDType(data.dtype) as DType;
  const bits = bytesOf(described, "mask");
  const full = bits === undefined ? undefined : (arrayFromBytes(bits, dtype, data.shape) as unknown as FullMask);
  const fill = described["fillValue"] as Dict | null;
  return new MaskedArray({
    data,
    mask: full === undefined ? nomask : data.order === "F" ? (full.copy("F") as FullMask) : full,
    fillValue: fill === null ? undefined : ndarray(fill, options),
    hardMask: described["hardMask"] as boolean,
    subclass: described["subclass"] as Subclass | undefined,
  });
}

function dict(described: Dict, options: ExpectOptions): Bundle {
  const entries: [string, BundleMember][] = [];
  const attrs = new Map<string, PlainValue>();
  const keys = new Map<string, PlainValue>();
  let mixed = false;
  for (const [keyJson, valueJson] of described["items"] as [Json, Json][]) {
    const key = plain(keyJson, options);
    const name = typeof key === "string" ? key : String(key);
    const value = expected(valueJson, options);
    if (typeof key !== "string") keys.set(name, key);
    if (isArray(value) || isBundle(value)) {
      mixed ||= attrs.size > 0;
      entries.push([name, value]);
    } else attrs.set(name, value);
  }
  if (!mixed || options.dictOrder !== true) return new Bundle({ entries, attrs, keys });
  const ordered = (described["items"] as [Json, Json][]).map(([key]) => plain(key, options));
  const named = new Map(ordered.map((key) => [String(key), key] as const));
  return new Bundle({ entries, attrs, keys: named });
}

function sequence(described: Dict, options: ExpectOptions): Bundle {
  const entries: [string, BundleMember][] = [];
  const attrs = new Map<string, PlainValue>();
  for (const [i, item] of (described["items"] as Json[]).entries()) {
    const value = expected(item, options);
    if (isArray(value) || isBundle(value)) entries.push([String(i), value]);
    else attrs.set(String(i), value);
  }
  return new Bundle({ kind: described["kind"] as "list" | "tuple", entries, attrs });
}
