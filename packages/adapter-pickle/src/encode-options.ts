import { checkOptions, type OptionSchema } from "@masquerade/core";
import type { NumpyPickleOptions, NumpyTarget } from "@masquerade/numpy-pickle";
import type { PickleProtocol } from "@masquerade/pickle";

/** Options for writing pickles. */
export interface PickleWriteOptions {
  /** Pickle protocol. Default 4, which is also what Python 3.8 to 3.13 write by default. */
  readonly protocol?: PickleProtocol | undefined;
  /**
   * Write exactly what NumPy 1.x or 2.x writes. Default "portable": what both load without a warning (NumPy 1.x's bytes;
   * with protocol 5 the arrays are written as in protocol 4).
   */
  readonly numpy?: NumpyTarget | undefined;
}

export const pickleWriteOptions: OptionSchema = {
  protocol: {
    type: "integer",
    about: "Pickle protocol: 2 is what dumps() writes, 4 what Python writes by default, 5 the newest.",
    choices: [0, 1, 2, 3, 4, 5],
    minimum: 0,
    maximum: 5,
    default: 4,
    placeholder: "N",
  },
  numpy: {
    type: "string",
    about: "Write byte for byte what NumPy 1.x or 2.x writes, or what both load without a warning.",
    choices: ["portable", 1, 2],
    default: "portable",
  },
};

/** The options in force. Throws OptionError. */
export function resolveWriteOptions(options: PickleWriteOptions | undefined): NumpyPickleOptions {
  checkOptions("pickle", pickleWriteOptions, options);
  return { protocol: options?.protocol ?? 4, numpy: options?.numpy ?? "portable" };
}
