import {
  type ByteSource,
  checkOptions,
  type DecodeOptions,
  FormatError,
  type OpenFile,
  openDecoded,
  readWhole,
  resolveLimits,
} from "@masquerade/core";
import { openModel, readPickle, toModel, withUnreadable } from "@masquerade/numpy-pickle";
import { compressionOf, decode, explained } from "./decode.ts";
import { type JoblibReadOptions, readOptions } from "./options.ts";
import { joblibGlobals, NeedWhole } from "./wrapper-read.ts";

/** What compression is recognised by. */
const HEAD = 64;

/**
 * Opens a joblib file. Of an uncompressed one the opcodes are executed and the data of arrays stay in the file, read by position, as joblib
 * does with `mmap_mode`; compressed files and files with arrays of objects are read whole. Throws as `decode` does, and SourceError.
 */
export async function openJoblib(
  source: ByteSource,
  options: JoblibReadOptions & DecodeOptions = {},
): Promise<OpenFile> {
  checkOptions("joblib", readOptions, options);
  const limits = resolveLimits(options.limits);
  const { size } = source;
  if (size === undefined || compressionOf(await source.read(0, Math.min(HEAD, size), options.signal)) !== undefined)
    return await openWhole(source, options);
  try {
    const { value, end } = await readPickle(source, 0, {
      format: "joblib",
      globals: withUnreadable(joblibGlobals(options.allow), options.unreadable),
      limits,
      signal: options.signal,
    });
    if (end !== size)
      throw new FormatError("FORMAT_MALFORMED", "joblib", `${size - end} bytes follow the pickle`, { offset: end });
    return openModel(toModel(value, "joblib"), source);
  } catch (e) {
    if (e instanceof NeedWhole) return await openWhole(source, options);
    throw explained(e);
  }
}

async function openWhole(source: ByteSource, options: JoblibReadOptions & DecodeOptions): Promise<OpenFile> {
  const all = await readWhole(source, resolveLimits(options.limits).maxTotalBytes, options);
  const { select: _, out: __, onProgress: ___, ...rest } = options;
  return openDecoded(decode(all, rest));
}
