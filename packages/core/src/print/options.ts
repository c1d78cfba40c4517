import { OptionError } from "../errors.ts";

/** NumPy's print options (`numpy.set_printoptions`), all optional. There is no global state: they are given to each call. */
export interface PrintOptions {
  /** Digits after the point. Default 8. */
  readonly precision?: number | undefined;
  /** Arrays of more elements are summarised. Default 1000; Infinity: never. */
  readonly threshold?: number | undefined;
  /** Elements at each end of each axis of a summary. Default 3. */
  readonly edgeitems?: number | undefined;
  /** Characters of a line. Default 75. */
  readonly linewidth?: number | undefined;
  /** Print small numbers in positional notation, as zero where they are smaller than the precision. Default false. */
  readonly suppress?: boolean | undefined;
  readonly nanstr?: string | undefined;
  readonly infstr?: string | undefined;
  /** "-": only of negative numbers; "+": always; " ": a space in its place. Default "-". */
  readonly sign?: "-" | "+" | " " | undefined;
  /** Default "maxprec". */
  readonly floatmode?: "fixed" | "unique" | "maxprec" | "maxprec_equal" | undefined;
}

/** Print options, complete. */
export type Resolved = { readonly [K in keyof PrintOptions]-?: NonNullable<PrintOptions[K]> };

const defaults: Resolved = {
  precision: 8,
  threshold: 1000,
  edgeitems: 3,
  linewidth: 75,
  suppress: false,
  nanstr: "nan",
  infstr: "inf",
  sign: "-",
  floatmode: "maxprec",
};

const choices: { readonly [name: string]: readonly unknown[] } = {
  sign: ["-", "+", " "],
  floatmode: ["fixed", "unique", "maxprec", "maxprec_equal"],
};

/** NumPy's defaults with the caller's changes. Throws OptionError. */
export function resolvePrintOptions(given: PrintOptions | undefined): Resolved {
  if (given === undefined) return defaults;
  const out: Record<string, unknown> = { ...defaults };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name))
      throw new OptionError("OPTION_UNKNOWN", `there is no print option "${name}"`, name);
    if (value === undefined) continue;
    checkPrintOption(name as keyof PrintOptions, value);
    out[name] = value;
  }
  return out as unknown as Resolved;
}

function checkPrintOption(name: keyof PrintOptions, value: unknown): void {
  const refuse = (want: string): never => {
    throw new OptionError("OPTION_INVALID", `the print option ${name} is ${want}`, name);
  };
  const list = choices[name];
  if (list !== undefined) {
    if (!list.includes(value)) refuse(`one of ${list.map((c) => JSON.stringify(c)).join(", ")}`);
  } else if (typeof value !== typeof defaults[name]) refuse(`a ${typeof defaults[name]}`);
  else if (
    typeof value === "number" &&
    name === "precision" &&
    !(Number.isInteger(value) && value >= 0 && value <= 1000)
  )
    refuse("an integer from 0 to 1000");
  else if (
    typeof value === "number" &&
    !(value >= 0 && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY))
  )
    refuse("a non-negative integer or Infinity");
}
