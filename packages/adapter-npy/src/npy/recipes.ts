import type { Recipe, RecipeFile } from "@masquerade/core";
import { eachHeader, hasObjects, isBundleHeader, pickleNote, pythonRecipe, pythonString } from "@masquerade/core";

/** `numpy.load`, as often as there are arrays in the file. */
export function npyRecipes({ header, path }: RecipeFile): Recipe[] {
  const arrays = [...eachHeader(header)];
  const objects = arrays.some(([, one]) => hasObjects(one.dtype));
  const allow = objects ? ", allow_pickle=True" : "";
  const notes = objects ? [pickleNote] : ['Of a large file np.load(…, mmap_mode="r") reads only what is used.'];
  if (!isBundleHeader(header))
    return [
      pythonRecipe(["numpy"], ["import numpy as np", "", `array = np.load(${pythonString(path)}${allow})`], notes),
    ];
  const lines = [
    "import numpy as np",
    "",
    `with open(${pythonString(path)}, "rb") as file:`,
    `    arrays = [np.load(file${allow}) for _ in range(${arrays.length})]`,
  ];
  return [pythonRecipe(["numpy"], lines, objects ? [pickleNote] : [])];
}
