import type { Recipe, RecipeFile } from "@masquerade/core";
import { isBundleHeader, pickleNote, pythonRecipe, pythonString } from "@masquerade/core";

/** The file is a pickle of a dict; mmappickle itself maps it. */
export function mmappickleRecipes({ header, path }: RecipeFile): Recipe[] {
  const file = pythonString(path);
  const single = !isBundleHeader(header);
  const pickled = [
    "import pickle",
    "",
    `with open(${file}, "rb") as file:`,
    `    arrays = pickle.load(file)`,
    single ? "[array] = arrays.values()" : undefined,
  ];
  const mapped = [
    "import numpy as np",
    "",
    "np.float = float  # a name that mmappickle uses and NumPy 1.24 took away",
    "import mmappickle",
    "",
    `mapped = mmappickle.mmapdict(${file}, readonly=True)`,
    "arrays = {key: mapped[key] for key in mapped.keys()}",
    single ? "[array] = arrays.values()" : undefined,
  ];
  const old =
    "It calls numpy.fromstring as NumPy 2.3 and newer no longer let it: masq convert gives a file of another format.";
  return [
    pythonRecipe(["numpy<2.3"], pickled, [pickleNote, old]),
    pythonRecipe(["mmappickle", "numpy<2"], mapped, [
      pickleNote,
      "Arrays are mapped, not read; their fill values are not there: mmappickle knows none.",
    ]),
  ];
}
