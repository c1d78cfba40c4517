import { checkOptions, type OptionSchema } from "@masquerade/core";
import type { Allow } from "@masquerade/numpy-pickle";
import { FORMAT } from "./forms.ts";

/** Options for reading mmapdict files. */
export interface MmappickleReadOptions {
  /** Constructors of your own for plain entries, by exact "module name": `{ "decimal Decimal": (args) => String(args[0]) }`. */
  readonly allow?: Allow | undefined;
}

/** Options for writing mmapdict files. */
export interface MmappickleWriteOptions {
  /** The key of a single array. Default: the empty key, which reads back as that array; under another it reads back as a dict of it. */
  readonly key?: string | undefined;
}

export const readOptions: OptionSchema = {
  allow: { type: "string", about: 'Emulators of your own for plain entries, by exact "module name".', codeOnly: true },
};

export const writeOptions: OptionSchema = {
  key: {
    type: "string",
    about: "The key of a single array; without it the key is empty, and the file reads back as one array.",
    placeholder: "KEY",
  },
};

/** The key of a single array. Throws OptionError for options that do not exist. */
export function singleKey(options: MmappickleWriteOptions | undefined): string {
  checkOptions(FORMAT, writeOptions, options);
  return options?.key ?? "";
}
