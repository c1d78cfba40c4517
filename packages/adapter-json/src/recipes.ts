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

/** Rows of JSON: Python's own json, line by line, and NumPy. */
export function ndjsonRecipes({ header, path }: RecipeFile): Recipe[] {
  const arrays = [...eachHeader(header)];
  const load = [
    "import json",
    "import numpy as np",
    "",
    `with open(${pythonString(path)}, encoding="utf-8") as f:`,
    "    lines = [json.loads(line) for line in f][::-1]",
    "head = lines.pop()",
    "",
    "def rows_of(count):",
    "    rows = []",
    "    while len(rows) < count:",
    "        rows.append(lines.pop())",
    '        if lines and isinstance(lines[-1], dict) and list(lines[-1]) == ["hidden"]:',
    "            lines.pop()  # what is beneath the mask",
    "    return rows",
    "",
  ];
  const read = ([name, one]: readonly [string, Header]): string[] => {
    const at = name === "" ? [] : name.split("/").map((part) => `["entries"][${pythonString(part)}]`);
    const scalar = one.shape.length === 0;
    return [
      `rows = rows_of(${one.shape[0] ?? 1})`,
      `one = head${isBundleHeader(header) ? at.join("") : ""}`,
      ...linesFor(
        one,
        "one",
        isBundleHeader(header) ? `arrays[${pythonString(name)}]` : "array",
        rowsPlace,
        scalar ? "rows[0]" : "rows",
      ),
      "",
    ];
  };
  const lines = [...load, ...(isBundleHeader(header) ? ["arrays = {}"] : []), ...arrays.flatMap(read)];
  return [pythonRecipe(["numpy"], lines, notesFor(arrays.map(([, one]) => one)))];
}

const rowsPlace = { data: "", ours: true } as const;

function notesFor(headers: readonly Header[]): string[] {
  const others = headers.filter((one) => castable[one.dtype.kind] === undefined);
  const kinds = [...new Set(others.map(({ dtype }) => (dtype.kind === "struct" ? "records" : dtypeString(dtype))))];
  return kinds.length === 0
    ? []
    : [
        `Elements of ${kinds.join(", ")} stay as JSON has them; README.md of @masquerade/adapter-json says what they are.`,
      ];
}

/** Python's own json, and NumPy. */
export function jsonRecipes({ header, path, head }: RecipeFile): Recipe[] {
  const place = placeOf(head);
  const arrays = [...eachHeader(header)];
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
  return [pythonRecipe(["numpy"], lines, notesFor(arrays.map(([, one]) => one)))];
}

function linesFor(
  { dtype, shape, mask, fillValue }: Header,
  source: string,
  target: string,
  place: ReturnType<typeof placeOf>,
  elements = `${source}${place.data}`,
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
    lines.push(`flat = [${elements}]`);
    lines.push(...shape.map(() => "flat = [element for inner in flat for element in inner]"));
    lines.push("data = np.empty(len(flat), dtype=object)", "data[:] = flat", `data = data${shaped}`);
  } else lines.push(`data = np.array(${elements}, dtype=object)${shaped}`);
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
