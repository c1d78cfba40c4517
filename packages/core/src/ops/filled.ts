import { gather } from "../array/gather.ts";
import type { MaskedArray } from "../array/masked-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { zeros } from "../array/zeros.ts";
import { NAT } from "../dtype/datetime.ts";
import { type DType, lanesOf } from "../dtype/dtype.ts";
import type { Kind, Storage } from "../dtype/elements.ts";
import { nomask } from "../symbols.ts";
import { castArray } from "./astype.ts";
import { broadcastTo } from "./broadcast.ts";
import { isTime } from "./cast.ts";
import { fieldOf, storeField } from "./field.ts";
import { fillArray } from "./fill.ts";

/**
 * The data with `fill` (0-d; default: the array's own fill value) wherever the mask is true. Shares the data when there is no
 * mask, as NumPy does; otherwise a copy in the same memory order. Records are filled field by field.
 */
export function filledWith(x: MaskedArray, fill?: NdArray): NdArray {
  if (x.mask === nomask) return x.data;
  const value = castArray(fill ?? (x.fill() as NdArray), x.dtype);
  if (x.dtype.kind === "struct") return filledRecords(x.data, x.mask as unknown as NdArray, value);
  const { order } = x.data;
  const out = x.data.copy(order);
  const flags = gather(x.mask as unknown as NdArray, order) as Uint8Array;
  storeUnder(out.storage, flags, value.toC(), lanesOf(x.dtype));
  return out;
}

/** Stores one element, `lanes` lanes of `value`, wherever a flag is set. */
export function storeUnder(to: Storage, flags: Uint8Array, value: Storage, lanes: number): void {
  const target = to as Float64Array;
  const source = value as Float64Array;
  if (lanes === 1) {
    const v = source[0] as number;
    for (let i = 0; i < flags.length; i++) if (flags[i] !== 0) target[i] = v;
  } else
    for (let i = 0; i < flags.length; i++)
      if (flags[i] !== 0) for (let l = 0; l < lanes; l++) target[i * lanes + l] = source[l] as number;
}

function filledRecords(data: NdArray, mask: NdArray, fill: NdArray): NdArray {
  const out = data.copy(data.order);
  if (data.dtype.kind !== "struct") return out;
  for (const field of data.dtype.fields) {
    if (field.dtype.kind === "object" || field.dtype.kind === "string") continue;
    const values = fieldOf(data, field.name);
    const flags = fieldOf(mask, field.name);
    const value = broadcastTo(fieldOf(fill, field.name), values.shape);
    if (field.dtype.kind === "struct") {
      const inner = filledRecords(values, flags, value.copy("C"));
      storeField(out, field.name, inner);
      continue;
    }
    const made = values.copy("C");
    const from = gather(value, "C") as Float64Array;
    const to = made.storage as Float64Array;
    const bits = gather(flags, "C") as Uint8Array;
    const lanes = lanesOf(field.dtype);
    for (let i = 0; i < bits.length; i++)
      if (bits[i] !== 0) for (let l = i * lanes; l < (i + 1) * lanes; l++) to[l] = from[l] as number;
    storeField(out, field.name, made);
  }
  return out;
}

/** The elements that are not masked, in C order, one-dimensional. Records with any field masked are left out. */
export function compressed<K extends Kind>(x: MaskedArray<K>): NdArray<K> {
  const { data, mask, size } = x;
  const flat = data.reshape([size]).with({ dims: undefined }) as unknown as NdArray;
  if (mask === nomask) return flat.copy("C") as unknown as NdArray<K>;
  const width = lanesOf(mask.dtype as DType);
  const flags = gather(mask as unknown as NdArray, "C") as Uint8Array;
  const lanes = lanesOf(flat.dtype);
  const from = gather(flat, "C") as Float64Array;
  let kept = 0;
  const keep = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    let hidden = 0;
    for (let k = i * width; k < (i + 1) * width; k++) hidden |= flags[k] as number;
    if (hidden === 0) {
      keep[i] = 1;
      kept++;
    }
  }
  const out = zeros(flat.dtype, [kept]).with({ attrs: data.attrs, objects: data.objects }) as unknown as NdArray;
  const to = out.storage as Float64Array;
  for (let i = 0, k = 0; i < size; i++)
    if (keep[i] !== 0) for (let l = 0; l < lanes; l++) to[k++] = from[i * lanes + l] as number;
  return out as unknown as NdArray<K>;
}

/** What NumPy puts beneath the mask before taking a minimum ("high": the largest value there is) or a maximum ("low"). */
export function extreme(dtype: DType, which: "low" | "high"): NdArray {
  const high = which === "high";
  const out = zeros(dtype, []) as unknown as NdArray;
  switch (dtype.kind) {
    case "bool":
      return fillArray(high, dtype);
    case "uint64":
      return fillArray(high ? 2n ** 64n - 1n : 0n, dtype);
    case "int64":
      return fillArray(high ? 2n ** 63n - 1n : NAT, dtype);
    case "int8":
    case "int16":
    case "int32": {
      const top = 2 ** (dtype.itemsize * 8 - 1);
      return fillArray(high ? top - 1 : -top, dtype);
    }
    case "uint8":
    case "uint16":
    case "uint32":
      return fillArray(high ? 2 ** (dtype.itemsize * 8) - 1 : 0, dtype);
    case "float16":
    case "float32":
    case "float64":
      return fillArray(high ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY, dtype);
    default:
      if (isTime(dtype)) return fillArray(high ? 2n ** 63n - 1n : NAT + 1n, dtype);
      return out;
  }
}
