import type { NdArray } from "../array/ndarray.ts";
import { zeros } from "../array/zeros.ts";
import { NAT } from "../dtype/datetime.ts";
import { bytes, type DType, simple, str } from "../dtype/dtype.ts";
import type { Kind, Storage } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import { castArray } from "./astype.ts";
import { broadcastTo } from "./broadcast.ts";
import { storeTexts } from "./cast-text.ts";
import { storeField } from "./field.ts";

function scalar(dtype: DType, storage: Storage): NdArray {
  return zeros(dtype, []).with({ storage });
}

/**
 * NumPy's default fill value for a dtype, with the dtype NumPy gives it (numpy.ma.core `default_fill_value` and
 * `_check_fill_value`, NumPy 2): int64 999999 for signed integers, uint64 for unsigned, float64 1e20, complex128 1e20+0j,
 * True, "N/A", NaT; "?" for objects and for datetimes without a plain unit; records field by field in their own dtype.
 */
export function defaultFillValue(dtype: DType): NdArray {
  switch (dtype.kind) {
    case "bool":
      return scalar(simple("bool"), Uint8Array.of(1));
    case "int8":
    case "int16":
    case "int32":
    case "int64":
      return scalar(simple("int64"), BigInt64Array.of(999999n));
    case "uint8":
    case "uint16":
    case "uint32":
    case "uint64":
      return scalar(simple("uint64"), BigUint64Array.of(999999n));
    case "complex64":
    case "complex128":
    case "clongdouble":
      return scalar(simple("complex128"), Float64Array.of(1e20, 0));
    case "bytes":
      return scalar(bytes(3), storeTexts(["N/A"], bytes(3)));
    case "str":
    case "string":
      return scalar(str(3), storeTexts(["N/A"], str(3)));
    case "void":
      return scalar(bytes(3), storeTexts(["???"], bytes(3)));
    case "datetime64":
    case "timedelta64":
      return dtype.unit === "generic" || dtype.multiple !== 1
        ? scalar(str(1), storeTexts(["?"], str(1)))
        : scalar(dtype, BigInt64Array.of(NAT));
    case "object":
      return scalar(str(1), storeTexts(["?"], str(1)));
    case "struct":
      return defaultRecord(dtype);
    default:
      return scalar(simple("float64"), Float64Array.of(1e20));
  }
}

function defaultRecord(dtype: DType<"struct">): NdArray {
  const out = zeros(dtype, []) as unknown as NdArray;
  for (const field of dtype.fields) {
    if (field.dtype.kind === "object" || field.dtype.kind === "string") continue;
    storeField(out, field.name, broadcastTo(castFill(defaultFillValue(field.dtype), field.dtype), field.shape));
  }
  return out;
}

/** A stored fill value in the array's own dtype, by NumPy's casts (999999 becomes 63 for int8); what cannot be cast to a datetime is NaT. */
export function castFill<K extends Kind>(fill: NdArray, dtype: DType<K>): NdArray<K> {
  const d = dtype as unknown as DType;
  const time = d.kind === "datetime64" || d.kind === "timedelta64";
  const unfit = time && (fill.dtype.kind === "str" || fill.dtype.kind === "bytes") && fill.at() === "?";
  if (unfit) return scalar(d, BigInt64Array.of(NAT)) as unknown as NdArray<K>;
  if (d.kind === "object" && fill.dtype.kind !== "object") return scalar(d, [fill.at()]) as unknown as NdArray<K>;
  return castArray(fill, d) as unknown as NdArray<K>;
}

/** A user's fill value as a 0-d array of the array's dtype. Throws OptionError when it does not fit. */
export function fillArray(value: unknown, dtype: DType): NdArray {
  const out = zeros(dtype, []) as unknown as NdArray;
  if (dtype.kind === "struct" && !(typeof value === "object" && value !== null && !Array.isArray(value)))
    throw new OptionError("DTYPE_MISMATCH", "the fill value of records is an object with one property per field");
  out.set([], value as never);
  return out;
}
