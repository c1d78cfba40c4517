import { alignmentOf, type DType, dtypes, FormatError } from "@masquerade/core";

/** Of a structured dtype what a compound does not tell: aligned, of type np.record, and the same of fields that are records, by their place. */
interface Marks {
  readonly aligned?: true;
  readonly record?: true;
  readonly fields?: Readonly<Record<string, Marks>>;
}

function marksOf(dtype: DType): Marks | undefined {
  if (dtype.kind !== "struct") return undefined;
  const inner = dtype.fields.flatMap((field, i) => {
    const one = marksOf(field.dtype);
    return one === undefined ? [] : [[String(i), one] as const];
  });
  if (!dtype.aligned && !dtype.record && inner.length === 0) return undefined;
  return {
    ...(dtype.aligned ? { aligned: true } : {}),
    ...(dtype.record ? { record: true } : {}),
    ...(inner.length > 0 ? { fields: Object.fromEntries(inner) } : {}),
  };
}

/** The marks of a dtype as JSON text; undefined where it has none. */
export function recordMarks(dtype: DType): string | undefined {
  const marks = marksOf(dtype);
  return marks && JSON.stringify(marks);
}

/** A dtype with the marks that {@link recordMarks} gave. Throws FormatError for marks that do not fit it. */
export function withRecordMarks(dtype: DType, json: string): DType {
  let marks: unknown;
  try {
    marks = JSON.parse(json);
  } catch (cause) {
    throw new FormatError("FORMAT_MALFORMED", "hdf5", "marks of a record that are no JSON", { cause });
  }
  return marked(dtype, marks);
}

/** Recursion is bounded by the dtype's depth. */
function marked(dtype: DType, marks: unknown): DType {
  if (dtype.kind !== "struct" || typeof marks !== "object" || marks === null)
    throw new FormatError("FORMAT_MALFORMED", "hdf5", "marks of a record for something else");
  const { aligned, record, fields } = marks as Marks;
  const inner = new Map(Object.entries(fields ?? {}));
  const specs = dtype.fields.map((field, i) => {
    const one = inner.get(String(i));
    return one === undefined ? field : { ...field, dtype: marked(field.dtype, one) };
  });
  const { itemsize } = dtype;
  const made = dtypes.struct(specs, { aligned: aligned === true, record: record === true, itemsize });
  const fits = specs.every((field) => field.offset % alignmentOf(field.dtype) === 0);
  if (made.aligned && (!fits || itemsize % made.alignment !== 0))
    throw new FormatError("FORMAT_MALFORMED", "hdf5", "a record marked as aligned that is not");
  return made;
}
