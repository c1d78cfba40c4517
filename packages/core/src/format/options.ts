import { OptionError, quoteText } from "../errors.ts";

/** One option of a format, as data: the CLI, the docs and the viewer are generated from it. */
export interface OptionSpec {
  readonly type: "boolean" | "integer" | "number" | "string" | "integers" | "strings";
  /** One sentence for people. */
  readonly about: string;
  /** The only values allowed. */
  readonly choices?: readonly (string | number)[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** What happens when it is left out (shown, not applied). */
  readonly default?: string | number | boolean;
  /** Placeholder in help, e.g. "N". */
  readonly placeholder?: string;
  /** Not settable from a command line (functions, maps). */
  readonly codeOnly?: boolean;
}

/** The options of a format, by name: what `checkOptions` holds callers to and the command line offers. */
export type OptionSchema = Readonly<Record<string, OptionSpec>>;

/** Options every format takes; they are not listed in schemas. */
const COMMON: ReadonlySet<string> = new Set([
  "exact",
  "lossy",
  "signal",
  "onProgress",
  "limits",
  "select",
  "copy",
  "out",
]);

/** Whether every format takes an option of this name. */
export function isCommonOption(name: string): boolean {
  return COMMON.has(name);
}

function fits(spec: OptionSpec, value: unknown): boolean {
  if (spec.codeOnly === true) return true;
  const inRange = (n: number): boolean =>
    n >= (spec.minimum ?? Number.NEGATIVE_INFINITY) && n <= (spec.maximum ?? Number.POSITIVE_INFINITY);
  if (spec.choices !== undefined) return spec.choices.includes(value as string | number);
  switch (spec.type) {
    case "boolean":
      return typeof value === "boolean";
    case "string":
      return typeof value === "string";
    case "number":
      return typeof value === "number" && inRange(value);
    case "integer":
      return Number.isSafeInteger(value) && inRange(value as number);
    case "integers":
      return Array.isArray(value) && value.every((v) => Number.isSafeInteger(v) && inRange(v as number));
    case "strings":
      return Array.isArray(value) && value.every((v) => typeof v === "string");
  }
}

/** What values of a type are called in messages. */
const words: Readonly<Record<OptionSpec["type"], string>> = {
  boolean: "true or false",
  integer: "an integer",
  integers: "integers",
  number: "a number",
  string: "text",
  strings: "texts",
};

/** Throws OptionError for options a format does not have and values they cannot take. */
export function checkOptions(format: string, schema: OptionSchema, given: object | undefined): void {
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === undefined || COMMON.has(name)) continue;
    const spec = Object.hasOwn(schema, name) ? schema[name] : undefined;
    if (spec === undefined) {
      const known = Object.keys(schema).join(", ");
      throw new OptionError(
        "OPTION_UNKNOWN",
        `${format} has no option "${quoteText(name)}"${known === "" ? "" : `; it has ${known}`}`,
        name,
      );
    }
    if (!fits(spec, value)) {
      const want =
        spec.choices !== undefined
          ? `one of ${spec.choices.join(", ")}`
          : `${words[spec.type]}${spec.minimum === undefined ? "" : ` from ${spec.minimum}`}${spec.maximum === undefined ? "" : ` to ${spec.maximum}`}`;
      throw new OptionError(
        "OPTION_INVALID",
        `${format}: ${name} takes ${want}, not ${quoteText(String(value), 40)}`,
        name,
      );
    }
  }
}
