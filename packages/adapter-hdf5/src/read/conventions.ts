import { SCALE } from "../names.ts";
import { numbersAttr, textAttr, textsAttr } from "./attrs.ts";
import type { RawDataset, RawGroup, RawNode } from "./raw.ts";
import type { Writer } from "./writer.ts";

type Siblings = ReadonlyMap<string, RawNode>;

/** Whether a dataset can be another's mask: one small integer or bool for each element. Its type is looked at when it is read. */
export function fits(data: RawDataset, mask: RawDataset): boolean {
  return data.shape !== null && mask.shape !== null && data.shape.join() === mask.shape.join() && mask.size <= 8;
}

/** The mask beside a dataset by NeXus' convention (`NAME_mask`) or astropy's (`NAME.mask`): its name. */
export function siblingMask(data: RawDataset, name: string, siblings: Siblings): string | undefined {
  return [`${name}_mask`, `${name}.mask`].find((one) => {
    const mask = siblings.get(one);
    return mask?.node === "dataset" && fits(data, mask);
  });
}

/** A group that is one masked array: `values` and `mask` and nothing else, as AnnData's nullable arrays. */
export function nullableOf(group: RawGroup): { readonly values: RawDataset; readonly mask: RawDataset } | undefined {
  const members = new Map(group.members);
  const [values, mask] = [members.get("values"), members.get("mask")];
  if (members.size !== 2 || values?.node !== "dataset" || mask?.node !== "dataset") return undefined;
  return fits(values, mask) ? { values, mask } : undefined;
}

const META = ".__table_column_meta__";

/** The descriptions of an astropy table's columns, which lie beside it, as one YAML text. */
export const astropyMetaName = (name: string): string => name + META;

/** Whether `name` describes the columns of a table beside it. */
export function isAstropyMeta(name: string, siblings: Siblings): boolean {
  return name.endsWith(META) && siblings.get(name.slice(0, -META.length))?.node === "dataset";
}

/** Members that are the writing tool's own plumbing, which its reader does not show. */
export function isHidden(name: string, node: RawNode, writer: Writer): boolean {
  if (isAddedScale(node)) return true;
  if (writer === "pytables") return name.startsWith("_i_") || name.startsWith("_p_");
  if (writer === "matlab") return name === "#refs#" || name === "#subsystem#";
  return node.node === "dataset" && writer === "netcdf4" && isOnlyName(node);
}

/** A dimension without values that was written here, into whoever's file. */
const isAddedScale = (node: RawNode): boolean =>
  node.node === "dataset" && node.attrs.some((one) => one.name === SCALE) && isOnlyName(node);

/** Whether a dataset is a dimension without values, as netCDF has them. */
export const isOnlyName = ({ attrs }: RawDataset): boolean =>
  textAttr(attrs, "NAME")?.startsWith("This is a netCDF dimension but not a netCDF variable") === true;

const NON_COORDINATE = "_nc4_non_coord_";

/** What a member is called by the writing tool's reader. */
export function shownName(name: string, writer: Writer): string {
  return writer === "netcdf4" && name.startsWith(NON_COORDINATE) ? name.slice(NON_COORDINATE.length) : name;
}

/** Names of the dimensions: of the scales attached to them, else their labels. Undefined where none has a name. */
export function dimensionNames(raw: RawDataset): readonly string[] | undefined {
  const rank = raw.shape?.length ?? 0;
  const labels = textsAttr(raw.attrs, "DIMENSION_LABELS");
  const names = Array.from({ length: rank }, (_, axis) => raw.scales?.[axis] || labels[axis] || "");
  return names.some((one) => one !== "") ? names : undefined;
}

/** A netCDF file's dimensions by their ids. */
export function netcdfDimensions(root: RawGroup): ReadonlyMap<number, string> {
  const out = new Map<number, string>();
  const pending: (readonly [string, RawNode])[] = [["", root]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [name, node] = next;
    if (node.node === "group") pending.push(...node.members);
    // Variables that are no dimension may have an id too: that of their first one.
    if (node.node !== "dataset" || textAttr(node.attrs, "CLASS") !== "DIMENSION_SCALE") continue;
    const id = numbersAttr(node.attrs, "_Netcdf4Dimid")[0];
    if (id !== undefined) out.set(id, shownName(name, "netcdf4"));
  }
  return out;
}

/** As {@link dimensionNames}, for a variable of a netCDF file: one that is a dimension itself has no scales, but ids. */
export function netcdfDimensionNames(
  raw: RawDataset,
  byId: ReadonlyMap<number, string>,
): readonly string[] | undefined {
  const rank = raw.shape?.length ?? 0;
  const ids = numbersAttr(raw.attrs, "_Netcdf4Coordinates");
  const own = ids.length === rank && rank > 0 ? ids : numbersAttr(raw.attrs, "_Netcdf4Dimid");
  if (own.length !== rank || rank === 0) return dimensionNames(raw);
  return own.map((id, axis) => byId.get(id) ?? raw.scales?.[axis] ?? "");
}
