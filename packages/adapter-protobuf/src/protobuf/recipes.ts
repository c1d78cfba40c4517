import type { Recipe, RecipeFile } from "@masquerade/core";
import { isBundleHeader, pythonRecipe, pythonString } from "@masquerade/core";

/** The Python client, which is NumPy and protobuf; the schema serves every other language. */
export function protobufRecipes({ header, path }: RecipeFile): Recipe[] {
  const name = isBundleHeader(header) ? "arrays" : "array";
  const lines = ["import masquerade", "", `${name} = masquerade.load(${pythonString(path)})`];
  const notes = [
    "masquerade is the package in clients/python of the project's repository (pip install ./clients/python).",
    "For any other language generate code from proto/masquerade/v1 of @masquerade/adapter-protobuf.",
  ];
  return [pythonRecipe(["masquerade", "numpy", "protobuf"], lines, notes)];
}
