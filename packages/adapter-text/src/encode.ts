import {
  type AnyArray,
  type Bundle,
  CapabilityError,
  checkOptions,
  type DType,
  describe,
  dtypes,
  type EncodeOptions,
  eachArray,
  isMaskedArray,
  type NdArray,
  nomask,
  OptionError,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { descrOf, formatLiteral } from "@masquerade/numpy";
import { leafArray, leafMask } from "./columns.ts";
import type { Flavour } from "./flavour.ts";
import { csv, type TextWriteOptions } from "./format.ts";
import { leavesOf } from "./leaves.ts";
import { oddNaNs } from "./nans.ts";
import { rowPrinter } from "./rows.ts";
import { TextOut } from "./text-out.ts";
import { fieldWriter, quoted, type WriteField } from "./write-fields.ts";

/** One column of fields (of records), or all elements of an array of a simple dtype. */
export interface Column {
  readonly values: NdArray;
  readonly write: WriteField;
  readonly mask: Uint8Array | undefined;
}

/** The table as chunks of UTF-8. */
export function* encodeTextParts(
  flavour: Flavour,
  value: AnyArray | Bundle,
  options: TextWriteOptions & EncodeOptions = {},
): Generator<Uint8Array, void, undefined> {
  checkOptions(flavour.id, csv.options.write, options);
  throwIfAborted(options.signal);
  refuseLosses(flavour.id, csv.losses(describe(value), options), options);
  const [first] = eachArray(value);
  if (first === undefined) throw new CapabilityError(flavour.id, "arrays", "there is no array in it");
  const array = first[1];
  const data = isMaskedArray(array) ? array.data : array;
  const columns = columnCount(data);
  const missing = options.missing ?? (columns > 1 && flavour.delimiter !== undefined ? "" : "--");
  checkMissing(missing, columns, flavour);
  const out = new TextOut();
  const table = columnsOf(array, flavour, missing);
  if (options.bare !== true) writeHeader(out, array, flavour, missing, table);
  if (data.dtype.kind === "struct") writeNames(out, data.dtype, flavour, missing);
  for (const _ of writeRows(out, data, flavour, missing, table)) {
    throwIfAborted(options.signal);
    yield* out.take();
  }
  yield* out.take(true);
  options.onProgress?.(data.size, data.size);
}

const columnCount = (data: NdArray): number =>
  data.dtype.kind === "struct" ? leavesOf(data.dtype).length : data.ndim < 2 ? 1 : (data.shape.at(-1) as number);

function checkMissing(missing: string, columns: number, flavour: Flavour): void {
  if (missing === "" && (columns < 2 || flavour.delimiter === undefined))
    throw new OptionError(
      "OPTION_INVALID",
      `${flavour.id}: an empty field would vanish here; give another text for missing`,
      "missing",
    );
  if (
    missing !== "" &&
    missing !== "--" &&
    missing !== "NA" &&
    missing !== "N/A" &&
    quoted(missing, flavour, "") !== missing
  )
    throw new OptionError(
      "OPTION_INVALID",
      `${flavour.id}: the text for missing values must not need quotes`,
      "missing",
    );
}

function writeNames(out: TextOut, dtype: DType<"struct">, flavour: Flavour, missing: string): void {
  leavesOf(dtype).forEach((leaf, i) => {
    if (i > 0) out.text(flavour.delimiter ?? " ");
    out.text(quoted(leaf.name, flavour, missing));
  });
  out.byte(10);
}

/** Text of a header line: as it is, or as a JSON string where it would not survive. */
const headerText = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters would break the line.
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|^["[]|^\s|\s$|^$/.test(text) ? JSON.stringify(text) : text;

function writeHeader(out: TextOut, array: AnyArray, flavour: Flavour, missing: string, table: readonly Column[]): void {
  const data = isMaskedArray(array) ? array.data : array;
  const lines = [
    `masked-array 1 ${flavour.id}`,
    `dtype: ${formatLiteral(descrOf(data.dtype, flavour.id))}`,
    `shape: [${data.shape.join(", ")}]`,
  ];
  if (data.order === "F") lines.push("order: F");
  if (isMaskedArray(array)) {
    lines.push(`mask: ${array.mask === nomask ? "nomask" : "missing"}`, `missing: ${headerText(missing)}`);
    if (array.hardMask) lines.push("hard_mask: true");
    if (array.fillValue !== undefined) {
      lines.push(`fill_value_dtype: ${formatLiteral(descrOf(array.fillValue.dtype, flavour.id))}`);
      lines.push(`fill_value: ${fillText(array.fillValue, flavour)}`);
    }
  }
  const odd = table.flatMap(({ values, mask }, i) => oddNaNs(values, mask, i));
  for (let i = 0; i < odd.length; i += 20) lines.push(`nan: ${odd.slice(i, i + 20).join(" ")}`);
  const names = data.dtype.kind === "struct" ? 1 : 0;
  lines.push(...readingLines(array, flavour, missing, lines.length + 1 + names));
  for (const line of lines) out.text(`# ${line}\n`);
}

/** The line of Python that reads this very file. */
function readingLines(array: AnyArray, flavour: Flavour, missing: string, skip: number): string[] {
  const { dtype, shape } = array;
  const literal = (of: DType): string => formatLiteral(descrOf(of, flavour.id));
  const delimiter = flavour.delimiter === undefined ? "" : `, delimiter=${flavour.delimiter === "," ? '","' : '"\\t"'}`;
  const fields = leavesOf(dtype).map((leaf) => leaf.dtype.kind);
  const reshape = `.reshape(${shape.length === 1 ? shape[0] : `(${shape.join(", ")})`})`;
  const comments = fields.includes("str") || fields.includes("bytes") ? ", comments=None" : "";
  if (!isMaskedArray(array) && !fields.includes("bool"))
    return [
      `np.loadtxt("FILE", dtype=${literal(readable(dtype, false))}${delimiter}, skiprows=${skip}, quotechar='"'${comments}, encoding="utf-8")${reshape}`,
    ];
  const marker = missing === "" ? "" : `, missing_values=${JSON.stringify(missing)}`;
  // genfromtxt takes times through floats, or trips over markers: it is to read them as text. NumPy's own filling value is -1, which unsigned integers do not hold.
  const filling = fields.some((kind) => kind.startsWith("uint")) ? ", filling_values=0" : "";
  const names = dtype.kind === "struct" ? ', deletechars="", replace_space=" "' : "";
  const read = `np.genfromtxt("FILE", dtype=${literal(readable(dtype, true))}${delimiter}, skip_header=${skip}, usemask=True${marker}${filling}${names}${comments}, encoding="utf-8")${reshape}`;
  if (!isTime(dtype)) return [read];
  return [`(lambda a: np.ma.array(a.filled("NaT").astype(${literal(dtype)}), mask=a.mask))(${read})`];
}

const isTime = (dtype: DType): boolean => dtype.kind === "datetime64" || dtype.kind === "timedelta64";

/** The dtype NumPy is to read with: records packed, since padding is no column; times as text where `texts` asks for it. */
function readable(dtype: DType, texts: boolean): DType {
  if (texts && isTime(dtype)) return dtypes.str(32);
  if (dtype.kind !== "struct") return dtype;
  return dtypes.struct(
    dtype.fields.map(({ name, title, shape, dtype: one }) => ({ name, title, shape, dtype: readable(one, texts) })),
  );
}

/** A fill value in the header: the text of its field, or a list of texts for a record. */
export function fillText(fill: NdArray, flavour: Flavour): string {
  const columns = columnsOf(fill, flavour, "\u0000");
  if (columns.some(({ values }, i) => oddNaNs(values, undefined, i).length > 0))
    throw new CapabilityError(flavour.id, "values", "a fill value that is a NaN with a payload has no text");
  const texts = columns.map((column) => {
    const out = new TextOut();
    column.write(out, 0);
    const [bytes] = out.take(true);
    const text = new TextDecoder().decode(bytes);
    return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
  });
  return fill.dtype.kind === "struct" ? JSON.stringify(texts) : headerText(texts[0] as string);
}

export function columnsOf(array: AnyArray, flavour: Flavour, missing: string): Column[] {
  const data = isMaskedArray(array) ? array.data : array;
  const mask = isMaskedArray(array) && array.mask !== nomask ? (array.mask as NdArray) : undefined;
  const leaves = leavesOf(data.dtype);
  return leaves.map((leaf, i) => {
    const values = leafArray(data, leaf);
    return { values, write: fieldWriter(values, flavour, missing), mask: leafMask(mask, i, leaves.length) };
  });
}

/** Rows between two pauses. */
const PIECE = 4096;

/** One row for each index of all axes but the last (of records: for each); arrays of more than two dimensions in slices with a comment before each. */
function* writeRows(
  out: TextOut,
  data: NdArray,
  flavour: Flavour,
  missing: string,
  columns: readonly Column[],
): Generator<void, void, undefined> {
  const record = data.dtype.kind === "struct";
  const across = record ? 1 : columnCount(data);
  const { size, shape } = data;
  if (size === 0) return;
  // Where texts may hold a "#", NumPy is told that there are no comments among the rows.
  const sliced =
    shape.length > 2 && !columns.some(({ values: { dtype } }) => dtype.kind === "str" || dtype.kind === "bytes");
  const slice = sliced ? (shape.at(-2) as number) * (record ? (shape.at(-1) as number) : 1) : 0;
  const delimiter = (flavour.delimiter ?? " ").charCodeAt(0);
  const [single] = columns as [Column];
  const fast = columns.length === 1 ? rowPrinter(single, delimiter, across, missing) : undefined;
  const rows = size / across;
  for (let row = 0; row < rows; ) {
    if (slice > 0 && row % slice === 0) out.text(`# slice ${sliceIndex(row / slice, shape)}\n`);
    const most = Math.max(1, Math.floor((PIECE * 16) / across));
    const end = Math.min(rows, row + most, slice > 0 ? row + slice - (row % slice) : rows);
    if (fast === undefined || !fast(out, row * across, end * across))
      for (let r = row; r < end; r++) writeRow(out, columns, r * across, across, delimiter, missing);
    row = end;
    yield;
  }
}

function writeRow(
  out: TextOut,
  columns: readonly Column[],
  from: number,
  across: number,
  delimiter: number,
  missing: string,
): void {
  for (let i = from; i < from + across; i++) {
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c] as Column;
      if (i > from || c > 0) out.byte(delimiter);
      if (column.mask !== undefined && column.mask[i] !== 0) out.text(missing);
      else column.write(out, i);
    }
  }
  out.byte(10);
}

/** Index of a slice along all axes but the last two, as NumPy would be asked for it. */
function sliceIndex(n: number, shape: readonly number[]): string {
  const index: number[] = [];
  let rest = n;
  for (let axis = shape.length - 3; axis >= 0; axis--) {
    const dim = shape[axis] as number;
    index.unshift(rest % dim);
    rest = Math.floor(rest / dim);
  }
  return `[${index.join(", ")}, :, :]`;
}
