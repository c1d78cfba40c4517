import { type DType, dtypes, isMasqueradeError, OptionError } from "@masquerade/core";
import { parseDescr, parseDType, parseLiteral } from "@masquerade/numpy";
import type { Flavour } from "./flavour.ts";
import type { TextReadOptions } from "./format.ts";
import { leavesOf } from "./leaves.ts";
import { numberOf } from "./read-fields.ts";
import { firstMark, type Mark, type Table } from "./read-rows.ts";
import type { Place, Scanner } from "./scan.ts";

const usualMissing: readonly string[] = ["--", "NA", "N/A"];
/** Bytes between two places that are remembered. */
const STRIDE = 2 ** 18;
/** Places that are remembered at most: then every second is forgotten. */
const MOST_PLACES = 2 ** 14;

/** What the fields of a column have been so far. */
interface Look {
  readonly name: string;
  int: number;
  float: number;
  bool: number;
  text: number;
  width: number;
}

/** A field of the first row, which may be a name. */
interface FirstField {
  readonly text: string;
  readonly kind: Told | undefined;
}

/**
 * One pass over a table that does not say what it is: how many rows and columns, and what they look like. A few numbers for each column are kept, so that
 * a file of any size is gone through. Where the scanner's bytes end early, {@link at} is where to go on.
 */
export class Survey {
  at: number;
  readonly #missing: readonly string[];
  readonly #longest: number;
  readonly #options: TextReadOptions;
  readonly #first: FirstField[] = [];
  #columns: readonly Look[] | undefined;
  /** Rows that are complete. */
  #rows = 0;
  /** The column that comes next; undefined between rows. */
  #column: number | undefined;
  #after = false;
  #anyMissing = false;
  /** Where the row begins, as an offset. */
  #rowAt = 0;
  #places: (Place & { readonly row: number })[] = [];
  #stride = STRIDE;
  #seen = 0;

  constructor(scanner: Scanner, options: TextReadOptions) {
    this.at = scanner.at;
    this.#options = options;
    this.#missing = ["", ...(options.missing ?? usualMissing)];
    this.#longest = Math.max(...this.#missing.map((text) => text.length));
  }

  /** Goes on to the end of the file. Throws FormatError for rows of different lengths. */
  run(scanner: Scanner): void {
    for (;;) {
      if (this.#after) {
        const more = scanner.more();
        this.#after = false;
        if (!more) this.#endRow(scanner);
        this.at = scanner.at;
      }
      if (this.#column === undefined) {
        if (!scanner.nextRow()) return;
        this.#beginRow(scanner);
      }
      scanner.field();
      this.#field(scanner);
      this.#after = true;
      this.at = scanner.at;
    }
  }

  #beginRow(scanner: Scanner): void {
    this.#column = 0;
    this.at = scanner.at;
    this.#rowAt = scanner.base.offset + scanner.at;
    // The first row may be one of names.
    if (this.#rowAt < this.#seen + this.#stride && this.#rows > 1) return;
    this.#seen = this.#rowAt;
    this.#places.push({ ...scanner.placeOf(scanner.at), row: this.#rows });
    if (this.#places.length < MOST_PLACES) return;
    this.#places = this.#places.filter(({ row }, i) => row < 2 || i % 2 === 0);
    this.#stride *= 2;
  }

  #endRow(scanner: Scanner): void {
    const found = this.#column as number;
    this.#column = undefined;
    this.#rows++;
    if (this.#columns === undefined) {
      this.#columns = this.#first.map(({ text }) => ({ name: text, int: 0, float: 0, bool: 0, text: 0, width: 0 }));
    } else if (found < this.#columns.length) {
      const at = this.#rowAt - scanner.base.offset;
      throw scanner.fail(`${found} fields in a table of ${this.#columns.length} columns`, Math.max(0, at));
    }
  }

  #field(scanner: Scanner): void {
    const number = this.#column as number;
    this.#column = number + 1;
    const missing = isMissing(scanner, this.#missing, this.#longest);
    if (this.#columns === undefined) {
      this.#first.push({ text: scanner.text(), kind: missing ? undefined : kindOf(scanner) });
      if (this.#first.length > scanner.limits.maxFields)
        throw scanner.tooMuch("maxFields", `more than ${scanner.limits.maxFields} columns`);
      return;
    }
    const column = this.#columns[number];
    if (column === undefined) {
      const at = this.#rowAt - scanner.base.offset;
      throw scanner.fail(`more fields than the ${this.#columns.length} of the first row`, Math.max(0, at));
    }
    if (missing) this.#anyMissing = true;
    else tell(column, kindOf(scanner), scanner);
  }

  /** What the table is, after {@link run}. */
  table(scanner: Scanner, flavour: Flavour): { readonly table: Table; readonly marks: readonly Mark[] } {
    const columns = this.#columns;
    const first = this.#first;
    if (columns === undefined) throw scanner.fail("there is no row in it", scanner.bytes.length);
    // The first may be empty: pandas leaves the name of its index out.
    const isNames =
      first.every(
        ({ kind, text }, i) => (kind === "text" && text.trim() !== "") || (i === 0 && first.length > 1 && text === ""),
      ) && new Set(first.map(({ text }) => text)).size === first.length;
    const named = this.#options.names ?? (isNames && columns.some((one) => one.int + one.float + one.bool > 0));
    if (named && new Set(first.map(({ text }) => text)).size !== first.length)
      throw scanner.fail("two columns have the same name", 0);
    if (!named)
      first.forEach(({ kind, text }, i) => {
        if (kind === undefined) this.#anyMissing = true;
        else tellText(columns[i] as Look, kind, text);
      });
    const { descr } = this.#options;
    const dtype = descr === undefined ? guess(columns, named) : described(descr, flavour);
    const record = dtype.kind === "struct";
    const values = leavesOf(dtype).length;
    if (record && values !== columns.length)
      throw new OptionError(
        "OPTION_INVALID",
        `${flavour.id}: descr has ${values} values, the table ${columns.length} columns`,
        "descr",
      );
    const rows = named ? this.#rows - 1 : this.#rows;
    const across = record ? 1 : columns.length;
    const shape = across === 1 ? [rows] : [rows, across];
    const mask = this.#anyMissing ? "missing" : "plain";
    const skipped = named ? 1 : 0;
    const marks = this.#places
      .filter(({ row }) => row >= skipped)
      .map(({ row, ...place }): Mark => ({ ...firstMark(place), index: (row - skipped) * across }));
    return {
      table: { dtype, shape, across, mask, missing: this.#missing, ours: false, nans: [] },
      marks: marks.length > 0 ? marks : [firstMark(scanner.placeOf(scanner.at))],
    };
  }
}

function isMissing(scanner: Scanner, missing: readonly string[], longest: number): boolean {
  if (scanner.quoted || scanner.to - scanner.from > longest) return false;
  for (const text of missing) if (scanner.is(text)) return true;
  return false;
}

type Told = "int" | "float" | "bool" | "text";

function kindOf(scanner: Scanner): Told {
  if (scanner.quoted) return "text";
  const usual = usualNumber(scanner);
  if (usual !== undefined) return usual;
  const { numbers, bytes, from, to } = scanner;
  numbers.read(bytes, from, to);
  if (numbers.ok && numbers.end === to)
    return numbers.integer && numbers.digits <= 18 ? "int" : numbers.integer ? big(scanner) : "float";
  const text = scanner.text();
  if (/^(?:true|false)$/i.test(text)) return "bool";
  if (/^\s*[+-]?\d{1,18}\s*$/.test(text)) return "int";
  return numberOf(text) === undefined ? "text" : "float";
}

/** A number of digits, a point and an exponent, told by its looks; undefined for what needs a closer one. */
function usualNumber({ bytes, from, to }: Scanner): "int" | "float" | undefined {
  let at = from;
  let c = bytes[at];
  if (c === 45 || c === 43) c = bytes[++at];
  const digits = at;
  while (at < to && isDigit(bytes[at] as number)) at++;
  let count = at - digits;
  if (at === to) return count > 0 && count <= 18 ? "int" : undefined;
  if (bytes[at] === 46) {
    const point = ++at;
    while (at < to && isDigit(bytes[at] as number)) at++;
    count += at - point;
  }
  if (count === 0) return undefined;
  if (at === to) return "float";
  if (((bytes[at] as number) | 32) !== 101) return undefined;
  c = bytes[++at];
  if (c === 45 || c === 43) at++;
  const exponent = at;
  while (at < to && isDigit(bytes[at] as number)) at++;
  return at === to && at > exponent ? "float" : undefined;
}

const isDigit = (c: number): boolean => c >= 48 && c <= 57;

/** Integers of 19 digits and more fit into 64 bits or are floats. */
function big(scanner: Scanner): Told {
  const text = scanner.text();
  if (text.length > 20) return "float";
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? "int" : "float";
}

function tell(column: Look, kind: Told, scanner: Scanner): void {
  column[kind]++;
  // Bytes are no fewer than characters: where they are no more than is known there is nothing to count.
  if (scanner.to - scanner.from > column.width || kind === "text")
    column.width = Math.max(column.width, points(scanner.text()));
}

function tellText(column: Look, kind: Told, text: string): void {
  column[kind]++;
  column.width = Math.max(column.width, points(text));
}

function points(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) count++;
  return count;
}

function dtypeOf(column: Look): DType {
  const numbers = column.int + column.float;
  if (column.text > 0 || (column.bool > 0 && numbers > 0)) return dtypes.str(Math.max(column.width, 1));
  if (column.bool > 0) return dtypes.simple("bool");
  return dtypes.simple(column.float > 0 || numbers === 0 ? "float64" : "int64");
}

/** One dtype for all where the columns are alike and have no names, else a record. */
function guess(columns: readonly Look[], named: boolean): DType {
  const all = columns.map(dtypeOf);
  const kinds = new Set(all.map((dtype) => dtype.kind));
  if (!named) {
    if (kinds.size === 1 && kinds.has("str")) return dtypes.str(Math.max(...columns.map((one) => one.width), 1));
    if (kinds.size === 1) return all[0] as DType;
    if ([...kinds].every((kind) => kind === "int64" || kind === "float64")) return dtypes.simple("float64");
  }
  // A column without a name gets NumPy's, unless another has that.
  const free = columns.every(({ name }) => name !== "f0");
  const nameOf = ({ name }: Look, i: number): string => (!named || (name === "" && i === 0 && free) ? `f${i}` : name);
  return dtypes.struct(all.map((dtype, i) => ({ name: nameOf(columns[i] as Look, i), dtype })));
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
