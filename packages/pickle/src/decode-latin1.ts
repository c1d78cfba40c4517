import { FormatError } from "@masquerade/core";
import { hexNumber } from "./decode-text.ts";
import type { TextEncoding } from "./decode-values.ts";

/**
 * Turns text back into the bytes it stands for, one byte a character, as `_codecs.encode(text, "latin1")` does, without ever making text:
 * protocols 0 to 2 hold the data of arrays so. Feed it the text in pieces.
 */
export class Latin1Decoder {
  private readonly encoding: TextEncoding;
  private readonly format: string;
  /** File offset for errors. */
  private readonly offset: number;
  /** Bytes of a piece that belong with the next one. */
  private rest: Uint8Array = new Uint8Array(0);

  constructor(encoding: TextEncoding, format: string, offset: number) {
    this.encoding = encoding;
    this.format = format;
    this.offset = offset;
  }

  /**
   * Decodes `text` into `out` from `at` on and returns the index behind the last byte written. Throws FormatError for what is no such
   * text, or is longer than `out`.
   */
  decode(text: Uint8Array, out: Uint8Array, at: number): number {
    let from = text;
    if (this.rest.length > 0) {
      from = new Uint8Array(this.rest.length + text.length);
      from.set(this.rest);
      from.set(text, this.rest.length);
    }
    const keep = this.encoding === "utf-8" ? incompleteUtf8(from) : incompleteEscape(from);
    const end = from.length - keep;
    this.rest = from.slice(end);
    const stop = this.encoding === "utf-8" ? fromUtf8(from, end, out, at) : fromEscapes(from, end, out, at);
    if (stop < 0) throw this.bad();
    return stop;
  }

  /** Bytes at the end of what was given that wait for the next piece. */
  get pending(): number {
    return this.rest.length;
  }

  /** Call it after the last piece. Throws FormatError when the text ends inside a character. */
  finish(out: Uint8Array, at: number): number {
    if (this.rest.length === 0) return at;
    // Backslashes that escape nothing.
    const stop = this.encoding === "utf-8" ? -1 : fromEscapes(this.rest, this.rest.length, out, at);
    if (stop < 0) throw this.bad();
    return stop;
  }

  private bad(): FormatError {
    return new FormatError(
      "FORMAT_MALFORMED",
      this.format,
      "a text that stands for bytes is malformed, too long, or has characters beyond latin-1",
      { offset: this.offset },
    );
  }
}

function incompleteUtf8(bytes: Uint8Array): number {
  return bytes.length > 0 && (bytes[bytes.length - 1] as number) >= 0xc0 ? 1 : 0;
}

/** Bytes at the end that may be the beginning of an escape. */
function incompleteEscape(bytes: Uint8Array): number {
  const n = bytes.length;
  for (let k = 1; k <= Math.min(n, 10); k++) {
    if (bytes[n - k] !== 92) continue;
    let slashes = 0;
    while (slashes < n - k + 1 && bytes[n - k - slashes] === 92) slashes++;
    // An even run is complete in itself; the last of an odd one may begin an escape.
    if (slashes % 2 === 0) return 0;
    const kind = bytes[n - k + 1];
    if (k === 1) return 1;
    const length = kind === 117 ? 6 : kind === 85 ? 10 : 0;
    return k < length ? k : 0;
  }
  return 0;
}

const BLOCK = 64;

/** Bytes of latin-1 characters in UTF-8. Returns the end in `out`, or -1. */
function fromUtf8(from: Uint8Array, end: number, out: Uint8Array, at: number): number {
  let i = 0;
  let j = at;
  // Runs without a high bit are found by words and moved whole; elsewhere nothing branches on the data.
  const shift = (4 - (from.byteOffset & 3)) & 3;
  const words = new Uint32Array(from.buffer, from.byteOffset + shift, Math.max(0, from.length - shift) >> 2);
  while (i < end) {
    const run = asciiRun(words, i, shift, end);
    if (run >= BLOCK) {
      if (j + run > out.length) return -1;
      out.set(from.subarray(i, i + run), j);
      i += run;
      j += run;
      continue;
    }
    let stop = Math.min(end, ((i - shift) & ~3) + shift + 4 * BLOCK);
    if (stop < end && (from[stop - 1] as number) >= 0xc0) stop++;
    let lead = 0;
    let high = 0;
    let bad = 0;
    if (j + (stop - i) <= out.length) {
      for (; i < stop; i++) {
        const b = from[i] as number;
        out[j] = b + high;
        const top = b >>> 7;
        const next = top & (b >>> 6);
        bad |= (top ^ next ^ lead) | (-next & ((b ^ 0xc2) >>> 1));
        high = (next & b) << 6;
        lead = next;
        j += 1 - next;
      }
    } else {
      for (; i < stop; i++) {
        const b = from[i] as number;
        const top = b >>> 7;
        const next = top & (b >>> 6);
        bad |= (top ^ next ^ lead) | (-next & ((b ^ 0xc2) >>> 1));
        if (next === 0) {
          if (j >= out.length) return -1;
          out[j++] = b + high;
        }
        high = (next & b) << 6;
        lead = next;
      }
    }
    if (bad !== 0) return -1;
  }
  return j;
}

/** How many bytes from `i` on have no high bit, in steps of words (0 when the first word has one). */
function asciiRun(words: Uint32Array, i: number, shift: number, end: number): number {
  let w = (i - shift + 3) >> 2;
  const first = w * 4 + shift;
  if (first < i) return 0;
  const last = Math.min(words.length, (end - shift) >> 2);
  const begin = w;
  while (w < last && ((words[w] as number) & 0x80808080) === 0) w++;
  return w === begin ? 0 : first === i ? (w - begin) * 4 : 0;
}

/** Bytes of latin-1 characters in Python's raw-unicode-escape. Returns the end in `out`, or -1. */
function fromEscapes(from: Uint8Array, end: number, out: Uint8Array, at: number): number {
  let j = at;
  for (let i = 0; i < end; ) {
    let slash = from.indexOf(92, i);
    if (slash < 0 || slash > end) slash = end;
    const run = slash - i;
    if (j + run > out.length) return -1;
    if (run > 48) out.set(from.subarray(i, slash), j);
    else for (let k = 0; k < run; k++) out[j + k] = from[i + k] as number;
    j += run;
    i = slash;
    if (i >= end) break;
    const kind = i + 1 < end ? from[i + 1] : undefined;
    let value = 92;
    let length = 1;
    if (kind === 117 || kind === 85) {
      length = kind === 117 ? 6 : 10;
      value = i + length <= end ? hexNumber(from, i + 2, length - 2) : -1;
      if (value < 0 || value > 255) return -1;
    } else if (kind === 92) {
      // The second backslash escapes nothing either.
      if (j + 2 > out.length) return -1;
      out[j++] = 92;
      length = 2;
    }
    if (j >= out.length) return -1;
    out[j++] = value;
    i += length;
  }
  return j;
}

/** How many bytes a text stands for (an upper bound where it is malformed). Nothing is allocated. */
export function latin1Length(text: Uint8Array, encoding: TextEncoding): number {
  if (encoding === "utf-8") {
    let n = 0;
    for (const b of text) n += (b & 0xc0) === 0x80 ? 0 : 1;
    return n;
  }
  let n = text.length;
  for (let i = text.indexOf(92); i >= 0 && i < text.length; i = text.indexOf(92, i)) {
    const kind = text[i + 1];
    if (kind === 117) n -= 5;
    else if (kind === 85) n -= 9;
    i += kind === 117 ? 6 : kind === 85 ? 10 : kind === 92 ? 2 : 1;
  }
  return n;
}

/** The `size` bytes a whole text stands for. Throws FormatError when it stands for more or fewer. */
export function latin1Bytes(
  text: Uint8Array,
  encoding: TextEncoding,
  size: number,
  where: { readonly format: string; readonly offset: number },
): Uint8Array<ArrayBuffer> {
  // Each character takes at least one byte: nothing is allocated on a claim.
  if (size > text.length)
    throw new FormatError("FORMAT_MALFORMED", where.format, `${size} bytes wanted, the text has ${text.length}`, {
      offset: where.offset,
    });
  const out = new Uint8Array(size);
  const decoder = new Latin1Decoder(encoding, where.format, where.offset);
  const end = decoder.finish(out, decoder.decode(text, out, 0));
  if (end !== size)
    throw new FormatError("FORMAT_MALFORMED", where.format, `${size} bytes wanted, the text stands for ${end}`, {
      offset: where.offset,
    });
  return out;
}
