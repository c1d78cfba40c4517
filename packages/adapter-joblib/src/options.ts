import { checkOptions, OptionError, type OptionSchema } from "@masquerade/core";
import type { Allow, NumpyTarget } from "@masquerade/numpy-pickle";

/** Options for reading joblib files. */
export interface JoblibReadOptions {
  /**
   * Constructors of your own, by exact "module name": `{ "decimal Decimal": (args) => String(args[0]) }`. The function gets the finished
   * arguments and returns a value of the model.
   */
  readonly allow?: Allow | undefined;
  /**
   * What becomes of objects whose classes are none of NumPy's (frames, models, dates): "refuse" (default) the file, or "skip" them: in their
   * place stands a text, `<pandas.DataFrame, not read>`. Nothing of them is run either way.
   */
  readonly unreadable?: "refuse" | "skip" | undefined;
}

/** Options for writing joblib files. */
export interface JoblibWriteOptions {
  /** Compression of the whole file; default "none", which `joblib.load(mmap_mode=…)` and `open` need. */
  readonly compress?: "none" | "zlib" | "gzip" | undefined;
  /** Level of compression, 1 to 9; default 3, as in joblib. Given alone it means zlib. */
  readonly level?: number | undefined;
  /** Pickle protocol; default 4, as in joblib. */
  readonly protocol?: 2 | 3 | 4 | 5 | undefined;
  /** Names and forms of NumPy 1.x (with joblib 1.2) or 2.x (with joblib 1.6). Default "portable": what both load without a warning. */
  readonly numpy?: NumpyTarget | undefined;
}

export const readOptions: OptionSchema = {
  allow: { type: "string", about: 'Emulators of your own, by exact "module name".', codeOnly: true },
  unreadable: {
    type: "string",
    about: "Objects whose classes are none of NumPy's: an error, or left out, with a text in their place.",
    choices: ["refuse", "skip"],
    default: "refuse",
  },
};

export const writeOptions: OptionSchema = {
  compress: {
    type: "string",
    about: "Compression of the whole file; joblib maps only files without.",
    choices: ["none", "zlib", "gzip"],
    default: "none",
  },
  level: {
    type: "integer",
    about: "Level of compression; given alone it means zlib.",
    minimum: 1,
    maximum: 9,
    placeholder: "N",
  },
  protocol: {
    type: "integer",
    about: "Pickle protocol; joblib's own default is 4.",
    choices: [2, 3, 4, 5],
    minimum: 2,
    maximum: 5,
    default: 4,
    placeholder: "N",
  },
  numpy: {
    type: "string",
    about: "Write byte for byte what joblib writes with NumPy 1.x or 2.x, or what both load without a warning.",
    choices: ["portable", 1, 2],
    default: "portable",
  },
};

export interface ResolvedOptions {
  readonly compress: "none" | "zlib" | "gzip";
  readonly level: number;
  readonly protocol: 2 | 3 | 4 | 5;
  readonly numpy: NumpyTarget;
}

/** The options in force. Throws OptionError. */
export function resolveWriteOptions(options: JoblibWriteOptions | undefined): ResolvedOptions {
  checkOptions("joblib", writeOptions, options);
  const { level } = options ?? {};
  const compress = options?.compress ?? (level === undefined ? "none" : "zlib");
  if (compress === "none" && level !== undefined)
    throw new OptionError("OPTION_INVALID", "a level without compression", "level");
  return { compress, level: level ?? 3, protocol: options?.protocol ?? 4, numpy: options?.numpy ?? "portable" };
}
