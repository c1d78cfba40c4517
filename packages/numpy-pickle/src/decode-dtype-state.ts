import { type TimeUnit, Tuple } from "@masquerade/core";
import { GlobalToken, type MachineContext, malformed } from "@masquerade/pickle";
import { integer, natural, shapeOf, textOf, tupleItems } from "./decode-arguments.ts";

export interface FieldState {
  readonly name: string;
  /** Under construction. */
  readonly dtype: unknown;
  readonly offset: number;
  readonly title: unknown;
}

/** What `dtype.__setstate__` is given, taken apart. */
export interface DTypeState {
  readonly order: string;
  readonly base: { readonly dtype: unknown; readonly shape: readonly number[] } | undefined;
  readonly fields: readonly FieldState[] | undefined;
  /** Undefined where the type decides. */
  readonly itemsize: number | undefined;
  readonly alignment: number | undefined;
  readonly aligned: boolean;
  readonly unit: { readonly unit: TimeUnit; readonly multiple: number } | undefined;
  readonly metadata: unknown;
}

const UNITS: ReadonlySet<string> = new Set([
  "Y",
  "M",
  "W",
  "D",
  "h",
  "m",
  "s",
  "ms",
  "us",
  "ns",
  "ps",
  "fs",
  "as",
  "generic",
]);
const ALIGNED_STRUCT = 0x80;

/**
 * The state tuples of every version NumPy reads (`arraydescr_setstate`, numpy/_core/src/multiarray/descriptor.c):
 * 0: (order, base, fields, itemsize, alignment); 1: a version number before these; 2: names before fields; 3: flags at the end;
 * 4: metadata at the end. In versions 0 and 1 the names stand in `fields` under the key -1. Throws FormatError.
 */
export function parseDTypeState(state: unknown, context: MachineContext): DTypeState {
  const items = tupleItems(state, [5, 6, 7, 8, 9], "the state of a dtype", context);
  const n = items.length;
  const version = n === 5 ? 0 : integer(items[0], "the version of a dtype", context);
  // NumPy looks at the number of items, and at the version only to refuse what is newer than itself.
  if (version < 0 || version > 4) throw malformed(context, `version ${version} of a dtype's state`);
  const [order, base, ...rest] = n === 5 ? items : items.slice(1);
  const named = n >= 7;
  const [fields, itemsize, alignment, flags, metadata] = named ? rest.slice(1) : rest;
  const text = textOf(order, "the byte order of a dtype", context);
  if (!["<", ">", "|", "="].includes(text)) throw malformed(context, "the byte order of a dtype is none of < > | =");
  const bytes = integer(itemsize, "the itemsize of a dtype", context);
  const align = integer(alignment, "the alignment of a dtype", context);
  return {
    order: text,
    base: subArray(base, context),
    fields: fieldsOf(named ? rest[0] : undefined, fields, context),
    itemsize: bytes < 0 ? undefined : bytes,
    alignment: align < 0 ? undefined : align,
    aligned:
      flags !== undefined && flags !== null && (integer(flags, "the flags of a dtype", context) & ALIGNED_STRUCT) !== 0,
    ...metadataOf(metadata ?? null, context),
  };
}

function subArray(value: unknown, context: MachineContext): DTypeState["base"] {
  if (value === null) return undefined;
  const [dtype, shape] = tupleItems(value, [2], "a sub-array dtype", context);
  return { dtype, shape: shapeOf(shape, "the shape of a sub-array", context) };
}

function fieldsOf(names: unknown, fields: unknown, context: MachineContext): readonly FieldState[] | undefined {
  if (fields === null || fields === undefined) {
    if (names === null || names === undefined) return undefined;
    throw malformed(context, "a dtype has field names and no fields");
  }
  if (!(fields instanceof Map)) throw malformed(context, "the fields of a dtype are no dict");
  const order = names ?? fields.get(-1n);
  if (!(order instanceof Tuple)) throw malformed(context, "the field names of a dtype are no tuple");
  return order.items.map((item): FieldState => {
    const name = textOf(item, "a field name", context);
    const [dtype, offset, title] = tupleItems(fields.get(name), [2, 3], "a field", context);
    return { name, dtype, offset: natural(offset, "the offset of a field", context), title };
  });
}

/** Version 4: the metadata, or for times the pair (metadata, (unit, multiple, divisor, events)). */
function metadataOf(value: unknown, context: MachineContext): Pick<DTypeState, "metadata" | "unit"> {
  if (!(value instanceof Tuple)) return { metadata: value, unit: undefined };
  const [metadata, time] = tupleItems(value, [2], "the metadata of a dtype", context);
  const [name, multiple, divisor] = tupleItems(time, [2, 3, 4], "the unit of a time dtype", context);
  const unit = textOf(name, "the unit of a time dtype", context);
  if (!UNITS.has(unit)) throw malformed(context, "the unit of a time dtype is not known");
  if (divisor !== undefined && integer(divisor, "the divisor of a time unit", context) !== 1)
    throw malformed(context, "a time unit is divided, which NumPy no longer writes");
  const count = natural(multiple, "the multiple of a time unit", context);
  if (count === 0) throw malformed(context, "a time unit is taken zero times");
  return {
    metadata: metadata instanceof GlobalToken ? null : metadata,
    unit: { unit: unit as TimeUnit, multiple: count },
  };
}
