import { type DType, hasObjects, lanesOf } from "../dtype/dtype.ts";
import { allocateStorage, isBinaryKind, type Kind, type Storage } from "../dtype/elements.ts";
import { type DTypeInput, type KindOf, resolveDType } from "../dtype/names.ts";
import type { Order } from "./any.ts";
import { NdArray } from "./ndarray.ts";
import { sizeOf } from "./strides.ts";

/**
 * A fresh array of zeros (for objects: of null); `dtype` is a dtype or its name. Also with the arguments as NumPy has them, the shape first
 * and float64 by default. Throws OptionError SHAPE_MISMATCH, or OPTION_INVALID for a dtype that is none.
 */
export function zeros<const D extends DTypeInput>(
  dtype: D,
  shape: readonly number[],
  order?: Order,
): NdArray<KindOf<D>>;
export function zeros<K extends Kind>(dtype: DType<K>, shape: readonly number[], order?: Order): NdArray<K>;
export function zeros<const D extends DTypeInput = "float64">(
  shape: readonly number[],
  dtype?: D,
  order?: Order,
): NdArray<KindOf<D>>;
export function zeros(
  first: DTypeInput | readonly number[],
  second: DTypeInput | readonly number[] = "float64",
  order: Order = "C",
): NdArray {
  const [input, shape] = Array.isArray(first) ? [second, first] : [first, second as readonly number[]];
  const dtype: DType = resolveDType(input as DTypeInput);
  const storage: Storage = allocateStorage(dtype.kind, sizeOf(shape) * lanesOf(dtype));
  const objects = isBinaryKind(dtype.kind) && hasObjects(dtype) ? [] : undefined;
  return new NdArray({ dtype, shape, storage, order, objects });
}
