import type { Recipe, RecipeFile } from "@masquerade/core";
import { eachHeader, type Header, isBundleHeader, pythonRecipe, pythonString } from "@masquerade/core";

/** h5py; how a mask is kept is seen from what is in the file. */
export function hdf5Recipes({ header, path }: RecipeFile): Recipe[] {
  const arrays = [...eachHeader(header)];
  const lines = ["import h5py", "import numpy as np", "", `f = h5py.File(${pythonString(path)}, "r")`];
  if (arrays.some(([, one]) => one.mask === "mask")) lines.push("", ...reader);
  if (!isBundleHeader(header))
    lines.push('name = f.attrs.get("masquerade_single", "data")', `array = ${readOf(header, "name")}`);
  else {
    lines.push("arrays = {}");
    for (const [name, one] of arrays) lines.push(`arrays[${pythonString(name)}] = ${readOf(one, pythonString(name))}`);
  }
  return [pythonRecipe(["h5py", "numpy"], lines)];
}

function readOf({ mask, dtype }: Header, name: string): string {
  if (mask === "mask") return `masked(${name})`;
  const data = dtype.kind === "str" || dtype.kind === "string" ? `f[${name}].asstr()[()]` : `f[${name}][()]`;
  return mask === "nomask" ? `np.ma.MaskedArray(${data})` : data;
}

/** The layouts a mask may have: a group of both, a dataset beside the data (NeXus, astropy), or a fill value (CF). */
const reader = [
  "def masked(name):",
  "    one = f[name]",
  "    if isinstance(one, h5py.Group):",
  '        return np.ma.MaskedArray(one["values"][()], one["mask"][()].astype(bool))',
  '    for mask in (name + "_mask", name + ".mask"):',
  "        if mask in f:",
  "            return np.ma.MaskedArray(one[()], f[mask][()].astype(bool))",
  '    fill = one.attrs["_FillValue"]',
  "    return np.ma.MaskedArray(one[()], np.isnan(one[()]) if fill != fill else one[()] == fill, fill_value=fill)",
  "",
];
