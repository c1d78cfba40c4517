import {
  type AnyArray,
  type Bundle,
  checkOptions,
  type DecodeOptions,
  FormatError,
  isMasqueradeError,
  OptionError,
  throwIfAborted,
  UnsafeContentError,
} from "@masquerade/core";
import {
  assembleGlobals,
  dillGlobals,
  numpyGlobals,
  picked,
  toModel,
  withAdvice,
  withUnreadable,
} from "@masquerade/numpy-pickle";
import { type DecodedPickle, decodePickles, type EmulatorTable, type PickleDecodeOptions } from "@masquerade/pickle";
import { type PickleReadOptions, readOptions } from "./options.ts";

/** Every name a pickle may use: NumPy's, Python's few, dill's, and the caller's own. */
export function pickleGlobals(options: PickleReadOptions): EmulatorTable {
  const known = options.allow === undefined ? everyday() : assembleGlobals([numpyGlobals, dillGlobals], options.allow);
  return withUnreadable(known, options.unreadable);
}

let usual: EmulatorTable | undefined;
function everyday(): EmulatorTable {
  usual ??= assembleGlobals([numpyGlobals, dillGlobals]);
  return usual;
}

/**
 * The arrays of a pickle. Nothing is imported or run. Throws FormatError, LimitError, UnsafeContentError (with the foreign name);
 * CapabilityError when there is no array.
 */
export function decode(bytes: Uint8Array, options: PickleReadOptions & DecodeOptions = {}): AnyArray | Bundle {
  checkOptions("pickle", readOptions, options);
  throwIfAborted(options.signal);
  if (bytes.length === 0) throw new FormatError("FORMAT_TRUNCATED", "pickle", "the file is empty", { offset: 0 });
  const value = redirected(() => choose(bytes, options));
  options.onProgress?.(bytes.length, bytes.length);
  return picked(value, options);
}

function choose(bytes: Uint8Array, options: PickleReadOptions & DecodeOptions): AnyArray | Bundle {
  const settings: PickleDecodeOptions = {
    globals: pickleGlobals(options),
    limits: options.limits,
    buffers: options.buffers,
    copy: options.copy,
  };
  const found: DecodedPickle[] = [];
  for (const one of decodePickles(bytes, settings)) {
    throwIfAborted(options.signal);
    found.push(one);
    if (options.index !== undefined && found.length > options.index) break;
  }
  return chosen(
    found.map((one) => one.value),
    options.index,
  ) as AnyArray | Bundle;
}

/** One of several pickles by its index; all of them as a list. */
export function chosen(values: readonly unknown[], index: number | undefined): ReturnType<typeof toModel> {
  if (index === undefined) return values.length === 1 ? toModel(values[0], "pickle") : toModel(values, "pickle");
  if (index >= values.length)
    throw new OptionError(
      "INDEX_INVALID",
      `the file holds ${values.length} pickles, there is none at ${index}`,
      "index",
    );
  return toModel(values[index], "pickle");
}

/** Runs `read`; a pickle that belongs to another format says so. */
export function redirected<T>(read: () => T): T {
  try {
    return read();
  } catch (e) {
    throw otherFormat(e);
  }
}

/** The error for a name of another format that is a pickle inside; any other error as it is. */
export function otherFormat(e: unknown): unknown {
  if (!isMasqueradeError(e, "UNSAFE_GLOBAL") || !(e instanceof UnsafeContentError)) return e;
  const other =
    e.module === "joblib.numpy_pickle"
      ? "joblib"
      : e.module === "numpy.core.fromnumeric" && e.global === "reshape"
        ? "mmappickle"
        : undefined;
  if (other === undefined) return withAdvice(e, "pickle");
  return new FormatError("FORMAT_OTHER", "pickle", `this is a file of ${other}, which is more than a pickle`, {
    offset: e.offset,
    redirect: other,
    cause: e,
  });
}
