import {
  type AnyArray,
  arrayFromBytes,
  type DType,
  type FullMask,
  type Header,
  isMaskedArray,
  MaskedArray,
  maskDType,
  type NdArray,
  nomask,
} from "@masquerade/core";

/** The blocks of one plane, one after another along the slowest axis, as one array of the plan's shape. */
function joinPlane(blocks: readonly NdArray[], dtype: DType, shape: readonly number[], order: "C" | "F"): NdArray {
  const parts = blocks.map((b) => b.toBytes(order));
  const storage = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    storage.set(part, at);
    at += part.length;
  }
  return arrayFromBytes(storage, dtype, shape, order, { copy: true }) as NdArray;
}

export function concatenateBlocks(plan: Header, blocks: readonly AnyArray[]): AnyArray {
  const datas = blocks.map((b) => (isMaskedArray(b) ? b.data : b));
  const data = joinPlane(datas, plan.dtype, plan.shape, plan.order).with({ attrs: plan.attrs, dims: plan.dims });
  if (plan.mask === "plain") return data;
  const mask =
    plan.mask === "nomask"
      ? nomask
      : (joinPlane(
          blocks.map((b) => (b as MaskedArray).maskArray() as NdArray),
          maskDType(plan.dtype),
          plan.shape,
          plan.order,
        ) as FullMask);
  return new MaskedArray({ data, mask, fillValue: plan.fillValue, hardMask: plan.hardMask });
}
