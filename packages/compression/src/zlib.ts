import { FormatError } from "@masquerade/core";
import { engine } from "#zlib";
import { adler32 } from "./adler32.ts";
import { checkLevel, deflateRaw, type InflateOptions, inflateStream } from "./inflate.ts";
import { isZlibHeader } from "./zlib-header.ts";

/** A zlib stream (RFC 1950) of `bytes`. */
export function zlib(bytes: Uint8Array, options: { readonly level?: number | undefined } = {}): Uint8Array {
  const level = checkLevel(options.level ?? 6);
  if (engine.zlib !== undefined) return engine.zlib(bytes, level);
  const body = deflateRaw(bytes, { level });
  const out = new Uint8Array(body.length + 6);
  const cmf = 0x78;
  const flevel = level < 2 ? 0 : level < 6 ? 1 : level === 6 ? 2 : 3;
  out[0] = cmf;
  out[1] = (flevel << 6) + ((31 - ((cmf * 256 + (flevel << 6)) % 31)) % 31);
  out.set(body, 2);
  new DataView(out.buffer).setUint32(out.length - 4, adler32(bytes));
  return out;
}

/** The bytes in a zlib stream, its Adler-32 verified. Throws FormatError (FORMAT_MALFORMED, FORMAT_TRUNCATED, FORMAT_CHECKSUM) and LimitError. */
export function unzlib(
  bytes: Uint8Array,
  options: Omit<InflateOptions, "format"> & { readonly format?: string },
): Uint8Array {
  const format = options.format ?? "zlib";
  const base = options.offset ?? 0;
  if (bytes.length < 2) throw new FormatError("FORMAT_TRUNCATED", format, "ends within its header", { offset: base });
  if (!isZlibHeader(bytes[0], bytes[1]))
    throw new FormatError("FORMAT_MALFORMED", format, "does not begin as a zlib stream without dictionary does", {
      offset: base,
    });
  const { size, maxBytes } = options;
  const sound = engine.unzlib?.(bytes, Math.min(size ?? maxBytes, maxBytes), size ?? bytes.length * 4);
  if (sound !== undefined && (size === undefined || sound.length === size)) return sound;
  const body = bytes.subarray(2);
  const done = inflateStream(body, { ...options, format, offset: base + 2 }, body.length * 4);
  const end = 2 + done.consumed;
  if (bytes.length < end + 4)
    throw new FormatError("FORMAT_TRUNCATED", format, "ends within its checksum", { offset: base + bytes.length });
  if (new DataView(bytes.buffer, bytes.byteOffset + end, 4).getUint32(0) !== adler32(done.bytes))
    throw new FormatError("FORMAT_CHECKSUM", format, "the Adler-32 does not match the data", { offset: base + end });
  if (bytes.length > end + 4)
    throw new FormatError("FORMAT_MALFORMED", format, "bytes follow the end of the stream", { offset: base + end + 4 });
  return done.bytes;
}
