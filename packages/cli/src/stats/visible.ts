import { type AnyArray, float16ToNumber, isMaskedArray, type Kind, NAT, nomask } from "@masquerade/core";

/** What elements of a kind are counted with: numbers (exactly), 64-bit integers, pairs of numbers, or only counted. */
export type Measure = "numbers" | "integers" | "pairs" | "none";

export const measures: { readonly [K in Kind]?: Measure } = {
  bool: "numbers",
  int8: "numbers",
  int16: "numbers",
  int32: "numbers",
  uint8: "numbers",
  uint16: "numbers",
  uint32: "numbers",
  float16: "numbers",
  float32: "numbers",
  float64: "numbers",
  longdouble: "numbers",
  int64: "integers",
  uint64: "integers",
  datetime64: "integers",
  timedelta64: "integers",
  complex64: "pairs",
  complex128: "pairs",
  clongdouble: "pairs",
};

export type Integers = BigInt64Array | BigUint64Array;

/** The elements of a block that are not masked and not NaN (NaT), in C order, and how many are. */
export interface Visible {
  readonly masked: number;
  readonly nan: number;
  /** Filled for the measure of the kind; the others are empty. Complex numbers as re, im, re, im. */
  readonly numbers: Float64Array;
  readonly integers: Integers;
  readonly pairs: Float64Array;
}

const noNumbers = new Float64Array(0);
const noIntegers = new BigInt64Array(0);

/** Extended precision is rounded to float64; everything else is exact. */
export function visibleOf(value: AnyArray): Visible {
  const mask = maskBytes(value);
  const data = isMaskedArray(value) ? value.data : value;
  const { kind } = data.dtype;
  const measure = measures[kind] ?? "none";
  const found = { numbers: noNumbers, integers: noIntegers as Integers, pairs: noNumbers };
  let [masked, nan] = [0, 0];
  for (let i = 0; mask !== undefined && i < mask.length; i++) if (mask[i] !== 0) masked++;
  if (measure === "none" || masked === data.size) return { masked, nan, ...found };
  const room = data.size - masked;
  if (measure === "numbers") {
    const values = (kind === "longdouble" ? data.astype("float64") : data).toC() as Float64Array;
    const kept = new Float64Array(room);
    let n = 0;
    for (let i = 0; i < values.length; i++) {
      if (mask !== undefined && mask[i] !== 0) continue;
      let one = values[i] as number;
      if (kind === "float16") one = float16ToNumber(one);
      else if (kind === "bool") one = one === 0 ? 0 : 1;
      if (Number.isNaN(one)) nan++;
      else kept[n++] = one;
    }
    return { ...found, masked, nan, numbers: kept.subarray(0, n) };
  }
  if (measure === "pairs") {
    const wide = kind === "clongdouble" ? data.astype("complex128") : data;
    const values = wide.toC() as Float64Array;
    const kept = new Float64Array(2 * room);
    let n = 0;
    for (let i = 0; i < data.size; i++) {
      if (mask !== undefined && mask[i] !== 0) continue;
      const [re, im] = [values[2 * i] as number, values[2 * i + 1] as number];
      if (Number.isNaN(re) || Number.isNaN(im)) nan++;
      else {
        kept[n++] = re;
        kept[n++] = im;
      }
    }
    return { ...found, masked, nan, pairs: kept.subarray(0, n) };
  }
  const values = data.toC() as Integers;
  const time = kind === "datetime64" || kind === "timedelta64";
  if (mask === undefined && !time) return { ...found, masked, nan, integers: values };
  const kept = kind === "uint64" ? new BigUint64Array(room) : new BigInt64Array(room);
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    if (mask !== undefined && mask[i] !== 0) continue;
    const one = values[i] as bigint;
    if (time && one === NAT) nan++;
    else kept[n++] = one;
  }
  return { ...found, masked, nan, integers: kept.subarray(0, n) };
}

/** One byte an element in C order, true where the element (of a record: any field of it) is masked; undefined when nothing can be. */
function maskBytes(value: AnyArray): Uint8Array | undefined {
  if (!isMaskedArray(value) || value.mask === nomask) return undefined;
  const bytes = value.mask.toC() as Uint8Array;
  const { itemsize, kind } = value.mask.dtype;
  if (kind === "bool") return bytes;
  const any = new Uint8Array(value.size);
  for (let i = 0; i < any.length; i++) for (let k = 0; k < itemsize; k++) if (bytes[i * itemsize + k] !== 0) any[i] = 1;
  return any;
}
