/** `str` and the short `repr` of dtypes (numpy._core._dtype, numpy._core.arrayprint `dtype_short_repr`). */
import { alignmentOf, type DType, type Field, fieldCount } from "../dtype/dtype.ts";
import { resolvePrintOptions } from "./options.ts";
import { textRepr } from "./python-text.ts";
import { pythonRepr } from "./python-value.ts";
import { dtypeString, timeUnitSuffix } from "./type-characters.ts";

const valueRepr = (value: unknown): string => pythonRepr(value, { options: resolvePrintOptions(undefined), path: [] });

const isNative = (dtype: DType): boolean => dtype.byteOrder !== "big";

/** Whether an array's text says its dtype: int64, float64, complex128 and bool do not need to be named. */
export function isImplied(dtype: DType): boolean {
  return ["int64", "float64", "complex128", "bool"].includes(dtype.kind) && isNative(dtype);
}

/** What follows `dtype=` in the repr of an array: `float32`, `'<U5'`, `'datetime64[ns]'`, `[('a', '<i4')]`. */
export function dtypeShortRepr(dtype: DType): string {
  switch (dtype.kind) {
    case "struct":
      return structText(dtype, true);
    case "string":
      return stringDTypeRepr(dtype);
    case "bytes":
    case "str":
    case "void":
      return `'${dtypeString(dtype)}'`;
  }
  if (!isNative(dtype)) return `'${dtypeString(dtype)}'`;
  const name = dtypeName(dtype);
  return name.includes("[") ? `'${name}'` : name;
}

function stringDTypeRepr(dtype: DType<"string">): string {
  const parts: string[] = [];
  if (dtype.naObject !== undefined) parts.push(`na_object=${valueRepr(dtype.naObject.value)}`);
  if (!dtype.coerce) parts.push("coerce=False");
  return `StringDType(${parts.join(", ")})`;
}

/** `dtype.name` of dtypes that are neither flexible nor structured. */
function dtypeName(dtype: DType): string {
  if (dtype.kind === "longdouble") return `float${dtype.itemsize * 8}`;
  if (dtype.kind === "clongdouble") return `complex${dtype.itemsize * 8}`;
  if (dtype.kind === "datetime64" || dtype.kind === "timedelta64") return dtype.kind + timeUnitSuffix(dtype);
  return dtype.kind;
}

/** `str(dtype)` of a structured dtype: a list of fields where they lie without gaps, else a dict. */
export function structText(dtype: DType<"struct">, withAlign: boolean): string {
  const simple = !(withAlign && dtype.aligned) && isPacked(dtype);
  const text = simple ? listText(dtype) : dictText(dtype, withAlign);
  return dtype.record ? `(numpy.record, ${text})` : text;
}

function isPacked(dtype: DType<"struct">): boolean {
  let end = 0;
  let alignment = 1;
  for (const field of dtype.fields) {
    if (dtype.aligned) {
      const align = alignmentOf(field.dtype);
      end = Math.ceil(end / align) * align;
      alignment = Math.max(alignment, align);
    }
    if (field.offset !== end) return false;
    end += field.dtype.itemsize * fieldCount(field);
  }
  return Math.ceil(end / alignment) * alignment === dtype.itemsize;
}

const shapeText = (shape: readonly number[]): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;

function listText(dtype: DType<"struct">): string {
  const items = dtype.fields.map((field) => {
    const name = textRepr(field.name);
    const named = field.title === undefined ? name : `(${valueRepr(field.title)}, ${name})`;
    const shape = field.shape.length === 0 ? "" : `, ${shapeText(field.shape)}`;
    return `(${named}, ${constructionText(field.dtype)}${shape})`;
  });
  return `[${items.join(", ")}]`;
}

function dictText(dtype: DType<"struct">, withAlign: boolean): string {
  const { fields } = dtype;
  const list = (texts: readonly (string | number)[]): string => `[${texts.join(", ")}]`;
  const parts = [
    `'names': ${list(fields.map((field) => textRepr(field.name)))}`,
    `'formats': ${list(fields.map(fieldFormat))}`,
    `'offsets': ${list(fields.map((field) => field.offset))}`,
  ];
  if (fields.some((field) => field.title !== undefined))
    parts.push(`'titles': ${list(fields.map((field) => valueRepr(field.title)))}`);
  parts.push(`'itemsize': ${dtype.itemsize}`);
  if (withAlign && dtype.aligned) parts.push("'aligned': True");
  return `{${parts.join(", ")}}`;
}

function fieldFormat(field: Field): string {
  const base = constructionText(field.dtype);
  return field.shape.length === 0 ? base : `(${base}, ${shapeText(field.shape)})`;
}

/** How a dtype is written within another one: quoted and short. */
function constructionText(dtype: DType): string {
  switch (dtype.kind) {
    case "struct":
      return structText(dtype, false);
    case "bool":
      return "'?'";
    case "object":
      return "'O'";
    case "string":
      return "'T'";
  }
  const text = dtypeString(dtype).replace("|", "");
  return `'${dtype.itemsize === 0 ? text.replace(/0$/, "") : text}'`;
}
