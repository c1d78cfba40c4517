import { FormatError, LimitError } from "@masquerade/core";
import { crc32, deflateRaw, type InflateOptions, inflateStream } from "./inflate.ts";

const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;

/** A gzip file (RFC 1952) of one member: no name, no time, so the same bytes always give the same file. */
export function gzip(bytes: Uint8Array, options: { readonly level?: number | undefined } = {}): Uint8Array {
  const level = options.level ?? 6;
  const body = deflateRaw(bytes, { level });
  const out = new Uint8Array(body.length + 18);
  const view = new DataView(out.buffer);
  out.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, level === 9 ? 2 : level === 1 ? 4 : 0, 255]);
  out.set(body, 10);
  view.setUint32(out.length - 8, crc32(bytes), true);
  view.setUint32(out.length - 4, bytes.length, true);
  return out;
}

/**
 * The bytes in a gzip file: all its members joined, each with CRC-32 and length verified; zero bytes after the last are padding,
 * anything else there is an error. `maxBytes` holds for all of them together. Throws FormatError and LimitError.
 */
export function gunzip(
  bytes: Uint8Array,
  options: Omit<InflateOptions, "format" | "size"> & { readonly format?: string },
): Uint8Array {
  const format = options.format ?? "gzip";
  const base = options.offset ?? 0;
  const parts: Uint8Array[] = [];
  let made = 0;
  let at = 0;
  do {
    const start = memberBody(bytes, at, format, base);
    const body = bytes.subarray(start);
    // The trailer of the last member: right for files of one member, and only a hint.
    const hint =
      bytes.length - start >= 8 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true) : 0;
    const maxBytes = options.maxBytes - made;
    if (maxBytes < 0) throw new LimitError("maxBytes", `holds more than ${options.maxBytes} bytes`, { format });
    const done = inflateStream(body, { maxBytes, format, offset: base + start }, hint);
    const end = start + done.consumed;
    if (bytes.length < end + 8)
      throw new FormatError("FORMAT_TRUNCATED", format, "ends within a trailer", { offset: base + bytes.length });
    const trailer = new DataView(bytes.buffer, bytes.byteOffset + end, 8);
    if (trailer.getUint32(0, true) !== crc32(done.bytes))
      throw new FormatError("FORMAT_CHECKSUM", format, "the CRC-32 does not match the data", { offset: base + end });
    if (trailer.getUint32(4, true) !== done.bytes.length % 2 ** 32)
      throw new FormatError("FORMAT_MALFORMED", format, "the length in the trailer does not match the data", {
        offset: base + end + 4,
      });
    parts.push(done.bytes);
    made += done.bytes.length;
    at = end + 8;
    while (at < bytes.length && bytes[at] === 0) at++;
  } while (at < bytes.length);
  return parts.length === 1 ? (parts[0] as Uint8Array) : join(parts, made);
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Checks a member's header at `at`; where its compressed data begin. */
function memberBody(bytes: Uint8Array, at: number, format: string, base: number): number {
  const need = (end: number): void => {
    if (end > bytes.length)
      throw new FormatError("FORMAT_TRUNCATED", format, "ends within a header", { offset: base + bytes.length });
  };
  const malformed = (what: string, offset: number): FormatError =>
    new FormatError("FORMAT_MALFORMED", format, what, { offset: base + offset });
  if ((at < bytes.length && bytes[at] !== 0x1f) || (at + 1 < bytes.length && bytes[at + 1] !== 0x8b))
    throw malformed(at === 0 ? "does not begin as gzip does" : "bytes that are no gzip member follow the last one", at);
  need(at + 10);
  const flags = bytes[at + 3] as number;
  if (bytes[at + 2] !== 8) throw malformed("the compression method is not deflate", at + 2);
  if (flags & 0xe0) throw malformed("reserved flags are set", at + 3);
  let pos = at + 10;
  if (flags & FEXTRA) {
    need(pos + 2);
    pos += 2 + (bytes[pos] as number) + 256 * (bytes[pos + 1] as number);
    need(pos);
  }
  for (const flag of [FNAME, FCOMMENT]) {
    if (!(flags & flag)) continue;
    const zero = bytes.indexOf(0, pos);
    if (zero < 0) need(bytes.length + 1);
    pos = zero + 1;
  }
  if (flags & FHCRC) {
    need(pos + 2);
    const stored = (bytes[pos] as number) + 256 * (bytes[pos + 1] as number);
    if (stored !== (crc32(bytes.subarray(at, pos)) & 0xffff))
      throw new FormatError("FORMAT_CHECKSUM", format, "the header's checksum does not match", { offset: base + pos });
    pos += 2;
  }
  return pos;
}
