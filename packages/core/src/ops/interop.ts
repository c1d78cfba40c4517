import { NdArray } from "../array/ndarray.ts";
import { contiguousStrides } from "../array/strides.ts";
import { type DType, type SimpleKind, simple } from "../dtype/dtype.ts";
import { type Elements, type Kind, storageRules } from "../dtype/elements.ts";
import { OptionError, quoteText } from "../errors.ts";
import { typedArray } from "./infer.ts";

/**
 * An array as other libraries have it: `ndarray` of scijs (`stride`), zarrita's chunks (`stride`), numpy-ts (`strides`).
 * Strides and offset are in elements.
 */
export interface NdArrayLike {
  readonly data: ArrayLike<unknown>;
  readonly shape: readonly number[];
  readonly stride?: readonly number[] | undefined;
  readonly strides?: readonly number[] | undefined;
  readonly offset?: number | undefined;
  /** A name such as "float64" or "bool". Not needed for typed arrays. */
  readonly dtype?: unknown;
}

/** What {@link toNdArrayLike} gives: all the names by which libraries ask for strides, over shared memory. */
export interface NdArrayView<K extends Kind = Kind> {
  readonly data: Elements[K]["data"];
  readonly shape: number[];
  readonly stride: number[];
  readonly strides: number[];
  readonly offset: number;
  readonly dtype: K;
}

/**
 * The array's memory, shape, strides and offset for another library; nothing is copied. Only kinds with one lane an element and a typed
 * array other libraries know (not float16 bits, complex pairs, text, records): throws OptionError DTYPE_MISMATCH for others.
 */
export function toNdArrayLike<K extends Kind>(array: NdArray<K>): NdArrayView<K> {
  const dtype = array.dtype as unknown as DType;
  if (storageRules[dtype.kind].lanes !== 1 || dtype.kind === "float16")
    throw new OptionError("DTYPE_MISMATCH", `${dtype.kind} has no such form; cast it with astype("float64") first`);
  const strides = [...array.strides];
  return {
    data: array.storage,
    shape: [...array.shape],
    stride: strides,
    strides,
    offset: array.offset,
    dtype: dtype.kind as K,
  };
}

/** An array over another library's memory, not copied. Throws OptionError when its parts do not agree. */
export function fromNdArrayLike(like: NdArrayLike): NdArray {
  const source = typedArray(like.data);
  if (source === undefined) {
    if (!Array.isArray(like.data))
      throw new OptionError("DTYPE_MISMATCH", "the data are neither a typed array nor a list");
    return new NdArray<"float64">({
      ...layoutOf(like),
      dtype: simple("float64"),
      storage: Float64Array.from(like.data as number[]),
    }) as unknown as NdArray;
  }
  return new NdArray({
    ...layoutOf(like),
    dtype: dtypeOf(like.dtype, source.dtype),
    storage: source.storage,
  }) as unknown as NdArray;
}

function layoutOf(like: NdArrayLike): { shape: readonly number[]; strides: readonly number[]; offset: number } {
  const shape = [...like.shape];
  return {
    shape,
    strides: [...(like.stride ?? like.strides ?? contiguousStrides(shape, "C"))],
    offset: like.offset ?? 0,
  };
}

/** Names may say more than the typed array: bool over bytes, float16 over 16-bit words. They must not say something else. */
function dtypeOf(name: unknown, own: DType): DType {
  if (name === undefined || name === own.kind) return own;
  const narrower: { readonly [name: string]: Kind } = { bool: "uint8", float16: "uint16" };
  if (typeof name === "string" && narrower[name] === own.kind) return simple(name as SimpleKind) as DType;
  if (typeof name !== "string" || !Object.hasOwn(storageRules, name)) return own;
  throw new OptionError("DTYPE_MISMATCH", `data of ${own.kind} are called "${quoteText(name)}"`);
}
