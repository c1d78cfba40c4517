import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { gather } from "../array/gather.ts";
import type { NdArray } from "../array/ndarray.ts";
import { lanesOf } from "../dtype/dtype.ts";
import { nomask } from "../symbols.ts";
import { toFloat64 } from "./cast.ts";
import { compressed } from "./filled.ts";
import { concatenate } from "./join.ts";
import { flatMask } from "./operands.ts";
import { take } from "./shape.ts";
import { sort } from "./sort.ts";

/**
 * The different elements in rising order, one-dimensional, as `np.unique` and `np.ma.unique`: all masked elements count as one, which comes
 * last and masked; all NaN count as one. Throws OptionError DTYPE_MISMATCH for what has no order.
 */
export function unique<A extends AnyArray>(x: A): A {
  const values = isMaskedArray(x) ? compressed(x) : ((x as NdArray).reshape([x.size]) as NdArray);
  const sorted = sort(values as NdArray);
  // Half floats are kept as bits, of which 0 has two and NaN many.
  const half = sorted.dtype.kind === "float16";
  const lanes = (
    half ? toFloat64(sorted.dtype, gather(sorted, "C"), sorted.size) : gather(sorted, "C")
  ) as Float64Array;
  const width = lanesOf(sorted.dtype);
  const same = (i: number, j: number): boolean => {
    for (let l = 0; l < width; l++) {
      const [v, w] = [lanes[i * width + l], lanes[j * width + l]] as [number, number];
      if (v !== w && !(Number.isNaN(v) && Number.isNaN(w))) return false;
    }
    return true;
  };
  const kept: number[] = [];
  for (let i = 0; i < sorted.size; i++) if (i === 0 || !same(i - 1, i)) kept.push(i);
  const data = take(sorted, kept, 0);
  if (!isMaskedArray(x)) return data as A;
  const mask = flatMask(x);
  const flags = mask === nomask ? undefined : (gather(mask, "C") as Uint8Array);
  const plain = x.with({ data: data as never, mask: nomask });
  const first = flags?.indexOf(1) ?? -1;
  if (first < 0) return plain as unknown as A;
  return concatenate([plain, x.reshape([x.size]).slice([{ start: first, stop: first + 1 }])]) as unknown as A;
}
