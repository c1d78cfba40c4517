import { FormatError, LimitError, type Limits, type PlainValue } from "@masquerade/core";
import { ECSV_MAGIC } from "../format.ts";
import { yamlHeader } from "./yaml-in.ts";

/** A column as the file's header describes it. */
export interface HeaderColumn {
  readonly name: string;
  /** `int64`, `string`… */
  readonly datatype: string;
  /** `float64[2,3]`, `json`; undefined for one value of the datatype. */
  readonly subtype: string | undefined;
  /** unit, description, format, meta. */
  readonly about: ReadonlyMap<string, PlainValue>;
}

/** What an ECSV file says before its rows. */
export interface EcsvHeader {
  readonly columns: readonly HeaderColumn[];
  readonly delimiter: "," | " ";
  readonly meta: ReadonlyMap<string, PlainValue>;
  /** Where the row with the names begins. */
  readonly start: number;
}

/**
 * The commented YAML at the beginning of a file. The layout: `# %ECSV 1.0`, `# ---`, then a mapping of delimiter (default a space), datatype
 * (a list of columns) and meta (APE 6). Throws FormatError and LimitError.
 */
export function readEcsvHeader(bytes: Uint8Array, limits: Limits): EcsvHeader {
  const { text, start } = commented(bytes, limits);
  const bad = (message: string, code: "FORMAT_MALFORMED" | "FORMAT_VERSION" = "FORMAT_MALFORMED"): FormatError =>
    new FormatError(code, "ecsv", `the header: ${message}`, { offset: 0 });
  const [magic = "", ...lines] = text.split("\n");
  const version = /^%ECSV (\d+)\.(\d+)\s*$/.exec(magic);
  if (version === null) throw bad('the first line is not "# %ECSV 1.0"');
  if (version[1] !== "1")
    throw bad(`version ${version[1]} is not known; this reader knows version 1`, "FORMAT_VERSION");
  const top = yamlHeader(lines.join("\n"), limits, (message) => bad(message));
  if (!(top instanceof Map)) throw bad("it is no mapping");
  const delimiter = top.get("delimiter") ?? " ";
  if (delimiter !== "," && delimiter !== " ") throw bad("the delimiter is a space or a comma");
  const datatype = top.get("datatype");
  if (!Array.isArray(datatype) || datatype.length === 0) throw bad("datatype is a list of columns");
  if (datatype.length > limits.maxFields)
    throw new LimitError("maxFields", `a table of ${datatype.length} columns`, { format: "ecsv", offset: 0 });
  const columns = datatype.map((one: PlainValue) => columnOf(one, bad));
  if (new Set(columns.map(({ name }) => name)).size < columns.length) throw bad("two columns have the same name");
  const meta = top.get("meta") ?? new Map<string, PlainValue>();
  return { columns, delimiter, meta: metaOf(meta, bad), start };
}

/** The text of the commented lines, without their marks, and where they end. */
function commented(bytes: Uint8Array, limits: Limits): { text: string; start: number } {
  let at = 0;
  const lines: string[] = [];
  while (bytes[at] === 35) {
    const next = bytes.indexOf(10, at);
    const end = next < 0 ? bytes.length : next;
    if (end > limits.maxHeaderBytes)
      throw new LimitError("maxHeaderBytes", `a header of more than ${limits.maxHeaderBytes} bytes`, {
        format: "ecsv",
        offset: at,
      });
    try {
      const line = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(at + 1, end));
      lines.push(line.replace(/\r$/, "").replace(/^ /, ""));
    } catch {
      throw new FormatError("FORMAT_MALFORMED", "ecsv", "the header is not UTF-8", { offset: at });
    }
    if (lines.length === 1 && !`# ${lines[0]}`.startsWith(ECSV_MAGIC)) break;
    at = Math.min(end + 1, bytes.length);
  }
  return { text: lines.join("\n"), start: at };
}

type Bad = (message: string) => FormatError;

function columnOf(value: PlainValue, bad: Bad): HeaderColumn {
  if (!(value instanceof Map)) throw bad("a column is a mapping with name and datatype");
  const name = value.get("name");
  const datatype = value.get("datatype");
  const subtype = value.get("subtype");
  if (typeof datatype !== "string") throw bad("a column without a datatype");
  if (subtype !== undefined && typeof subtype !== "string") throw bad("a subtype is a text");
  const about = new Map<string, PlainValue>();
  for (const [key, held] of value) {
    if (typeof key !== "string") throw bad("a key that is no text");
    if (key !== "name" && key !== "datatype" && key !== "subtype") about.set(key, held);
  }
  // A name that looks like a number or a truth value and stands without quotes.
  if (typeof name !== "string" && typeof name !== "bigint") throw bad("a column without a name");
  return { name: String(name), datatype, subtype: subtype as string | undefined, about };
}

/** Meta is a mapping, or (as `!!omap`) a list of mappings of one key. */
function metaOf(value: PlainValue, bad: Bad): ReadonlyMap<string, PlainValue> {
  const pairs = Array.isArray(value)
    ? value.flatMap((one) => (one instanceof Map ? [...one] : [undefined]))
    : undefined;
  const entries = pairs ?? (value instanceof Map ? [...value] : [undefined]);
  const meta = new Map<string, PlainValue>();
  for (const pair of entries) {
    if (pair === undefined) throw bad("meta is no mapping");
    meta.set(typeof pair[0] === "string" ? pair[0] : String(pair[0]), pair[1]);
  }
  return meta;
}
