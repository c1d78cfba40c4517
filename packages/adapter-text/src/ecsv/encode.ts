import {
  type AnyArray,
  type Attrs,
  type Bundle,
  CapabilityError,
  checkOptions,
  describe,
  dtypes,
  type EncodeOptions,
  eachArray,
  isMaskedArray,
  NdArray,
  nomask,
  type PlainValue,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { descrOf, formatLiteral } from "@masquerade/numpy";
import { type Column, columnsOf } from "../columns.ts";
import type { Flavour } from "../flavour.ts";
import { oddNaNs } from "../nans.ts";
import { TextOut } from "../text-out.ts";
import { fieldWriter, quoted } from "../write-fields.ts";
import { fillText } from "../write-header.ts";
import { joinCell } from "./cells.ts";
import { datatypeOf } from "./datatype.ts";
import { COLUMNS, type EcsvWriteOptions, ecsv } from "./format.ts";
import { acrossOf, columnsOfTable, rowsOf, type TableColumn } from "./table.ts";
import { yamlName, yamlText, yamlValue } from "./yaml-out.ts";

/** A column on its way out. */
interface Cells {
  readonly about: TableColumn;
  readonly leaves: readonly Column[];
  /** Whether a column of booleans says what is masked, and its name. */
  readonly maskName: string | undefined;
}

/** Rows between two pauses. */
const PIECE = 1024;

/** The table as chunks of UTF-8. */
export function* encodeEcsvParts(
  value: AnyArray | Bundle,
  options: EcsvWriteOptions & EncodeOptions = {},
): Generator<Uint8Array, void, undefined> {
  checkOptions("ecsv", ecsv.options.write, options);
  throwIfAborted(options.signal);
  refuseLosses("ecsv", ecsv.losses(describe(value), options), options);
  const [first] = eachArray(value);
  if (first === undefined) throw new CapabilityError("ecsv", "arrays", "there is no array in it");
  const array = first[1];
  const data = isMaskedArray(array) ? array.data : array;
  const flavour = ecsvFlavour(options.delimiter ?? ",");
  const leaves = columnsOf(array, flavour, "").map((column) => spansAsCounts(column, flavour));
  const table = cellsOf(array, leaves, options.mask === "columns");
  const out = new TextOut();
  writeHeader(out, array, leaves, table, flavour);
  const across = acrossOf(data.shape);
  const keep = options.mask === "columns";
  for (let row = 0, rows = rowsOf(data.shape); row < rows; row++) {
    let fields = 0;
    for (const cells of table) {
      if (fields++ > 0) out.byte(flavour.delimiter === undefined ? 32 : 44);
      writeCell(out, cells, row, across, keep, flavour);
      if (cells.maskName === undefined) continue;
      out.byte(flavour.delimiter === undefined ? 32 : 44);
      writeMask(out, cells, row, across, flavour);
    }
    out.byte(10);
    if (row % PIECE !== 0) continue;
    throwIfAborted(options.signal);
    yield* out.take();
  }
  yield* out.take(true);
  options.onProgress?.(data.size, data.size);
}

export const ecsvFlavour = (delimiter: "," | " "): Flavour => ({
  id: "ecsv",
  delimiter: delimiter === "," ? "," : undefined,
  recipe: ecsv.recipe as string,
});

/** timedelta64 is written as the integers it is, NaT included. */
function spansAsCounts(column: Column, flavour: Flavour): Column {
  const { values } = column;
  if (values.dtype.kind !== "timedelta64") return column;
  const counts = new NdArray({
    dtype: dtypes.simple("int64"),
    shape: [values.size],
    storage: values.toC() as BigInt64Array,
  }) as NdArray;
  return { ...column, write: fieldWriter(counts, flavour, "") };
}

/** An empty text is a missing one to every reader: a column that has some is told by a column of booleans. */
function cellsOf(array: AnyArray, leaves: readonly Column[], all: boolean): Cells[] {
  const columns = columnsOfTable(array.dtype, array.shape, Number.POSITIVE_INFINITY);
  const taken = new Set(columns.map(({ name }) => name));
  const masked = isMaskedArray(array) && array.mask !== nomask;
  return columns.map((about) => {
    const own = leaves.slice(about.first, about.first + about.count);
    const text = about.shape.length === 0 && (about.dtype.kind === "str" || about.dtype.kind === "bytes");
    if (!(all && masked) && !(text && own.some(hasEmpty))) return { about, leaves: own, maskName: undefined };
    let maskName = `${about.name}.mask`;
    while (taken.has(maskName)) maskName += "_";
    taken.add(maskName);
    return { about, leaves: own, maskName };
  });
}

/** Whether a visible text of the column is empty, or nothing but spaces, which readers strip. */
function hasEmpty({ values, mask }: Column): boolean {
  const storage = values.toC() as Uint8Array | Uint32Array;
  const width = values.size === 0 ? 0 : storage.length / values.size;
  for (let i = 0; i < values.size; i++) {
    if (mask !== undefined && mask[i] !== 0) continue;
    let at = i * width;
    const end = at + width;
    while (at < end && isSpace(storage[at] as number)) at++;
    if (at === end) return true;
  }
  return false;
}

const isSpace = (unit: number): boolean => unit === 0 || unit === 32 || (unit >= 9 && unit <= 13);

function writeCell(
  out: TextOut,
  { about, leaves, maskName }: Cells,
  row: number,
  across: number,
  keep: boolean,
  flavour: Flavour,
): void {
  const shown = keep && maskName !== undefined;
  if (about.shape.length === 0) {
    const { mask, write } = leaves[0] as Column;
    // A quoted empty field: alone in its row, or between spaces, it would not be seen.
    if (mask !== undefined && mask[row] !== 0 && !shown) out.text('""');
    else write(out, row);
    return;
  }
  const text = joinCell(about.shape, (position) => {
    const leaf = leaves[position % about.count] as Column;
    const index = row * across + Math.floor(position / about.count);
    if (leaf.mask !== undefined && leaf.mask[index] !== 0 && !shown) return "null";
    return jsonOf(leaf, index);
  });
  out.text(quoted(text, flavour, ""));
}

const decoder = /* @__PURE__ */ new TextDecoder();

/** One value within a cell, as Python's json reads it. */
function jsonOf({ values, write }: Column, index: number): string {
  const one = new TextOut(96);
  write(one, index);
  const text = decoder.decode(one.bytes.subarray(0, one.at));
  switch (values.dtype.kind) {
    case "bool":
      return text === "True" ? "true" : "false";
    case "str":
    case "bytes": {
      const bare = text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
      return yamlText(bare);
    }
    default:
      return words[text] ?? text;
  }
}

const words: { readonly [text: string]: string } = { nan: "NaN", inf: "Infinity", "-inf": "-Infinity" };

function writeMask(out: TextOut, { about, leaves }: Cells, row: number, across: number, flavour: Flavour): void {
  if (about.shape.length === 0) {
    const { mask } = leaves[0] as Column;
    out.text(mask !== undefined && mask[row] !== 0 ? "True" : "False");
    return;
  }
  const text = joinCell(about.shape, (position) => {
    const { mask } = leaves[position % about.count] as Column;
    return mask !== undefined && mask[row * across + Math.floor(position / about.count)] !== 0 ? "true" : "false";
  });
  out.text(quoted(text, flavour, ""));
}

function writeHeader(
  out: TextOut,
  array: AnyArray,
  leaves: readonly Column[],
  table: readonly Cells[],
  flavour: Flavour,
): void {
  const lines = ["%ECSV 1.0", "---"];
  if (flavour.delimiter === ",") lines.push("delimiter: ','");
  lines.push("datatype:");
  const names: string[] = [];
  for (const { about, maskName } of table) {
    lines.push(
      `- ${columnLine(about.name, datatypeOf(about.dtype), about.shape, aboutColumn(array.attrs, about.name))}`,
    );
    names.push(about.name);
    if (maskName === undefined) continue;
    lines.push(`- ${columnLine(maskName, "bool", about.shape, new Map())}`);
    names.push(maskName);
  }
  lines.push("meta: !!omap");
  for (const [name, value] of array.attrs)
    if (name !== COLUMNS) lines.push(`- {${yamlName(name)}: ${yamlValue(value)}}`);
  const serialized = table.filter(({ maskName }) => maskName !== undefined);
  if (serialized.length > 0) {
    lines.push("- __serialized_columns__:");
    for (const { about, maskName } of serialized) lines.push(...maskedColumn(about.name, maskName as string));
  }
  lines.push("- masquerade:", ...own(array, leaves, flavour).map((line) => `    ${line}`), "schema: astropy-2.0");
  for (const line of lines) out.text(`# ${line}\n`);
  names.forEach((name, i) => {
    if (i > 0) out.text(flavour.delimiter ?? " ");
    out.text(quoted(name, flavour, ""));
  });
  out.byte(10);
}

/** How astropy describes a column and its mask. */
const maskedColumn = (name: string, mask: string): readonly string[] => [
  `    ${yamlName(name)}:`,
  "      __class__: astropy.table.column.MaskedColumn",
  `      data: !astropy.table.SerializedColumn {name: ${yamlName(name)}}`,
  `      mask: !astropy.table.SerializedColumn {name: ${yamlName(mask)}}`,
];

function columnLine(
  name: string,
  datatype: string,
  shape: readonly number[],
  about: ReadonlyMap<string, PlainValue>,
): string {
  const said = [`name: ${yamlName(name)}`];
  if (shape.length === 0) said.push(`datatype: ${/^\w+$/.test(datatype) ? datatype : yamlText(datatype)}`);
  else said.push("datatype: string", `subtype: ${yamlText(`${datatype}[${shape.join(",")}]`)}`);
  for (const [key, value] of about) said.push(`${yamlName(key)}: ${yamlValue(value)}`);
  return `{${said.join(", ")}}`;
}

const nothing: ReadonlyMap<string, PlainValue> = /* @__PURE__ */ new Map();

function aboutColumn(attrs: Attrs, name: string): ReadonlyMap<string, PlainValue> {
  const columns = attrs.get(COLUMNS);
  const found = columns instanceof Map ? columns.get(name) : undefined;
  return found instanceof Map ? (found as ReadonlyMap<string, PlainValue>) : nothing;
}

/** What only this library needs to bring the same array back. */
function own(array: AnyArray, leaves: readonly Column[], flavour: Flavour): readonly string[] {
  const data = isMaskedArray(array) ? array.data : (array as NdArray);
  const lines = [
    "version: 1",
    `dtype: ${yamlText(formatLiteral(descrOf(data.dtype, "ecsv")))}`,
    `shape: [${data.shape.join(", ")}]`,
  ];
  if (data.order === "F") lines.push("order: F");
  if (isMaskedArray(array)) {
    lines.push(`mask: ${array.mask === nomask ? "nomask" : "missing"}`);
    if (array.hardMask) lines.push("hard_mask: true");
    if (array.fillValue !== undefined) {
      lines.push(`fill_value_dtype: ${yamlText(formatLiteral(descrOf(array.fillValue.dtype, "ecsv")))}`);
      const text = fillText(array.fillValue, flavour);
      const texts = /^["[]/.test(text) ? (JSON.parse(text) as string | readonly string[]) : text;
      lines.push(`fill_value: [${[texts].flat().map(yamlText).join(", ")}]`);
    }
  }
  const odd = leaves.flatMap(({ values, mask }, i) => oddNaNs(values, mask, i));
  if (odd.length > 0) lines.push(`nan: [${odd.map(yamlText).join(", ")}]`);
  return lines;
}
