import { gather } from "../array/gather.ts";
import type { FullMask, MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { lanesOf } from "../dtype/dtype.ts";
import { nomask } from "../symbols.ts";
import { castArray } from "./astype.ts";
import { broadcastTo } from "./broadcast.ts";
import { isTime } from "./cast.ts";
import { compareOf } from "./elementwise.ts";
import { anyTrue } from "./mask-bits.ts";
import { maskedResult, type Operands, unionMask } from "./operands.ts";
import { promote } from "./promote.ts";

/** Stores `source` (broadcast, cast) into the fresh contiguous array `into` wherever `mask` (of its shape and order) is true. */
export function copyUnder(into: NdArray, mask: NdArray<"bool">, source: NdArray): void {
  const flags = mask.storage;
  if (!anyTrue(flags)) return;
  const from = gather(broadcastTo(castArray(source, into.dtype), into.shape), into.order) as Float64Array;
  const to = into.storage as Float64Array;
  const lanes = lanesOf(into.dtype);
  for (let i = 0; i < flags.length; i++)
    if (flags[i] !== 0) for (let l = i * lanes; l < (i + 1) * lanes; l++) to[l] = from[l] as number;
}

/**
 * np.ma's minimum and maximum: `where(compare(a, b), a, b)`, with the comparison's own mask; the second operand lies beneath it.
 */
export function compareSelect(name: "less" | "greater", o: Operands, from: MaskedArray): MaskedArray {
  const common = isTime(o.a.dtype) ? promote(o.a.dtype, o.b.dtype) : o.common;
  const chosen = compareOf(name, o.a, o.b);
  const union = unionMask(o, chosen);
  if (union !== nomask) for (let i = 0; i < chosen.size; i++) if (union.storage[i] !== 0) chosen.storage[i] = 0;
  const { shape, order } = chosen;
  const data = castArray(broadcastTo(o.b, shape), common).copy(order);
  copyUnder(data, chosen, o.a);
  return maskedResult(data, union !== nomask && anyTrue(union.storage) ? union : nomask, from);
}

/** A mask's flags in C order, one byte an element; undefined for nomask. */
export function flagsOf(mask: FullMask | typeof nomask): Uint8Array | undefined {
  return mask === nomask ? undefined : (gather(mask as unknown as NdArray, "C") as Uint8Array);
}
