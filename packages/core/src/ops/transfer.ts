import { isMaskedArray, isNdArray } from "../array/any.ts";
import { Bundle, type BundleMember, isBundle } from "../array/bundle.ts";
import { gather } from "../array/gather.ts";
import { type FullMask, MaskedArray } from "../array/masked-array.ts";
import { NdArray, type NdArrayInit } from "../array/ndarray.ts";
import type { DType } from "../dtype/dtype.ts";
import type { Kind, Storage } from "../dtype/elements.ts";
import { LongDouble } from "../dtype/longdouble.ts";
import { OptionError } from "../errors.ts";
import { nomask } from "../symbols.ts";
import { Complex, Tuple } from "../values.ts";

/** What can be sent to a worker. */
export type Transferable = BundleMember;

/** An array or bundle as plain data that `structuredClone` and `postMessage` keep whole. */
export interface Packed {
  readonly masquerade: "packed";
  /** Every object once: an object that occurs twice is the same object again at the other end. */
  readonly values: readonly unknown[];
}
/** Both arguments of `postMessage`, for an array or a bundle. */
export interface Message {
  readonly message: Packed;
  /** The memory that moves: the second argument of `postMessage`. The arrays sent are empty afterwards. */
  readonly transfer: ArrayBuffer[];
}

/** Nesting beyond which values are not sent. */
const DEEPEST = 1000;

/**
 * An array or bundle for `postMessage(message, transfer)`. Typed storage moves without a copy (and is gone at this end; copy the
 * array first to keep it), shared storage (see {@link share}) stays with both. Throws OptionError for attributes that cannot be sent.
 */
export function toTransferable(value: Transferable): Message {
  const values: unknown[] = [];
  const seen = new Map<object, number>();
  const open = new Set<object>();
  const buffers = new Set<ArrayBuffer>();
  const pack = (v: unknown, depth: number): unknown => {
    if (typeof v === "function" || typeof v === "symbol")
      throw new OptionError("OPTION_INVALID", `a ${typeof v} cannot be sent to a worker`);
    if (typeof v !== "object" || v === null) return v;
    const known = seen.get(v);
    if (open.has(v)) throw new OptionError("OPTION_INVALID", "a value that contains itself cannot be sent to a worker");
    if (known !== undefined) return { ref: known };
    if (depth > DEEPEST)
      throw new OptionError("OPTION_INVALID", `values nested deeper than ${DEEPEST} cannot be sent to a worker`);
    const at = values.length;
    seen.set(v, at);
    values.push(undefined);
    open.add(v);
    values[at] = packed(v, (inner) => pack(inner, depth + 1), buffers);
    open.delete(v);
    return { ref: at };
  };
  pack(value, 0);
  return { message: { masquerade: "packed", values }, transfer: [...buffers] };
}

type Pack = (value: unknown) => unknown;

/** Typed storage moves when it is most of its buffer, and is copied when it is a small part of something else. */
function movable(storage: Storage, buffers: Set<ArrayBuffer>): Storage {
  if (Array.isArray(storage) || !(storage.buffer instanceof ArrayBuffer)) return storage;
  if (storage.byteLength * 2 < storage.buffer.byteLength) return storage.slice();
  buffers.add(storage.buffer);
  return storage;
}

function packed(v: object, pack: Pack, buffers: Set<ArrayBuffer>): unknown {
  if (isNdArray(v)) {
    const storage = movable(v.storage, buffers);
    return {
      is: "NdArray",
      dtype: pack(v.dtype),
      shape: [...v.shape],
      strides: [...v.strides],
      offset: v.offset,
      storage: Array.isArray(storage) ? storage.map(pack) : storage,
      attrs: pack(v.attrs),
      dims: v.dims && [...v.dims],
      subclass: v.subclass,
      objects: v.objects?.map(pack),
    };
  }
  if (isMaskedArray(v))
    return {
      is: "MaskedArray",
      data: pack(v.data),
      mask: v.mask === nomask ? undefined : pack(v.mask),
      fillValue: pack(v.fillValue),
      hardMask: v.hardMask,
      subclass: v.subclass,
    };
  if (isBundle(v))
    return { is: "Bundle", kind: v.kind, entries: pairs(v.entries, pack), attrs: pack(v.attrs), keys: pack(v.keys) };
  if (v instanceof Map) return { is: "Map", entries: pairs(v, pack) };
  if (v instanceof Tuple) return { is: "Tuple", items: v.items.map(pack) };
  if (v instanceof Complex) return { is: "Complex", re: v.re, im: v.im };
  if (v instanceof LongDouble) return { is: "LongDouble", bytes: v.bytes.slice(), layout: v.layout };
  if (v instanceof Uint8Array) return { is: "bytes", bytes: v.slice() };
  if (Array.isArray(v)) return { is: "list", items: v.map(pack) };
  return { is: "record", entries: Object.entries(v).map(([k, inner]) => [k, pack(inner)]) };
}

const pairs = (map: ReadonlyMap<unknown, unknown>, pack: Pack): unknown[] =>
  [...map].map(([k, v]) => [pack(k), pack(v)]);

interface Entry {
  readonly is: string;
  readonly [part: string]: unknown;
}

/** The array or bundle at the other end. Throws OptionError OPTION_INVALID for anything {@link toTransferable} did not make. */
export function fromTransferable(message: Packed): Transferable {
  const { values } = message ?? {};
  if (message?.masquerade !== "packed" || !Array.isArray(values) || values.length === 0)
    throw new OptionError("OPTION_INVALID", "this is no message made by toTransferable");
  const made = new Map<number, unknown>();
  const open = new Set<number>();
  const make = (i: number): unknown => {
    if (made.has(i)) return made.get(i);
    const entry = values[i] as Entry | undefined;
    if (entry === undefined || open.has(i) || open.size > 2 * DEEPEST)
      throw new OptionError("OPTION_INVALID", "a message refers to what it does not hold");
    open.add(i);
    made.set(i, unpacked(entry, make));
    open.delete(i);
    return made.get(i);
  };
  return make(0) as Transferable;
}

function unpacked(e: Entry, make: (i: number) => unknown): unknown {
  const get = (v: unknown): unknown => {
    if (typeof v !== "object" || v === null) return v;
    const { ref } = v as { readonly ref?: unknown };
    return make(ref as number);
  };
  const list = (v: unknown): unknown[] => (v as unknown[]).map(get);
  const map = (v: unknown): [unknown, unknown][] =>
    (v as [unknown, unknown][]).map(([k, inner]) => [get(k), get(inner)]);
  switch (e?.is) {
    case "NdArray": {
      const storage = e["storage"] as Storage;
      return new NdArray({
        ...(e as unknown as NdArrayInit<Kind>),
        dtype: get(e["dtype"]) as DType,
        storage: (Array.isArray(storage) ? list(storage) : storage) as never,
        attrs: get(e["attrs"]) as never,
        objects: e["objects"] === undefined ? undefined : list(e["objects"]),
      });
    }
    case "MaskedArray":
      return new MaskedArray({
        data: get(e["data"]) as NdArray,
        mask: e["mask"] === undefined ? nomask : (get(e["mask"]) as FullMask),
        fillValue: get(e["fillValue"]) as NdArray | undefined,
        hardMask: e["hardMask"] as boolean,
        subclass: e["subclass"] as never,
      });
    case "Bundle":
      return new Bundle({
        kind: e["kind"] as "dict",
        entries: map(e["entries"]) as [string, BundleMember][],
        attrs: get(e["attrs"]) as never,
        keys: get(e["keys"]) as never,
      });
    case "Map":
      return new Map(map(e["entries"]));
    case "Tuple":
      return new Tuple(list(e["items"]));
    case "Complex":
      return new Complex(e["re"] as number, e["im"] as number);
    case "LongDouble":
      return new LongDouble(e["bytes"] as Uint8Array, e["layout"] as "x87");
    case "bytes":
      return e["bytes"];
    case "list":
      return list(e["items"]);
    case "record": {
      const out: Record<string, unknown> = {};
      for (const [key, v] of e["entries"] as [string, unknown][])
        Object.defineProperty(out, key, { value: get(v), enumerable: true, configurable: true, writable: true });
      return out;
    }
    default:
      throw new OptionError("OPTION_INVALID", "this is no message made by toTransferable");
  }
}

/** A copy whose storage is a SharedArrayBuffer, which several workers read and write at once. Throws OptionError for object arrays, and in pages that are not cross-origin isolated. */
export function share<A extends NdArray | MaskedArray>(array: A): A {
  if (isMaskedArray(array))
    return (array as MaskedArray).with({
      data: shared(array.data),
      mask: array.mask === nomask ? nomask : (shared(array.mask as unknown as NdArray) as unknown as FullMask),
    }) as A;
  return shared(array as NdArray) as A;
}

function shared(array: NdArray): NdArray {
  const lanes = gather(array, array.order);
  if (Array.isArray(lanes)) throw new OptionError("DTYPE_MISMATCH", "Python objects cannot lie in shared memory");
  const typed = lanes as Uint8Array;
  if (typeof SharedArrayBuffer === "undefined")
    throw new OptionError("OPTION_INVALID", "shared memory needs a page that is cross-origin isolated (COOP, COEP)");
  const buffer = new SharedArrayBuffer(typed.byteLength);
  const storage = new (typed.constructor as new (b: SharedArrayBuffer) => Uint8Array)(buffer);
  new Uint8Array(buffer).set(new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength));
  return array.with({ storage: storage as never, offset: 0, order: array.order, strides: undefined });
}
