import { type AnyArray, isArray, isMaskedArray, isNdArray, type Order } from "../array/any.ts";
import { arrayFromBytes } from "../array/bytes.ts";
import { writeElement } from "../array/element.ts";
import { type FullMask, MaskedArray } from "../array/masked-array.ts";
import { NdArray } from "../array/ndarray.ts";
import { zeros } from "../array/zeros.ts";
import { type DType, maskDType, simple } from "../dtype/dtype.ts";
import { isBinaryKind } from "../dtype/elements.ts";
import { type DTypeInput, type KindOf, resolveDType } from "../dtype/names.ts";
import { OptionError } from "../errors.ts";
import { masked, type NoMask, nomask } from "../symbols.ts";
import { scalarOf } from "./assign.ts";
import { castArray } from "./astype.ts";
import { broadcastTo } from "./broadcast.ts";
import { castFill, fillArray } from "./fill.ts";
import { fitted, flattened, inferred, type KindOfValues, type Nested, typedArray } from "./infer.ts";

/**
 * An array of nested lists of values, of a typed array (shared, not copied) or of one value, as `np.array`. Without `dtype`: numbers
 * are float64, bigints int64, booleans bool, strings str, `Complex` complex128, `Uint8Array`s bytes; all else is object.
 * With `dtype` the values are cast as NumPy casts. Throws OptionError SHAPE_MISMATCH or DTYPE_MISMATCH.
 */
export function array<const D extends DTypeInput>(values: unknown, dtype: D): NdArray<KindOf<D>>;
export function array<V>(values: V): NdArray<KindOfValues<V>>;
export function array(values: unknown, dtype?: DTypeInput): NdArray {
  const typed = isNdArray(values) ? values : typedArray(values);
  if (typed !== undefined) return dtype === undefined ? typed : castArray(typed, dtype);
  const { shape, flat } = flattened(values);
  return store(shape, flat, dtype);
}

function store(shape: readonly number[], flat: readonly unknown[], input: DTypeInput | undefined): NdArray {
  const own = inferred(flat);
  const wanted = input === undefined ? own : resolveDType(input as DTypeInput);
  // Values the dtype takes as they are; others (numbers as text, dates from text) are stored as what they are, and cast.
  const textTo = own.kind === "str" && wanted.kind !== "str" && wanted.kind !== "object" && wanted.kind !== "string";
  const numberTo =
    own.kind !== "str" &&
    own.kind !== "object" &&
    own.kind !== "bytes" &&
    (wanted.kind === "str" || wanted.kind === "bytes" || own.kind === "float64");
  const direct = textTo || (numberTo && wanted.kind !== "object") ? own : wanted;
  const dtype = fitted(direct as DType, flat);
  const out = zeros(dtype, shape) as NdArray;
  for (let i = 0; i < flat.length; i++) {
    const v = flat[i];
    if (v === masked) continue;
    writeElement(out, i, dtype.kind === "bytes" && typeof v === "string" ? new TextEncoder().encode(v) : v);
  }
  return direct === wanted ? out : castArray(out, wanted as DType);
}

/** What a masked array is made with. */
export interface MaskedOptions<D extends DTypeInput = DTypeInput> {
  /** Default: by the values, as for {@link array}. */
  readonly dtype?: D | undefined;
  /** `true` or 1 where masked (broadcast to the data's shape; for records also field by field), or {@link nomask} (default). */
  readonly mask?: AnyArray | Nested<boolean | number> | FullMask | NoMask | undefined;
  /** Stored in the array's dtype. */
  readonly fillValue?: unknown;
  /** Whether assignments leave what is masked as it is. Default false. */
  readonly hardMask?: boolean | undefined;
}

/**
 * A masked array of values (see {@link array}; `masked` among them masks), as `np.ma.array`. The mask of masked data is kept and united
 * with `mask`. Throws OptionError.
 */
export function maskedArray<const D extends DTypeInput>(
  values: unknown,
  options: MaskedOptions<D> & { readonly dtype: D },
): MaskedArray<KindOf<D>>;
export function maskedArray<V>(
  values: V,
  options?: MaskedOptions,
): MaskedArray<V extends AnyArray<infer K> ? K : KindOfValues<V>>;
export function maskedArray(values: unknown, options: MaskedOptions = {}): MaskedArray {
  const { dtype } = options;
  let data: NdArray;
  let own: FullMask | NoMask = nomask;
  if (isMaskedArray(values)) {
    data = dtype === undefined ? values.data : castArray(values.data, dtype);
    own = values.mask;
  } else if (isArray(values) || ArrayBuffer.isView(values))
    data = dtype === undefined ? array(values) : array(values, dtype);
  else {
    const { shape, flat } = flattened(values);
    data = store(shape, flat, dtype);
    if (flat.includes(masked)) own = flagsWhereMasked(shape, flat, data.dtype);
  }
  const given =
    options.mask === undefined || options.mask === nomask ? nomask : maskFor(options.mask as AnyArray, data);
  const mask = own === nomask ? given : given === nomask ? own : united(own, given);
  const source = isMaskedArray(values) ? values : undefined;
  const fill = options.fillValue ?? undefined;
  const fillValue =
    fill === undefined ? source?.fillValue : isNdArray(fill) ? castFill(fill, data.dtype) : fillOf(fill, data.dtype);
  return new MaskedArray({ data, mask, fillValue, hardMask: options.hardMask ?? source?.hardMask ?? false });
}

const fillOf = (value: unknown, dtype: DType): NdArray =>
  dtype.kind === "struct" ? fillArray(value, dtype) : (array(value, dtype) as NdArray);

function flagsWhereMasked(shape: readonly number[], flat: readonly unknown[], dtype: DType): FullMask {
  const flags = new NdArray({
    dtype: simple("bool"),
    shape,
    storage: Uint8Array.from(flat, (v) => (v === masked ? 1 : 0)),
  });
  return castArray(flags as unknown as NdArray, maskDType(dtype) as DType) as unknown as FullMask;
}

function maskFor(mask: AnyArray | Nested<boolean | number>, data: NdArray): FullMask {
  const wanted = maskDType(data.dtype) as DType;
  const given = isArray(mask) ? (isMaskedArray(mask) ? mask.data : mask) : (array(mask, "bool") as unknown as NdArray);
  const cast = castArray(given, wanted);
  if (cast.size === data.size && cast.ndim <= 1 && cast.shape.join() !== data.shape.join())
    return cast.reshape(data.shape) as unknown as FullMask;
  const full = broadcastTo(cast, data.shape);
  return (full === given ? full : full.copy(data.order)) as unknown as FullMask;
}

function united(a: FullMask, b: FullMask): FullMask {
  const out = (a as unknown as NdArray).copy("C");
  const other = (b as unknown as NdArray).toC() as Uint8Array;
  const to = out.storage as Uint8Array;
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) | (other[i] as number);
  return out as unknown as FullMask;
}

/** An array filled with one value. */
export function full<const D extends DTypeInput>(
  shape: readonly number[],
  value: unknown,
  dtype: D,
  order: Order = "C",
): NdArray<KindOf<D>> {
  const type: DType = resolveDType(dtype as DTypeInput);
  const one = array(value, type) as NdArray;
  return broadcastTo(one.shape.length === 0 ? one : scalarOf(value, type), shape).copy(order) as unknown as NdArray<
    KindOf<D>
  >;
}

/** An array of ones; also with the arguments as NumPy has them, the shape first and float64 by default. Throws OptionError. */
export function ones<const D extends DTypeInput>(dtype: D, shape: readonly number[], order?: Order): NdArray<KindOf<D>>;
export function ones<const D extends DTypeInput = "float64">(
  shape: readonly number[],
  dtype?: D,
  order?: Order,
): NdArray<KindOf<D>>;
export function ones(
  first: DTypeInput | readonly number[],
  second: DTypeInput | readonly number[] = "float64",
  order: Order = "C",
): NdArray {
  const [dtype, shape] = Array.isArray(first) ? [second, first] : [first, second as readonly number[]];
  return full(shape as readonly number[], 1, dtype as DTypeInput, order) as NdArray;
}

/** `start`, `start + step`, … below `stop` (with one argument: from 0 below it), float64 unless `dtype` says otherwise. Throws OptionError. */
export function arange<const D extends DTypeInput = "float64">(
  start: number,
  stop?: number,
  step = 1,
  dtype?: D,
): NdArray<KindOf<D>> {
  if (stop === undefined) return arange(0, start, step, dtype);
  const n = Math.max(0, Math.ceil((stop - start) / step));
  if (!Number.isSafeInteger(n))
    throw new OptionError("OPTION_INVALID", `arange(${start}, ${stop}, ${step}) has no length`);
  const out = zeros("float64", [n]);
  for (let i = 0; i < n; i++) out.storage[i] = start + i * step;
  return (dtype === undefined ? out : castArray(out as unknown as NdArray, dtype)) as unknown as NdArray<KindOf<D>>;
}

/** How bytes become an array. */
export interface FromBufferOptions {
  /** Default: one dimension of as many elements as there are bytes for. */
  readonly shape?: readonly number[];
  /** How the elements lie in the bytes. Default C. */
  readonly order?: Order;
  /** Bytes to skip at the start. Default 0. */
  readonly offset?: number;
}

/**
 * An array over bytes, as `np.frombuffer`: a view where they are aligned and in host byte order. Throws OptionError SHAPE_MISMATCH when
 * the bytes do not make whole elements or do not fit the shape exactly.
 */
export function frombuffer<const D extends DTypeInput>(
  raw: Uint8Array,
  dtype: D,
  options: FromBufferOptions = {},
): NdArray<KindOf<D>> {
  const type: DType = resolveDType(dtype as DTypeInput);
  const offset = options.offset ?? 0;
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > raw.length)
    throw new OptionError("OPTION_INVALID", `offset ${offset} lies outside the ${raw.length} bytes`, "offset");
  if (!isBinaryKind(type.kind) || type.itemsize === 0)
    throw new OptionError(
      "DTYPE_MISMATCH",
      `${type.kind} elements of ${type.itemsize} bytes cannot be read from bytes`,
    );
  const rest = raw.subarray(offset);
  if (options.shape === undefined && rest.length % type.itemsize !== 0)
    throw new OptionError(
      "SHAPE_MISMATCH",
      `${rest.length} bytes are no whole number of ${type.itemsize}-byte elements`,
    );
  const shape = options.shape ?? [rest.length / type.itemsize];
  return arrayFromBytes(rest, type, shape, options.order ?? "C") as unknown as NdArray<KindOf<D>>;
}
