import {
  dtypeString,
  eachHeader,
  floatRepr,
  type Header,
  pythonRecipe,
  pythonString,
  type Recipe,
  type RecipeFile,
} from "@masquerade/core";
import type { Flavour } from "./flavour.ts";

/** The line that our own header carries; of other tables `numpy.genfromtxt` with what they look like. */
export function textRecipes({ header, path, head }: RecipeFile, flavour: Flavour): Recipe[] {
  const [[, one]] = [...eachHeader(header)] as [[string, Header]];
  const text = new TextDecoder().decode(head);
  const line = /^# masked-array /.test(text) ? /^# ?((?:\(lambda|np\.).*)$/m.exec(text)?.[1] : undefined;
  const call = line?.replace('"FILE"', () => pythonString(path)) ?? foreign(one, path, flavour);
  const notes =
    one.mask === "plain"
      ? []
      : ["Elements that are missing come masked; what lay beneath the mask is not in the file."];
  return [pythonRecipe(["numpy"], ["import numpy as np", "", `array = ${call}`, ...fillLines(one)], notes)];
}

function foreign({ dtype, mask }: Header, path: string, { delimiter }: Flavour): string {
  const between = delimiter === undefined ? "" : `delimiter=${pythonString(delimiter)}, `;
  const kind = dtype.kind === "struct" ? "dtype=None, names=True" : `dtype=${pythonString(dtypeString(dtype))}`;
  const missing = mask === "plain" ? "" : ', usemask=True, missing_values=["--", "NA", "N/A"]';
  return `np.genfromtxt(${pythonString(path)}, ${between}${kind}, encoding="utf-8"${missing})`;
}

/** A fill value that one number says. */
function fillLines({ fillValue, mask }: Header): string[] {
  const value = mask === "plain" || fillValue === undefined ? undefined : (fillValue.at() as unknown);
  if (typeof value === "number" && Number.isFinite(value)) return [`array.fill_value = ${floatRepr(value)}`];
  return typeof value === "bigint" ? [`array.fill_value = ${value}`] : [];
}
