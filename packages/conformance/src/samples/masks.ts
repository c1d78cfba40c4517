import {
  type DType,
  type FullMask,
  maskDType,
  NdArray,
  type NoMask,
  nomask,
  type Order,
  sizeOf,
} from "@masquerade/core";
import type { Random } from "./random.ts";

export type MaskKind = "plain" | "nomask" | "all-false" | "some" | "all-true";

/** A mask of this kind for data of this dtype and shape; for structured data each field is masked for itself. */
export function sampleMask(
  kind: Exclude<MaskKind, "plain">,
  dtype: DType,
  shape: readonly number[],
  order: Order,
  rnd: Random,
): FullMask | NoMask {
  if (kind === "nomask") return nomask;
  const maskType = maskDType(dtype);
  const lanes = sizeOf(shape) * maskType.itemsize;
  const storage = new Uint8Array(lanes);
  if (kind === "all-true") storage.fill(1);
  if (kind === "some") for (let i = 0; i < lanes; i++) storage[i] = i % 3 === 0 ? 1 : rnd.below(2);
  return new NdArray({ dtype: maskType as DType<"bool">, shape, order, storage });
}
