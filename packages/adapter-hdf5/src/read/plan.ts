import {
  type Attrs,
  type BundleKind,
  FormatError,
  type MasqueradeError,
  quoteText,
  UnsafeContentError,
} from "@masquerade/core";
import * as names from "../names.ts";
import type { Hdf5ReadOptions } from "../options.ts";
import { textAttr, userAttrs } from "./attrs.ts";
import {
  astropyMetaName,
  dimensionNames,
  isAstropyMeta,
  isHidden,
  netcdfDimensionNames,
  netcdfDimensions,
  nullableOf,
  shownName,
  siblingMask,
} from "./conventions.ts";
import { LEAVE_OUT } from "./described.ts";
import type { RawDataset, RawGroup, RawNode } from "./raw.ts";
import { type Writer, writerOf } from "./writer.ts";

/** An array to be read: which datasets hold it. */
export interface PlanArray {
  readonly plan: "array";
  readonly data: RawDataset;
  /**
   * undefined: a plain array. "fill": elements equal to `_FillValue` are masked. "netcdf": by netCDF4-python's rules. "columns": records,
   * whose bool fields NAME.mask are the masks of fields NAME.
   */
  readonly mask: RawDataset | "nomask" | "fill" | "netcdf" | "columns" | undefined;
  /** As whose reader returns it; "masquerade": dtype, order and fill value are told by attributes. */
  readonly reader: Writer;
  /** Names of the dimensions, where any has one. */
  readonly dims: readonly string[] | undefined;
  /** A dataset of texts that describes this one, and becomes an attribute. */
  readonly beside?: RawDataset;
}

export interface PlanGroup {
  readonly plan: "group";
  readonly kind: BundleKind;
  readonly members: ReadonlyMap<string, Plan>;
  readonly attrs: Attrs;
}

/** What is refused when it is asked for, and not before. */
export interface PlanRefused {
  readonly plan: "refused";
  readonly error: MasqueradeError;
}

export type Plan = PlanArray | PlanGroup | PlanRefused;

/** What the tree of a file means: which datasets are masks of which, and as whose reader all is read. Recursion is bounded: the tree's depth was. */
export function planOf(root: RawGroup, options: Hdf5ReadOptions): Plan {
  const { masks = "auto", reader = "auto" } = options;
  const writer = reader === "auto" ? writerOf(root) : reader;
  const dimensions = writer === "netcdf4" ? netcdfDimensions(root) : undefined;
  const how: How = { reader: writer, masks, dimensions, marks: reader === "auto" };
  const ours = how.reader === "masquerade";
  const plan = group(root, how);
  const single = ours && masks === "auto" ? textAttr(root.attrs, names.SINGLE) : undefined;
  if (single === undefined || plan.plan !== "group") return plan;
  const only = plan.members.get(single);
  if (only === undefined || plan.members.size !== 1)
    throw new FormatError("FORMAT_MALFORMED", "hdf5", `the root is to hold one array, "${quoteText(single, 40)}"`);
  return only;
}

interface How {
  readonly reader: Writer;
  readonly masks: "auto" | "none";
  /** Of netCDF files: names of dimensions by their ids. */
  readonly dimensions: ReadonlyMap<number, string> | undefined;
  /** Whether members that say they are ours are read as ours, among those of another tool. */
  readonly marks: boolean;
}

/** How a member is read: it may have been added to another tool's file. */
const howFor = ({ attrs }: RawGroup | RawDataset, how: How): How =>
  how.marks && how.reader !== "masquerade" && attrs.some((one) => one.name === names.MARK)
    ? { ...how, reader: "masquerade", dimensions: undefined }
    : how;

function member(node: RawNode, siblings: ReadonlyMap<string, RawNode>, name: string, how: How): Plan | undefined {
  switch (node.node) {
    case "group":
      return group(node, howFor(node, how));
    case "dataset":
      return array(node, siblings, name, howFor(node, how));
    case "external":
      return refused(
        new UnsafeContentError(
          "UNSAFE_LINK",
          "hdf5",
          `"${quoteText(node.path, 60)}" is a link to another file, ${quoteText(node.target, 80)}, which is never opened; ${LEAVE_OUT}`,
        ),
      );
    case "dangling":
      return refused(
        new FormatError(
          "FORMAT_MALFORMED",
          "hdf5",
          `"${quoteText(node.path, 60)}" is a link to ${quoteText(node.target, 80)}, where there is nothing; ${LEAVE_OUT}`,
        ),
      );
    case "refused":
      return refused(node.error);
    case "cycle":
    case "other":
      // The group is there already, above; a committed datatype holds no values.
      return undefined;
  }
}

const refused = (error: MasqueradeError): PlanRefused => ({ plan: "refused", error });

function group(raw: RawGroup, how: How): Plan {
  const { reader, masks } = how;
  const ours = reader === "masquerade";
  const siblings = new Map(raw.members);
  const kind = ours ? textAttr(raw.attrs, names.KIND) : undefined;
  const values = siblings.get("values");
  if (masks === "auto" && kind === "masked" && values?.node === "dataset")
    return array(values, siblings, "values", how);
  const nullable = masks === "auto" && reader === "h5py" ? nullableOf(raw) : undefined;
  if (nullable !== undefined) {
    const attrs = [...raw.attrs, ...nullable.values.attrs].filter(
      ({ name }) => !/^encoding-(type|version)$/.test(name),
    );
    return { plan: "array", data: { ...nullable.values, attrs }, mask: nullable.mask, reader, dims: undefined };
  }
  const members = new Map<string, Plan>();
  const taken = masks === "auto" ? masksOf(siblings, how) : new Set<string>();
  const attrs = new Map(userAttrs(raw.attrs, reader));
  for (const [name, node] of raw.members) {
    if (taken.has(name) || isHidden(name, node, reader)) continue;
    // What h5py calls Empty: a type and no value.
    if (node.node === "dataset" && node.shape === null) attrs.set(name, null);
    else {
      const one = member(node, siblings, name, how);
      if (one !== undefined) members.set(shownName(name, reader), one);
    }
  }
  if (raw.list !== undefined) return listOf([...members.values()], raw.list);
  return { plan: "group", kind: kind === "list" || kind === "tuple" ? kind : "dict", members, attrs };
}

/** MATLAB's cells as lists: of lists where they have more than one dimension. They come in MATLAB's order, the first axis the fastest. */
function listOf(items: readonly Plan[], shape: readonly number[]): PlanGroup {
  const dims = shape.filter((n) => n !== 1).length > 1 ? shape : [items.length];
  const nested = (axis: number, at: number, step: number): Plan => {
    const length = dims[axis];
    if (length === undefined) return items[at] as Plan;
    const parts = Array.from(
      { length },
      (_, i) => [String(i), nested(axis + 1, at + i * step, step * length)] as const,
    );
    return { plan: "group", kind: "list", members: new Map(parts), attrs: new Map() };
  };
  return nested(0, 0, 1) as PlanGroup;
}

/** Names of the datasets that are another's mask, or describe another. */
function masksOf(siblings: ReadonlyMap<string, RawNode>, how: How): ReadonlySet<string> {
  const out = new Set<string>();
  for (const [name, node] of siblings) {
    if (node.node !== "dataset") continue;
    const mask = maskName(node, siblings, name, howFor(node, how));
    if (mask !== undefined) out.add(mask);
    if (how.reader === "h5py" && isAstropyMeta(name, siblings)) out.add(name);
  }
  return out;
}

function maskName(
  data: RawDataset,
  siblings: ReadonlyMap<string, RawNode>,
  name: string,
  { reader }: How,
): string | undefined {
  if (reader === "h5py") return siblingMask(data, name, siblings);
  const told = reader === "masquerade" ? textAttr(data.attrs, names.MASK) : undefined;
  return told === names.NO_MASK || told === names.MASK_IS_FILL ? undefined : told;
}

function array(data: RawDataset, siblings: ReadonlyMap<string, RawNode>, name: string, how: How): Plan {
  const { reader, masks } = how;
  const { dimensions } = how;
  const dims = dimensions === undefined ? dimensionNames(data) : netcdfDimensionNames(data, dimensions);
  const plain: PlanArray = { plan: "array", data, mask: undefined, reader, dims };
  if (masks === "none") return plain;
  const told = reader === "masquerade" ? textAttr(data.attrs, names.MASK) : undefined;
  if (told === names.NO_MASK) return { ...plain, mask: "nomask" };
  if (told === names.MASK_IS_FILL) return { ...plain, mask: "fill" };
  if (reader === "netcdf4") return { ...plain, mask: "netcdf" };
  const meta = reader === "h5py" ? siblings.get(astropyMetaName(name)) : undefined;
  if (meta?.node === "dataset") return { ...plain, mask: "columns", beside: meta };
  const called = maskName(data, siblings, name, how);
  if (called === undefined) return plain;
  const mask = siblings.get(called);
  if (mask?.node !== "dataset" || data.shape === null || mask.shape?.join() !== data.shape.join())
    return refused(
      new FormatError(
        "FORMAT_MALFORMED",
        "hdf5",
        `the mask of "${quoteText(data.path, 60)}" is missing or has another shape`,
      ),
    );
  return { ...plain, mask };
}
