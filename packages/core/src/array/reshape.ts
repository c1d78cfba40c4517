import { OptionError } from "../errors.ts";
import type { Order } from "./any.ts";
import { contiguousStrides, isContiguous, sizeOf } from "./strides.ts";

export interface ReshapePlan {
  readonly shape: readonly number[];
  /** Undefined when the new shape cannot be had without a copy. */
  readonly strides: readonly number[] | undefined;
}

/** Fills in a single -1 of a shape. Throws OptionError SHAPE_MISMATCH when the sizes cannot agree. */
export function resolveShape(shape: readonly number[], size: number): number[] {
  const unknown = shape.filter((n) => n === -1).length;
  if (unknown > 1) throw new OptionError("SHAPE_MISMATCH", "only one dimension can be -1");
  const known = sizeOf(shape.map((n) => (n === -1 ? 1 : n)));
  const rest = unknown === 1 ? size / known : 1;
  if (!Number.isInteger(rest) || known * rest !== size)
    throw new OptionError("SHAPE_MISMATCH", `cannot reshape ${size} elements into shape (${shape.join(", ")})`);
  return shape.map((n) => (n === -1 ? rest : n));
}

/** Shape and, where no copy is needed, strides of a reshape: groups of axes that are contiguous among themselves are regrouped. */
export function reshapedStrides(
  from: readonly number[],
  strides: readonly number[],
  to: readonly number[],
  order: Order,
): ReshapePlan {
  const shape = resolveShape(to, sizeOf(from));
  if (isContiguous(from, strides, order)) return { shape, strides: contiguousStrides(shape, order) };
  const old: [n: number, stride: number][] = [];
  for (let i = 0; i < from.length; i++) if (from[i] !== 1) old.push([from[i] as number, strides[i] as number]);
  if (order === "F") old.reverse();
  const target = order === "F" ? [...shape].reverse() : shape;
  const out = new Array<number>(target.length).fill(0);
  let o = 0;
  let t = 0;
  while (o < old.length) {
    let o2 = o + 1;
    let oldProduct = (old[o] as [number, number])[0];
    while (target[t] === 1) t++;
    let t2 = t + 1;
    let newProduct = target[t] as number;
    while (oldProduct !== newProduct) {
      if (newProduct < oldProduct) newProduct *= target[t2++] as number;
      else oldProduct *= (old[o2++] as [number, number])[0];
    }
    for (let i = o; i < o2 - 1; i++) {
      const [, outerStride] = old[i] as [number, number];
      const [n, innerStride] = old[i + 1] as [number, number];
      if (outerStride !== n * innerStride) return { shape, strides: undefined };
    }
    let step = (old[o2 - 1] as [number, number])[1];
    for (let i = t2 - 1; i >= t; i--) {
      out[i] = step;
      step *= target[i] as number;
    }
    o = o2;
    t = t2;
  }
  if (order === "F") out.reverse();
  return { shape, strides: out };
}
