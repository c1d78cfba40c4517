import type { OptionSchema } from "@masquerade/core";
import type { Allow } from "@masquerade/numpy-pickle";

/** Options for reading pickles. */
export interface PickleReadOptions {
  /** Which pickle of a file of several (`pickle.dump` called again and again), from 0. Default: all of them, as a list when there are several. */
  readonly index?: number | undefined;
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
  /** Out-of-band buffers (protocol 5), in the order `buffer_callback` was given them. */
  readonly buffers?: readonly Uint8Array[] | undefined;
}

export const readOptions: OptionSchema = {
  index: {
    type: "integer",
    about: "Which pickle of a file of several, from 0; all of them when left out.",
    minimum: 0,
    placeholder: "N",
  },
  allow: { type: "string", about: 'Emulators of your own, by exact "module name".', codeOnly: true },
  unreadable: {
    type: "string",
    about: "Objects whose classes are none of NumPy's: an error, or left out, with a text in their place.",
    choices: ["refuse", "skip"],
    default: "refuse",
  },
  buffers: { type: "string", about: "Out-of-band buffers of protocol 5, in order.", codeOnly: true },
};
