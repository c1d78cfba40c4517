import {
  type AnyArray,
  CapabilityError,
  type DType,
  dtypeString,
  type FullMask,
  isMaskedArray,
  type MaskedArray,
  type NdArray,
  nomask,
  quoteText,
  sameDType,
} from "@masquerade/core";
import { cfKinds } from "../cf-kinds.ts";
import * as names from "../names.ts";
import type { Hdf5WriteOptions } from "../options.ts";
import { h5TypeOf } from "../type/dtype.ts";
import type { H5Type } from "../type/h5type.ts";
import { bytesAttr, flagAttr, textAttr, textsAttr, writeAttrs } from "./attrs.ts";
import { harmlessFill, missingAsFill, withoutHidden } from "./cf.ts";
import { autoChunks } from "./chunks.ts";
import { elementBytes } from "./elements.ts";
import type { Storage, WriteAttr, WriteDataset, WriteNode } from "./node.ts";

/** The members of a group that one array becomes, by name. */
export function arrayNodes(
  name: string,
  array: AnyArray,
  options: Hdf5WriteOptions,
): readonly (readonly [string, WriteNode])[] {
  const layout = options.layout ?? "nexus";
  if (!isMaskedArray(array)) return [[name, plainDataset(array, options)]];
  if (layout === "cf") return [[name, cfDataset(name, array, options)]];
  const attrs = userAttrs(array.data);
  const grouped = layout === "values-mask";
  const maskName = grouped ? "mask" : `${name}_mask`;
  attrs.push(textAttr(names.MASK, array.mask === nomask ? names.NO_MASK : maskName), ...maskedAttrs(array));
  const data = options.hidden === "drop" && array.mask !== nomask ? withoutHidden(array) : array.data;
  const values = dataset(data, attrs, ownFill(array), options);
  const mask: readonly (readonly [string, WriteNode])[] =
    array.mask === nomask ? [] : [[maskName, maskDataset(array.mask, grouped ? "values" : name, options)]];
  if (!grouped) return [[name, values], ...mask];
  const kind = [textAttr(names.KIND, "masked"), ...nullable(array)];
  return [[name, { node: "group", attrs: kind, members: new Map([["values", values], ...mask]) }]];
}

function plainDataset(array: NdArray, options: Hdf5WriteOptions): WriteDataset {
  const attrs = [...writeAttrs(array.attrs, true).attrs];
  const fill =
    options.layout === "cf" && !array.attrs.has(names.FILL_VALUE) ? harmlessFill(array, undefined) : undefined;
  if (fill !== undefined) attrs.push(textAttr(names.FILL_DTYPE, UNSET));
  return dataset(array, attrs, fill, options);
}

/** What AnnData's readers look for in a group of `values` and `mask`. */
function nullable(array: MaskedArray): WriteAttr[] {
  const kind = array.dtype.kind;
  const type = kind === "bool" ? "nullable-boolean" : /^u?int/.test(kind) ? "nullable-integer" : undefined;
  if (array.ndim !== 1 || type === undefined || array.mask === nomask) return [];
  return [textAttr("encoding-type", type), textAttr("encoding-version", "0.1.0")];
}

function userAttrs(data: NdArray): WriteAttr[] {
  return [...writeAttrs(data.attrs).attrs];
}

/** The fill value in the data's own dtype, where one is set and can be cast. */
function ownFill(array: MaskedArray): NdArray | undefined {
  const { fillValue, dtype } = array;
  if (fillValue === undefined) return undefined;
  return sameDType(fillValue.dtype, dtype) ? fillValue : undefined;
}

const int8Type: H5Type = { class: "integer", size: 1, signed: true, bigEndian: false };

/** What is said of a masked array beside its mask. */
function maskedAttrs(array: MaskedArray): WriteAttr[] {
  const { fillValue, dtype, hardMask } = array;
  const out: WriteAttr[] = hardMask ? [flagAttr(names.HARD_MASK)] : [];
  if (fillValue !== undefined && !sameDType(fillValue.dtype, dtype)) out.push(...foreignFill(fillValue));
  return out;
}

/** A fill value of another dtype than the data's. */
export function foreignFill(fill: NdArray): WriteAttr[] {
  const type = fill.dtype.itemsize === 0 ? undefined : h5TypeOf(fill.dtype, true);
  const dtype = textAttr(names.FILL_DTYPE, dtypeString(fill.dtype));
  if (type === undefined) return [dtype];
  return [
    bytesAttr(names.FILL, { class: "opaque", size: type.size, tag: `NUMPY:${dtypeString(fill.dtype)}` }, fill),
    dtype,
  ];
}

function cfDataset(name: string, array: MaskedArray, options: Hdf5WriteOptions): WriteDataset {
  // Its mask cannot be told: a loss that was accepted.
  if (array.mask !== nomask && !cfKinds.has(array.dtype.kind)) return plainDataset(withoutHidden(array), options);
  const attrs = userAttrs(array.data);
  attrs.push(textAttr(names.MASK, array.mask === nomask ? names.NO_MASK : names.MASK_IS_FILL));
  const own = ownFill(array);
  const { data, fill } =
    array.mask === nomask ? { data: array.data, fill: harmlessFill(array.data, own) } : missingAsFill(name, array);
  if (array.hardMask) attrs.push(flagAttr(names.HARD_MASK));
  // Whether, and with what dtype, the fill value was set: `_FillValue` may stand there in any case.
  if (array.fillValue === undefined) attrs.push(textAttr(names.FILL_DTYPE, UNSET));
  else if (own === undefined || (array.mask === nomask && fill !== own)) attrs.push(...foreignFill(array.fillValue));
  return dataset(data, attrs, fill, options);
}

/** In the place of a fill value's dtype: there is none. */
const UNSET = "unset";

function maskDataset(mask: FullMask, of: string, options: Hdf5WriteOptions): WriteDataset {
  const meaning: WriteAttr[] = [
    { name: "flag_values", type: int8Type, shape: [2], value: Uint8Array.of(0, 1) },
    textAttr("flag_meanings", "valid masked"),
    textAttr(names.MASK_OF, of),
  ];
  return dataset((mask as NdArray).with({ attrs: new Map(), dims: undefined }), meaning, undefined, options);
}

function dataset(
  array: NdArray,
  attrs: readonly WriteAttr[],
  fill: NdArray | undefined,
  options: Hdf5WriteOptions,
): WriteDataset {
  const type = h5TypeOf(array.dtype) as H5Type;
  const all = [...attrs];
  const fillBytes = fill === undefined ? undefined : elementBytes(fill, type);
  if (fillBytes !== undefined) all.push({ name: names.FILL_VALUE, type, shape: [], value: fillBytes });
  if (needsDType(array.dtype)) all.push(textAttr(names.DTYPE, dtypeString(array.dtype)));
  if (array.order === "F") all.push(textAttr(names.ORDER, "F"));
  if (array.dims !== undefined) all.push(textsAttr(names.LABELS, array.dims));
  return {
    node: "dataset",
    type,
    shape: array.shape,
    bytes: elementBytes(array, type),
    fill: fillBytes,
    storage: storageOf(array.shape, type.size, options),
    attrs: all,
  };
}

/** Kinds whose HDF5 type several dtypes share. */
function needsDType(dtype: DType): boolean {
  return dtype.kind === "str" || dtype.itemsize === 0;
}

function storageOf(shape: readonly number[], itemsize: number, options: Hdf5WriteOptions): Storage {
  const { gzip, shuffle = false, checksum = false, chunks } = options;
  const filtered = gzip !== undefined || shuffle || checksum;
  const auto = autoChunks(shape, itemsize);
  const none: Storage = { chunks: undefined, gzip: undefined, shuffle: false, fletcher32: false };
  if (auto === undefined) return none;
  const given = chunks !== undefined && chunks.length === shape.length ? chunks : undefined;
  if (given === undefined && !filtered) return none;
  if (given !== undefined && given.reduce((n, m) => n * m, itemsize) > 2 ** 31)
    throw new CapabilityError("hdf5", "chunks", `a chunk of (${quoteText(given.join(", "))}) is larger than 2 GiB`);
  // A chunk longer than the axis only takes room.
  const fitted = given?.map((n, i) => Math.min(n, shape[i] as number)) ?? auto;
  return { chunks: fitted, gzip, shuffle, fletcher32: checksum };
}
