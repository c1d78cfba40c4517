import type { Recipe, RecipeFile } from "@masquerade/core";
import { eachHeader, type Header, pythonRecipe, pythonString } from "@masquerade/core";
import { descrOf, dtypeString, formatLiteral } from "@masquerade/numpy";

/** `numpy.fromfile`, with what the file itself does not say. */
export function rawRecipes({ header, path, options }: RecipeFile): Recipe[] {
  const [[, { dtype, shape, order }]] = [...eachHeader(header)] as [[string, Header]];
  const text = dtype.kind === "struct" ? formatLiteral(descrOf(dtype)) : pythonString(dtypeString(dtype));
  const offset = options?.["offset"] === undefined ? "" : `, offset=${Number(options["offset"])}`;
  const size = shape.reduce((n, dim) => n * dim, 1);
  const lines = [
    "import numpy as np",
    "",
    `array = np.fromfile(${pythonString(path)}, dtype=${text}, count=${size}${offset})`,
    `array = array.reshape((${shape.join(", ")}${shape.length === 1 ? "," : ""})${order === "F" ? ', order="F"' : ""})`,
  ];
  return [pythonRecipe(["numpy"], lines, ["The file does not say its dtype and shape: keep these lines with it."])];
}
