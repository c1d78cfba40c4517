import type { AnyArray } from "../array/any.ts";
import { isMaskedArray } from "../array/any.ts";
import type { FullMask, MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { sameShape } from "../array/strides.ts";
import type { Kind } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import { nomask } from "../symbols.ts";

/** The shape arrays of these shapes broadcast to. Throws OptionError SHAPE_MISMATCH. */
export function broadcastShapes(...shapes: readonly (readonly number[])[]): number[] {
  const ndim = shapes.reduce((n, s) => Math.max(n, s.length), 0);
  const out = new Array<number>(ndim).fill(1);
  for (const shape of shapes)
    for (let i = 0; i < shape.length; i++) {
      const axis = ndim - shape.length + i;
      const n = shape[i] as number;
      if (n === 1 || n === out[axis]) continue;
      if (out[axis] !== 1)
        throw new OptionError(
          "SHAPE_MISMATCH",
          `shapes ${shapes.map((s) => `(${s.join(", ")})`).join(" and ")} cannot be broadcast together`,
        );
      out[axis] = n;
    }
  return out;
}

function broadcastView(array: NdArray, shape: readonly number[]): NdArray {
  if (sameShape(array.shape, shape)) return array;
  const lead = shape.length - array.ndim;
  const fits = lead >= 0 && array.shape.every((n, i) => n === 1 || n === shape[lead + i]);
  if (!fits)
    throw new OptionError(
      "SHAPE_MISMATCH",
      `shape (${array.shape.join(", ")}) cannot be broadcast to (${shape.join(", ")})`,
    );
  const strides = shape.map((_, axis) => {
    const own = axis - lead;
    return own < 0 || array.shape[own] === 1 ? 0 : (array.strides[own] as number);
  });
  return array.with({ shape, strides, dims: undefined });
}

/** A view in which axes of length 1 (and missing leading ones) repeat, as `np.broadcast_to`. Throws OptionError SHAPE_MISMATCH. */
export function broadcastTo<K extends Kind>(array: NdArray<K>, shape: readonly number[]): NdArray<K>;
export function broadcastTo<K extends Kind>(array: MaskedArray<K>, shape: readonly number[]): MaskedArray<K>;
export function broadcastTo(array: AnyArray, shape: readonly number[]): AnyArray;
export function broadcastTo(array: AnyArray, shape: readonly number[]): AnyArray {
  if (!isMaskedArray(array)) return broadcastView(array, shape);
  return array.with({
    data: broadcastView(array.data, shape),
    mask: array.mask === nomask ? nomask : (broadcastView(array.mask as NdArray, shape) as unknown as FullMask),
  });
}
