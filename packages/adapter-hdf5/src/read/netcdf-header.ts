import { type DType, full, isMaskedArray, type MaskedArray, type NdArray, nomask } from "@masquerade/core";
import { defaultFills } from "../cf-kinds.ts";
import type { Hdf5ReadOptions } from "../options.ts";
import { dtypeOf } from "../type/from-h5.ts";
import type { Context } from "./described.ts";
import { loadArray } from "./load.ts";
import { valuesOf } from "./netcdf-values.ts";
import type { PlanArray } from "./plan.ts";

/**
 * The fill value that a netCDF variable has where something is missing. Which of its values are missing is known when they are read; so one that
 * is, is made up and read. Undefined where nothing can be.
 */
export async function netcdfFill(
  plan: PlanArray,
  context: Context,
  options: Hdf5ReadOptions,
): Promise<NdArray | undefined> {
  const { shape, stored, attrs } = plan.data;
  const part = (shape ?? []).map(() => ({ start: 0, step: 1, count: 1, keep: true }));
  const dtype = dtypeOf(stored.type, "netcdf4");
  if (typeof dtype === "string") return undefined;
  const told = valuesOf(attrs, "missing_value", dtype)?.[0] ?? valuesOf(attrs, "_FillValue", dtype)?.[0];
  const missing = bytesOf(told ?? defaultFills[dtype.kind], dtype);
  const fetch = { ...context.fetch, bytes: async () => missing.slice() };
  const one = await loadArray(plan, { ...context, part, fetch }, options);
  return isMaskedArray(one) ? (one.fillValue as NdArray | undefined) : undefined;
}

const bytesOf = (value: number | bigint | undefined, dtype: DType): Uint8Array =>
  value === undefined ? new Uint8Array(dtype.itemsize) : (full([], value, dtype) as NdArray).toBytes();

/** A part of a variable as its header says all of it is: with a mask, and the fill value, whether or not something is missing in it. */
export function asHeaderSays(part: MaskedArray, fillValue: NdArray | undefined): MaskedArray {
  const mask = part.mask === nomask ? part.maskArray() : part.mask;
  return part.with({ mask, fillValue: fillValue ?? part.fillValue });
}
