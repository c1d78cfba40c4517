import {
  type AnyArray,
  type DecodeOptions,
  type DType,
  dtypes,
  type FullMask,
  isMasqueradeError,
  LimitError,
  type Limits,
  MaskedArray,
  OptionError,
} from "@masquerade/core";
import { parseDescr, parseDType, parseLiteral } from "@masquerade/numpy";
import { columnsAsArray, columnsFor, maskOf } from "./assemble.ts";
import type { Flavour } from "./flavour.ts";
import type { TextReadOptions } from "./format.ts";
import { leavesOf } from "./leaves.ts";
import { numberOf, type ReadColumn } from "./read-fields.ts";
import { Scanner } from "./scan.ts";

const usualMissing: readonly string[] = ["--", "NA", "N/A"];

/** What the fields of a column have been so far. */
interface Look {
  readonly name: string;
  int: number;
  float: number;
  bool: number;
  text: number;
  width: number;
}

interface Survey {
  readonly columns: readonly Look[];
  readonly rows: number;
  readonly named: boolean;
}

/** A table that does not say what it is: columns of integers, floats, truth values or texts, by option or by what they look like. */
export function decodeForeign(
  flavour: Flavour,
  bytes: Uint8Array,
  limits: Limits,
  options: TextReadOptions & DecodeOptions,
): AnyArray {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const missing = ["", ...(options.missing ?? usualMissing)];
  const survey = look(new Scanner(bytes, flavour, limits, start), missing, options.names);
  const dtype = options.descr === undefined ? guess(survey) : described(options.descr, flavour);
  const width = survey.columns.length;
  const record = dtype.kind === "struct";
  const values = leavesOf(dtype).length;
  if (record && values !== width)
    throw new OptionError(
      "OPTION_INVALID",
      `${flavour.id}: descr has ${values} values, the table ${width} columns`,
      "descr",
    );
  const shape = record || width === 1 ? [survey.rows] : [survey.rows, width];
  const size = shape.reduce((n, dim) => n * dim, 1);
  if (size * dtype.itemsize > limits.maxBytes)
    throw new LimitError("maxBytes", `an array of ${size * dtype.itemsize} bytes is more than ${limits.maxBytes}`, {
      format: flavour.id,
    });
  const columns = columnsFor(dtype, size, limits, flavour.id);
  const scanner = new Scanner(bytes, flavour, limits, start);
  if (survey.named && scanner.nextRow()) for (let more = true; more; more = scanner.more()) scanner.field();
  let masked = false;
  for (let i = 0; scanner.nextRow(); ) {
    for (let c = 0; c < width; c++) {
      const column = columns[record ? c : 0] as ReadColumn;
      scanner.field();
      if (isMissing(scanner, missing)) {
        column.mask ??= new Uint8Array(size);
        column.mask[i] = 1;
        masked = true;
      } else column.read(scanner, i);
      if (!record) i++;
      scanner.more();
    }
    if (record) i++;
  }
  const data = columnsAsArray(dtype, shape, columns, false);
  return masked ? new MaskedArray({ data, mask: maskOf(dtype, shape, columns, false) as FullMask }) : data;
}

function isMissing(scanner: Scanner, missing: readonly string[]): boolean {
  if (scanner.quoted) return false;
  for (const text of missing) if (scanner.is(text)) return true;
  return false;
}

/** One pass over the table: how many rows and columns, and what they look like. Throws FormatError for rows of different lengths. */
function look(scanner: Scanner, missing: readonly string[], names: boolean | undefined): Survey {
  if (!scanner.nextRow()) throw scanner.fail("there is no row in it", scanner.bytes.length);
  const first: { text: string; kind: keyof Look | undefined }[] = [];
  for (let more = true; more; more = scanner.more()) {
    scanner.field();
    first.push({ text: scanner.text(), kind: isMissing(scanner, missing) ? undefined : kindOf(scanner) });
    if (first.length > scanner.limits.maxFields)
      throw scanner.tooMuch("maxFields", `more than ${scanner.limits.maxFields} columns`);
  }
  const columns = first.map(({ text }): Look => ({ name: text, int: 0, float: 0, bool: 0, text: 0, width: 0 }));
  let rows = 0;
  for (; scanner.nextRow(); rows++) {
    const at = scanner.at;
    let c = 0;
    for (let more = true; more; more = scanner.more()) {
      scanner.field();
      const column = columns[c++];
      if (column === undefined) throw scanner.fail(`more fields than the ${columns.length} of the first row`, at);
      if (!isMissing(scanner, missing)) tell(column, kindOf(scanner), scanner.text());
    }
    if (c < columns.length) throw scanner.fail(`${c} fields in a table of ${columns.length} columns`, at);
  }
  const isNames =
    first.every(({ kind, text }) => kind === "text" && text.trim() !== "") &&
    new Set(first.map(({ text }) => text)).size === first.length;
  const named = names ?? (isNames && columns.some((one) => one.int + one.float + one.bool > 0));
  if (named && new Set(first.map(({ text }) => text)).size !== first.length)
    throw scanner.fail("two columns have the same name", 0);
  if (!named)
    first.forEach(({ kind, text }, i) => {
      if (kind !== undefined) tell(columns[i] as Look, kind, text);
    });
  return { columns, rows: named ? rows : rows + 1, named };
}

type Told = "int" | "float" | "bool" | "text";

function kindOf(scanner: Scanner): Told {
  if (scanner.quoted) return "text";
  const { numbers, bytes, from, to } = scanner;
  numbers.read(bytes, from, to);
  if (numbers.ok && numbers.end === to)
    return numbers.integer && numbers.digits <= 18 ? "int" : numbers.integer ? big(scanner) : "float";
  const text = scanner.text();
  if (/^(?:true|false)$/i.test(text)) return "bool";
  if (/^\s*[+-]?\d{1,18}\s*$/.test(text)) return "int";
  return numberOf(text) === undefined ? "text" : "float";
}

/** Integers of 19 digits and more fit into 64 bits or are floats. */
function big(scanner: Scanner): Told {
  const text = scanner.text();
  if (text.length > 20) return "float";
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? "int" : "float";
}

function tell(column: Look, kind: keyof Look, text: string): void {
  if (kind === "name" || kind === "width") return;
  column[kind]++;
  column.width = Math.max(column.width, [...text].length);
}

function dtypeOf(column: Look): DType {
  const numbers = column.int + column.float;
  if (column.text > 0 || (column.bool > 0 && numbers > 0)) return dtypes.str(Math.max(column.width, 1));
  if (column.bool > 0) return dtypes.simple("bool");
  return dtypes.simple(column.float > 0 || numbers === 0 ? "float64" : "int64");
}

/** One dtype for all where the columns are alike and have no names, else a record. */
function guess({ columns, named }: Survey): DType {
  const all = columns.map(dtypeOf);
  const kinds = new Set(all.map((dtype) => dtype.kind));
  if (!named) {
    if (kinds.size === 1 && kinds.has("str")) return dtypes.str(Math.max(...columns.map((one) => one.width), 1));
    if (kinds.size === 1) return all[0] as DType;
    if ([...kinds].every((kind) => kind === "int64" || kind === "float64")) return dtypes.simple("float64");
  }
  return dtypes.struct(all.map((dtype, i) => ({ name: named ? (columns[i] as Look).name : `f${i}`, dtype })));
}

function described(text: string, flavour: Flavour): DType {
  try {
    return /^\s*\[/.test(text)
      ? parseDescr(parseLiteral(text), { format: flavour.id }).dtype
      : parseDType(text, { format: flavour.id });
  } catch (error) {
    if (!isMasqueradeError(error, "FORMAT_MALFORMED")) throw error;
    throw new OptionError("OPTION_INVALID", `descr: ${error.message}`, "descr");
  }
}
