import { eachHeader, type Header, pythonRecipe, pythonString, type Recipe, type RecipeFile } from "@masquerade/core";

/** astropy: records are its table, any other array the column that holds it. */
export function ecsvRecipes({ header, path }: RecipeFile): Recipe[] {
  const [[, { dtype, mask }]] = [...eachHeader(header)] as [[string, Header]];
  const column = dtype.kind === "struct" ? "table.as_array()" : 'table["data"]';
  const array =
    mask === "plain"
      ? `np.asarray(${column})`
      : `np.ma.MaskedArray(${column}${mask === "nomask" ? ", np.ma.nomask" : ""})`;
  const lines = [
    "import numpy as np",
    "from astropy.table import Table",
    "",
    `table = Table.read(${pythonString(path)}, format="ascii.ecsv")`,
    `array = ${array}`,
  ];
  return [pythonRecipe(["astropy", "numpy"], lines)];
}
