import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { nested } from "../array/element.ts";
import { type FullMask, MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { zeros } from "../array/zeros.ts";
import { type DType, maskDType } from "../dtype/dtype.ts";
import { nomask } from "../symbols.ts";
import { assignMasked } from "./assign.ts";
import { castArray } from "./astype.ts";
import { broadcastTo } from "./broadcast.ts";
import { fieldNamed, fieldOf, storeField } from "./field.ts";

/** A value with `mark` wherever the mask says true; records and nested arrays are walked together (their depth is the dtype's). */
export function overlay(value: unknown, mask: unknown, mark: unknown): unknown {
  if (typeof mask === "boolean") return mask ? mark : value;
  if (Array.isArray(mask)) return mask.map((m, i) => overlay((value as readonly unknown[])[i], m, mark));
  const out = Object.create(null) as Record<string, unknown>;
  for (const name of Object.keys(mask as object))
    Object.defineProperty(out, name, {
      value: overlay((value as Record<string, unknown>)[name], (mask as Record<string, unknown>)[name], mark),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return out;
}

/** Nested lists of a masked array's elements, `mark` in place of masked ones. */
export function nestedMasked(array: MaskedArray, mark: unknown): unknown {
  const values = nested(array.data as NdArray, 0, array.data.offset);
  if (array.mask === nomask) return values;
  const mask = array.mask as unknown as NdArray;
  return overlay(values, nested(mask, 0, mask.offset), mark);
}

/** One field of every record with its mask and its part of the fill value: a copy. */
export function maskedField(array: MaskedArray, name: string): MaskedArray {
  const data = fieldOf(array.data, name);
  const mask =
    array.mask === nomask ? nomask : (fieldOf(array.mask as unknown as NdArray, name) as unknown as FullMask);
  const own = array.fillValue?.dtype.kind === "struct" ? fieldOf(array.fillValue, name) : undefined;
  return new MaskedArray({ data, mask, fillValue: own?.ndim === 0 ? own : undefined, hardMask: array.hardMask });
}

/** Stores values (broadcast, cast) and their mask as one field of every record; under a hard mask masked ones stay. */
export function setMaskedField(array: MaskedArray, name: string, values: AnyArray): void {
  const field = fieldNamed(array.dtype, name);
  const shape = [...array.shape, ...field.shape];
  const given = isMaskedArray(values) ? values : new MaskedArray({ data: values as NdArray });
  if (array.hardMask && array.mask !== nomask) {
    // What is masked stays as it is, element by element, and is stored back with the rest.
    const kept = maskedField(array, name).with({ hardMask: true });
    assignMasked(kept, "...", values);
    storeField(array.mask as unknown as NdArray, name, kept.maskArray() as unknown as NdArray);
    storeField(array.data as NdArray, name, kept.data);
    return;
  }
  const data = broadcastTo(castArray(given.data as NdArray, field.dtype), shape);
  if (array.mask !== nomask || given.mask !== nomask) {
    if (array.mask === nomask)
      (array as { mask: FullMask }).mask = zeros(
        maskDType(array.dtype) as DType,
        array.shape,
        array.order,
      ) as unknown as FullMask;
    storeField(array.mask as unknown as NdArray, name, broadcastTo(given.maskArray() as unknown as NdArray, shape));
  }
  storeField(array.data as NdArray, name, data);
}
