import { NdArray } from "../array/ndarray.ts";
import { bytes, type DType, object, simple, str } from "../dtype/dtype.ts";
import type { Kind } from "../dtype/elements.ts";
import { OptionError } from "../errors.ts";
import { masked } from "../symbols.ts";
import { Complex } from "../values.ts";

/** Values nested to any depth, as NumPy's `array` takes them. */
export type Nested<T> = T | readonly Nested<T>[];

/** Typed arrays whose kind is plain to see, by the tag they carry. */
interface TypedKinds {
  readonly Int8Array: "int8";
  readonly Int16Array: "int16";
  readonly Int32Array: "int32";
  readonly BigInt64Array: "int64";
  readonly Uint8Array: "uint8";
  readonly Uint16Array: "uint16";
  readonly Uint32Array: "uint32";
  readonly BigUint64Array: "uint64";
  readonly Float32Array: "float32";
  readonly Float64Array: "float64";
}
/** The kind an array of such values gets: numbers are float64, bigints int64; `masked` says nothing. */
export type KindOfValues<V> = V extends { readonly [Symbol.toStringTag]: infer T extends keyof TypedKinds }
  ? TypedKinds[T]
  : V extends readonly (infer E)[]
    ? KindOfValues<E>
    : V extends symbol
      ? never
      : V extends number
        ? "float64"
        : V extends bigint
          ? "int64"
          : V extends boolean
            ? "bool"
            : V extends string
              ? "str"
              : V extends Complex
                ? "complex128"
                : Kind;

const typedKinds: { readonly [T in keyof TypedKinds]: TypedKinds[T] } = {
  Int8Array: "int8",
  Int16Array: "int16",
  Int32Array: "int32",
  BigInt64Array: "int64",
  Uint8Array: "uint8",
  Uint16Array: "uint16",
  Uint32Array: "uint32",
  BigUint64Array: "uint64",
  Float32Array: "float32",
  Float64Array: "float64",
};

/** A typed array as a one-dimensional array that shares it; undefined for anything else. */
export function typedArray(values: unknown): NdArray | undefined {
  const tag = ArrayBuffer.isView(values) ? Object.prototype.toString.call(values).slice(8, -1) : "";
  const kind = Object.hasOwn(typedKinds, tag) ? typedKinds[tag as keyof TypedKinds] : undefined;
  if (kind === undefined) return undefined;
  const storage = values as Float64Array;
  return new NdArray({ dtype: simple(kind) as DType, shape: [storage.length], storage }) as unknown as NdArray;
}

/** Shape of nested lists and their elements in C order. Throws OptionError SHAPE_MISMATCH for ragged ones. */
export function flattened(values: unknown): { readonly shape: number[]; readonly flat: unknown[] } {
  const shape: number[] = [];
  let level: unknown[] = [values];
  while (level.length > 0 && level.every(Array.isArray)) {
    const lists = level as unknown[][];
    const n = (lists[0] as unknown[]).length;
    if (lists.some((l) => l.length !== n))
      throw new OptionError("SHAPE_MISMATCH", `the nested lists at depth ${shape.length} differ in length`);
    shape.push(n);
    if (shape.length > 64) throw new OptionError("SHAPE_MISMATCH", "an array has at most 64 dimensions");
    level = lists.flat();
    if (n === 0) break;
  }
  if (level.some(Array.isArray))
    throw new OptionError("SHAPE_MISMATCH", `lists and single values are mixed at depth ${shape.length}`);
  return { shape, flat: level };
}

/** The dtype nested values get when none is asked for. */
export function inferred(flat: readonly unknown[]): DType {
  const kinds = new Set(
    flat
      .filter((v) => v !== masked)
      .map((v) => (v instanceof Complex ? "complex" : v instanceof Uint8Array ? "bytes" : typeof v)),
  );
  const only = (...names: readonly string[]): boolean => [...kinds].every((k) => names.includes(k));
  if (kinds.size === 0) return simple("float64");
  if (only("boolean")) return simple("bool");
  if (only("bigint", "boolean")) return simple("int64");
  if (only("number", "bigint", "boolean")) return simple("float64");
  if (only("complex", "number", "bigint", "boolean")) return simple("complex128");
  if (only("string")) return str(0);
  return only("bytes") ? bytes(0) : object();
}

/** Text dtypes without a length made as long as the longest value. */
export function fitted(dtype: DType, flat: readonly unknown[]): DType {
  if (dtype.itemsize !== 0) return dtype;
  if (dtype.kind === "str")
    return str(Math.max(1, ...chunkedMax(flat, (v) => (typeof v === "string" ? [...v].length : 0))));
  return dtype.kind === "bytes"
    ? bytes(Math.max(1, ...chunkedMax(flat, (v) => (v instanceof Uint8Array ? v.length : String(v).length))))
    : dtype;
}
function chunkedMax(flat: readonly unknown[], length: (v: unknown) => number): [number] {
  let most = 0;
  for (const v of flat) if (v !== masked) most = Math.max(most, length(v));
  return [most];
}
