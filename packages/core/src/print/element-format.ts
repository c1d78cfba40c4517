/** How the elements of one array are written: in one format, so that they stand in columns. */

import { NAT } from "../dtype/datetime.ts";
import { type DType, type Field, fieldCount } from "../dtype/dtype.ts";
import type { LongDouble } from "../dtype/longdouble.ts";
import { type FloatKind, floatCell } from "./float-cell.ts";
import { floatFormat, formatFloat } from "./float-format.ts";
import type { Resolved } from "./options.ts";
import { bytesRepr, textRepr } from "./python-text.ts";
import { objectElementRepr, pythonRepr, type Within } from "./python-value.ts";
import { dateText, floatScalarText, opaqueText, partKinds, partsOf } from "./scalar-text.ts";

/** Writes one element, given as `at()` gives it. */
export type ElementFormat = (value: unknown) => string;

/** What stays the same for all fields of an array. */
export interface FormatContext {
  /** Floats are written one by one, as scalars are, not in columns: the text of a record that stands alone. */
  readonly scalarFloats: boolean;
  readonly within: Within;
}

/** The format of an array's elements. `values`: all that will be printed; `zeroD`: there are no dimensions, so no columns. */
export function elementFormat(
  dtype: DType,
  values: readonly unknown[],
  zeroD: boolean,
  context: FormatContext,
): ElementFormat {
  const { options } = context.within;
  switch (dtype.kind) {
    case "bool":
      return (value) => (value ? (zeroD ? "True" : " True") : "False");
    case "float16":
    case "float32":
    case "float64":
    case "longdouble":
      return realFormat(dtype.kind, values as readonly (number | LongDouble)[], context);
    case "complex64":
    case "complex128":
    case "clongdouble":
      return complexFormat(partKinds[dtype.kind], values, options);
    case "datetime64":
      return timeFormat(values as readonly bigint[], (count) => `'${dateText(count, dtype)}'`);
    case "timedelta64":
      return timeFormat(values as readonly bigint[], String);
    case "struct":
      return recordFormat(dtype, values, zeroD, context);
    case "object":
      return (value) => objectElementRepr(value, context.within);
    case "bytes":
      return (value) => bytesRepr(value as Uint8Array);
    case "str":
      return (value) => textRepr(value as string);
    case "string":
      return (value) => pythonRepr(value === null && dtype.naObject ? dtype.naObject.value : value, context.within);
    case "void":
      return (value) => opaqueText(value as Uint8Array);
    default:
      return integerFormat(values as readonly (number | bigint)[], options.sign);
  }
}

function integerFormat(values: readonly (number | bigint)[], sign: Resolved["sign"]): ElementFormat {
  let least: number | bigint = 0;
  let most: number | bigint = 0;
  if (values.length > 0) least = most = values[0] as number | bigint;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const mark = sign === "-" || (sign === " " && least < 0) ? "" : sign;
  const length =
    values.length === 0 ? 0 : Math.max(String(most).length + (most >= 0 ? mark.length : 0), String(least).length);
  return (value) => ((value as number) < 0 ? String(value) : mark + String(value)).padStart(length);
}

function realFormat(kind: FloatKind, values: readonly (number | LongDouble)[], context: FormatContext): ElementFormat {
  if (context.scalarFloats) return (value) => floatScalarText(kind, value as number | LongDouble);
  const format = floatFormat(
    values.map((value) => floatCell(kind, value)),
    context.within.options,
    context.within.options.sign,
  );
  return (value) => formatFloat(format, floatCell(kind, value as number | LongDouble));
}

function complexFormat(kind: FloatKind, values: readonly unknown[], options: Resolved): ElementFormat {
  const real = floatFormat(
    values.map((value) => floatCell(kind, partsOf(value)[0])),
    options,
    options.sign,
  );
  const imaginary = floatFormat(
    values.map((value) => floatCell(kind, partsOf(value)[1])),
    options,
    "+",
  );
  return (value) => {
    const [re, im] = partsOf(value);
    const text = formatFloat(imaginary, floatCell(kind, im));
    const written = text.trimEnd();
    return `${formatFloat(real, floatCell(kind, re))}${written}j${text.slice(written.length)}`;
  };
}

function timeFormat(values: readonly bigint[], text: (count: bigint) => string): ElementFormat {
  let least: bigint | undefined;
  let most: bigint | undefined;
  let missing = false;
  for (const value of values) {
    if (value === NAT) missing = true;
    else {
      if (least === undefined || value < least) least = value;
      if (most === undefined || value > most) most = value;
    }
  }
  const width = Math.max(
    least === undefined ? 0 : text(least).length,
    most === undefined ? 0 : text(most).length,
    missing ? 5 : 0,
  );
  return (value) => (value === NAT ? "'NaT'" : text(value as bigint)).padStart(width);
}

function recordFormat(
  dtype: DType<"struct">,
  values: readonly unknown[],
  zeroD: boolean,
  context: FormatContext,
): ElementFormat {
  const fields = dtype.fields.map((field) => {
    const held = values.map((value) => (value as Record<string, unknown>)[field.name]);
    const nested = field.shape.length > 0;
    const cells = nested ? held.flatMap((item) => flatten(item, field.shape.length)) : held;
    const format = elementFormat(field.dtype, cells, zeroD && !nested, context);
    return { name: field.name, format: nested ? subarrayFormat(field, format, context.within.options) : format };
  });
  return (value) => recordText(fields.map(({ name, format }) => format((value as Record<string, unknown>)[name])));
}

/** A record's fields between parentheses, as a tuple is written. */
export function recordText(fields: readonly string[]): string {
  return fields.length === 1 ? `(${fields[0]},)` : `(${fields.join(", ")})`;
}

/** The elements of nested arrays of a known depth (the dtype's, at most 64). */
export function flatten(value: unknown, depth: number): unknown[] {
  return depth === 1 ? (value as unknown[]) : (value as unknown[]).flatMap((item) => flatten(item, depth - 1));
}

/** A sub-array field: nested lists on one line, summarised as arrays are. */
export function subarrayFormat(field: Field, format: ElementFormat, options: Resolved): ElementFormat {
  const summarise = fieldCount(field) > options.threshold;
  const edge = options.edgeitems;
  const write = (value: unknown, axis: number): string => {
    if (axis === field.shape.length) return format(value);
    const items = value as readonly unknown[];
    const each = (item: unknown): string => write(item, axis + 1);
    if (!summarise || items.length <= 2 * edge) return `[${items.map(each).join(", ")}]`;
    const ends = [...items.slice(0, edge).map(each), "...", ...items.slice(edge === 0 ? 0 : -edge).map(each)];
    return `[${ends.join(", ")}]`;
  };
  return (value) => write(value, 0);
}
