import {
  type AnyArray,
  arrayFromBytes,
  type DecodeOptions,
  type DType,
  FormatError,
  type FullMask,
  fillOut,
  isMaskedArray,
  MaskedArray,
  maskDType,
  NdArray,
  nomask,
  type Order,
  quoteText,
  withByteOrder,
} from "@masquerade/core";
import * as names from "../names.ts";
import type { Hdf5ReadOptions } from "../options.ts";
import { hasTexts } from "../type/from-h5.ts";
import { textAttr, userAttrs } from "./attrs.ts";
import { maskedColumns } from "./columns.ts";
import { type Context, type Described, describe, type Fetch, parseTold } from "./described.ts";
import { nonzero, textArray, utf8Texts } from "./elements.ts";
import { matlabArray } from "./matlab.ts";
import { netcdfArray } from "./netcdf.ts";
import type { PlanArray } from "./plan.ts";
import { pointed } from "./pointed.ts";
import type { RawAttr, RawDataset } from "./raw.ts";
import { settle } from "./settle.ts";
import { memoryFor } from "./straight.ts";
import type { Writer } from "./writer.ts";

async function read(raw: RawDataset, one: Described, fetch: Fetch): Promise<NdArray> {
  const { type, shape } = one;
  if (type.class === "other" || (type.class === "compound" && hasTexts(type)))
    return await pointed(one.bytes === 0 ? new Uint8Array(0) : await fetch.bytes(raw.path), one, fetch);
  if (type.class === "text") {
    const count = shape.reduce((n, m) => n * m, 1);
    const found = count === 0 ? [] : await fetch.texts(raw.path, count, one.bytes);
    const missing = one.dtype.kind === "string" && one.dtype.naObject !== undefined ? null : "";
    return new NdArray({ dtype: one.dtype, shape, storage: found.map((text) => text ?? missing) }) as NdArray;
  }
  const bytes = one.bytes === 0 ? new Uint8Array(0) : await fetch.bytes(raw.path);
  return elementsOf(bytes, one);
}

function elementsOf(stored: Uint8Array, { reader, type, dtype, shape }: Described): NdArray {
  const bytes = reader === "masquerade" ? stored : settle(stored, type, reader);
  if (dtype.itemsize === 0) return arrayFromBytes(new Uint8Array(0), dtype, shape) as NdArray;
  if (dtype.kind === "bool" && type.size > 1) return nonzero(bytes, type.size, shape) as unknown as NdArray;
  if (dtype.kind === "str" && type.class === "string") return textArray(bytes, type.size, dtype, shape);
  if (dtype.kind === "string") return new NdArray({ dtype, shape, storage: utf8Texts(bytes, type.size) }) as NdArray;
  return arrayFromBytes(bytes, dtype, shape) as NdArray;
}

/** The array a plan describes. Throws CapabilityError for types no dtype has, and whatever reading throws. */
export async function loadArray(
  plan: PlanArray,
  context: Context,
  options: Hdf5ReadOptions & Pick<DecodeOptions, "out">,
): Promise<AnyArray> {
  const { data: raw, reader } = plan;
  const described = describe(raw, reader, context);
  const into = orderOf(plan) === "F" || plan.mask === "columns" ? undefined : memoryFor(options.out, described);
  if (into !== undefined && into.length > 0) await context.fetch.bytes(raw.path, into);
  let data = into === undefined ? await read(raw, described, context.fetch) : (options.out as NdArray);
  if (orderOf(plan) === "F") data = data.copy("F");
  const attrs = new Map(userAttrs(raw.attrs, reader));
  if (plan.beside !== undefined) attrs.set(META_ATTR, await textOf(plan.beside, context));
  // Sub-arrays of the type are dimensions without a name.
  const dims = plan.dims?.length === data.ndim ? plan.dims : undefined;
  data = data.with({ attrs, dims });
  const seen = await seenAs(plan, data, described, context, options);
  if (options.out === undefined || into !== undefined) return seen;
  const plainly = isMaskedArray(seen) ? seen.data : seen;
  const filled = fillOut(plainly, options.out).with({ attrs: plainly.attrs, dims: plainly.dims });
  return isMaskedArray(seen) ? seen.with({ data: filled }) : filled;
}

/** What the writing tool's reader makes of the elements: masked, scaled, transposed. */
async function seenAs(
  plan: PlanArray,
  data: NdArray,
  described: Described,
  context: Context,
  options: Hdf5ReadOptions,
): Promise<AnyArray> {
  const { mask, reader } = plan;
  const { attrs } = plan.data;
  if (reader === "matlab") return matlabArray(data, attrs);
  // PyTables gives numbers in the machine's own byte order.
  if (reader === "pytables") return data.astype(withByteOrder(data.dtype, "little")) as NdArray;
  if (reader === "netcdf4")
    return netcdfArray(
      data,
      { attrs, type: described.type, filled: described.filled },
      { mask: mask === "netcdf", scale: options.scale !== "none" },
    );
  if (mask === undefined || mask === "netcdf") return data;
  if (mask === "columns") return maskedColumns(data);
  const ours = reader === "masquerade";
  const fillValue = fillOf(attrs, described, ours);
  const own = new Map([...data.attrs].filter(([name]) => fillValue === undefined || name !== names.FILL_VALUE));
  return new MaskedArray({
    data: data.with({ attrs: own }),
    mask: await maskOf(mask, plan, data, described, context),
    fillValue,
    hardMask: ours && attrs.some((one) => one.name === names.HARD_MASK),
  });
}

const META_ATTR = "__table_column_meta__";

/** The lines of a dataset of texts, as one text. */
async function textOf(raw: RawDataset, context: Context): Promise<string> {
  const lines = await read(raw, describe(raw, "h5py", context), context.fetch);
  const decoder = new TextDecoder();
  const line = (one: unknown): string => (one instanceof Uint8Array ? decoder.decode(one) : String(one));
  return [...lines.flat()].map(line).join("\n");
}

async function maskOf(
  mask: RawDataset | "nomask" | "fill",
  plan: PlanArray,
  data: NdArray,
  described: Described,
  context: Context,
): Promise<FullMask | typeof nomask> {
  if (mask === "nomask") return nomask;
  if (mask === "fill") return missing(plan.data.attrs, data, described);
  return await maskPlane(mask, plan.reader, { dtype: data.dtype, shape: data.shape, order: data.order }, context);
}

/** The mask of an array by itself; undefined where it is told by the data. */
export async function loadMask(plan: PlanArray, context: Context): Promise<FullMask | undefined> {
  const { mask, reader } = plan;
  if (typeof mask !== "object" || (reader !== "masquerade" && reader !== "h5py")) return undefined;
  const { dtype, shape } = describe(plan.data, reader, context);
  return await maskPlane(mask, reader, { dtype, shape, order: orderOf(plan) }, context);
}

/** The memory order an array is to have. */
export function orderOf({ data, reader }: PlanArray): Order {
  return reader === "masquerade" && textAttr(data.attrs, names.ORDER) === "F" ? "F" : "C";
}

async function maskPlane(
  mask: RawDataset,
  reader: Writer,
  of: { readonly dtype: DType; readonly shape: readonly number[]; readonly order: Order },
  context: Context,
): Promise<FullMask> {
  const one = describe(mask, reader, context);
  const want = maskDType(of.dtype);
  const shown = `the mask "${quoteText(mask.path, 60)}"`;
  if (want.kind === "struct") {
    const found = await read(mask, one, context.fetch);
    if (found.dtype.kind !== "struct" || found.dtype.itemsize !== want.itemsize)
      throw new FormatError("FORMAT_MALFORMED", "hdf5", `${shown} does not have a bool for each field`);
    const full = found.with({ dtype: want as DType });
    return (of.order === "F" ? full.copy("F") : full) as unknown as FullMask;
  }
  if (one.type.class !== "integer" && one.type.class !== "enum" && one.type.class !== "bitfield")
    throw new FormatError("FORMAT_MALFORMED", "hdf5", `${shown} does not hold integers or bools`);
  const bytes = one.bytes === 0 ? new Uint8Array(0) : await context.fetch.bytes(mask.path);
  const full = nonzero(bytes, one.type.size, of.shape);
  return of.order === "F" ? full.copy("F") : full;
}

/** Elements equal to `_FillValue`, bit for bit, or NaN where that is NaN. */
function missing(attrs: readonly RawAttr[], data: NdArray, described: Described): FullMask {
  const fill = attributeElement(attrs, described);
  if (fill === undefined)
    throw new FormatError(
      "FORMAT_MALFORMED",
      "hdf5",
      "missing values are to be found by _FillValue, and there is none",
    );
  const value = fill.at() as number | bigint;
  const values = data.toC() as ArrayLike<number | bigint>;
  const out = nonzero(new Uint8Array(data.size), 1, data.shape);
  for (let i = 0; i < values.length; i++)
    if (values[i] === value || (Number.isNaN(value) && Number.isNaN(values[i]))) out.storage[i] = 1;
  return data.order === "F" ? out.copy("F") : out;
}

/** `_FillValue` as an element of the data. */
function attributeElement(attrs: readonly RawAttr[], described: Described): NdArray | undefined {
  const found = attrs.find((one) => one.name === names.FILL_VALUE)?.value;
  if (described.dtype.kind === "string")
    return Array.isArray(found) && found.length === 1
      ? (new NdArray({ dtype: described.dtype, shape: [], storage: [...found] }) as NdArray)
      : undefined;
  if (!(found instanceof Uint8Array) || found.length !== described.type.size) return undefined;
  return elementsOf(found.slice(), { ...described, shape: [] });
}

function fillOf(attrs: readonly RawAttr[], described: Described, ours: boolean): NdArray | undefined {
  const told = ours ? textAttr(attrs, names.FILL_DTYPE) : undefined;
  if (told === undefined) return attributeElement(attrs, described);
  if (told === "unset") return undefined;
  const dtype = parseTold(told);
  const bytes = attrs.find((one) => one.name === names.FILL)?.value ?? new Uint8Array(0);
  if (!(bytes instanceof Uint8Array) || bytes.length !== dtype.itemsize)
    throw new FormatError("FORMAT_MALFORMED", "hdf5", "the fill value does not fit its dtype");
  return arrayFromBytes(bytes.slice(), dtype, []) as NdArray;
}
