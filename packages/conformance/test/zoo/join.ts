import {
  type AnyArray,
  arrayFromBytes,
  type FullMask,
  type Header,
  isMaskedArray,
  MaskedArray,
  type NdArray,
  nomask,
} from "@masquerade/core";

/** The blocks of one plane, one after another along the slowest axis, as one array of the plan's shape. */
function joinPlane(blocks: readonly NdArray[], shape: readonly number[], order: "C" | "F"): NdArray {
  const first = blocks[0] as NdArray;
  const parts = blocks.map((b) => b.toBytes(order));
  const storage = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    storage.set(part, at);
    at += part.length;
  }
  return arrayFromBytes(storage, first.dtype, shape, order, { copy: true }) as NdArray;
}

export function concatenateBlocks(plan: Header, blocks: readonly AnyArray[]): AnyArray {
  const datas = blocks.map((b) => (isMaskedArray(b) ? b.data : b));
  const data = joinPlane(datas, plan.shape, plan.order).with({ attrs: plan.attrs, dims: plan.dims });
  if (plan.mask === "plain") return data;
  const mask =
    plan.mask === "nomask"
      ? nomask
      : (joinPlane(
          blocks.map((b) => (b as MaskedArray).maskArray() as NdArray),
          plan.shape,
          plan.order,
        ) as FullMask);
  return new MaskedArray({ data, mask, fillValue: plan.fillValue, hardMask: plan.hardMask });
}
