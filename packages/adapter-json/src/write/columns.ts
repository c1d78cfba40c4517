import {
  CapabilityError,
  type DType,
  fieldCount,
  hostIsLittleEndian,
  type Kind,
  type NdArray,
  type Storage,
} from "@masquerade/core";
import { kernelKinds } from "@masquerade/decimal";
import { type ByteOut, nextInRow } from "./byte-out.ts";
import {
  boolValues,
  dateValues,
  float16Values,
  float32Values,
  float64Values,
  integerValues,
  pairValues,
  spanValues,
  type WriteValue,
  wideValues,
} from "./number-columns.ts";
import { bytesValues, longDoubleValues, objectValues, stringValues, strValues, voidValues } from "./other-columns.ts";
import { type Printable, printHidden } from "./print-rows.ts";
import { writeText } from "./text.ts";

/** The elements of an array (or of one field of all its records) in C order, with their masks. */
export interface Column {
  /** The elements as the kernels print them, where they do. */
  readonly printable?: Printable | undefined;
  /** Whether an element is a record, which has a line of its own. */
  readonly records: boolean;
  /** Writes an element; null where it is masked. */
  write(out: ByteOut, index: number): void;
  /** Writes what is masked within an element, each preceded by a comma unless `first`. Returns whether the list is still empty. */
  hidden(out: ByteOut, index: number, first: boolean): boolean;
}

/** Writes what is masked within `count` elements. Returns whether the list is still empty. */
export function writeHidden(out: ByteOut, column: Column, from: number, count: number, first: boolean): boolean {
  const printed = column.printable === undefined ? undefined : printHidden(out, column.printable, from, count, first);
  if (printed !== undefined) return printed;
  let empty = first;
  for (let i = from; i < from + count; i++) empty = column.hidden(out, i, empty);
  return empty;
}

/** The elements of `data` (and their masks) as a column. Structured arrays are taken apart field by field. */
export function columnOf(data: NdArray, mask: NdArray | undefined, precision: number | undefined): Column {
  const { dtype } = data;
  if (dtype.kind === "struct")
    return new RecordColumn(
      dtype.fields.map((field): readonly [string, Column] => {
        const inner = columnOf(data.field(field.name), mask?.field(field.name), precision);
        return [field.name, field.shape.length === 0 ? inner : new ListColumn(inner, field.shape, fieldCount(field))];
      }),
    );
  const bits = mask === undefined ? undefined : (mask.toC() as Uint8Array);
  const storage = data.toC();
  const kind = precision === undefined || !floating.has(dtype.kind) ? kernelKinds.get(dtype.kind) : undefined;
  return new LeafColumn(
    valuesOf(dtype, storage, precision),
    bits,
    kind && { kind, values: bytesOf(storage as Uint8Array), mask: bits },
  );
}

const floating: ReadonlySet<Kind> = new Set(["float16", "float32", "float64", "complex64", "complex128"]);

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

class LeafColumn implements Column {
  readonly records = false;
  readonly #value: WriteValue;
  readonly #mask: Uint8Array | undefined;
  readonly printable: Printable | undefined;

  constructor(value: WriteValue, mask: Uint8Array | undefined, printable: Printable | undefined) {
    this.#value = value;
    this.#mask = mask;
    this.printable = printable;
  }

  write(out: ByteOut, index: number): void {
    if (this.#mask !== undefined && this.#mask[index] !== 0) out.text("null");
    else this.#value(out, index);
  }

  hidden(out: ByteOut, index: number, first: boolean): boolean {
    if (this.#mask === undefined || this.#mask[index] === 0) return first;
    if (!first) nextInRow(out);
    this.#value(out, index);
    return false;
  }
}

/** A sub-array field: nested lists. */
class ListColumn implements Column {
  readonly records = false;
  readonly #inner: Column;
  readonly #shape: readonly number[];
  readonly #count: number;

  constructor(inner: Column, shape: readonly number[], count: number) {
    this.#inner = inner;
    this.#shape = shape;
    this.#count = count;
  }

  write(out: ByteOut, index: number): void {
    this.#nested(out, 0, index * this.#count, this.#count);
  }

  #nested(out: ByteOut, axis: number, from: number, count: number): void {
    if (axis === this.#shape.length) {
      this.#inner.write(out, from);
      return;
    }
    const n = this.#shape[axis] as number;
    out.byte(91);
    for (let i = 0; i < n; i++) {
      if (i > 0) nextInRow(out);
      this.#nested(out, axis + 1, from + (i * count) / n, count / n);
    }
    out.byte(93);
  }

  hidden(out: ByteOut, index: number, first: boolean): boolean {
    let empty = first;
    for (let i = 0; i < this.#count; i++) empty = this.#inner.hidden(out, index * this.#count + i, empty);
    return empty;
  }
}

class RecordColumn implements Column {
  readonly records = true;
  readonly #fields: readonly (readonly [name: string, column: Column])[];

  constructor(fields: readonly (readonly [name: string, column: Column])[]) {
    this.#fields = fields;
  }

  write(out: ByteOut, index: number): void {
    out.byte(123);
    for (let i = 0; i < this.#fields.length; i++) {
      const [name, column] = this.#fields[i] as readonly [string, Column];
      if (i > 0) nextInRow(out);
      writeText(out, name);
      out.text(out.indent === 0 ? ":" : ": ");
      column.write(out, index);
    }
    out.byte(125);
  }

  hidden(out: ByteOut, index: number, first: boolean): boolean {
    let empty = first;
    for (const [, column] of this.#fields) empty = column.hidden(out, index, empty);
    return empty;
  }
}

/** How one element of a simple dtype is written, given the contiguous storage. */
function valuesOf(dtype: DType, storage: Storage, precision: number | undefined): WriteValue {
  const little = hostIsLittleEndian;
  switch (dtype.kind) {
    case "bool":
      return boolValues(storage as Uint8Array);
    case "int8":
    case "int16":
    case "int32":
    case "uint8":
    case "uint16":
    case "uint32":
      return integerValues(storage as Int32Array);
    case "int64":
    case "uint64":
      return wideValues(storage as BigInt64Array, little);
    case "timedelta64":
      return spanValues(storage as BigInt64Array);
    case "datetime64":
      return dateValues(storage as BigInt64Array, dtype);
    case "float16":
      return float16Values(storage as Uint16Array, precision);
    case "float32":
      return float32Values(storage as Float32Array, precision);
    case "float64":
      return float64Values(storage as Float64Array, little, precision);
    case "complex64":
      return pairValues(float32Values(storage as Float32Array, precision));
    case "complex128":
      return pairValues(float64Values(storage as Float64Array, little, precision));
    case "longdouble":
      return longDoubleValues(storage as Uint8Array, dtype.itemsize, dtype.layout);
    case "clongdouble":
      return pairValues(longDoubleValues(storage as Uint8Array, dtype.itemsize / 2, dtype.layout));
    case "bytes":
      return bytesValues(storage as Uint8Array, dtype.itemsize);
    case "str":
      return strValues(storage as Uint32Array, dtype.itemsize / 4);
    case "void":
      return voidValues(storage as Uint8Array, dtype.itemsize);
    case "object":
      return objectValues(storage as unknown[]);
    case "string":
      return stringValues(storage as (string | null)[]);
    default:
      throw new CapabilityError("json", "dtype", `cannot hold ${dtype.kind}`);
  }
}
