import { FormatError } from "@masquerade/core";
import { ByteOutput } from "./byte-output.ts";
import type { InflateOptions } from "./inflate.ts";
import { LzmaDecoder, LzmaFailure } from "./lzma-decoder.ts";

/** Properties, dictionary size, length. */
const HEADER = 13;

/**
 * The bytes in an LZMA file (".lzma", "LZMA alone"). Such files have no checksum: what is verified is that the range coder ends as every
 * encoder leaves it, that the end marker or the declared length is met, and that nothing follows. Throws FormatError and LimitError.
 */
export function unlzma(
  bytes: Uint8Array,
  options: Omit<InflateOptions, "format" | "size"> & { readonly format?: string },
): Uint8Array {
  const format = options.format ?? "lzma";
  const base = options.offset ?? 0;
  if (bytes.length < HEADER + 5)
    throw new FormatError("FORMAT_TRUNCATED", format, "ends within its header", { offset: base + bytes.length });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const declared = view.getBigUint64(5, true);
  const unknown = declared === 0xffff_ffff_ffff_ffffn;
  const out = new ByteOutput(options.maxBytes, { format, offset: options.offset });
  // Nothing is taken on the word of the header: the limit stops what is too long.
  const limit = unknown || declared > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(declared);
  const decoder = new LzmaDecoder(bytes, out, view.getUint32(1, true));
  const bad = (message: string, offset: number): FormatError =>
    new FormatError("FORMAT_MALFORMED", format, message, { offset: base + offset });
  if (!decoder.properties(bytes[0] as number, 12)) throw bad("properties that no LZMA encoder has", 0);
  let marked: boolean;
  try {
    decoder.resetState();
    decoder.start(HEADER, bytes.length);
    marked = decoder.decode(limit, true);
  } catch (e) {
    throw lzmaError(e, format, base);
  }
  if (marked && !unknown && out.length !== limit)
    throw bad(`the data end after ${out.length} bytes, ${declared} are declared`, decoder.at);
  if (!decoder.finished) throw bad("compressed data are damaged", decoder.at);
  if (decoder.at !== bytes.length) throw bad("bytes follow the end of the compressed data", decoder.at);
  return out.take();
}

/** The FormatError for a failure of the decoder; any other error as it is. */
export function lzmaError(e: unknown, format: string, base: number): unknown {
  if (!(e instanceof LzmaFailure)) return e;
  const offset = base + e.at;
  return e.problem === "truncated"
    ? new FormatError("FORMAT_TRUNCATED", format, "compressed data end early", { offset, cause: e })
    : new FormatError("FORMAT_MALFORMED", format, "compressed data are damaged", { offset, cause: e });
}
