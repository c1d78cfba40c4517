import { CapabilityError, type DType, dtypes, FormatError, type Limits } from "@masquerade/core";
import { parseDType } from "@masquerade/numpy";
import type { Scanner } from "../scan.ts";
import { parseCell } from "./cells.ts";
import { dtypeOfDatatype } from "./datatype.ts";
import type { EcsvHeader, HeaderColumn } from "./header.ts";

/** A column of another program's file. Texts are as wide as the longest of them. */
interface Look {
  readonly dtype: DType | "string";
  readonly shape: readonly number[];
  width: number;
}

/** The dtype and shape of a file that another program wrote: one pass to count the rows and measure the texts. */
export function foreignDType(
  start: () => Scanner,
  header: EcsvHeader,
  wanted: readonly number[],
  limits: Limits,
): { dtype: DType; shape: readonly number[] } {
  const looks = header.columns.map((column, i) => (wanted.includes(i) ? lookOf(column, limits) : undefined));
  const scanner = start();
  let rows = 0;
  for (; scanner.nextRow(); rows++) {
    looks.forEach((look, i) => {
      scanner.field();
      if (look?.dtype === "string") measure(look, scanner);
      if (scanner.more() !== i + 1 < looks.length)
        throw scanner.fail(`not ${looks.length} fields, as the table has columns`);
    });
  }
  const fields = wanted.map((at) => {
    const { dtype, shape, width } = looks[at] as Look;
    const { name } = header.columns[at] as HeaderColumn;
    return { name, dtype: dtype === "string" ? dtypes.str(Math.max(width, 1)) : dtype, shape };
  });
  return { dtype: dtypes.struct(fields), shape: [rows] };
}

function lookOf({ name, datatype, subtype }: HeaderColumn, limits: Limits): Look {
  const where = { format: "ecsv", offset: 0, limits };
  const parse = (text: string): DType => parseDType(text, where);
  const bad = (message: string): FormatError =>
    new FormatError("FORMAT_MALFORMED", "ecsv", `column "${name}": ${message}`, { offset: 0 });
  if (subtype === undefined) {
    const dtype = dtypeOfDatatype(datatype, parse);
    if (dtype === undefined) throw bad(`"${datatype}" is no datatype`);
    return { dtype, shape: [], width: 0 };
  }
  const array = /^([^[]+(?:\[\w+\](?=\[))?)\[(\d{1,15}(?:, ?\d{1,15})*)\]$/.exec(subtype);
  const dtype = array === null ? undefined : dtypeOfDatatype(array[1] as string, parse);
  if (array === null || dtype === undefined)
    throw new CapabilityError(
      "ecsv",
      "dtype",
      `column "${name}" holds ${subtype === "json" ? "objects" : `${subtype}: lists of any length`}, which no array of records holds; name the others in the option columns`,
    );
  const shape = (array[2] as string).split(",").map(Number);
  if (shape.length > limits.maxDims || shape.reduce((n, dim) => n * dim, 1) > limits.maxFields)
    throw bad(`cells of ${subtype} are larger than a field can be here`);
  return { dtype, shape, width: 0 };
}

function measure(look: Look, scanner: Scanner): void {
  if (look.shape.length === 0) look.width = Math.max(look.width, pointsOf(scanner.text()));
  else
    for (const value of parseCell(scanner.text(), look.shape, (message) => scanner.fail(message)))
      if (value !== null) look.width = Math.max(look.width, pointsOf(new TextDecoder().decode(value)));
}

function pointsOf(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) count++;
  return count;
}
