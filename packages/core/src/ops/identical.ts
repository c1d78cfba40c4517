import { type AnyArray, isArray, isMaskedArray, type Order } from "../array/any.ts";
import { type Bundle, isBundle } from "../array/bundle.ts";
import { nested } from "../array/element.ts";
import { gather } from "../array/gather.ts";
import type { NdArray } from "../array/ndarray.ts";
import { sameShape } from "../array/strides.ts";
import { type DType, hasObjects, sameDType } from "../dtype/dtype.ts";
import { LongDouble } from "../dtype/longdouble.ts";
import { quoteText } from "../errors.ts";
import { nomask } from "../symbols.ts";
import { Complex, Tuple } from "../values.ts";

export type Pair = readonly [a: unknown, b: unknown, where: string];

/**
 * Where two arrays or bundles first differ in anything but identity, or undefined: dtype, byte order, shape, memory order,
 * every bit of the data (also beneath the mask), nomask or mask, fill value and its dtype, hard mask, attributes,
 * dimension names, subclass. Contiguous memory only counts by its order: a view is identical to its copy.
 */
export function difference(a: AnyArray | Bundle, b: AnyArray | Bundle): string | undefined {
  return firstDifference([[a, b, ""]]);
}

/** The first difference of pairs, the last pair first. */
export function firstDifference(pairs: readonly Pair[]): string | undefined {
  const pending: Pair[] = [...pairs];
  const seen = new Map<object, Set<object>>();
  while (pending.length > 0) {
    const [x, y, where] = pending.pop() as Pair;
    if (Object.is(x, y)) continue;
    if (typeof x === "object" && x !== null && typeof y === "object" && y !== null) {
      const met = seen.get(x);
      if (met?.has(y)) continue;
      if (met === undefined) seen.set(x, new Set([y]));
      else met.add(y);
    }
    const found = step(x, y, where, pending);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether two arrays or bundles are the same bit for bit; see {@link difference} for what counts. */
export function identical(a: AnyArray | Bundle, b: AnyArray | Bundle): boolean {
  return difference(a, b) === undefined;
}

export const at = (where: string, what: string): string => (where === "" ? what : `${where}: ${what}`);
export const inner = (where: string, name: string): string => (where === "" ? name : `${where}.${name}`);

/** Compares one pair; what is inside goes to `pending` (last first, so that the first difference is found first). */
function step(a: unknown, b: unknown, where: string, pending: Pair[]): string | undefined {
  if (isArray(a) && isArray(b)) return compareArrays(a, b, where, pending);
  if (isBundle(a) && isBundle(b)) {
    if (a.kind !== b.kind) return otherKinds(a, b, where);
    pending.push([a.keys, b.keys, inner(where, "keys")], [a.attrs, b.attrs, inner(where, "attrs")]);
    pending.push([a.entries, b.entries, where]);
    return undefined;
  }
  if (a instanceof Map && b instanceof Map) return compareLists([...a], [...b], where, pending, true);
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b, where, pending, false);
  if (a instanceof Tuple && b instanceof Tuple) return compareLists(a.items, b.items, where, pending, false);
  if (a instanceof Complex && b instanceof Complex)
    return Object.is(a.re, b.re) && Object.is(a.im, b.im) ? undefined : at(where, "complex values differ");
  if (a instanceof LongDouble && b instanceof LongDouble)
    return a.layout === b.layout ? compareBytes(a.bytes, b.bytes, 1, where) : at(where, `${a.layout} and ${b.layout}`);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b, 1, where);
  if (isRecord(a) && isRecord(b)) return compareLists(Object.entries(a), Object.entries(b), where, pending, true);
  return Object.is(a, b) ? undefined : at(where, `${brief(a)} and ${brief(b)}`);
}

export const otherKinds = (a: { readonly kind: string }, b: { readonly kind: string }, where: string): string =>
  at(where, `a ${a.kind} and a ${b.kind}`);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null;
}

/** A name as it stands in the place of a difference. */
export const nameIn = (name: unknown): string => brief(name).replaceAll('"', "");

function brief(value: unknown): string {
  if (typeof value === "object" && value !== null) return isArray(value) ? "an array" : "an object";
  return quoteText(typeof value === "string" ? `"${value}"` : Object.is(value, -0) ? "-0" : String(value), 60);
}

function compareLists(
  a: readonly unknown[],
  b: readonly unknown[],
  where: string,
  pending: Pair[],
  named: boolean,
): string | undefined {
  if (a.length !== b.length) return at(where, `${a.length} and ${b.length} entries`);
  for (let i = a.length - 1; i >= 0; i--) {
    if (!named) {
      pending.push([a[i], b[i], `${where}[${i}]`]);
      continue;
    }
    const [ka, va] = a[i] as readonly [unknown, unknown];
    const [kb, vb] = b[i] as readonly [unknown, unknown];
    if (typeof ka === "string" && ka !== kb) return at(where, `entry ${i} is named ${brief(ka)} and ${brief(kb)}`);
    pending.push([va, vb, inner(where, nameIn(ka))]);
    if (typeof ka !== "string") pending.push([ka, kb, inner(where, `key ${i}`)]);
  }
  return undefined;
}

function compareArrays(a: AnyArray, b: AnyArray, where: string, pending: Pair[]): string | undefined {
  const found = compareHeads(a, b, where, pending);
  if (found !== undefined) return found;
  // Only the data's memory order means something.
  if (isMaskedArray(a) && isMaskedArray(b) && a.mask !== nomask && b.mask !== nomask)
    pending.push([a.mask.copy("C"), b.mask.copy("C"), inner(where, "mask")]);
  const [x, y] = [isMaskedArray(a) ? a.data : a, isMaskedArray(b) ? b.data : b];
  return compareDataHeads(x, y, where, pending) ?? compareElements(x, y, where, pending);
}

/** What is about the masking of two arrays; the fill value is left to `pending`. */
export function compareHeads(a: AnyArray, b: AnyArray, where: string, pending: Pair[]): string | undefined {
  if (isMaskedArray(a) !== isMaskedArray(b))
    return at(where, `${isMaskedArray(a) ? "masked and plain" : "plain and masked"}`);
  if (!isMaskedArray(a) || !isMaskedArray(b)) return undefined;
  if (a.subclass !== b.subclass) return at(where, `subclass ${a.subclass ?? "none"} and ${b.subclass ?? "none"}`);
  if (a.hardMask !== b.hardMask) return at(where, `${a.hardMask ? "hard and soft" : "soft and hard"} mask`);
  if ((a.fillValue === undefined) !== (b.fillValue === undefined))
    return at(where, `fill value ${a.fillValue === undefined ? "unset and set" : "set and unset"}`);
  if ((a.mask === nomask) !== (b.mask === nomask))
    return at(where, a.mask === nomask ? "nomask and a mask" : "a mask and nomask");
  if (a.fillValue !== undefined) pending.push([a.fillValue, b.fillValue, inner(where, "fillValue")]);
  return undefined;
}

type DataHead = Pick<NdArray, "dtype" | "shape" | "order" | "subclass" | "dims" | "attrs">;

/** What is about two arrays but their elements; metadata, names and attributes are left to `pending`. */
export function compareDataHeads(a: DataHead, b: DataHead, where: string, pending: Pair[]): string | undefined {
  if (!sameDType(a.dtype, b.dtype)) return at(where, `dtype ${dtypeText(a.dtype)} and ${dtypeText(b.dtype)}`);
  if (!sameShape(a.shape, b.shape)) return at(where, `shape (${a.shape.join(", ")}) and (${b.shape.join(", ")})`);
  if (a.order !== b.order) return at(where, `order ${a.order} and ${b.order}`);
  if (a.subclass !== b.subclass) return at(where, `subclass ${a.subclass ?? "none"} and ${b.subclass ?? "none"}`);
  pending.push([a.dtype.metadata, b.dtype.metadata, inner(where, "metadata")]);
  pending.push([a.dims, b.dims, inner(where, "dims")], [a.attrs, b.attrs, inner(where, "attrs")]);
  return undefined;
}

/** The elements of two arrays of one dtype, shape and order; `before`: how many of the whole come before them, in the order. */
export function compareElements(
  a: NdArray,
  b: NdArray,
  where: string,
  pending: Pair[],
  before = 0,
  order: Order = a.order,
): string | undefined {
  if (a.dtype.kind === "struct" && hasObjects(a.dtype)) {
    pending.push([nested(a, 0, a.offset), nested(b, 0, b.offset), where]);
    return undefined;
  }
  const x = gather(a, order);
  const y = gather(b, order);
  if (Array.isArray(x) && Array.isArray(y)) {
    pending.push([x, y, where]);
    return undefined;
  }
  return compareBytes(rawBytes(x as Uint8Array), rawBytes(y as Uint8Array), a.dtype.itemsize, where, before);
}

const rawBytes = (lanes: Uint8Array): Uint8Array => new Uint8Array(lanes.buffer, lanes.byteOffset, lanes.byteLength);

function dtypeText(dtype: DType): string {
  const text = `${dtype.kind}(${dtype.itemsize}${dtype.byteOrder === "none" ? "" : `, ${dtype.byteOrder}`})`;
  return dtype.kind === "struct" ? `${text} {${dtype.fields.map((f) => quoteText(f.name, 20)).join(" ")}}` : text;
}

function compareBytes(a: Uint8Array, b: Uint8Array, itemsize: number, where: string, before = 0): string | undefined {
  if (a.length !== b.length) return at(where, `${a.length} and ${b.length} bytes`);
  const words = a.byteOffset % 4 === 0 && b.byteOffset % 4 === 0 ? a.length >> 2 : 0;
  let i = 0;
  if (words > 0) {
    const x = new Uint32Array(a.buffer, a.byteOffset, words);
    const y = new Uint32Array(b.buffer, b.byteOffset, words);
    while (i < words && x[i] === y[i]) i++;
    i *= 4;
  }
  while (i < a.length && a[i] === b[i]) i++;
  if (i === a.length) return undefined;
  const element = Math.floor(i / itemsize);
  const hex = (raw: Uint8Array): string =>
    Array.from(raw.subarray(element * itemsize, Math.min((element + 1) * itemsize, element * itemsize + 16)), (v) =>
      v.toString(16).padStart(2, "0"),
    ).join("");
  return at(where, `element ${before + element} (memory order) is 0x${hex(a)} and 0x${hex(b)}`);
}
