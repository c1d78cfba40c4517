/** Python's `repr` and `str` of plain values. */
import { isArray } from "../array/any.ts";
import { isBundle } from "../array/bundle.ts";
import { LongDouble } from "../dtype/longdouble.ts";
import { masked, nomask } from "../symbols.ts";
import { Complex, Tuple } from "../values.ts";
import { arrayReprWithin, arrayStrWithin } from "./array-text.ts";
import type { Resolved } from "./options.ts";
import { floatRepr } from "./python-float.ts";
import { bytesRepr, textRepr } from "./python-text.ts";

/** Where a value stands. */
export interface Within {
  readonly options: Resolved;
  /** The containers around it, outermost first: a value that contains itself is printed as "...". */
  readonly path: readonly object[];
}

/** Within this container as well. */
export const inside = (within: Within, container: object): Within => ({ ...within, path: [...within.path, container] });

/** Whether a container is being printed already, or is too deep down. */
export const isRepeated = (within: Within, container: object): boolean =>
  within.path.length >= DEEPEST || within.path.includes(container);

/** Nesting at which printing stops with "..." rather than run out of stack. */
const DEEPEST = 400;

/** `repr` of a Python value: what stands in an object array. */
export function pythonRepr(value: unknown, within: Within): string {
  if (value === null || value === undefined) return "None";
  if (value === masked) return "masked";
  switch (typeof value) {
    case "boolean":
      return value ? "True" : "False";
    case "number":
      return floatRepr(value);
    case "bigint":
      return String(value);
    case "string":
      return textRepr(value);
    case "symbol":
      return value === nomask ? "False" : String(value);
    case "object":
      return objectRepr(value, within);
    default:
      return `<${typeof value}>`;
  }
}

/** `str` of a Python value: strings without quotes, arrays as `print` shows them, all else as its `repr`. */
export function pythonStr(value: unknown, within: Within): string {
  if (typeof value === "string") return value;
  if (isArray(value)) return arrayStrWithin(value, within);
  return value instanceof LongDouble ? value.toString() : pythonRepr(value, within);
}

function objectRepr(value: object, within: Within): string {
  if (value instanceof Uint8Array) return bytesRepr(value);
  if (value instanceof Complex) return complexRepr(value);
  if (value instanceof LongDouble) return `np.longdouble('${value}')`;
  if (isArray(value)) return arrayReprWithin(value, within);
  const again = isRepeated(within, value);
  const deeper = inside(within, value);
  if (value instanceof Tuple) return again ? "(...)" : sequence("(", value.items, ")", deeper);
  if (Array.isArray(value)) return again ? "[...]" : sequence("[", value, "]", deeper);
  if (value instanceof Map) return again ? "{...}" : mapping(value, deeper);
  if (isBundle(value)) {
    if (again) return "{...}";
    const members = [...value.attrs, ...value.entries];
    if (value.kind === "dict") return mapping(members, deeper);
    const ordered = members.sort(([a], [b]) => Number(a) - Number(b)).map(([, member]) => member);
    return value.kind === "list" ? sequence("[", ordered, "]", deeper) : sequence("(", ordered, ")", deeper);
  }
  return `<${Object.prototype.toString.call(value).slice(8, -1)}>`;
}

function sequence(open: "(" | "[", items: readonly unknown[], close: ")" | "]", within: Within): string {
  const texts = items.map((item) => pythonRepr(item, within));
  return `${open}${texts.join(", ")}${open === "(" && texts.length === 1 ? "," : ""}${close}`;
}

function mapping(entries: Iterable<readonly [unknown, unknown]>, within: Within): string {
  const texts: string[] = [];
  for (const [key, item] of entries) texts.push(`${pythonRepr(key, within)}: ${pythonRepr(item, within)}`);
  return `{${texts.join(", ")}}`;
}

const part = (value: number): string => floatRepr(value).replace(/\.0$/, "");

/** Python's `repr` of a complex number. */
export function complexRepr({ re, im }: Complex): string {
  if (Object.is(re, 0)) return `${part(im)}j`;
  const imaginary = part(im);
  return `(${part(re)}${imaginary.startsWith("-") ? "" : "+"}${imaginary}j)`;
}

/** An element of an object array: lists are marked, so that they cannot be taken for a dimension. */
export function objectElementRepr(value: unknown, within: Within): string {
  const text = pythonRepr(value, within);
  return Array.isArray(value) ? `list(${text})` : text;
}
