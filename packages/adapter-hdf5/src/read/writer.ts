import { MARK } from "../names.ts";
import type { RawAttr, RawGroup, RawNode } from "./raw.ts";

/** Whose conventions a file keeps: this package's own, or those of the tool that wrote it. */
export type Writer = "masquerade" | "h5py" | "netcdf4" | "pytables" | "matlab";

const has = (attrs: readonly RawAttr[], ...names: readonly string[]): boolean =>
  attrs.some((one) => names.includes(one.name));

/** Any object of a file, the root first; the tree was bounded when it was read. */
function someNode(root: RawGroup, test: (attrs: readonly RawAttr[]) => boolean): boolean {
  const pending: RawNode[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.node !== "group" && node.node !== "dataset") continue;
    if (test(node.attrs)) return true;
    if (node.node === "group") for (const [, one] of node.members) pending.push(one);
  }
  return false;
}

/**
 * Who wrote a file. netCDF-4: `_NCProperties` (since netCDF 4.4.1, and h5netcdf), or the ids of its dimensions; PyTables: its format
 * version; MATLAB: the class of each variable. Everything else is read as h5py reads it.
 */
export function writerOf(root: RawGroup): Writer {
  if (has(root.attrs, MARK)) return "masquerade";
  if (has(root.attrs, "_NCProperties", "_nc3_strict")) return "netcdf4";
  if (has(root.attrs, "PYTABLES_FORMAT_VERSION")) return "pytables";
  if (someNode(root, (attrs) => has(attrs, "MATLAB_class"))) return "matlab";
  return someNode(root, (attrs) => has(attrs, "_Netcdf4Dimid", "_Netcdf4Coordinates")) ? "netcdf4" : "h5py";
}
