import type { AnyFormat, OptionSpec } from "@masquerade/core";
import { type Command, Option } from "commander";
import { UsageError } from "./failure.ts";

export type Side = "read" | "write";

/** One flag of the command line, for the option of that name of every format that has it. */
interface Flag {
  /** Name in the schemas, as "headerVersion". */
  readonly name: string;
  /** Name on the command line without dashes, as "header-version". */
  readonly flag: string;
  readonly side: Side;
  readonly specs: ReadonlyMap<string, OptionSpec>;
}

/** The flags added to a command, to be read after parsing. */
export interface FormatFlags {
  /** The options a format is to be called with on one side, from what was given. Those it does not know are left in: it refuses them. */
  collect(format: AnyFormat, side: Side): Record<string, unknown>;
  /** What was given for one side, when the format is not known yet. */
  given(side: Side): Record<string, unknown>;
}

/**
 * Adds a flag for every option in the formats' schemas. A command that reads and writes has the writer's option under its plain name, and
 * the reader's under `--read-NAME` where both have one.
 */
export function addFormatOptions(command: Command, formats: readonly AnyFormat[], sides: readonly Side[]): FormatFlags {
  const flags = sides.flatMap((side) => flagsOf(formats, side, sides));
  for (const one of flags) command.addOption(optionFor(one));
  const value = (one: Flag): unknown => {
    const key = camel(one.flag);
    return command.getOptionValueSource(key) === "cli" ? command.getOptionValue(key) : undefined;
  };
  return {
    collect(format, side) {
      const out: Record<string, unknown> = {};
      for (const one of flags) {
        const raw = one.side === side ? value(one) : undefined;
        if (raw === undefined) continue;
        const spec = one.specs.get(format.id);
        out[one.name] = spec === undefined ? raw : coerce(one, spec, raw);
      }
      return out;
    },
    given(side) {
      const out: Record<string, unknown> = {};
      for (const one of flags) {
        const raw = one.side === side ? value(one) : undefined;
        const [spec] = one.specs.values();
        if (raw !== undefined && spec !== undefined) out[one.name] = coerce(one, spec, raw);
      }
      return out;
    },
  };
}

function flagsOf(formats: readonly AnyFormat[], side: Side, sides: readonly Side[]): Flag[] {
  const names = new Map<string, Map<string, OptionSpec>>();
  for (const format of formats)
    for (const [name, spec] of Object.entries(format.options[side])) {
      if (spec.codeOnly === true) continue;
      const specs = names.get(name) ?? new Map<string, OptionSpec>();
      names.set(name, specs.set(format.id, spec));
    }
  const written = (name: string): boolean => formats.some((format) => Object.hasOwn(format.options.write, name));
  return [...names].map(([name, specs]) => {
    const clash = side === "read" && sides.includes("write") && written(name);
    return { name, flag: kebab(clash ? `read-${name}` : name), side, specs };
  });
}

function optionFor({ flag, specs }: Flag): Option {
  const all = [...specs.values()];
  const switches = all.filter((spec) => spec.type === "boolean").length;
  const valued = all.find((spec) => spec.type !== "boolean");
  const placeholder = valued?.placeholder ?? valued?.type ?? "";
  const argument = switches === all.length ? "" : switches > 0 ? ` [${placeholder}]` : ` <${placeholder}>`;
  const off = argument === "" && all.every((spec) => spec.default === true) ? "no-" : "";
  return new Option(`--${off}${flag}${argument}`, aboutOf(specs)).default(undefined);
}

/** `Version of the header; 1.0, 2.0 or 3.0 (npy)`. */
function aboutOf(specs: ReadonlyMap<string, OptionSpec>): string {
  const texts = new Map<string, string[]>();
  for (const [id, spec] of specs) {
    const choices = spec.choices === undefined ? "" : `: ${spec.choices.join(", ")}`;
    const fallback = spec.default === undefined || spec.default === false ? "" : ` (default ${String(spec.default)})`;
    const text = `${spec.about.replace(/\.$/, "")}${choices}${fallback}`;
    texts.set(text, [...(texts.get(text) ?? []), id]);
  }
  return [...texts].map(([text, ids]) => `${ids.join(", ")}: ${text}`).join("; ");
}

/** Text from the command line as the value the schema asks for; what is none is left as it is, for the format to refuse. */
function coerce({ flag }: Flag, spec: OptionSpec, raw: unknown): unknown {
  if (typeof raw === "boolean") {
    if (spec.type === "boolean") return raw;
    throw new UsageError(`--${flag} needs a value`);
  }
  const text = String(raw);
  const chosen = spec.choices?.find((choice) => String(choice) === text);
  if (chosen !== undefined) return chosen;
  switch (spec.type) {
    case "boolean":
      return text === "true" ? true : text === "false" ? false : text;
    case "integer":
      return /^[+-]?\d+$/.test(text) ? Number(text) : text;
    case "number":
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
    case "integers":
      return text.split(",").map((part) => (/^\s*[+-]?\d+\s*$/.test(part) ? Number(part) : part));
    case "strings":
      return text.split(",");
    case "string":
      return text;
  }
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const camel = (flag: string): string => flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
