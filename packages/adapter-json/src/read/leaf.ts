import { allocateStorage, type DType, FormatError, lanesOf, NdArray, type Storage } from "@masquerade/core";
import { type KernelKind, kernelKinds } from "@masquerade/decimal";
import type { ReadColumn } from "./columns.ts";
import type { Cursor } from "./cursor.ts";
import { bytesReader, objectReader, stringReader, strReader, voidReader } from "./text-values.ts";
import {
  boolReader,
  dateReader,
  float16Reader,
  float32Reader,
  float64Reader,
  integerReader,
  longDoubleReader,
  pairReader,
  type ReadValue,
  spanReader,
  wideReader,
} from "./values.ts";

/** Elements of a dtype without fields. */
export class LeafReader implements ReadColumn {
  readonly maskBytes = 1;
  readonly storage: Storage;
  anyMasked = false;
  readonly #dtype: DType;
  readonly #count: number;
  readonly #value: ReadValue;
  #mask: Uint8Array | undefined;

  constructor(dtype: DType, count: number) {
    this.#dtype = dtype;
    this.#count = count;
    this.storage = allocateStorage(dtype.kind, count * lanesOf(dtype));
    this.#value = readerOf(dtype, this.storage);
  }

  read(cursor: Cursor, index: number): void {
    if (cursor.bytes[cursor.at] === 0x6e) {
      cursor.word("null");
      this.maskAll(index);
    } else this.#value(cursor, index);
  }

  maskAll(index: number): void {
    this.anyMasked = true;
    this.#mask ??= new Uint8Array(this.#count);
    this.#mask[index] = 1;
  }

  hidden(cursor: Cursor, index: number, first: boolean): boolean {
    if (this.#mask === undefined || this.#mask[index] === 0) return first;
    nextHidden(cursor, first);
    this.#value(cursor, index);
    return false;
  }

  mask(): Uint8Array {
    return this.#mask ?? new Uint8Array(this.#count);
  }

  get kernelKind(): KernelKind | undefined {
    return kernelKinds.get(this.#dtype.kind);
  }

  take(index: number, count: number, values: Uint8Array, mask: Uint8Array | undefined): void {
    this.#bytes().set(values, index * (values.length / count));
    if (mask === undefined) return;
    this.anyMasked = true;
    this.#mask ??= new Uint8Array(this.#count);
    this.#mask.set(mask, index);
  }

  masked(from: number, until: number): number {
    const mask = this.#mask;
    if (mask === undefined) return 0;
    let count = 0;
    for (let i = from; i < until; i++) count += mask[i] as number;
    return count;
  }

  nextMasked(from: number): number {
    const mask = this.#mask as Uint8Array;
    let i = from;
    while (mask[i] === 0) i++;
    return i;
  }

  scatter(from: number, count: number, values: Uint8Array): number {
    const mask = this.#mask as Uint8Array;
    const size = values.length / count;
    const [to, source, lanes] = units(this.#bytes(), values, size);
    let next = from;
    for (let i = 0; i < count; i++) {
      while (mask[next] === 0) next++;
      if (lanes === 1) to[next] = source[i] as number;
      else for (let lane = 0; lane < lanes; lane++) to[next * lanes + lane] = source[i * lanes + lane] as number;
      next++;
    }
    return next;
  }

  #bytes(): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.storage as Uint8Array;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  raw(objects: unknown[]): Uint8Array {
    const { storage } = this;
    if (!Array.isArray(storage))
      return new NdArray({ dtype: this.#dtype, shape: [this.#count], storage } as never).toBytes("C");
    const size = this.#dtype.itemsize;
    const out = new Uint8Array(this.#count * size);
    const view = new DataView(out.buffer);
    storage.forEach((value, i) => {
      if (value === null) return;
      objects.push(value);
      view.setUint32(i * size, objects.length, true);
    });
    return out;
  }
}

/** Bytes as the widest words of 8, 16 or 32 bits that divide an element; and how many these are. */
function units(
  to: Uint8Array,
  from: Uint8Array,
  size: number,
): readonly [to: Uint8Array | Uint16Array | Uint32Array, from: Uint8Array | Uint16Array | Uint32Array, lanes: number] {
  const Words = size === 1 ? Uint8Array : size === 2 ? Uint16Array : Uint32Array;
  const width = Words.BYTES_PER_ELEMENT;
  return [
    new Words(to.buffer as ArrayBuffer, to.byteOffset, to.length / width),
    new Words(from.buffer as ArrayBuffer, from.byteOffset, from.length / width),
    size / width,
  ];
}

function nextHidden(cursor: Cursor, first: boolean): void {
  if (!first) cursor.expect(0x2c, "a comma and another hidden value (one for each null in data)");
  if (cursor.peek() === 0x5d) throw cursor.fail("hidden has fewer values than data has nulls");
}

function readerOf(dtype: DType, storage: Storage): ReadValue {
  switch (dtype.kind) {
    case "bool":
      return boolReader(storage as Uint8Array);
    case "int8":
    case "int16":
    case "int32":
    case "uint8":
    case "uint16":
    case "uint32":
      return integerReader(storage as Int32Array, dtype);
    case "int64":
    case "uint64":
      return wideReader(storage as BigInt64Array, dtype);
    case "timedelta64":
      return spanReader(storage as BigInt64Array, dtype);
    case "datetime64":
      return dateReader(storage as BigInt64Array, dtype);
    case "float16":
      return float16Reader(storage as Uint16Array);
    case "float32":
      return float32Reader(storage as Float32Array);
    case "float64":
      return float64Reader(storage as Float64Array);
    case "complex64":
      return pairReader(float32Reader(storage as Float32Array));
    case "complex128":
      return pairReader(float64Reader(storage as Float64Array));
    case "longdouble":
      return longDoubleReader(storage as Uint8Array, dtype.itemsize, dtype);
    case "clongdouble":
      return pairReader(longDoubleReader(storage as Uint8Array, dtype.itemsize / 2, dtype));
    case "bytes":
      return bytesReader(storage as Uint8Array, dtype.itemsize);
    case "str":
      return strReader(storage as Uint32Array, dtype.itemsize / 4);
    case "void":
      return voidReader(storage as Uint8Array, dtype.itemsize);
    case "object":
      return objectReader(storage as never);
    case "string":
      return stringReader(storage as never);
    default:
      throw new FormatError("FORMAT_MALFORMED", "json", `${dtype.kind} has no elements`);
  }
}
