import { FormatError, LimitError } from "@masquerade/core";
import { engine } from "#zlib";
import { StreamFailure } from "./engine.ts";
import { checkLevel, type InflateOptions } from "./inflate.ts";

/**
 * Inflates a raw deflate stream as its chunks arrive, holding a chunk or two at a time. Ends with an error when the stream is damaged,
 * ends early, or makes more than `maxBytes` (LimitError) or anything but `size` bytes (FormatError). Errors of `chunks` come through as they are.
 */
export async function* inflateRawChunks(
  chunks: AsyncIterable<Uint8Array>,
  options: InflateOptions,
): AsyncGenerator<Uint8Array> {
  const { format, offset, size } = options;
  const limit = size ?? options.maxBytes;
  let made = 0;
  try {
    for await (const chunk of engine.inflateChunks(chunks)) {
      made += chunk.length;
      if (made > limit) {
        if (size === undefined)
          throw new LimitError("maxBytes", `compressed data hold more than ${limit} bytes`, { format, offset });
        throw new FormatError(
          "FORMAT_MALFORMED",
          format,
          `compressed data are longer than the ${size} bytes declared`,
          {
            offset,
          },
        );
      }
      yield chunk;
    }
  } catch (e) {
    if (!(e instanceof StreamFailure)) throw e;
    throw e.problem === "truncated"
      ? new FormatError("FORMAT_TRUNCATED", format, "compressed data end early", { offset, cause: e.cause })
      : new FormatError("FORMAT_MALFORMED", format, "compressed data are damaged", { offset, cause: e.cause });
  }
  if (size !== undefined && made !== size)
    throw new FormatError("FORMAT_MALFORMED", format, `compressed data hold ${made} bytes, ${size} are declared`, {
      offset,
    });
}

/** Deflates chunks as they arrive into one raw deflate stream. Where there is no Node the level is the browser's own. */
export function deflateRawChunks(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly level?: number | undefined } = {},
): AsyncIterable<Uint8Array> {
  return engine.deflateChunks(chunks, checkLevel(options.level ?? 6));
}
