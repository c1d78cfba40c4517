import { type DType, maskDType } from "../dtype/dtype.ts";
import type { Elements, Kind } from "../dtype/elements.ts";
import type { DTypeInput, KindOf } from "../dtype/names.ts";
import { OptionError } from "../errors.ts";
import { astypeMasked } from "../ops/astype.ts";
import { castFill, defaultFillValue, fillArray } from "../ops/fill.ts";
import { type Masked, masked, type NoMask, nomask } from "../symbols.ts";
import type { Attrs } from "../values.ts";
import type { Order, Subclass } from "./any.ts";
import { type NdArray, zeros } from "./ndarray.ts";
import { normalizeSelection, type SelectionInput } from "./selection.ts";
import { sameShape } from "./strides.ts";

/** A full mask: one bool per element, or for structured data one bool per field (sub-arrays: per element). */
export type FullMask = NdArray<"bool"> | NdArray<"struct">;

export interface MaskedArrayInit<K extends Kind> {
  readonly data: NdArray<K>;
  /** Default: {@link nomask}. */
  readonly mask?: FullMask | NoMask | undefined;
  /** A 0-d array of whatever dtype the fill value has; undefined when it was never set. */
  readonly fillValue?: NdArray | undefined;
  readonly hardMask?: boolean | undefined;
  readonly subclass?: Subclass | undefined;
}

/** NumPy's masked array: data, mask (true: masked, or {@link nomask}), fill value. A slice shares data and mask with its parent. */
export class MaskedArray<K extends Kind = Kind> {
  readonly data: NdArray<K>;
  readonly mask: FullMask | NoMask;
  /** As stored: with its own dtype, undefined when never set. */
  readonly fillValue: NdArray | undefined;
  readonly hardMask: boolean;
  readonly subclass: Subclass | undefined;

  constructor(init: MaskedArrayInit<K>) {
    this.data = init.data;
    this.mask = init.mask ?? nomask;
    this.fillValue = init.fillValue;
    this.hardMask = init.hardMask ?? false;
    this.subclass = init.subclass;
    if (this.mask !== nomask) {
      if (!sameShape(this.mask.shape, init.data.shape))
        throw new OptionError(
          "SHAPE_MISMATCH",
          `a mask of shape (${this.mask.shape.join(", ")}) on data of shape (${init.data.shape.join(", ")})`,
        );
      const want = maskDType(init.data.dtype as DType);
      if (this.mask.dtype.kind !== want.kind || this.mask.dtype.itemsize !== want.itemsize)
        throw new OptionError(
          "DTYPE_MISMATCH",
          `the mask of ${init.data.dtype.kind} data is ${want.kind === "bool" ? "bool" : "a record of bools, one per field"}`,
        );
    }
    if (this.fillValue !== undefined && this.fillValue.shape.length !== 0)
      throw new OptionError("SHAPE_MISMATCH", "a fill value is a 0-d array");
  }

  /** By which copies of this package recognise arrays. */
  get [Symbol.toStringTag](): "MaskedArray" {
    return "MaskedArray";
  }

  get dtype(): DType<K> {
    return this.data.dtype;
  }
  get shape(): readonly number[] {
    return this.data.shape;
  }
  get ndim(): number {
    return this.data.ndim;
  }
  get size(): number {
    return this.data.size;
  }
  get order(): Order {
    return this.data.order;
  }
  get attrs(): Attrs {
    return this.data.attrs;
  }
  get dims(): readonly string[] | undefined {
    return this.data.dims;
  }

  /** The same array with some of its parts exchanged; nothing is copied. */
  with(parts: Partial<MaskedArrayInit<K>>): MaskedArray<K> {
    return new MaskedArray<K>({
      data: this.data,
      mask: this.mask,
      fillValue: this.fillValue,
      hardMask: this.hardMask,
      subclass: this.subclass,
      ...parts,
    });
  }

  /** The full mask: this array's own, or a fresh one of all false for {@link nomask}. */
  maskArray(): FullMask {
    return this.mask === nomask
      ? (zeros(maskDType(this.dtype as DType), this.shape, this.order) as FullMask)
      : this.mask;
  }

  /** The element, or `masked`. Of a structured array: the record, with `masked` for each masked field. Throws OptionError INDEX_INVALID. */
  at(...index: readonly number[]): Elements[K]["scalar"] | Masked {
    const value = this.data.at(...index);
    if (this.mask === nomask) return value;
    const hidden: unknown = this.mask.at(...index);
    if (typeof hidden === "boolean") return hidden ? masked : value;
    return overlay(value, hidden) as Elements[K]["scalar"];
  }

  /** A view that shares data and mask. Throws OptionError INDEX_INVALID. */
  slice(selection: SelectionInput): MaskedArray<K> {
    normalizeSelection(selection, this.shape);
    return this.with({
      data: this.data.slice(selection),
      mask: this.mask === nomask ? nomask : (this.mask.slice(selection) as FullMask),
    });
  }

  reshape(shape: readonly number[], order: Order = "C"): MaskedArray<K> {
    return this.with({
      data: this.data.reshape(shape, order),
      mask: this.mask === nomask ? nomask : (this.mask.reshape(shape, order) as FullMask),
    });
  }

  transpose(axes?: readonly number[]): MaskedArray<K> {
    return this.with({
      data: this.data.transpose(axes),
      mask: this.mask === nomask ? nomask : (this.mask.transpose(axes) as FullMask),
    });
  }

  /** A copy in another dtype (a dtype or its name), as NumPy's `astype`; the fill value is cast too. Throws OptionError DTYPE_MISMATCH. */
  astype<const D extends DTypeInput>(dtype: D): MaskedArray<KindOf<D>> {
    return astypeMasked(this, dtype);
  }

  /** The fill value as NumPy uses it: in this array's dtype, by NumPy's casts (an int8 array's 999999 is 63), the default where none is set. */
  fill(): NdArray<K> {
    return castFill(this.fillValue ?? defaultFillValue(this.dtype as DType), this.dtype);
  }

  /** The same array with another fill value (in its own dtype), or with none. Throws OptionError when the value does not fit. */
  withFillValue(value: Elements[K]["scalar"] | undefined): MaskedArray<K> {
    return this.with({ fillValue: value === undefined ? undefined : fillArray(value, this.dtype as DType) });
  }

  copy(order: Order = this.order): MaskedArray<K> {
    return this.with({
      data: this.data.copy(order),
      mask: this.mask === nomask ? nomask : (this.mask.copy(order) as FullMask),
    });
  }
}

/** A value with `masked` wherever the mask says true; records and nested arrays are walked together (their depth is the dtype's). */
function overlay(value: unknown, mask: unknown): unknown {
  if (typeof mask === "boolean") return mask ? masked : value;
  if (Array.isArray(mask)) return mask.map((m, i) => overlay((value as readonly unknown[])[i], m));
  const out = Object.create(null) as Record<string, unknown>;
  for (const name of Object.keys(mask as object))
    Object.defineProperty(out, name, {
      value: overlay((value as Record<string, unknown>)[name], (mask as Record<string, unknown>)[name]),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return out;
}
