import { CapabilityError, type PlainValue, Tuple, writeFloat64 } from "@masquerade/core";

/** A name in a flow mapping: bare where no reader of YAML 1.1 or 1.2 could take it for anything but text. */
export function yamlName(text: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !words.has(text.toLowerCase()) ? text : yamlText(text);
}

/** What YAML 1.1 takes for something else. */
const words: ReadonlySet<string> = new Set(["null", "true", "false", "yes", "no", "on", "off", "y", "n"]);

/** Characters that YAML wants escaped and JSON does not. */
const unprintable: RegExp = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

export function yamlText(text: string): string {
  return JSON.stringify(text).replace(unprintable, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A value in one line of YAML's flow style, as PyYAML (YAML 1.1) and readers of YAML 1.2 take it alike. */
export function yamlValue(value: PlainValue): string {
  if (value === null) return "null";
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return yamlText(value);
  if (typeof value === "number") return yamlFloat(value);
  if (value instanceof Uint8Array)
    return `!!binary "${btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""))}"`;
  if (value instanceof Tuple) return `!!python/tuple ${yamlList(value.items)}`;
  if (Array.isArray(value)) return yamlList(value);
  if (value instanceof Map)
    return `{${[...value].map(([key, held]) => `${yamlName(String(key))}: ${yamlValue(held)}`).join(", ")}}`;
  throw new CapabilityError("ecsv", "attrs", "an attribute that YAML has no word for");
}

const yamlList = (items: readonly PlainValue[]): string => `[${items.map(yamlValue).join(", ")}]`;

/** A float has a point, and its exponent a sign: without them PyYAML reads a text or an int. */
function yamlFloat(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  const bytes = new Uint8Array(48);
  const text = String.fromCharCode(...bytes.subarray(0, writeFloat64(bytes, 0, value)));
  const [digits, exponent] = text.split("e") as [string, string | undefined];
  const mantissa = digits.includes(".") ? digits : `${digits}.0`;
  if (exponent === undefined) return mantissa;
  return `${mantissa}e${/^[+-]/.test(exponent) ? "" : "+"}${exponent}`;
}
