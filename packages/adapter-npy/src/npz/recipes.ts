import type { Recipe, RecipeFile } from "@masquerade/core";
import {
  eachHeader,
  type Header,
  hasObjects,
  isBundleHeader,
  pickleNote,
  pythonRecipe,
  pythonString,
} from "@masquerade/core";

/** `numpy.load` gives the members; masked arrays are put together from theirs. */
export function npzRecipes({ header, path }: RecipeFile): Recipe[] {
  const arrays = [...eachHeader(header)];
  const objects = arrays.some(([, one]) => hasObjects(one.dtype));
  const load = `f = np.load(${pythonString(path)}${objects ? ", allow_pickle=True" : ""})`;
  const lines = isBundleHeader(header) ? several(arrays) : single(header);
  return [pythonRecipe(["numpy"], ["import numpy as np", "", load, ...lines], objects ? [pickleNote] : [])];
}

/** An array without a name: its members are called what they are, but for a lone member of another name. */
function single({ mask, fillValue }: Header): string[] {
  if (mask === "plain") return ["array = f[f.files[0]]"];
  const fill = fillValue === undefined ? "" : ', fill_value=f["fill_value"]';
  return [`array = np.ma.MaskedArray(f["data"], ${mask === "nomask" ? "np.ma.nomask" : 'f["mask"]'}${fill})`];
}

function several(arrays: readonly (readonly [name: string, header: Header])[]): string[] {
  const names = (which: (header: Header) => boolean): string =>
    `[${arrays
      .filter(([, one]) => which(one))
      .map(([name]) => pythonString(name))
      .join(", ")}]`;
  const lines = [`arrays = {name: f[name] for name in ${names((one) => one.mask === "plain")}}`];
  if (arrays.some(([, one]) => one.mask === "mask"))
    lines.push(
      `for name in ${names((one) => one.mask === "mask")}:`,
      '    mask = f[name + ".mask"] if name + ".mask" in f else f[name + "_mask"]',
      '    fill = f[name + ".fill_value"] if name + ".fill_value" in f else None',
      "    arrays[name] = np.ma.MaskedArray(f[name], mask, fill_value=fill)",
    );
  if (arrays.some(([, one]) => one.mask === "nomask"))
    lines.push(
      `for name in ${names((one) => one.mask === "nomask")}:`,
      '    fill = f[name + ".fill_value"] if name + ".fill_value" in f else None',
      "    arrays[name] = np.ma.MaskedArray(f[name], fill_value=fill)",
    );
  return lines;
}
