import { FormatError, LimitError, OptionError } from "@masquerade/core";
import { engine } from "#zlib";
import type { Inflated } from "./engine.ts";

/** What errors say of the place: the format's id, and where in its file the bytes given begin. */
export interface Where {
  readonly format: string;
  /** Byte offset of the input's first byte in the file. Default 0. */
  readonly offset?: number | undefined;
}

export interface InflateOptions extends Where {
  /** The most bytes to make; more is a LimitError that names `limits.maxBytes`. */
  readonly maxBytes: number;
  /** Exact length of the result, where it is known: any other is a FormatError. */
  readonly size?: number | undefined;
}

/** CRC-32 (as in zip, gzip and PNG) of `bytes`, continued from `seed`. */
export const crc32 = (bytes: Uint8Array, seed?: number): number => engine.crc32(bytes, seed);

/** Compression levels are zlib's: 0 (stored) to 9 (smallest). Throws OptionError. */
export function checkLevel(level: number): number {
  if (!Number.isInteger(level) || level < 0 || level > 9)
    throw new OptionError("OPTION_INVALID", `a compression level is an integer from 0 to 9, not ${level}`, "level");
  return level;
}

/** A raw deflate stream (RFC 1951) of `bytes`. Throws OptionError for a level that is not 0 to 9. */
export function deflateRaw(bytes: Uint8Array, options: { readonly level?: number | undefined } = {}): Uint8Array {
  return engine.deflate(bytes, checkLevel(options.level ?? 6));
}

/** Inflates one stream at the start of `bytes`; `hint` is the size expected. Shared by gzip, zlib and raw streams. */
export function inflateStream(
  bytes: Uint8Array,
  options: InflateOptions,
  hint: number,
): { readonly bytes: Uint8Array; readonly consumed: number } {
  const { size, maxBytes, format } = options;
  if (size !== undefined && size > maxBytes) throw tooLong(size, options);
  const limit = size ?? maxBytes;
  const done: Inflated = engine.inflate(bytes, limit, size ?? hint);
  const offset = (at: number): number => (options.offset ?? 0) + at;
  if ("problem" in done) {
    if (done.problem === "overlong") {
      if (size === undefined) throw tooLong(undefined, options);
      throw new FormatError("FORMAT_MALFORMED", format, `compressed data are longer than the ${size} bytes declared`, {
        offset: offset(0),
      });
    }
    if (done.problem === "truncated")
      throw new FormatError("FORMAT_TRUNCATED", format, "compressed data end early", { offset: offset(bytes.length) });
    throw new FormatError("FORMAT_MALFORMED", format, "compressed data are damaged", { offset: offset(done.at ?? 0) });
  }
  if (size !== undefined && done.bytes.length !== size)
    throw new FormatError(
      "FORMAT_MALFORMED",
      format,
      `compressed data hold ${done.bytes.length} bytes, ${size} are declared`,
      { offset: offset(0) },
    );
  return done;
}

function tooLong(size: number | undefined, options: InflateOptions): LimitError {
  const what = size === undefined ? "compressed data hold more than" : `compressed data hold ${size} bytes, more than`;
  return new LimitError("maxBytes", `${what} ${options.maxBytes} bytes`, {
    format: options.format,
    offset: options.offset,
  });
}

/**
 * The bytes of a raw deflate stream that is exactly `bytes`. Throws FormatError (FORMAT_TRUNCATED, FORMAT_MALFORMED, with offsets;
 * bytes after the stream's end are an error) and LimitError.
 */
export function inflateRaw(bytes: Uint8Array, options: InflateOptions): Uint8Array {
  const done = inflateStream(bytes, options, bytes.length * 4);
  if (done.consumed !== bytes.length)
    throw new FormatError("FORMAT_MALFORMED", options.format, "bytes follow the end of the compressed data", {
      offset: (options.offset ?? 0) + done.consumed,
    });
  return done.bytes;
}

/** What the beginning of a raw deflate stream inflates to: at least `want` bytes unless `bytes` give fewer. Never throws; damage ends it early. */
export function inflateHead(bytes: Uint8Array, want: number): Uint8Array {
  for (let feed = Math.max(64, want >> 4); ; feed *= 4) {
    const head = engine.inflateHead(bytes.subarray(0, feed), want);
    if (head.length >= want || feed >= bytes.length) return head;
  }
}
