import { bytesRepr, floatRepr, OptionError, type PlainValue, Tuple, textRepr } from "@masquerade/core";

/** Depth at which a value is taken to contain itself; CPython's own recursion limit. */
const MAX_DEPTH = 1000;

/**
 * Python's repr of a plain value, which {@link parseLiteral} reads back: bigint as int, number as float, string, Uint8Array as
 * bytes, list, Tuple, Map as dict. Throws OptionError for what has no literal (NaN, infinities, complex numbers, arrays).
 */
export function formatLiteral(value: PlainValue): string {
  return format(value, 0);
}

function format(value: PlainValue, depth: number): string {
  if (depth > MAX_DEPTH) throw new OptionError("OPTION_INVALID", `values are nested deeper than ${MAX_DEPTH}`);
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "string") return textRepr(value);
  if (typeof value === "number") {
    if (Number.isFinite(value)) return floatRepr(value);
  } else if (value instanceof Uint8Array) {
    return bytesRepr(value);
  } else if (value instanceof Tuple) {
    const items = value.items.map((item) => format(item, depth + 1));
    return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
  } else if (Array.isArray(value)) {
    return `[${value.map((item: PlainValue) => format(item, depth + 1)).join(", ")}]`;
  } else if (value instanceof Map) {
    const items: string[] = [];
    for (const [key, held] of value) items.push(`${format(key, depth + 1)}: ${format(held, depth + 1)}`);
    return `{${items.join(", ")}}`;
  }
  throw new OptionError("OPTION_INVALID", `${describe(value)} has no Python literal`);
}

const describe = (value: PlainValue): string =>
  typeof value === "number" ? String(value) : (Object.prototype.toString.call(value).slice(8, -1) ?? "this");
