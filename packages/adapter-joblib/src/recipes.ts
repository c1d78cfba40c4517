import type { Recipe, RecipeFile } from "@masquerade/core";
import { isBundleHeader, pickleNote, pythonRecipe, pythonString } from "@masquerade/core";

/** `joblib.load`. */
export function joblibRecipes({ header, path }: RecipeFile): Recipe[] {
  const name = isBundleHeader(header) ? "arrays" : "array";
  const lines = ["import joblib", "", `${name} = joblib.load(${pythonString(path)})`];
  return [pythonRecipe(["joblib", "numpy"], lines, [pickleNote])];
}
