import {
  dtypeString,
  eachHeader,
  type Header,
  isBundleHeader,
  type Kind,
  pythonRecipe,
  pythonString,
  type Recipe,
  type RecipeFile,
} from "@masquerade/core";

/** Kinds whose elements NumPy's astype turns into what they were, and what may stand beneath the mask meanwhile. */
const castable: { readonly [K in Kind]?: string } = {
  bool: "0",
  int8: "0",
  int16: "0",
  int32: "0",
  int64: "0",
  uint8: "0",
  uint16: "0",
  uint32: "0",
  uint64: "0",
  float16: "0",
  float32: "0",
  float64: "0",
  timedelta64: "0",
  datetime64: '"1970"',
  str: '""',
};

/** Where a file keeps the elements: ours, or the dialect that its beginning shows. */
function placeOf(head: Uint8Array): { readonly data: string; readonly ours: boolean; readonly mask?: string } {
  const text = new TextDecoder().decode(head);
  if (/"format"\s*:\s*"masked-array"/.test(text)) return { data: '["data"]', ours: true };
  if (/^\s*\[/.test(text) || !/^\s*\{/.test(text)) return { data: "", ours: false };
  if (text.includes('"_ArrayData_"') || text.includes('"_ArrayType_"')) return { data: '["_ArrayData_"]', ours: false };
  if (text.includes('"NdArray"')) return { data: '["values"]', ours: false };
  return { data: '["data"]', ours: false, mask: '["mask"]' };
}

/** Python's own json, and NumPy. */
export function jsonRecipes({ header, path, head }: RecipeFile): Recipe[] {
  const place = placeOf(head);
  const arrays = [...eachHeader(header)];
  const others = arrays.filter(([, one]) => castable[one.dtype.kind] === undefined);
  const load = [
    "import json",
    "import numpy as np",
    "",
    `with open(${pythonString(path)}, encoding="utf-8") as f:`,
    "    file = json.load(f)",
    "",
  ];
  const read = ([name, one]: readonly [string, Header]): string[] => {
    if (!isBundleHeader(header)) return linesFor(one, "file", "array", place);
    const at = name.split("/").map((part) => `["entries"][${pythonString(part)}]`);
    return ["", `one = file${at.join("")}`, ...linesFor(one, "one", `arrays[${pythonString(name)}]`, place)];
  };
  const lines = [...load, ...(isBundleHeader(header) ? ["arrays = {}"] : []), ...arrays.flatMap(read)];
  const kinds = [...new Set(others.map(([, { dtype }]) => (dtype.kind === "struct" ? "records" : dtypeString(dtype))))];
  const notes =
    kinds.length === 0
      ? []
      : [
          `Elements of ${kinds.join(", ")} stay as JSON has them; README.md of @masquerade/adapter-json says what they are.`,
        ];
  return [pythonRecipe(["numpy"], lines, notes)];
}

function linesFor(
  { dtype, shape, mask, fillValue }: Header,
  source: string,
  target: string,
  place: ReturnType<typeof placeOf>,
): string[] {
  const zero = castable[dtype.kind];
  const shaped = `.reshape((${shape.join(", ")}${shape.length === 1 ? "," : ""}))`;
  const type =
    place.ours && dtype.kind !== "struct"
      ? `${source}["dtype"]`
      : zero === undefined
        ? "object"
        : pythonString(dtypeString(dtype));
  const lines: string[] = [];
  if (zero === undefined) {
    lines.push(`flat = [${source}${place.data}]`);
    lines.push(...shape.map(() => "flat = [element for inner in flat for element in inner]"));
    lines.push("data = np.empty(len(flat), dtype=object)", "data[:] = flat", `data = data${shaped}`);
  } else lines.push(`data = np.array(${source}${place.data}, dtype=object)${shaped}`);
  const cast = zero === undefined ? "" : `.astype(${type})`;
  if (mask === "plain") return [...lines, `${target} = data${cast}`];
  if (mask === "nomask") lines.push(`${target} = np.ma.MaskedArray(data${cast})`);
  else {
    const where =
      place.mask === undefined
        ? "mask = data == None  # noqa: E711"
        : `mask = np.array(${source}${place.mask}, dtype=bool)${shaped}`;
    const values = zero === undefined ? "data" : `np.where(mask, ${zero}, data)${cast}`;
    lines.push(where, `${target} = np.ma.MaskedArray(${values}, mask)`);
  }
  if (fillValue !== undefined && zero !== undefined && (place.ours || place.mask !== undefined))
    lines.push(`${target}.fill_value = np.array(${source}["fill_value"], dtype=object).astype(${type})`);
  return lines;
}
