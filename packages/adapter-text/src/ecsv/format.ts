import {
  type Attrs,
  type BundleHeader,
  type Capabilities,
  type Codec,
  Complex,
  type DType,
  eachHeader,
  type Format,
  type Header,
  type Loss,
  loss,
  lossesFromCapabilities,
  type OptionSchema,
  Tuple,
} from "@masquerade/core";
import { csv, ECSV_MAGIC, marked, textKinds } from "../format.ts";
import { columnsOfTable } from "./table.ts";

/** Options for writing ECSV. */
export interface EcsvWriteOptions {
  /** The character between fields. Default ",", which most readers of CSV take; astropy's own default is " ". */
  readonly delimiter?: "," | " " | undefined;
  /**
   * What tells a masked element: "null", an empty field (default), or "columns", a column of booleans beside each column, as astropy's
   * `serialize_method="data_mask"` writes them: that keeps the values beneath the mask.
   */
  readonly mask?: "null" | "columns" | undefined;
}

/** Options for reading ECSV. */
export interface EcsvReadOptions {
  /** Read these columns only. Default: all. */
  readonly columns?: readonly string[] | undefined;
}

/** What stands in the header (which columns hold empty texts, where NaNs have a payload) is known at the end only. */
const capabilities: Capabilities = { ...csv.capabilities, kinds: textKinds, attrs: true, lazy: false, streamed: false };

/** Names of attributes that mean something else in the file. */
const reserved: ReadonlySet<string> = new Set(["masquerade", "__serialized_columns__"]);
/** The attribute that holds what a file says of its columns: a dict by name of unit, description, format and meta. */
export const COLUMNS = "__columns__";

/** Why these attributes cannot stand in the file's YAML; undefined when they can. */
function unholdable(attrs: Attrs): string | undefined {
  for (const [name, value] of attrs) {
    if (reserved.has(name)) return `the name ${name} is taken`;
    if (name === COLUMNS && !isColumns(value)) return `${COLUMNS} is not a dict of what is known of each column`;
    if (!plain(value, 0)) return `${name} holds what YAML has no word for (arrays, complex numbers, deep nesting)`;
  }
  return undefined;
}

const isColumns = (value: unknown): boolean =>
  value instanceof Map && [...value].every(([key, held]) => typeof key === "string" && held instanceof Map);

function plain(value: unknown, depth: number): boolean {
  if (depth > 60) return false;
  if (value === null || ["string", "number", "bigint", "boolean"].includes(typeof value)) return true;
  if (value instanceof Uint8Array) return true;
  if (value instanceof Complex) return false;
  const items = value instanceof Tuple ? value.items : value;
  if (Array.isArray(items)) return items.every((item) => plain(item, depth + 1));
  // Other keys are no keys that every reader of YAML takes.
  return value instanceof Map && [...value].every(([key, held]) => typeof key === "string" && plain(held, depth + 1));
}

/** What the JSON of a cell with several values can hold. */
const inCells: RegExp = /^(?:bool|u?int\d+|float(?:16|32|64)|str|bytes)$/;

function losses(header: Header | BundleHeader, options: EcsvWriteOptions = {}): readonly Loss[] {
  const found = lossesFromCapabilities({ ...capabilities, hiddenValues: options.mask === "columns" }, header, {
    keeps: ["titles", "layout"],
    why: { "hidden-values": 'a masked element is an empty field; mask: "columns" keeps what is beneath' },
  });
  for (const [path, one] of eachHeader(header)) {
    if (one.dtype.kind === "struct" && marked(one.dtype))
      found.push(
        loss("layout", "the same fields at the same offsets come back, not marked as aligned or as record", path),
      );
    const why = untold(one.dtype, one.shape);
    if (why !== undefined) found.push(loss("dtype", why, path));
    const attrs = unholdable(one.attrs);
    if (attrs !== undefined) found.push(loss("attrs", attrs, path));
  }
  return found;
}

function untold(dtype: DType, shape: readonly number[]): string | undefined {
  const columns = columnsOfTable(dtype, shape, 32_769);
  if (columns.length === 0) return "records without values have no columns";
  if (new Set(columns.map(({ name }) => name)).size < columns.length) return "two columns would have the same name";
  for (const { name, dtype: one, shape: cell } of columns) {
    if (name === "") return "a column needs a name";
    if (one.kind === "longdouble" && one.layout !== "x87")
      return "the dtype string does not tell this layout of extended precision";
    if (cell.length > 0 && !inCells.test(one.kind)) return `cells of several values are JSON, which has no ${one.kind}`;
  }
  return undefined;
}

const write: OptionSchema = {
  delimiter: { type: "string", about: "The character between fields.", choices: [",", " "], default: "," },
  mask: {
    type: "string",
    about: "What tells a masked element: an empty field, or a column of booleans beside each column.",
    choices: ["null", "columns"],
    default: "null",
  },
};

/** Enhanced character separated values: a table of columns with dtypes, units and metadata, as astropy writes and reads it. */
export const ecsv: Format<"ecsv", "sync", EcsvWriteOptions, EcsvReadOptions> = {
  id: "ecsv",
  title: "ECSV",
  extensions: [".ecsv"],
  mediaTypes: ["application/x-ecsv"],
  timing: "sync",
  capabilities,
  options: {
    write,
    read: { columns: { type: "strings", about: "Read these columns only.", placeholder: "NAME,NAME" } },
  },
  losses,
  readers: { python: "astropy.table.Table.read", topcat: "TOPCAT" },
  recipe: 'from astropy.table import Table\ntable = Table.read("FILE", format="ascii.ecsv")',
  recipes: async (file) => (await import("./recipes.ts")).ecsvRecipes(file),
  sniff: (head) => {
    for (let i = 0; i < ECSV_MAGIC.length; i++) if (head[i] !== ECSV_MAGIC.charCodeAt(i)) return "no";
    return "yes";
  },
  codec: async (): Promise<Codec<"sync", EcsvWriteOptions, EcsvReadOptions>> => (await import("./codec.ts")).ecsvCodec,
};
