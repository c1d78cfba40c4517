import type { Recipe, RecipeFile } from "@masquerade/core";
import { isBundleHeader, pickleNote, pythonRecipe, pythonString } from "@masquerade/core";

const PROTO = 0x80;

/** `pickle.load`; texts that Python 2 may have written are kept as bytes of latin-1, which is how NumPy's own data were written there. */
export function pickleRecipes({ header, path, head }: RecipeFile): Recipe[] {
  const name = isBundleHeader(header) ? "arrays" : "array";
  const early = head[0] !== PROTO || (head[1] ?? 0) <= 2;
  const encoding = early && !new TextDecoder("latin1").decode(head).includes("_codecs") ? ', encoding="latin1"' : "";
  const lines = [
    "import pickle",
    "",
    `with open(${pythonString(path)}, "rb") as file:`,
    `    ${name} = pickle.load(file${encoding})`,
  ];
  return [pythonRecipe(["numpy"], lines, [pickleNote])];
}
