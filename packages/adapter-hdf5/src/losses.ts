import {
  type BundleHeader,
  type Capabilities,
  type DType,
  dtypeString,
  eachHeader,
  type Header,
  isBundleHeader,
  type Loss,
  loss,
  lossesFromCapabilities,
  quoteText,
  sameDType,
} from "@masquerade/core";
import { cfKinds, whyNoNetcdf } from "./cf-kinds.ts";
import type { Hdf5WriteOptions } from "./options.ts";
import { h5TypeOf } from "./type/dtype.ts";
import { canTell } from "./type/text-dtype.ts";
import { writeAttrs } from "./write/attrs.ts";

/** What writing a value of this header loses. */
export function hdf5Losses(
  capabilities: Capabilities,
  header: Header | BundleHeader,
  options: Hdf5WriteOptions = {},
): Loss[] {
  const found = lossesFromCapabilities(
    options.hidden === "drop" || options.layout === "cf" ? { ...capabilities, hiddenValues: false } : capabilities,
    header,
    {
      keeps: ["layout", "names", "bundle-kind"],
      why: {
        titles: "fields of a compound have one name",
        metadata: "a datatype has no place for dtype metadata",
        "hidden-values": "they are replaced by the fill value",
        dtype: 'HDF5 has no Python objects; convert with astype(), texts with astype("string"), or save as a pickle',
      },
    },
  );
  for (const [path, one] of eachHeader(header)) arrayLosses(one, path, options, found);
  groupLosses(header, options, found);
  return found;
}

function arrayLosses(header: Header, path: string, options: Hdf5WriteOptions, found: Loss[]): void {
  const { dtype } = header;
  const say = (id: Loss["id"], why: string): void => void found.push(loss(id, why, path));
  const known = found.some((one) => one.id === "dtype" && one.array === path);
  if (!known && h5TypeOf(dtype) === undefined) say("dtype", whyNot(dtype));
  else if (looksComplex(dtype))
    say("dtype", "a record of two floats r and i is how HDF5 spells a complex number; rename a field");
  const unseen = options.layout === "cf" && !known ? whyNoNetcdf(dtype) : undefined;
  if (unseen !== undefined) say("dtype", unseen);
  if (dtype.kind === "string" && !canTell(dtype)) say("dtype", "what stands for missing texts is no plain value");
  if (header.shape.length > 32) say("shape", "HDF5 has at most 32 dimensions; reshape it");
  const { unfit } = writeAttrs(header.attrs, header.mask === "plain");
  if (unfit !== undefined) say("attrs", whyAttr(unfit));
  if (header.dims?.some((name) => /\0|\p{Surrogate}/u.test(name)))
    say("dims", "names with NUL or half a surrogate pair are no HDF5 text");
  if (header.mask === "plain") return;
  const fill = header.fillValue?.dtype;
  if (fill?.kind === "string" && !isTellable(header.fillValue?.at()))
    say("fill-value", "a fill value that is missing or has a NUL is no text of HDF5");
  if (fill !== undefined && !sameDType(fill, dtype) && (fill.kind === "struct" || h5TypeOf(fill, true) === undefined))
    say("fill-value", `a fill value of dtype ${quoteText(dtypeString(fill), 40)} has no attribute's type`);
  if (options.layout === "cf" && header.mask === "mask" && !cfKinds.has(dtype.kind))
    say("mask", `netCDF finds missing values in numbers only, not in ${dtype.kind}; use the layout nexus`);
}

function groupLosses(header: Header | BundleHeader, options: Hdf5WriteOptions, found: Loss[]): void {
  if (!isBundleHeader(header)) return;
  const pending: (readonly [path: string, group: BundleHeader, depth: number])[] = [["", header, 1]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, group, depth] = next;
    const { unfit } = writeAttrs(group.attrs);
    if (unfit !== undefined) found.push(loss("attrs", whyAttr(unfit), path));
    if (depth > 60) found.push(loss("names", "groups are nested more than 60 deep", path));
    const masks = new Set<string>();
    if ((options.layout ?? "nexus") === "nexus")
      for (const [name, member] of group.entries)
        if (!isBundleHeader(member) && member.mask === "mask") masks.add(`${name}_mask`);
    for (const [name, member] of group.entries) {
      const at = path === "" ? name : `${path}/${name}`;
      if (name === "" || name === "." || name === ".." || /[/\0]|\p{Surrogate}/u.test(name) || name.length > 10_000)
        found.push(loss("names", `"${quoteText(name, 40)}" cannot name a member of a group; rename it`, at));
      if (masks.has(name))
        found.push(loss("names", `"${quoteText(name, 40)}" is the name of another member's mask`, at));
      if (isBundleHeader(member) && depth <= 60) pending.push([at, member, depth + 1]);
    }
  }
}

const isTellable = (text: unknown): boolean => typeof text === "string" && !/\0|\p{Surrogate}/u.test(text);

const whyAttr = (name: string): string =>
  `"${quoteText(name, 40)}" has a reserved name, or a value no attribute holds (masked arrays, bundles, more than 62 kB)`;

function whyNot(dtype: DType): string {
  if (dtype.kind === "longdouble" || dtype.kind === "clongdouble")
    return `a long double of layout ${dtype.layout} is no IEEE number; convert with astype("float64")`;
  return "a compound has fields, each with a name and a size, that do not overlap";
}

/** Whether a record would be read as a complex number. */
function looksComplex(dtype: DType): boolean {
  if (dtype.kind !== "struct") return false;
  const [r, i] = dtype.fields;
  const float = (kind: string | undefined): boolean =>
    kind === "float32" || kind === "float64" || kind === "longdouble";
  if (
    dtype.fields.length === 2 &&
    r?.name === "r" &&
    i?.name === "i" &&
    float(r.dtype.kind) &&
    sameDType(r.dtype, i.dtype) &&
    r.offset === 0 &&
    i.offset === r.dtype.itemsize &&
    dtype.itemsize === 2 * r.dtype.itemsize
  )
    return true;
  return dtype.fields.some((field) => looksComplex(field.dtype));
}
