import { type AnyArray, isMaskedArray, type Order, type Subclass } from "../array/any.ts";
import { type Bundle, type BundleKind, isBundle } from "../array/bundle.ts";
import type { NdArray } from "../array/ndarray.ts";
import type { DType } from "../dtype/dtype.ts";
import { nomask } from "../symbols.ts";
import { type Attrs, noAttrs, type PlainValue } from "../values.ts";

/** "plain": an ndarray. "nomask": a masked array without a mask. "mask": one with a full mask. */
export type MaskState = "plain" | "nomask" | "mask";

/** Everything about an array but its elements. */
export interface Header {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly order: Order;
  readonly mask: MaskState;
  readonly fillValue: NdArray | undefined;
  readonly hardMask: boolean;
  readonly attrs: Attrs;
  readonly dims: readonly string[] | undefined;
  readonly subclass: Subclass | undefined;
}

/** What a bundle holds, before a byte of it is read. */
export interface BundleHeader {
  readonly kind: BundleKind;
  readonly entries: ReadonlyMap<string, Header | BundleHeader>;
  readonly attrs: Attrs;
  /** The bundle's {@link Bundle.keys}: left out (or empty) where the names say it all. */
  readonly keys?: ReadonlyMap<string, PlainValue> | undefined;
}

/** Whether a header is a bundle's. */
export function isBundleHeader(header: Header | BundleHeader): header is BundleHeader {
  return "entries" in header;
}

/** The header of an array in memory. */
export function headerOf(array: AnyArray): Header {
  const data = isMaskedArray(array) ? array.data : array;
  return {
    dtype: data.dtype,
    shape: data.shape,
    order: data.order,
    mask: isMaskedArray(array) ? (array.mask === nomask ? "nomask" : "mask") : "plain",
    fillValue: isMaskedArray(array) ? array.fillValue : undefined,
    hardMask: isMaskedArray(array) && array.hardMask,
    attrs: data.attrs,
    dims: data.dims,
    subclass: array.subclass,
  };
}

/** The header of an array or a bundle in memory. */
export function describe(value: AnyArray | Bundle): Header | BundleHeader {
  if (!isBundle(value)) return headerOf(value);
  return {
    kind: value.kind,
    entries: new Map([...value.entries].map(([name, member]) => [name, describe(member)])),
    attrs: value.attrs,
    ...(value.keys.size > 0 ? { keys: value.keys } : {}),
  };
}

/** A header from its interesting parts; the others have their plainest values. */
export function makeHeader(parts: Pick<Header, "dtype" | "shape"> & Partial<Header>): Header {
  return {
    order: "C",
    mask: "plain",
    fillValue: undefined,
    hardMask: false,
    attrs: noAttrs,
    dims: undefined,
    subclass: undefined,
    ...parts,
  };
}

/** Every array below a header with its path ("" for a single unnamed one, else names joined by "/"). */
export function* eachHeader(
  header: Header | BundleHeader,
  path = "",
): Generator<readonly [path: string, header: Header]> {
  if (!isBundleHeader(header)) yield [path, header];
  else for (const [name, inner] of header.entries) yield* eachHeader(inner, path === "" ? name : `${path}/${name}`);
}
