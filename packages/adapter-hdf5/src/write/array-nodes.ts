import {
  type AnyArray,
  type DType,
  dtypeString,
  type Header,
  isMaskedArray,
  type MaskedArray,
  maskDType,
  type NdArray,
  sameDType,
} from "@masquerade/core";
import { cfKinds } from "../cf-kinds.ts";
import * as names from "../names.ts";
import { h5TypeOf } from "../type/dtype.ts";
import type { H5Type } from "../type/h5type.ts";
import { recordMarks } from "../type/record-marks.ts";
import { textDTypeJson } from "../type/text-dtype.ts";
import { bytesAttr, flagAttr, textAttr, textsAttr, writeAttrs } from "./attrs.ts";
import { cfFill, demandHarmless, harmlessFill, missingAsFill, withoutHidden } from "./cf.ts";
import { elementBytes } from "./elements.ts";
import type { WriteAttr, WriteDataset, WriteNode } from "./node.ts";
import type { TreeOptions } from "./storage.ts";
import { maxShapeOf, storageOf } from "./storage.ts";
import { fixedLength, fixedTexts, heapTexts } from "./texts.ts";

/** A member of a group by its name. */
export type Named = readonly [name: string, node: WriteNode];

/**
 * The members of a group that one array becomes. `of`: its path, by which blocks of it are known; `value`: the array, where it is there as a whole.
 */
export function arrayNodes(
  name: string,
  header: Header,
  of: string,
  options: TreeOptions,
  value?: AnyArray,
): readonly Named[] {
  const user = writeAttrs(header.attrs, header.mask === "plain").attrs;
  const from: From = { name, header, of, options, value };
  const { layout = "nexus", hidden } = options;
  if (header.mask === "plain") return [[name, plainDataset(from, user)]];
  if (layout === "cf") return [[name, cfDataset(from, user)]];
  const grouped = layout === "values-mask";
  const maskName = grouped ? "mask" : `${name}_mask`;
  const told = textAttr(names.MASK, header.mask === "nomask" ? names.NO_MASK : maskName);
  const drops = hidden === "drop" && header.mask === "mask";
  const values = dataset(from, {
    attrs: [...user, told, ...maskedAttrs(header)],
    fill: ownFill(header),
    plane: drops ? "both" : "data",
    take: drops ? (value) => withoutHidden(masked(value, header)) : dataOf,
  });
  const mask: readonly Named[] =
    header.mask === "nomask" ? [] : [[maskName, maskDataset(from, grouped ? "values" : name)]];
  if (layout !== "values-mask") return [[name, values], ...mask];
  const kind = [textAttr(names.KIND, "masked"), ...nullable(header)];
  return [[name, { node: "group", attrs: kind, members: new Map([["values", values], ...mask]) }]];
}

/** An array that is written: what is known of it before its elements. */
interface From {
  readonly name: string;
  readonly value: AnyArray | undefined;
  readonly header: Header;
  readonly of: string;
  readonly options: TreeOptions;
}

const dataOf = (value: AnyArray): NdArray => (isMaskedArray(value) ? value.data : value);

/** A block with what the whole array has and a block need not: the fill value. */
function masked(value: AnyArray, { fillValue }: Header): MaskedArray {
  return (value as MaskedArray).with({ fillValue });
}

/** What AnnData's readers look for in a group of `values` and `mask`. */
function nullable({ dtype, shape, mask }: Header): WriteAttr[] {
  const { kind } = dtype;
  const type = kind === "bool" ? "nullable-boolean" : /^u?int/.test(kind) ? "nullable-integer" : undefined;
  if (shape.length !== 1 || type === undefined || mask !== "mask") return [];
  return [textAttr("encoding-type", type), textAttr("encoding-version", "0.1.0")];
}

/** The fill value in the data's own dtype, where one is set and can be cast. */
function ownFill({ fillValue, dtype }: Header): NdArray | undefined {
  if (fillValue === undefined) return undefined;
  return sameDType(fillValue.dtype, dtype) ? fillValue : undefined;
}

const int8Type: H5Type = { class: "integer", size: 1, signed: true, bigEndian: false };

/** What is said of a masked array beside its mask. */
function maskedAttrs({ fillValue, dtype, hardMask }: Header): WriteAttr[] {
  const out: WriteAttr[] = hardMask ? [flagAttr(names.HARD_MASK)] : [];
  if (fillValue !== undefined && !sameDType(fillValue.dtype, dtype)) out.push(...foreignFill(fillValue));
  return out;
}

/** A fill value of another dtype than the data's. */
function foreignFill(fill: NdArray): WriteAttr[] {
  const type = fill.dtype.itemsize === 0 ? undefined : h5TypeOf(fill.dtype, true);
  const dtype = textAttr(names.FILL_DTYPE, dtypeString(fill.dtype));
  if (type === undefined) return [dtype];
  return [
    bytesAttr(names.FILL, { class: "opaque", size: type.size, tag: `NUMPY:${dtypeString(fill.dtype)}` }, fill),
    dtype,
  ];
}

/** In the place of a fill value's dtype: there is none. */
const UNSET = "unset";

function plainDataset(from: From, user: readonly WriteAttr[]): WriteDataset {
  const { name, header, options, value } = from;
  const plain: Taken = { attrs: user, fill: undefined, plane: "data", take: dataOf };
  if (options.layout !== "cf" || header.attrs.has(names.FILL_VALUE)) return dataset(from, plain);
  if (value === undefined) return dataset(from, { ...plain, take: harmless(name, undefined) });
  const fill = harmlessFill(dataOf(value), undefined);
  return fill === undefined
    ? dataset(from, plain)
    : dataset(from, { ...plain, attrs: [...user, textAttr(names.FILL_DTYPE, UNSET)], fill });
}

const harmless =
  (name: string, own: NdArray | undefined) =>
  (block: AnyArray): NdArray => {
    demandHarmless(name, dataOf(block), own);
    return dataOf(block);
  };

function cfDataset(from: From, user: readonly WriteAttr[]): WriteDataset {
  const { name, header, value } = from;
  const { dtype, fillValue } = header;
  // Its mask cannot be told: a loss that was accepted.
  if (header.mask === "mask" && !cfKinds.has(dtype.kind)) {
    const { attrs } = writeAttrs(header.attrs, true);
    return dataset(from, { attrs, fill: undefined, plane: "both", take: (one) => withoutHidden(masked(one, header)) });
  }
  const own = ownFill(header);
  // xarray makes floats of integers that have a `_FillValue`, so those of which nothing is missing have none.
  const told = dtype.kind.startsWith("float") ? own : undefined;
  const { fill, take } = header.mask === "nomask" ? cfPlain(name, told, value) : cfMissing(from);
  const attrs = [...user, textAttr(names.MASK, header.mask === "nomask" ? names.NO_MASK : names.MASK_IS_FILL)];
  if (header.hardMask) attrs.push(flagAttr(names.HARD_MASK));
  // Whether, and with what dtype, the fill value was set: `_FillValue` may stand there in any case.
  if (fillValue === undefined) attrs.push(textAttr(names.FILL_DTYPE, UNSET));
  else if (own === undefined || (header.mask === "nomask" && fill !== own)) attrs.push(...foreignFill(fillValue));
  return dataset(from, { attrs, fill, plane: header.mask === "nomask" ? "data" : "both", take });
}

type Filled = Pick<Taken, "fill" | "take">;

/** Nothing is missing, and nothing may look so. */
function cfPlain(name: string, own: NdArray | undefined, value: AnyArray | undefined): Filled {
  if (value === undefined) return { fill: own, take: harmless(name, own) };
  return { fill: harmlessFill(dataOf(value), own), take: dataOf };
}

/** What is missing holds the fill value, which no valid element has. */
function cfMissing({ name, header, value }: From): Filled {
  if (value !== undefined) {
    const { data, fill } = missingAsFill(name, masked(value, header));
    return { fill, take: () => data };
  }
  const fill = cfFill(header.dtype, header.fillValue);
  return {
    fill,
    take: (block) => {
      const one = masked(block, header);
      demandHarmless(name, one.data, fill, one.maskArray().toC() as Uint8Array);
      return withoutHidden(one, fill);
    },
  };
}

function maskDataset(from: From, name: string): WriteDataset {
  const attrs: WriteAttr[] = [
    { name: "flag_values", type: int8Type, shape: [2], value: Uint8Array.of(0, 1) },
    textAttr("flag_meanings", "valid masked"),
    textAttr(names.MASK_OF, name),
  ];
  return dataset(from, {
    attrs,
    fill: undefined,
    plane: "mask",
    take: (value) => (isMaskedArray(value) ? (value.maskArray() as NdArray) : value),
  });
}

interface Taken {
  readonly attrs: readonly WriteAttr[];
  readonly fill: NdArray | undefined;
  readonly plane: WriteDataset["plane"];
  /** What is stored of (a block of) the array. */
  readonly take: (value: AnyArray) => NdArray;
}

function dataset(from: From, taken: Taken): WriteDataset {
  const { header, of, options, value } = from;
  const { attrs, fill, plane, take } = taken;
  const dtype = plane === "mask" ? (maskDType(header.dtype) as DType) : header.dtype;
  const { shape } = header;
  const all = [...attrs];
  const fixed = dtype.kind === "string" ? fixedLength(value && take(value)) : undefined;
  const type: H5Type =
    fixed === undefined
      ? (h5TypeOf(dtype) as H5Type)
      : { class: "string", size: fixed, pad: "null-padded", utf8: true };
  if (dtype.kind === "string") all.push(textAttr(names.TEXT, textDTypeJson(dtype)));
  if (dtype.kind === "string" && fill !== undefined) all.push(textAttr(names.FILL_VALUE, String(fill.at())));
  const fillBytes = fill === undefined || dtype.kind === "string" ? undefined : elementBytes(fill, type);
  if (fillBytes !== undefined) all.push({ name: names.FILL_VALUE, type, shape: [], value: fillBytes });
  const marks = plane === "mask" ? undefined : recordMarks(dtype);
  if (marks !== undefined) all.push(textAttr(names.RECORD, marks));
  if (needsDType(dtype)) all.push(textAttr(names.DTYPE, dtypeString(dtype)));
  if (header.order === "F") all.push(textAttr(names.ORDER, "F"));
  if (plane !== "mask" && header.dims !== undefined) all.push(textsAttr(names.LABELS, header.dims));
  const maxShape = maxShapeOf(shape, options);
  return {
    node: "dataset",
    type,
    shape,
    maxShape,
    fill: fillBytes,
    // What is written block by block, with what it points to in between, is chunked.
    storage: storageOf(
      shape,
      maxShape,
      type.size,
      type.class === "text" && value === undefined ? { ...options, always: true } : options,
    ),
    attrs: all,
    of,
    plane,
    points: type.class === "text",
    bytes: (block, out) => {
      const array = take(block);
      if (dtype.kind !== "string") return elementBytes(array, type);
      return fixed === undefined ? heapTexts(array, out) : fixedTexts(array, fixed);
    },
  };
}

/** Kinds whose HDF5 type several dtypes share. */
function needsDType(dtype: DType): boolean {
  return dtype.kind === "str" || dtype.itemsize === 0;
}
