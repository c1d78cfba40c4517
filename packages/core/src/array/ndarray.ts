import type { DType } from "../dtype/dtype.ts";
import type { Elements, Kind, Storage } from "../dtype/elements.ts";
import type { DTypeInput, KindOf } from "../dtype/names.ts";
import { OptionError } from "../errors.ts";
import { assignData } from "../ops/assign.ts";
import { astype } from "../ops/astype.ts";
import { fieldOf } from "../ops/field.ts";
import type { Along, AlongAxis, Ddof } from "../ops/reduce.ts";
import { all, any, max, min, type Sums, sum } from "../ops/reductions.ts";
import { mean, std } from "../ops/statistics.ts";
import { repr } from "../print/array-text.ts";
import { type Attrs, noAttrs } from "../values.ts";
import type { AnyArray, Order, Subclass } from "./any.ts";
import { arrayBytes } from "./bytes.ts";
import { elementStarts, firstLength, nested, readElement, writeElement } from "./element.ts";
import { checkExtent, permutation, sharesMemory } from "./extent.ts";
import { gather } from "./gather.ts";
import { LateStorage } from "./late-storage.ts";
import { reshapedStrides } from "./reshape.ts";
import { normalizeSelection, type SelectionInput } from "./selection.ts";
import { contiguousStrides, isContiguous, sizeOf } from "./strides.ts";

/** What {@link NdArray} is made of. All but dtype, shape and storage have defaults. */
export interface NdArrayInit<K extends Kind> {
  readonly dtype: DType<K>;
  readonly shape: readonly number[];
  /** The typed storage (see {@link Elements}), or bytes from which it is made when first asked for. Shared, not copied. */
  readonly storage: Elements[K]["data"] | LateStorage;
  /** Index of the first element, in elements. Default 0. */
  readonly offset?: number | undefined;
  /** Strides in elements. Default: contiguous in `order`. */
  readonly strides?: readonly number[] | undefined;
  /** Used only when `strides` is left out. Default "C". */
  readonly order?: Order | undefined;
  readonly attrs?: Attrs | undefined;
  readonly dims?: readonly string[] | undefined;
  readonly subclass?: Subclass | undefined;
  /** Structured arrays with object fields: the objects, which the 8 bytes of such a field name by 1-based little-endian index (0: None). */
  readonly objects?: readonly unknown[] | undefined;
}

/**
 * NumPy's ndarray: a dtype, a shape and strided typed storage. Slices, transposes and (where NumPy's are) reshapes are
 * views that share the storage. Typed arrays of simple dtypes are in host order whatever `dtype.byteOrder` says.
 */
export class NdArray<K extends Kind = Kind> {
  readonly dtype: DType<K>;
  readonly shape: readonly number[];
  /** In elements. */
  readonly strides: readonly number[];
  /** Index of the first element in `storage`, in elements. */
  readonly offset: number;
  /** @internal What the storage is, or is to be made from. */
  readonly memory: Elements[K]["data"] | LateStorage;
  readonly attrs: Attrs;
  /** Names of the dimensions, where known. */
  readonly dims: readonly string[] | undefined;
  readonly subclass: Subclass | undefined;
  readonly objects: readonly unknown[] | undefined;

  constructor(init: NdArrayInit<K>) {
    const size = sizeOf(init.shape);
    this.dtype = init.dtype;
    this.shape = init.shape;
    this.memory = init.storage;
    this.offset = init.offset ?? 0;
    this.strides = init.strides ?? contiguousStrides(init.shape, init.order ?? "C");
    this.attrs = init.attrs ?? noAttrs;
    this.dims = init.dims;
    this.subclass = init.subclass;
    this.objects = init.objects;
    if (this.dims !== undefined && this.dims.length !== this.shape.length)
      throw new OptionError(
        "SHAPE_MISMATCH",
        `${this.dims.length} dimension names for ${this.shape.length} dimensions`,
      );
    if (this.strides.length !== this.shape.length)
      throw new OptionError("SHAPE_MISMATCH", `${this.strides.length} strides for ${this.shape.length} dimensions`);
    if (size > 0) checkExtent(this as unknown as NdArray, init.storage.length);
  }

  /** By which copies of this package recognise arrays. */
  get [Symbol.toStringTag](): "NdArray" {
    return "NdArray";
  }

  /** The whole typed storage, of which this array may be a part. */
  get storage(): Elements[K]["data"] {
    const { memory } = this;
    return memory instanceof LateStorage ? (memory.get() as Elements[K]["data"]) : memory;
  }
  get ndim(): number {
    return this.shape.length;
  }
  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }
  /** Bytes of all elements as NumPy counts them. */
  get nbytes(): number {
    return this.size * this.dtype.itemsize;
  }
  /** "F" only for arrays that are Fortran- and not C-contiguous, as NumPy's `flags.fnc`. */
  get order(): Order {
    return !isContiguous(this.shape, this.strides, "C") && isContiguous(this.shape, this.strides, "F") ? "F" : "C";
  }
  /** Whether the elements lie without gaps in `order`. */
  get contiguous(): boolean {
    return isContiguous(this.shape, this.strides, this.order);
  }
  /** The elements, contiguous in {@link order}: the storage itself or a part of it where possible, else a copy. */
  get data(): Elements[K]["data"] {
    return gather(this as unknown as NdArray, this.order) as Elements[K]["data"];
  }

  /** The elements contiguous in C order (no copy when they already are). */
  toC(): Elements[K]["data"] {
    return gather(this as unknown as NdArray, "C") as Elements[K]["data"];
  }

  /** The same array with some of its parts exchanged; nothing is copied. */
  with(parts: Partial<NdArrayInit<K>>): NdArray<K> {
    return new NdArray<K>({
      dtype: this.dtype,
      shape: this.shape,
      storage: this.memory,
      offset: this.offset,
      strides: parts.shape !== undefined || parts.order !== undefined ? undefined : this.strides,
      attrs: this.attrs,
      dims: this.dims,
      subclass: this.subclass,
      objects: this.objects,
      ...parts,
    });
  }

  /** The element at an index (negative: from the end). Throws OptionError INDEX_INVALID. */
  at(...index: readonly number[]): Elements[K]["scalar"] {
    return readElement(this as unknown as NdArray, this.elementIndex(index)) as Elements[K]["scalar"];
  }

  /** Stores one element. Throws OptionError when the value does not fit the dtype. */
  set(index: readonly number[], value: Elements[K]["scalar"]): void {
    writeElement(this as unknown as NdArray, this.elementIndex(index), value);
  }

  /** Storage index, in elements, of an element. Throws OptionError INDEX_INVALID. */
  elementIndex(index: readonly number[]): number {
    if (index.length !== this.shape.length)
      throw new OptionError("INDEX_INVALID", `${index.length} indices for ${this.shape.length} dimensions`);
    let at = this.offset;
    for (let axis = 0; axis < index.length; axis++) {
      const n = this.shape[axis] as number;
      const i = index[axis] as number;
      const from0 = i < 0 ? i + n : i;
      if (!Number.isInteger(i) || from0 < 0 || from0 >= n)
        throw new OptionError("INDEX_INVALID", `index ${i} is out of bounds for axis ${axis} of length ${n}`);
      at += from0 * (this.strides[axis] as number);
    }
    return at;
  }

  /** A view: `"0:5, :, -1"`, or one entry per axis (a number drops the axis). Throws OptionError INDEX_INVALID. */
  slice(selection: SelectionInput): NdArray<K> {
    const view = normalizeSelection(selection, this.shape).applyTo(this.shape, this.strides, this.offset);
    const dims =
      this.dims && view.axes.every((a) => a !== undefined)
        ? view.axes.map((a) => (this.dims as readonly string[])[a as number] as string)
        : undefined;
    return this.with({ shape: view.shape, strides: view.strides, offset: view.offset, dims });
  }

  /** The same elements in another shape (one dimension may be -1): a view where NumPy's is, else a copy. */
  reshape(shape: readonly number[], order: Order = "C"): NdArray<K> {
    const plan = reshapedStrides(this.shape, this.strides, shape, order);
    if (plan.strides !== undefined) return this.with({ shape: plan.shape, strides: plan.strides, dims: undefined });
    return this.with({
      shape: plan.shape,
      order,
      offset: 0,
      storage: gather(this as unknown as NdArray, order) as Elements[K]["data"],
      strides: undefined,
      dims: undefined,
    });
  }

  /** A view with the axes permuted; reversed when `axes` is left out. */
  transpose(axes: readonly number[] = this.shape.map((_, i) => this.shape.length - 1 - i)): NdArray<K> {
    const positive = permutation(axes, this.shape.length);
    return this.with({
      shape: positive.map((a) => this.shape[a] as number),
      strides: positive.map((a) => this.strides[a] as number),
      dims: this.dims && positive.map((a) => (this.dims as readonly string[])[a] as string),
    });
  }

  /** A copy that owns its storage, contiguous in `order` (default: this array's own). */
  copy(order: Order = this.order): NdArray<K> {
    const gathered: Storage = gather(this as unknown as NdArray, order);
    const storage = sharesMemory(gathered, this.storage) ? gathered.slice() : gathered;
    return this.with({ storage: storage as Elements[K]["data"], offset: 0, order, strides: undefined });
  }

  /** A copy in another dtype (a dtype or its name), as NumPy's `astype` with casting "unsafe"; memory order is kept. Throws OptionError DTYPE_MISMATCH. */
  astype<const D extends DTypeInput>(dtype: D): NdArray<KindOf<D>> {
    return astype(this as unknown as NdArray, dtype);
  }

  /** One field of a structured array: a copy (record bytes need not be aligned). Throws OptionError INDEX_INVALID. */
  field(name: string): NdArray {
    return fieldOf(this as unknown as NdArray, name);
  }

  /** What NumPy's `repr` prints, as of NumPy 2.4. */
  toString(): string {
    return repr(this as unknown as NdArray);
  }

  /** Assigns an array (broadcast, cast) or one scalar to a selection. Throws OptionError. */
  assign(selection: SelectionInput, value: AnyArray | Elements[K]["scalar"]): void {
    assignData(this as unknown as NdArray, selection, value);
  }

  /** Nested lists of the elements (0-d: the element itself), as NumPy's `tolist`. */
  toArray(): unknown {
    return nested(this as unknown as NdArray, 0, this.offset);
  }

  /** The elements one by one, in C order. */
  *flat(): Generator<Elements[K]["scalar"]> {
    for (const at of elementStarts(this as unknown as NdArray))
      yield readElement(this as unknown as NdArray, at) as Elements[K]["scalar"];
  }

  /** Along the first axis: views, or the elements of a one-dimensional array. Throws OptionError for 0-d arrays. */
  *[Symbol.iterator](): Generator<NdArray<K> | Elements[K]["scalar"]> {
    const n = firstLength(this.shape);
    for (let i = 0; i < n; i++) yield this.ndim === 1 ? this.at(i) : this.slice([i]);
  }

  /** See the function `sum`; the same for those below. Without `axis` and `keepdims` they give a scalar. */
  sum(): Elements[Sums[K]]["scalar"];
  sum(along: AlongAxis): NdArray<Sums[K]>;
  sum(along?: Along): unknown {
    return sum(this as unknown as NdArray, along);
  }
  min(): Elements[K]["scalar"];
  min(along: AlongAxis): NdArray<K>;
  min(along?: Along): unknown {
    return min(this as unknown as NdArray, along);
  }
  max(): Elements[K]["scalar"];
  max(along: AlongAxis): NdArray<K>;
  max(along?: Along): unknown {
    return max(this as unknown as NdArray, along);
  }
  mean(): number;
  mean(along: AlongAxis): NdArray;
  mean(along?: Along): unknown {
    return mean(this as unknown as NdArray, along);
  }
  std(options?: Ddof): number;
  std(along: AlongAxis & Ddof): NdArray;
  std(along?: Along & Ddof): unknown {
    return std(this as unknown as NdArray, along);
  }
  any(): Elements["bool"]["scalar"];
  any(along: AlongAxis): NdArray<"bool">;
  any(along?: Along): unknown {
    return any(this as unknown as NdArray, along);
  }
  all(): Elements["bool"]["scalar"];
  all(along: AlongAxis): NdArray<"bool">;
  all(along?: Along): unknown {
    return all(this as unknown as NdArray, along);
  }

  /** The raw bytes in the dtype's own byte order, as NumPy's `tobytes(order)`: a view where possible. Throws OptionError for object arrays. */
  toBytes(order: Order = "C"): Uint8Array {
    return arrayBytes(this as unknown as NdArray, order);
  }
}
