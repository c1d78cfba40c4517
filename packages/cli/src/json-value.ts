import {
  Complex,
  type DType,
  dtypes,
  isArray,
  isBundle,
  isMaskedArray,
  LongDouble,
  masked,
  NdArray,
  Tuple,
} from "@masquerade/core";

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Characters of the longest datetime64 text NumPy prints (attoseconds, a year of many digits). */
const TIME_TEXT = 60;
/** Values nested deeper, or more of them, are cut off with "…": attributes may share and nest what a file likes. */
const MOST_DEPTH = 32;
const MOST_VALUES = 10_000;

/**
 * An element as JSON, exactly where JSON can: integers beyond ±(2^53 - 1) as strings; "NaN", "Infinity", "-Infinity" and "-0.0" as strings;
 * complex as [re, im]; bytes as text of one character per byte (Latin-1); datetime64 as NumPy's ISO text; timedelta64 as its count;
 * extended precision as decimal text; records as objects; `masked` and None as null.
 */
export function elementJson(dtype: DType, value: unknown): Json {
  if (value === masked) return null;
  if (dtype.kind === "datetime64" && typeof value === "bigint") return datetimeText(dtype, value);
  if (dtype.kind === "timedelta64" && value === NAT) return "NaT";
  if (dtype.kind === "struct" && typeof value === "object" && value !== null) {
    const record = value as Readonly<Record<string, unknown>>;
    return objectOf(dtype.fields.map((field) => [field.name, nestedJson(field.dtype, record[field.name])]));
  }
  return plainJson(value);
}

/** A field that may be a sub-array: lists of elements. */
function nestedJson(dtype: DType, value: unknown): Json {
  const pair = dtype.kind === "clongdouble" && Array.isArray(value) && value[0] instanceof LongDouble;
  if (!Array.isArray(value) || pair) return elementJson(dtype, value);
  return value.map((one) => nestedJson(dtype, one));
}

const NAT = -(2n ** 63n);

function datetimeText(dtype: DType<"datetime64">, count: bigint): string {
  if (count === NAT) return "NaT";
  // A count of nobody knows what has no date.
  if (dtype.unit === "generic") return String(count);
  const one = new NdArray({ dtype, shape: [], storage: BigInt64Array.of(count) });
  return one.astype(dtypes.str(TIME_TEXT)).at();
}

/** Attributes, and objects in arrays, as JSON; arrays among them are `{"dtype", "shape"}` with "values" when they are small. */
export function plainJson(value: unknown): Json {
  return convert(value, 0, { left: MOST_VALUES });
}

function convert(value: unknown, depth: number, budget: { left: number }): Json {
  if (depth > MOST_DEPTH || budget.left-- <= 0) return "…";
  const inner = (one: unknown): Json => convert(one, depth + 1, budget);
  if (value === null || value === undefined || value === masked) return null;
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return numberJson(value);
  if (typeof value === "bigint") return integerJson(value);
  if (value instanceof Uint8Array) return latin1(value);
  if (value instanceof Complex) return [numberJson(value.re), numberJson(value.im)];
  if (value instanceof LongDouble) return String(value);
  if (value instanceof Tuple) return value.items.map(inner);
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Map) {
    const entries = [...value];
    if (entries.every(([key]) => typeof key === "string"))
      return objectOf(entries.map(([key, one]) => [key as string, inner(one)]));
    return entries.map(([key, one]) => [inner(key), inner(one)]);
  }
  if (isBundle(value)) return objectOf([...value.entries].map(([name, one]) => [name, inner(one)]));
  if (isArray(value)) {
    const data = isMaskedArray(value) ? value.data : value;
    const about = { kind: data.dtype.kind, shape: [...data.shape] };
    if (data.size > 64) return about;
    const flat = value.reshape([-1]);
    budget.left -= data.size;
    return { ...about, values: Array.from({ length: data.size }, (_, i) => elementJson(data.dtype, flat.at(i))) };
  }
  return String(value);
}

export function numberJson(value: number): number | string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0.0" : value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

export function integerJson(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** One character per byte; nothing is interpreted. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** An object with these entries, whatever they are called ("__proto__" is a name like any other). */
export function objectOf(entries: Iterable<readonly [string, Json]>): { readonly [key: string]: Json } {
  const out: Record<string, Json> = Object.create(null) as Record<string, Json>;
  for (const [key, value] of entries)
    Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true });
  return out;
}
