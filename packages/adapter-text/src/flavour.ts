/** What the three formats differ in. */
export interface Flavour {
  readonly id: "csv" | "tsv" | "txt" | "ecsv";
  /** The character between fields; undefined: any white space. */
  readonly delimiter: "," | "\t" | undefined;
  /** The Python that reads the file; each file's own header has the line with its dtype and shape. */
  readonly recipe: string;
}

const recipe = (delimiter: string): string =>
  `import numpy as np\narray = np.genfromtxt("FILE", ${delimiter}dtype=float, usemask=True, missing_values="--", encoding="utf-8")`;

export const flavours: { readonly [I in "csv" | "tsv" | "txt"]: Flavour } = {
  csv: { id: "csv", delimiter: ",", recipe: recipe('delimiter=",", ') },
  tsv: { id: "tsv", delimiter: "\t", recipe: recipe('delimiter="\\t", ') },
  txt: { id: "txt", delimiter: undefined, recipe: recipe("") },
};
