import {
  CapabilityError,
  type DType,
  dtypeString,
  dtypes,
  type Field,
  type FieldSpec,
  FormatError,
  fieldCount,
  LimitError,
  type Limits,
  type PlainValue,
  quoteText,
  resolveLimits,
  Tuple,
} from "@masquerade/core";
import { type DTypeOptions, parseDType } from "./dtype-string.ts";

export interface DescrOptions extends DTypeOptions {
  readonly limits?: Partial<Limits> | undefined;
}

/** A dtype, and the shape of each element where the descr describes a sub-array (else empty). */
export interface ParsedDescr {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/**
 * What `numpy.lib.format.dtype_to_descr` gives: a string, or for structured dtypes a list of `(name, descr)`,
 * `(name, descr, shape)` with `(title, name)` for titled fields and `('', '|V7')` for padding. `align`, the record class and
 * metadata are not in it. StringDType is "|O", as np.save has it.
 * Throws CapabilityError (layout) for fields that overlap or are out of order, which have no descr in NumPy either.
 */
export function descrOf(dtype: DType, format = "npy"): PlainValue {
  if (dtype.kind === "string") return dtypeString(dtypes.object());
  if (dtype.kind !== "struct") return dtypeString(dtype);
  const out: Tuple[] = [];
  let end = 0;
  const padTo = (offset: number): void => {
    if (offset > end) out.push(new Tuple<PlainValue>(["", dtypeString(dtypes.opaque(offset - end))]));
  };
  for (const field of dtype.fields) {
    if (field.offset < end)
      throw new CapabilityError(
        format,
        "layout",
        `field "${quoteText(field.name)}" overlaps the one before it or stands out of order; such records have no descr`,
      );
    padTo(field.offset);
    out.push(new Tuple(describeField(field, format)));
    end = field.offset + field.dtype.itemsize * fieldCount(field);
  }
  padTo(dtype.itemsize);
  return out;
}

function describeField(field: Field, format: string): PlainValue[] {
  const name = field.title === undefined ? field.name : new Tuple<PlainValue>([field.title, field.name]);
  const described: PlainValue[] = [name, descrOf(field.dtype, format)];
  if (field.shape.length > 0) described.push(new Tuple(field.shape.map(BigInt)));
  return described;
}

/** What goes along: how deep we are and how many fields there have been. */
interface Walk {
  readonly options: DescrOptions;
  readonly limits: Limits;
  readonly format: string;
  fields: number;
}

/**
 * The dtype of a descr, as `numpy.lib.format.descr_to_dtype` has it: a dtype string, `(descr, shape)` for a sub-array, or
 * a list of fields, where nameless `V` fields are padding. Lists in place of tuples are accepted, as JSON has them.
 * Throws FormatError, and LimitError for `maxDTypeDepth`, `maxFields` and `maxDims`.
 */
export function parseDescr(descr: PlainValue, options: DescrOptions = {}): ParsedDescr {
  const walk: Walk = { options, limits: resolveLimits(options.limits), format: options.format ?? "npy", fields: 0 };
  return parse(descr, walk, 0);
}

function parse(descr: PlainValue, walk: Walk, depth: number): ParsedDescr {
  if (depth > walk.limits.maxDTypeDepth)
    throw tooMuch(walk, "maxDTypeDepth", `a dtype nested deeper than ${walk.limits.maxDTypeDepth}`);
  if (typeof descr === "string") return { dtype: parseDType(descr, walk.options), shape: [] };
  if (descr instanceof Tuple) {
    if (descr.items.length !== 2) throw malformed(walk, "a sub-array is described by a dtype and a shape");
    const base = parse(descr.items[0] as PlainValue, walk, depth + 1);
    return { dtype: base.dtype, shape: joinShapes(parseShape(descr.items[1], walk), base.shape, walk) };
  }
  if (Array.isArray(descr)) return { dtype: parseFields(descr, walk, depth), shape: [] };
  throw malformed(walk, "a dtype is described by a string, a tuple or a list");
}

function parseFields(list: readonly PlainValue[], walk: Walk, depth: number): DType<"struct"> {
  walk.fields += list.length;
  if (walk.fields > walk.limits.maxFields)
    throw tooMuch(walk, "maxFields", `a dtype of more than ${walk.limits.maxFields} fields`);
  const specs: FieldSpec[] = [];
  const names = new Set<PlainValue>();
  let offset = 0;
  for (const entry of list) {
    const parts = itemsOf(entry);
    if (parts === undefined || parts.length < 2 || parts.length > 3)
      throw malformed(walk, "a field is described by name, dtype and perhaps shape");
    const base = parse(parts[1] as PlainValue, walk, depth + 1);
    const shape = parts.length === 3 ? joinShapes(parseShape(parts[2], walk), base.shape, walk) : base.shape;
    const size = base.dtype.itemsize * fieldCount({ shape });
    if (!(parts[0] === "" && base.dtype.kind === "void" && shape.length === 0)) {
      const { name, title } = parseName(parts[0], walk);
      for (const key of typeof title === "string" && title !== name ? [name, title] : [name]) {
        if (names.has(key)) throw malformed(walk, `field name or title "${quoteText(key)}" occurs twice`);
        names.add(key);
      }
      specs.push({ name, title, dtype: base.dtype, offset, shape });
    }
    offset += size;
    if (offset > 2 ** 31 - 1)
      throw malformed(walk, "a record of more than 2147483647 bytes, which NumPy does not have");
  }
  return dtypes.struct(specs, { itemsize: offset });
}

function parseName(given: PlainValue | undefined, walk: Walk): { name: string; title: PlainValue | undefined } {
  const pair = typeof given === "string" ? [null, given] : itemsOf(given);
  const [title, name] = pair ?? [];
  if (pair?.length !== 2 || typeof name !== "string" || title === undefined)
    throw malformed(walk, "a field is named by a string or by a tuple of title and name");
  return { name, title: title === null ? undefined : title };
}

function parseShape(given: PlainValue | undefined, walk: Walk): readonly number[] {
  const dims = typeof given === "bigint" || typeof given === "number" ? [given] : itemsOf(given);
  if (dims === undefined) throw malformed(walk, "the shape of a sub-array is an integer or a tuple of them");
  return dims.map((n) => {
    const size = typeof n === "bigint" ? Number(n) : n;
    if (typeof size !== "number" || !Number.isInteger(size) || size < 0 || size > 2 ** 31 - 1)
      throw malformed(walk, "the shape of a sub-array is made of integers from 0 to 2147483647");
    return size;
  });
}

function joinShapes(outer: readonly number[], inner: readonly number[], walk: Walk): readonly number[] {
  const shape = [...outer, ...inner];
  if (shape.length > walk.limits.maxDims)
    throw tooMuch(walk, "maxDims", `a sub-array of more than ${walk.limits.maxDims} dimensions`);
  return shape;
}

const itemsOf = (value: PlainValue | undefined): readonly PlainValue[] | undefined =>
  value instanceof Tuple ? value.items : Array.isArray(value) ? value : undefined;

function malformed(walk: Walk, message: string): FormatError {
  return new FormatError("FORMAT_MALFORMED", walk.format, message, { offset: walk.options.offset });
}

function tooMuch(walk: Walk, limit: keyof Limits, message: string): LimitError {
  return new LimitError(limit, message, { format: walk.format, offset: walk.options.offset });
}
