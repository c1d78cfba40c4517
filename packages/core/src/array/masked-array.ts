import { type DType, maskDType } from "../dtype/dtype.ts";
import type { Elements, Kind } from "../dtype/elements.ts";
import type { DTypeInput, KindOf } from "../dtype/names.ts";
import { OptionError } from "../errors.ts";
import { assignMasked, scalarOf } from "../ops/assign.ts";
import { astypeMasked } from "../ops/astype.ts";
import { castFill, defaultFillValue, fillArray } from "../ops/fill.ts";
import { compressed, filledWith } from "../ops/filled.ts";
import { anyTrue } from "../ops/mask-bits.ts";
import { maskedField, nestedMasked, overlay, setMaskedField } from "../ops/records.ts";
import type { Along, AlongAxis, Ddof } from "../ops/reduce.ts";
import { all, any, count, max, min, type Sums, sum } from "../ops/reductions.ts";
import { mean, std } from "../ops/statistics.ts";
import { repr } from "../print/array-text.ts";
import { type Masked, masked, type NoMask, nomask } from "../symbols.ts";
import type { Attrs } from "../values.ts";
import type { AnyArray, Order, Subclass } from "./any.ts";
import { firstLength } from "./element.ts";
import { gather } from "./gather.ts";
import type { NdArray } from "./ndarray.ts";
import { normalizeSelection, type SelectionInput } from "./selection.ts";
import { sameShape } from "./strides.ts";
import { zeros } from "./zeros.ts";

/** A full mask: one bool per element, or for structured data one bool per field (sub-arrays: per element). */
export type FullMask = NdArray<"bool"> | NdArray<"struct">;

/** What a `MaskedArray` is made of. All but `data` have defaults. */
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
    return overlay(value, hidden, masked) as Elements[K]["scalar"];
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
    return astypeMasked(this as unknown as MaskedArray, dtype);
  }

  /** The fill value as NumPy uses it: in this array's dtype, by NumPy's casts (an int8 array's 999999 is 63), the default where none is set. */
  fill(): NdArray<K> {
    return castFill(this.fillValue ?? defaultFillValue(this.dtype as DType), this.dtype);
  }

  /** The same array with another fill value (in its own dtype), or with none. Throws OptionError when the value does not fit. */
  withFillValue(value: Elements[K]["scalar"] | undefined): MaskedArray<K> {
    return this.with({ fillValue: value === undefined ? undefined : fillArray(value, this.dtype as DType) });
  }

  /** What NumPy's `repr` prints, as of NumPy 2.4. */
  toString(): string {
    return repr(this as unknown as MaskedArray);
  }

  /** Data with `value` (default: the fill value) wherever masked; the data themselves, not copied, when there is no mask. Throws OptionError. */
  filled(value?: NoInfer<Elements[K]["scalar"]> | number | bigint): NdArray<K> {
    const fill = value === undefined ? undefined : scalarOf(value, this.dtype as DType);
    return filledWith(this as unknown as MaskedArray, fill) as unknown as NdArray<K>;
  }

  /** The unmasked elements in C order, one-dimensional. */
  compressed(): NdArray<K> {
    return compressed(this as unknown as MaskedArray) as unknown as NdArray<K>;
  }

  /** Whether anything is masked. */
  hasMasked(): boolean {
    return this.mask !== nomask && anyTrue(gather(this.mask as unknown as NdArray, "C") as Uint8Array);
  }

  /** The bytes NumPy's `tobytes` gives: the filled data's. `data.toBytes()` has those beneath the mask. Throws OptionError for objects. */
  toBytes(order: Order = "C"): Uint8Array {
    return this.filled().toBytes(order);
  }

  /** The same array with a hard mask (which assignment does not lift) or a soft one; nothing is copied. */
  harden(): MaskedArray<K> {
    return this.with({ hardMask: true });
  }
  soften(): MaskedArray<K> {
    return this.with({ hardMask: false });
  }

  /** Stores one element and unmasks it, unless it is masked under a hard mask; `masked` masks it. Throws OptionError. */
  set(index: readonly number[], value: Elements[K]["scalar"] | Masked): void {
    this.data.elementIndex(index);
    assignMasked(this as unknown as MaskedArray, index, value);
  }

  /**
   * Assigns an array (broadcast, cast; its mask goes along), one scalar or `masked` to a selection, as NumPy: a soft mask is replaced,
   * under a hard one masked elements keep their data and mask. Masking makes a mask where there is none. Throws OptionError.
   */
  assign(selection: SelectionInput, value: AnyArray | Elements[K]["scalar"] | Masked): void {
    assignMasked(this as unknown as MaskedArray, selection, value);
  }

  /** One field with its mask: a copy. Throws OptionError INDEX_INVALID. */
  field(name: string): MaskedArray {
    return maskedField(this as unknown as MaskedArray, name);
  }

  /** Stores an array (or a masked one, with its mask) as one field of every record. Throws OptionError. */
  setField(name: string, values: AnyArray): void {
    setMaskedField(this as unknown as MaskedArray, name, values);
  }

  /** Nested lists of the elements with `masked` (or what you ask for: `null` is NumPy's `tolist`) in place of masked ones. */
  toArray(options: { readonly masked?: unknown } = {}): unknown {
    return nestedMasked(this as unknown as MaskedArray, "masked" in options ? options.masked : masked);
  }

  /** The elements one by one, in C order; `masked` for masked ones. */
  *flat(): Generator<Elements[K]["scalar"] | Masked> {
    const flat = this.reshape([this.size]);
    for (let i = 0; i < this.size; i++) yield flat.at(i);
  }

  /** Along the first axis: views, or the elements of a one-dimensional array. Throws OptionError for 0-d arrays. */
  *[Symbol.iterator](): Generator<MaskedArray<K> | Elements[K]["scalar"] | Masked> {
    const n = firstLength(this.shape);
    for (let i = 0; i < n; i++) yield this.ndim === 1 ? this.at(i) : this.slice([i]);
  }

  /** See the function `sum`; the same for those below. Without `axis` and `keepdims` they give a scalar. */
  sum(): Elements[Sums[K]]["scalar"] | Masked;
  sum(along: AlongAxis): MaskedArray<Sums[K]>;
  sum(along?: Along): unknown {
    return sum(this as unknown as MaskedArray, along);
  }
  min(): Elements[K]["scalar"] | Masked;
  min(along: AlongAxis): MaskedArray<K>;
  min(along?: Along): unknown {
    return min(this as unknown as MaskedArray, along);
  }
  max(): Elements[K]["scalar"] | Masked;
  max(along: AlongAxis): MaskedArray<K>;
  max(along?: Along): unknown {
    return max(this as unknown as MaskedArray, along);
  }
  mean(): number | Masked;
  mean(along: AlongAxis): MaskedArray;
  mean(along?: Along): unknown {
    return mean(this as unknown as MaskedArray, along);
  }
  std(options?: Ddof): number | Masked;
  std(along: AlongAxis & Ddof): MaskedArray;
  std(along?: Along & Ddof): unknown {
    return std(this as unknown as MaskedArray, along);
  }
  any(): Elements["bool"]["scalar"] | Masked;
  any(along: AlongAxis): MaskedArray<"bool">;
  any(along?: Along): unknown {
    return any(this as unknown as MaskedArray, along);
  }
  all(): Elements["bool"]["scalar"] | Masked;
  all(along: AlongAxis): MaskedArray<"bool">;
  all(along?: Along): unknown {
    return all(this as unknown as MaskedArray, along);
  }
  /** Number of unmasked elements, of all or along an axis. */
  count(): number;
  count(along: AlongAxis): NdArray<"int64">;
  count(along?: Along): unknown {
    return count(this as unknown as MaskedArray, along);
  }

  copy(order: Order = this.order): MaskedArray<K> {
    return this.with({
      data: this.data.copy(order),
      mask: this.mask === nomask ? nomask : (this.mask.copy(order) as FullMask),
    });
  }
}
