import { gunzip, unzlib } from "@masquerade/compression";
import { wrappers } from "@masquerade/compression/wrappers";
import {
  type AnyArray,
  type Bundle,
  checkOptions,
  type DecodeOptions,
  FormatError,
  isMasqueradeError,
  resolveLimits,
  throwIfAborted,
  UnsafeContentError,
} from "@masquerade/core";
import { picked, toModel, withAdvice, withUnreadable } from "@masquerade/numpy-pickle";
import { decodePickle } from "@masquerade/pickle";
import { type JoblibReadOptions, readOptions } from "./options.ts";
import { joblibGlobals } from "./wrapper-read.ts";

/**
 * What `joblib.load` gives: an array, a masked array, or a bundle of them. Nothing is imported or run. zlib and gzip are taken off here;
 * other compressions by whoever peels files (`load`). Throws FormatError, LimitError, UnsafeContentError; CapabilityError when there is no
 * array.
 */
export function decode(given: Uint8Array, options: JoblibReadOptions & DecodeOptions = {}): AnyArray | Bundle {
  checkOptions("joblib", readOptions, options);
  throwIfAborted(options.signal);
  const limits = resolveLimits(options.limits);
  const bytes = uncompressed(given, limits.maxBytes);
  if (bytes.length === 0) throw new FormatError("FORMAT_TRUNCATED", "joblib", "the file is empty", { offset: 0 });
  try {
    const value = decodePickle(bytes, {
      format: "joblib",
      globals: withUnreadable(joblibGlobals(options.allow), options.unreadable),
      limits,
      copy: options.copy,
    });
    options.onProgress?.(given.length, given.length);
    return picked(toModel(value, "joblib") as AnyArray | Bundle, options);
  } catch (e) {
    throw explained(e);
  }
}

/** Compressed as joblib compresses, which a pickle never looks like. */
export function compressionOf(head: Uint8Array): string | undefined {
  if (head[0] === 0x80) return undefined;
  return wrappers.find((wrapper) => wrapper.sniff(head))?.id;
}

/** The file without the compression that is taken off at once. Throws FormatError, LimitError. */
export function uncompressed(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const id = compressionOf(bytes);
  switch (id) {
    case undefined:
      return bytes;
    case "zlib":
      return unzlib(bytes, { maxBytes });
    case "gzip":
      return gunzip(bytes, { maxBytes });
    default:
      throw new FormatError("FORMAT_MALFORMED", "joblib", `the file is compressed by ${id}; load() takes that off`, {
        offset: 0,
      });
  }
}

/** The error for files of joblib before 0.10, whose arrays are not in the file; any other as it is. */
export function explained(e: unknown): unknown {
  if (!isMasqueradeError(e, "UNSAFE_GLOBAL") || !(e instanceof UnsafeContentError)) return e;
  if (e.module !== "joblib.numpy_pickle" || !/^Z?NDArrayWrapper$/.test(e.global ?? "")) return withAdvice(e, "joblib");
  return new FormatError(
    "FORMAT_VERSION",
    "joblib",
    "written by joblib before 0.10, which put each array into a file of its own beside this one; load it with joblib and dump it again",
    { offset: e.offset, cause: e },
  );
}
