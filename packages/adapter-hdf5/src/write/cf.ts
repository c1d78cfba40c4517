import {
  CapabilityError,
  castFill,
  type DType,
  defaultFillValue,
  type MaskedArray,
  type NdArray,
  quoteText,
} from "@masquerade/core";
import { cfKinds, defaultFills } from "../cf-kinds.ts";

type Value = number | bigint;

/** The fill value as an element of the data; the default where none is set. */
export function cfFill(dtype: DType, fillValue: NdArray | undefined): NdArray {
  return castFill(fillValue ?? (defaultFillValue(dtype) as NdArray), dtype) as NdArray;
}

const fillOf = (array: MaskedArray): NdArray => cfFill(array.dtype as DType, array.fillValue as NdArray | undefined);

/** What readers take for missing in data that have no mask: their own fill value, else the default of their type; undefined: nothing. */
function suspectOf({ kind, itemsize }: DType, own: NdArray | undefined): Value | undefined {
  if (own !== undefined) return own.at() as Value;
  // netCDF has no default for bytes.
  if (!cfKinds.has(kind) || itemsize === 1) return undefined;
  const usual = defaultFills[kind] as Value;
  return kind === "float32" ? Math.fround(usual as number) : usual;
}

/**
 * A block of an array that is not there as a whole, so that no free value can be looked for: none of its valid elements may be taken for missing.
 * Throws CapabilityError.
 */
export function demandHarmless(name: string, block: NdArray, own: NdArray | undefined, mask?: Uint8Array): void {
  const value = suspectOf(block.dtype, own);
  const at = value === undefined ? -1 : indexOf(block.toC() as ArrayLike<Value>, value, mask);
  if (at < 0) return;
  throw new CapabilityError(
    "hdf5",
    "mask",
    `a valid element of "${quoteText(name, 40)}" equals the fill value ${value}, so readers would take it as missing; set a fill value that no element has, save the array whole, or use the layout nexus`,
  );
}

/** A copy of the data in which masked elements hold the fill value. */
export function withoutHidden(array: MaskedArray, fill: NdArray = fillOf(array)): NdArray {
  return array.filled(fill.at() as never).with({
    attrs: array.data.attrs,
    dims: array.data.dims,
  }) as NdArray;
}

/**
 * The data with masked elements at a value that no valid element has: the fill value, or where none is set one that is free. Throws
 * CapabilityError, naming a value that is free, where a valid element equals the fill value that was set.
 */
export function missingAsFill(name: string, array: MaskedArray): { readonly data: NdArray; readonly fill: NdArray } {
  const data = array.data.toC() as ArrayLike<Value>;
  const mask = array.maskArray().toC() as Uint8Array;
  const fill = fillOf(array);
  const value = fill.at() as Value;
  const taken = indexOf(data, value, mask);
  if (taken < 0) return { data: withoutHidden(array, fill), fill };
  const free = freeValue(data, array.dtype as DType);
  if (free === undefined || array.fillValue !== undefined)
    throw new CapabilityError(
      "hdf5",
      "mask",
      `element ${taken} of "${quoteText(name, 40)}" is valid and equals the fill value ${value}, so readers would take it as missing; ${
        free === undefined
          ? "no value of its dtype is free: use the layout nexus"
          : `set the fill value to ${free}, which no element has`
      }`,
    );
  const chosen = scalar(fill, free);
  return { data: withoutHidden(array, chosen), fill: chosen };
}

/**
 * A `_FillValue` for data of which nothing is missing: its own fill value where no element has it; one that is free where readers would take
 * an element for missing, because it equals that fill value or the default of its type. Undefined where none is needed.
 */
export function harmlessFill(data: NdArray, own: NdArray | undefined): NdArray | undefined {
  const suspect = cfKinds.has(data.dtype.kind) ? suspectOf(data.dtype, own) : undefined;
  if (suspect === undefined) return undefined;
  const values = data.toC() as ArrayLike<Value>;
  if (indexOf(values, suspect) < 0) return own;
  const free = freeValue(values, data.dtype);
  return free === undefined ? undefined : scalar(castFill(defaultFillValue(data.dtype), data.dtype) as NdArray, free);
}

function scalar(like: NdArray, value: Value): NdArray {
  const out = like.copy();
  out.set([], value as never);
  return out;
}

/** The first element that equals a value (NaN is NaN) and is not masked; -1 if none. */
function indexOf(data: ArrayLike<Value>, value: Value, mask?: Uint8Array): number {
  const nan = Number.isNaN(value);
  for (let i = 0; i < data.length; i++)
    if ((data[i] === value || (nan && Number.isNaN(data[i]))) && (mask === undefined || mask[i] === 0)) return i;
  return -1;
}

/** Candidates looked at together. */
const AT_ONCE = 4096;

/** A value that no element has: of signed integers the smallest, of unsigned ones the largest or one beside it; netCDF's own for floats. */
function freeValue(data: ArrayLike<Value>, dtype: DType): Value | undefined {
  const { kind, itemsize } = dtype;
  if (kind === "float32" || kind === "float64")
    return [defaultFills[kind] as number, -1e30, 1e30, -9999, Number.NaN]
      .map((n) => (kind === "float32" ? Math.fround(n) : n))
      .find((n) => indexOf(data, n) < 0);
  const bits = BigInt(itemsize * 8);
  const signed = kind.startsWith("int");
  const first = signed ? -(1n << (bits - 1n)) : (1n << bits) - 1n;
  const last = 1n << bits;
  for (let step = 0n; step <= BigInt(data.length) && step < last; step += BigInt(AT_ONCE)) {
    const candidates = new Set<Value>();
    for (let k = step; k < last && k < step + BigInt(AT_ONCE); k++) {
      const candidate = signed ? first + k : first - k;
      candidates.add(itemsize === 8 ? candidate : Number(candidate));
    }
    for (let i = 0; i < data.length && candidates.size > 0; i++) candidates.delete(data[i] as Value);
    for (const free of candidates) return free;
  }
  return undefined;
}
