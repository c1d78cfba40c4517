import {
  type AnyArray,
  CapabilityError,
  type DType,
  isMaskedArray,
  type NdArray,
  nomask,
  quoteText,
} from "@masquerade/core";
import { defaultFills } from "../cf-kinds.ts";
import { numbersAttr, textAttr } from "../read/attrs.ts";
import { isOnlyName } from "../read/conventions.ts";
import { isNetcdfKind, scalarArray, valuesOf } from "../read/netcdf-values.ts";
import type { RawDataset } from "../read/raw.ts";
import { withoutHidden } from "../write/cf.ts";
import { type Message, space } from "../write/messages.ts";
import { DATASPACE, type More } from "./extend.ts";
import type { Plane } from "./seen.ts";

/** Attributes by which a variable holds other numbers than its readers see. */
const PACKED = ["scale_factor", "add_offset", "_Unsigned"];

/** What a netCDF variable takes of an array: what is missing at the value that says so. Throws CapabilityError for variables that are packed. */
export function netcdfPlane(
  raw: RawDataset,
  elements: Pick<Plane, "bytes" | "points" | "demand">,
  refuse: (why: string) => CapabilityError,
): Plane {
  const packed = raw.attrs.find(({ name }) => PACKED.includes(name));
  if (packed !== undefined)
    throw refuse(`is packed by its attribute ${packed.name}, and numbers are not packed here; add to it with netCDF4`);
  const take = (value: AnyArray): NdArray => {
    if (!isMaskedArray(value)) return value as NdArray;
    if (value.mask === nomask || !(value.maskArray().toC() as Uint8Array).some((byte) => byte !== 0))
      return value.data as NdArray;
    const dtype = value.dtype as DType;
    const isByte = dtype.itemsize === 1;
    const fill =
      valuesOf(raw.attrs, "_FillValue", dtype)?.[0] ??
      valuesOf(raw.attrs, "missing_value", dtype)?.[0] ??
      (isNetcdfKind(dtype.kind) && (!isByte || raw.stored.fill !== undefined) ? defaultFills[dtype.kind] : undefined);
    if (fill === undefined) throw refuse("has no value that stands for what is missing, and what is added has a mask");
    return withoutHidden(value as never, scalarArray(fill, dtype)) as NdArray;
  };
  return { raw, take, ...elements };
}

type Growing = ReadonlyMap<number, { readonly raw: RawDataset; readonly more: More }>;

/**
 * A dimension of a netCDF file is as long as the longest of its variables, and the others are read as missing from their end on: so all that have
 * a dimension grow together. Gives the messages of dimensions without values. Throws CapabilityError where one is left behind.
 */
export function growDimensions(
  datasets: readonly RawDataset[],
  growing: Growing,
): Map<number, ReadonlyMap<number, Message>> {
  const byId = new Map<number, RawDataset>();
  const byAddress = new Map<number, RawDataset>();
  for (const one of datasets) {
    byAddress.set(one.address, one);
    const id = numbersAttr(one.attrs, "_Netcdf4Dimid")[0];
    if (id !== undefined && isScale(one)) byId.set(id, one);
  }
  /** Address of the dimension along an axis. */
  const dimensionAt = (raw: RawDataset, axis: number): number | undefined => {
    const listed = raw.attrs.find((one) => one.scales !== undefined)?.scales?.[axis]?.[0];
    if (listed !== undefined) return listed;
    const ids = numbersAttr(raw.attrs, "_Netcdf4Coordinates");
    if (ids.length === raw.shape?.length) return byId.get(ids[axis] as number)?.address;
    return axis === 0 && isScale(raw) ? raw.address : undefined;
  };
  const out = new Map<number, ReadonlyMap<number, Message>>();
  const users = new Map<number, { readonly raw: RawDataset; readonly axis: number }[]>();
  for (const raw of datasets)
    for (const axis of (raw.shape ?? []).keys()) {
      const dimension = dimensionAt(raw, axis);
      if (dimension !== undefined && !isOnlyName(raw))
        users.set(dimension, [...(users.get(dimension) ?? []), { raw, axis }]);
    }
  const seen = new Set<number>();
  for (const { raw, more } of growing.values()) {
    const dimension = dimensionAt(raw, more.axis);
    if (dimension === undefined || seen.has(dimension)) continue;
    seen.add(dimension);
    const before = raw.shape?.[more.axis] as number;
    for (const { raw: other, axis } of users.get(dimension) ?? []) {
      const own = growing.get(other.address)?.more;
      const same = own?.axis === axis && own.count === more.count && other.shape?.[axis] === before;
      if (same) continue;
      const named = `"${quoteText(raw.path, 60)}" has the dimension "${quoteText(byAddress.get(dimension)?.path ?? "", 60)}"`;
      throw new CapabilityError(
        "hdf5",
        "append",
        `${named}, which "${quoteText(other.path, 60)}" has too: netCDF's readers would see it as missing there; add to both alike, in one go`,
      );
    }
    const scale = byAddress.get(dimension);
    if (scale === undefined || !isOnlyName(scale)) continue;
    const length = Math.max(before + more.count, scale.shape?.[0] ?? 0);
    out.set(dimension, new Map([[DATASPACE, space([length], scale.stored.maxShape)]]));
  }
  return out;
}

const isScale = (raw: RawDataset): boolean => textAttr(raw.attrs, "CLASS") === "DIMENSION_SCALE";
