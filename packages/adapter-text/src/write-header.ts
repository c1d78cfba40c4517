import { CapabilityError, type DType, dtypes, type Header, type NdArray } from "@masquerade/core";
import { descrOf, formatLiteral } from "@masquerade/numpy";
import { columnsOf } from "./columns.ts";
import type { Flavour } from "./flavour.ts";
import { leavesOf } from "./leaves.ts";
import { noteLines, oddNaNs } from "./nans.ts";
import { TextOut } from "./text-out.ts";
import { quoted } from "./write-fields.ts";

/** Text of a header line: as it is, or as a JSON string where it would not survive. */
const headerText = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters would break the line.
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|^["[]|^\s|\s$|^$/.test(text) ? JSON.stringify(text) : text;

/** The commented header; `notes` are those about NaNs (see nans.ts) that cannot stand among the rows. */
export function writeHeader(
  out: TextOut,
  header: Header,
  flavour: Flavour,
  missing: string,
  notes: readonly string[],
): void {
  const { dtype, shape, order, mask, hardMask, fillValue } = header;
  const lines = [
    `masked-array 1 ${flavour.id}`,
    `dtype: ${formatLiteral(descrOf(dtype, flavour.id))}`,
    `shape: [${shape.join(", ")}]`,
  ];
  if (order === "F") lines.push("order: F");
  if (mask !== "plain") {
    lines.push(`mask: ${mask === "nomask" ? "nomask" : "missing"}`, `missing: ${headerText(missing)}`);
    if (hardMask) lines.push("hard_mask: true");
    if (fillValue !== undefined) {
      lines.push(`fill_value_dtype: ${formatLiteral(descrOf(fillValue.dtype, flavour.id))}`);
      lines.push(`fill_value: ${fillText(fillValue, flavour)}`);
    }
  }
  lines.push(...noteLines(notes));
  const names = dtype.kind === "struct" ? 1 : 0;
  lines.push(...readingLines(header, flavour, missing, lines.length + 1 + names));
  for (const line of lines) out.text(`# ${line}\n`);
}

/** The row with the names of the columns. */
export function writeNames(out: TextOut, dtype: DType<"struct">, flavour: Flavour, missing: string): void {
  leavesOf(dtype).forEach((leaf, i) => {
    if (i > 0) out.text(flavour.delimiter ?? " ");
    out.text(quoted(leaf.name, flavour, missing));
  });
  out.byte(10);
}

/** The line of Python that reads this very file. */
function readingLines(header: Header, flavour: Flavour, missing: string, skip: number): string[] {
  const { dtype, shape, mask } = header;
  const literal = (of: DType): string => formatLiteral(descrOf(of, flavour.id));
  const delimiter = flavour.delimiter === undefined ? "" : `, delimiter=${flavour.delimiter === "," ? '","' : '"\\t"'}`;
  const fields = leavesOf(dtype).map((leaf) => leaf.dtype.kind);
  const reshape = `.reshape(${shape.length === 1 ? shape[0] : `(${shape.join(", ")})`})`;
  const comments = fields.includes("str") || fields.includes("bytes") ? ", comments=None" : "";
  if (mask === "plain" && !fields.includes("bool"))
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
