import {
  type AnyArray,
  type Attrs,
  type Bundle,
  CapabilityError,
  Complex,
  type DType,
  isArray,
  isBundle,
  isMaskedArray,
  type NdArray,
  nomask,
  type PlainValue,
  quoteText,
  type StringDType,
  type StructDType,
  Tuple,
} from "@masquerade/core";
import protobuf from "protobufjs/minimal.js";
import { MAX_DEPTH } from "../wire/reader.ts";
import { bitsOf, twosComplement } from "./bits.ts";
import { encodeMask } from "./mask.ts";
import {
  bundleKinds,
  byteOrders,
  kinds,
  layouts,
  type MaskEncoding,
  maskEncodings,
  orders,
  subclasses,
  timeUnits,
} from "./tables.ts";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** How arrays are to be written. */
export interface WriteHow {
  readonly mask: MaskEncoding;
  readonly dropHidden: boolean;
}

/** Tag of a field: varint 0, eight bytes 1, bytes and messages 2, four bytes 5. */
const tag = (field: number, wire: 0 | 1 | 2 | 5): number => field * 8 + wire;

/**
 * Writes the messages of proto/masquerade/v1/file.proto in canonical form. The bytes of arrays are set aside in `buffers`, in the order
 * in which the messages refer to them.
 */
export class MessageWriter {
  readonly buffers: Uint8Array[] = [];
  readonly #out: protobuf.Writer = new protobuf.Writer();
  readonly #how: WriteHow;
  readonly #format: string;
  #depth = 0;

  constructor(format: string, how: WriteHow) {
    this.#format = format;
    this.#how = how;
  }

  finish(): Uint8Array {
    return this.#out.finish();
  }

  fixed32(field: number, value: number): void {
    this.#out.uint32(tag(field, 5)).fixed32(value);
  }

  number(field: number, value: number): void {
    if (value !== 0) this.#out.uint32(tag(field, 0)).uint64(value);
  }

  /** A number that is written though it may be 0. */
  given(field: number, value: number): void {
    this.#out.uint32(tag(field, 0)).uint64(value);
  }

  /** Tag and length of bytes or of a message that follow. */
  head(field: number, length: number): void {
    this.#out.uint32(tag(field, 2)).uint64(length);
  }

  /** A member of an enumeration by its place in a table. */
  named<T>(field: number, table: readonly (T | undefined)[], value: T | undefined): void {
    if (value !== undefined) this.number(field, table.indexOf(value));
  }

  array(field: number, array: AnyArray): void {
    this.within(field, () => {
      const masked = isMaskedArray(array);
      const hidden = masked && array.mask !== nomask && this.#how.dropHidden;
      const data = masked ? (hidden ? array.filled() : array.data) : array;
      const { order } = data;
      this.dtype(1, data.dtype);
      this.numbers(2, data.shape);
      this.named(3, orders, order);
      if (masked) this.number(4, 1);
      const elements = Array.isArray(data.storage) ? undefined : this.#bytesOf(data);
      if (elements !== undefined) this.buffers.push(elements);
      const index = elements === undefined ? 0 : this.buffers.length;
      if (masked && array.mask !== nomask) this.#mask(array.mask as unknown as NdArray, order, elements?.length);
      if (masked && array.fillValue !== undefined) this.fill(array.fillValue);
      if (masked && array.hardMask) this.number(7, 1);
      if (hidden) this.number(8, 1);
      this.attributes(9, (masked ? array.data : array).attrs);
      const { dims } = masked ? array.data : array;
      if (dims !== undefined) this.dims(dims);
      this.named(11, subclasses, array.subclass);
      if (masked) this.named(12, subclasses, array.data.subclass);
      if (elements === undefined) this.#objects(data, order);
      this.number(14, index);
    });
  }

  dims(dims: readonly string[]): void {
    this.within(10, () => {
      for (const name of dims) this.text(1, name);
    });
  }

  bundle(field: number, bundle: Bundle): void {
    this.within(field, () => {
      this.named(1, bundleKinds, bundle.kind);
      for (const [name, member] of bundle.entries)
        this.within(2, () => {
          this.name(1, name);
          if (isBundle(member)) this.bundle(3, member);
          else this.array(2, member);
        });
      this.attributes(3, bundle.attrs);
      this.attributes(4, bundle.keys);
    });
  }

  attributes(field: number, attrs: Attrs): void {
    for (const [name, value] of attrs)
      this.within(field, () => {
        this.name(1, name);
        this.value(2, value);
      });
  }

  text(field: number, text: string): void {
    if (/\p{Surrogate}/u.test(text))
      throw this.#cannot("values", `the text "${quoteText(text, 40)}" has half a surrogate pair, which is no UTF-8`);
    this.#out.uint32(tag(field, 2)).string(text);
  }

  value(field: number, value: unknown): void {
    this.within(field, () => this.#kind(value as PlainValue));
  }

  #kind(value: PlainValue): void {
    if (value === null) this.number(1, 1);
    else if (typeof value === "boolean") this.#out.uint32(tag(2, 0)).bool(value);
    else if (typeof value === "bigint") {
      if (value >= INT64_MIN && value <= INT64_MAX) this.bits(3, BigInt.asUintN(64, value));
      else this.raw(4, twosComplement(value));
    } else if (typeof value === "number") this.bits(5, bitsOf(value));
    else if (typeof value === "string") this.text(6, value);
    else if (value instanceof Uint8Array) this.raw(7, value);
    else if (value instanceof Complex)
      this.within(8, () => {
        for (const [field, part] of [bitsOf(value.re), bitsOf(value.im)].entries())
          if (part !== 0n) this.bits(field + 1, part);
      });
    else if (value instanceof Tuple) this.#sequence(10, value.items);
    else if (isArray(value)) this.array(12, value);
    else if (isBundle(value)) this.bundle(13, value);
    else if (Array.isArray(value)) this.#sequence(9, value);
    else if (value instanceof Map)
      this.within(11, () => {
        for (const [key, item] of value as ReadonlyMap<PlainValue, PlainValue>)
          this.within(1, () => {
            this.value(1, key);
            this.value(2, item);
          });
      });
    else throw this.#cannot("values", `there is no place for a ${typeof value} that is no value of Python's`);
  }

  #sequence(field: number, items: readonly PlainValue[]): void {
    this.within(field, () => {
      for (const item of items) this.value(1, item);
    });
  }

  dtype(field: number, dtype: DType): void {
    this.within(field, () => {
      this.named(1, kinds, dtype.kind);
      this.named(2, byteOrders, dtype.byteOrder);
      this.number(3, dtype.itemsize);
      if (dtype.kind === "datetime64" || dtype.kind === "timedelta64") {
        this.named(4, timeUnits, dtype.unit);
        this.number(5, dtype.multiple);
      }
      if (dtype.kind === "longdouble" || dtype.kind === "clongdouble") this.named(6, layouts, dtype.layout);
      if (dtype.kind === "struct") this.#struct(dtype);
      if (dtype.kind === "string") this.#stringDType(dtype);
      this.attributes(13, dtype.metadata ?? new Map());
    });
  }

  #struct(dtype: StructDType): void {
    for (const { name, title, dtype: inner, offset, shape } of dtype.fields)
      this.within(7, () => {
        this.name(1, name);
        if (title !== undefined && title !== null) this.value(2, title);
        this.dtype(3, inner);
        this.number(4, offset);
        this.numbers(5, shape);
      });
    if (dtype.aligned) {
      this.number(8, 1);
      this.number(9, dtype.alignment);
    }
    if (dtype.record) this.number(10, 1);
  }

  #stringDType(dtype: StringDType): void {
    if (!dtype.coerce) this.number(11, 1);
    if (dtype.naObject !== undefined) this.value(12, dtype.naObject.value);
  }

  #mask(mask: NdArray, order: "C" | "F", dataBytes: number | undefined): void {
    const bools = mask.toBytes(order);
    const wanted = this.#how.mask;
    const encoding = wanted === "run-length" && bools.length > (dataBytes ?? bools.length) ? "packed" : wanted;
    this.buffers.push(encodeMask(bools, encoding));
    this.within(5, () => {
      this.named(1, maskEncodings, encoding);
      this.number(2, bools.length);
      this.number(3, this.buffers.length);
    });
  }

  fill(fill: NdArray): void {
    this.within(6, () => {
      this.dtype(1, fill.dtype);
      if (Array.isArray(fill.storage)) this.value(3, fill.toC()[0]);
      else {
        const raw = this.#bytesOf(fill);
        if (raw.length > 0) this.raw(2, raw);
      }
    });
  }

  #objects(data: NdArray, order: "C" | "F"): void {
    const items = (order === "C" ? data.toC() : data.data) as readonly unknown[];
    for (const item of items) this.value(13, item);
  }

  #bytesOf(data: NdArray): Uint8Array {
    return data.toBytes(data.order);
  }

  /** A name: text that is left out when it is empty, as any field at its default. */
  name(field: number, name: string): void {
    if (name !== "") this.text(field, name);
  }

  raw(field: number, raw: Uint8Array): void {
    this.#out.uint32(tag(field, 2)).bytes(raw);
  }

  bits(field: number, value: bigint): void {
    this.#out
      .uint32(tag(field, 1))
      .fixed32(Number(value & 0xffffffffn))
      .fixed32(Number(value >> 32n));
  }

  numbers(field: number, numbers: readonly number[]): void {
    if (numbers.length === 0) return;
    this.#out.uint32(tag(field, 2)).fork();
    for (const n of numbers) this.#out.uint64(n);
    this.#out.ldelim();
  }

  within(field: number, write: () => void): void {
    if (++this.#depth > MAX_DEPTH)
      throw this.#cannot(
        "values",
        `values are nested so deeply that protobuf would need more than ${MAX_DEPTH} levels`,
      );
    this.#out.uint32(tag(field, 2)).fork();
    write();
    this.#out.ldelim();
    this.#depth--;
  }

  #cannot(capability: string, why: string): CapabilityError {
    return new CapabilityError(this.#format, capability, why);
  }
}
