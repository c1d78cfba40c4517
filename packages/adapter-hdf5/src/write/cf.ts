import {
  CapabilityError,
  castFill,
  type DType,
  defaultFillValue,
  type MaskedArray,
  type NdArray,
  quoteText,
} from "@masquerade/core";

/** The fill value as an element of the data. */
function fillOf(array: MaskedArray): NdArray {
  return castFill(array.fillValue ?? defaultFillValue(array.dtype), array.dtype as DType) as NdArray;
}

/** A copy of the data in which masked elements hold the fill value. */
export function withoutHidden(array: MaskedArray): NdArray {
  return array.filled(fillOf(array).at() as never).with({
    attrs: array.data.attrs,
    dims: array.data.dims,
  }) as NdArray;
}

/** The data with masked elements at the fill value, which no valid element has. Throws CapabilityError naming a value that is free. */
export function missingAsFill(name: string, array: MaskedArray): { readonly data: NdArray; readonly fill: NdArray } {
  const fill = fillOf(array);
  const data = array.data.toC() as ArrayLike<number | bigint>;
  const mask = array.maskArray().toC() as Uint8Array;
  const value = fill.at() as number | bigint;
  for (let i = 0; i < data.length; i++) {
    if (mask[i] !== 0 || (data[i] !== value && !(Number.isNaN(data[i]) && Number.isNaN(value)))) continue;
    const free = freeValue(data, array.dtype as DType);
    throw new CapabilityError(
      "hdf5",
      "mask",
      `element ${i} of "${quoteText(name, 40)}" is valid and equals the fill value ${value}, so readers would take it as missing; ${
        free === undefined
          ? "no value of its dtype is free: use the layout nexus"
          : `set the fill value to ${free}, which no element has`
      }`,
    );
  }
  return { data: withoutHidden(array), fill };
}

/** A value that no element has: the smallest of signed integers, the largest of unsigned ones and what lies beside it, netCDF's own for floats. */
function freeValue(data: ArrayLike<number | bigint>, dtype: DType): number | bigint | undefined {
  const taken = new Set<number | bigint>(Array.from(data));
  const bits = BigInt(dtype.itemsize * 8);
  if (dtype.kind === "float32" || dtype.kind === "float64")
    return [Math.fround(9.969209968386869e36), -1e30, 1e30, -9999, Number.NaN]
      .map((n) => (dtype.kind === "float32" ? Math.fround(n) : n))
      .find((n) => !taken.has(n));
  const signed = dtype.kind.startsWith("int");
  const first = signed ? -(1n << (bits - 1n)) : (1n << bits) - 1n;
  const wide = bits === 64n;
  for (let step = 0n; step <= BigInt(data.length) && step < 1n << bits; step++) {
    const candidate = signed ? first + step : first - step;
    if (!taken.has(wide ? candidate : Number(candidate))) return candidate;
  }
  return undefined;
}
