import {
  type AnyArray,
  arrayFromBytes,
  CapabilityError,
  type DType,
  isMaskedArray,
  type NdArray,
  nomask,
  OptionError,
  quoteText,
  sameDType,
  withByteOrder,
  zeros,
} from "@masquerade/core";
import type { KnownFile } from "../file.ts";
import { loadArray } from "../read/load.ts";
import type { PlanArray } from "../read/plan.ts";
import type { RawDataset } from "../read/raw.ts";
import { hasTexts } from "../type/from-h5.ts";
import type { H5Type } from "../type/h5type.ts";
import { demandHarmless, withoutHidden } from "../write/cf.ts";
import { elementBytes } from "../write/elements.ts";
import type { Appending } from "../write/output.ts";
import { demandTexts, fixedTexts, heapTexts, longestText } from "../write/texts.ts";
import { demandGrowing, type More } from "./extend.ts";
import { netcdfPlane } from "./grow-netcdf.ts";
import { demandSeenAs, type Plane } from "./seen.ts";

/** An array of the file, and what it is called. */
export interface Known {
  readonly plan: PlanArray;
  readonly name: string;
}

/** What one array becomes longer by: a part for each dataset that holds it. */
export type Growth = readonly { readonly raw: RawDataset; readonly more: More }[];

/**
 * What is to be written so that an array is longer by another along an axis, for whoever reads it: what the reader of the tool that wrote the
 * file makes of the new elements is compared with what is added. Throws OptionError for what does not fit the array, CapabilityError for what
 * cannot be told.
 */
export async function growthOf(file: KnownFile, { plan, name }: Known, value: AnyArray, axis: number): Promise<Growth> {
  const { data: raw, mask, reader } = plan;
  const shown = `"${quoteText(name, 60)}"`;
  const refuse = (why: string): CapabilityError => new CapabilityError("hdf5", "append", `${shown} ${why}`);
  if (reader === "matlab") throw refuse("is MATLAB's, whose axes are the other way round; add to it with MATLAB");
  if (mask === "columns")
    throw refuse("is an astropy table, whose columns have masks of their own; add rows with astropy");
  const { type } = raw.stored;
  if (type.class === "other" || (type.class === "compound" && hasTexts(type)))
    throw refuse("holds references, sequences of varying length or records with texts, which are only read");
  const outer = raw.shape ?? [];
  const none = outer.map(() => ({ start: 0, step: 1, count: 0, keep: true }));
  const empty = await loadArray(plan, file.context({ ranges: none }), {});
  const shape = [...outer, ...empty.shape.slice(outer.length)];
  const fits = value.shape.length === shape.length && shape.every((n, i) => i === axis || n === value.shape[i]);
  const count = value.shape[axis];
  if (!fits || count === undefined || axis >= outer.length)
    throw new OptionError(
      "SHAPE_MISMATCH",
      `${shown} has shape (${shape.join(", ")}); (${value.shape.join(", ")}) does not continue it along axis ${axis}`,
      "value",
    );
  if (!sameDType(empty.dtype as DType, value.dtype as DType))
    throw new OptionError(
      "DTYPE_MISMATCH",
      `${shown} is of another dtype than what is added to it; convert with astype()`,
      "value",
    );
  const told = mask !== undefined && mask !== "nomask";
  if (isMaskedArray(value) && value.mask !== nomask && !told)
    throw refuse("has no mask in the file, and what is added has one");
  const planes = planesOf(plan, name, refuse);
  for (const one of planes) demandGrowing(one.raw, axis, count);
  if (reader !== "masquerade") await demandSeenAs(file, plan, planes, value, refuse);
  return planes.map((one) => {
    const array = one.take(value);
    one.demand?.(array);
    return { raw: one.raw, more: { axis, count, bytes: (out) => one.bytes(array, out), points: one.points } };
  });
}

type Refuse = (why: string) => CapabilityError;

/** What each dataset of an array takes of it. */
function planesOf(plan: PlanArray, name: string, refuse: Refuse): readonly Plane[] {
  const { data: raw, mask, reader } = plan;
  if (mask === "netcdf") return [netcdfPlane(raw, elementsFor(raw, refuse), refuse)];
  const { type } = raw.stored;
  const native = (value: AnyArray): NdArray => {
    const data = isMaskedArray(value) ? value.data : value;
    return reader === "pytables" ? (data.astype(storedOrder(data.dtype, type)) as NdArray) : data;
  };
  const take = mask === "fill" ? (value: AnyArray) => filled(name, raw, value) : native;
  const data = { raw, take, ...elementsFor(raw, refuse) };
  return typeof mask === "object" ? [data, maskPlane(mask, refuse)] : [data];
}

type Elements = Pick<Plane, "bytes" | "points" | "demand">;

function elementsFor({ stored: { type } }: RawDataset, refuse: Refuse): Elements {
  const points = type.class === "text";
  const bytes = (array: NdArray, out: Appending): Uint8Array => {
    if (array.dtype.kind === "bool" && type.size > 1) return flags(array, type);
    if (array.dtype.kind !== "string") return elementBytes(array, type);
    return points ? heapTexts(array, out) : fixedTexts(array, type.size);
  };
  return {
    points,
    bytes,
    demand: (array) => {
      if (array.dtype.kind === "str") elementBytes(array, type);
      if (array.dtype.kind !== "string") return;
      if (!points) {
        if (longestText(array) > type.size)
          throw refuse(`holds texts of at most ${type.size} bytes, and what is added has longer ones`);
        return;
      }
      demandTexts(array);
      if (
        !type.utf8 &&
        (array.toC() as unknown as readonly (string | null)[]).some((text) => /[^\0-\x7f]/.test(text ?? ""))
      )
        throw refuse("holds ASCII text, and what is added has other characters");
    },
  };
}

/** PyTables gives numbers in the machine's byte order, whatever the file's is. */
function storedOrder(dtype: DType, type: H5Type): DType {
  return "bigEndian" in type && type.bigEndian ? withByteOrder(dtype, "big") : dtype;
}

/** With what is missing at the fill value. Throws CapabilityError for a valid element that equals it. */
function filled(name: string, { stored }: RawDataset, value: AnyArray): NdArray {
  const fill = arrayFromBytes(stored.fill ?? new Uint8Array(stored.type.size), value.dtype, []) as NdArray;
  if (!isMaskedArray(value)) {
    demandHarmless(name, value, fill);
    return value;
  }
  demandHarmless(name, value.data, fill, value.maskArray().toC() as Uint8Array);
  return withoutHidden(value, fill);
}

function maskPlane(raw: RawDataset, refuse: Refuse): Plane {
  const { type } = raw.stored;
  const isFlag = type.class !== "enum" || type.names.some(({ value }) => value === 1);
  if (!isFlag) throw refuse(`has a mask "${quoteText(raw.path, 60)}" that knows no 1`);
  return {
    raw,
    points: false,
    take: (value) => (isMaskedArray(value) ? value.maskArray() : zeros("bool", value.shape)) as NdArray,
    bytes: (array) => (array.dtype.kind === "struct" ? elementBytes(array, type) : flags(array, type)),
  };
}

/** 1 for each element that is set, as an integer of the mask's size. */
function flags(array: NdArray, type: H5Type): Uint8Array {
  const set = array.toC() as Uint8Array;
  if (type.size === 1 && set.every((byte) => byte <= 1)) return set;
  const own = type.class === "enum" ? type.base : type;
  const last = "bigEndian" in own && own.bigEndian ? type.size - 1 : 0;
  const out = new Uint8Array(set.length * type.size);
  for (let i = 0; i < set.length; i++) if (set[i] !== 0) out[i * type.size + last] = 1;
  return out;
}
