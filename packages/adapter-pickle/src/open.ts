import {
  type ByteSource,
  checkOptions,
  type DecodeOptions,
  type OpenFile,
  openDecoded,
  readWhole,
  resolveLimits,
} from "@masquerade/core";
import { openModel, readPickle } from "@masquerade/numpy-pickle";
import { chosen, decode, otherFormat, pickleGlobals } from "./decode.ts";
import { type PickleReadOptions, readOptions } from "./options.ts";

/**
 * Opens a pickle: the opcodes are executed, the data of arrays stay in the file and are read by position. The file stays open until it is
 * disposed of. Throws as `decode` does, and SourceError.
 */
export async function openPickle(
  source: ByteSource,
  options: PickleReadOptions & DecodeOptions = {},
): Promise<OpenFile> {
  checkOptions("pickle", readOptions, options);
  const limits = resolveLimits(options.limits);
  try {
    if (source.size === undefined) {
      const all = await readWhole(source, limits.maxTotalBytes, options);
      const { select: _, out: __, ...rest } = options;
      await source[Symbol.asyncDispose]();
      return openDecoded(decode(all, rest));
    }
    const values: unknown[] = [];
    let start = 0;
    do {
      const buffers = values.length === 0 ? options.buffers : undefined;
      const one = await readPickle(source, start, {
        format: "pickle",
        globals: pickleGlobals(options),
        limits,
        signal: options.signal,
        buffers,
      });
      values.push(one.value);
      start = one.end;
    } while (start < (source.size ?? start) && (options.index === undefined || values.length <= options.index));
    return openModel(chosen(values, options.index), source);
  } catch (e) {
    throw otherFormat(e);
  }
}
