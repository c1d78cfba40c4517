import { FormatError } from "@masquerade/core";
import { simdKernel } from "./decode-latin1-simd.ts";
import { hexNumber } from "./decode-text.ts";
import type { TextEncoding } from "./decode-values.ts";

/** Shorter texts are not worth the way into the kernel. */
const SHORT = 4096;

/**
 * Turns text back into the bytes it stands for, one byte a character, as `_codecs.encode(text, "latin1")` does, without ever making text:
 * protocols 0 to 2 hold the data of arrays so. Feed it the text in pieces.
 */
export class Latin1Decoder {
  private readonly encoding: TextEncoding;
  private readonly format: string;
  /** File offset for errors. */
  private readonly offset: number;
  /** UTF-8: the last byte decoded. */
  private previous = 0;
  /** Escapes: bytes of a piece that belong with the next one. */
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
    if (text.length === 0) return at;
    if (this.encoding === "utf-8") {
      const stop = text.length < SHORT ? fromUtf8(text, 0, out, at, this.previous) : this.quickly(text, out, at);
      this.previous = text[text.length - 1] as number;
      return this.checked(stop);
    }
    let from = text;
    if (this.rest.length > 0) {
      from = new Uint8Array(this.rest.length + text.length);
      from.set(this.rest);
      from.set(text, this.rest.length);
    }
    const end = from.length - incompleteEscape(from);
    this.rest = from.slice(end);
    return this.checked(fromEscapes(from, end, out, at));
  }

  /** Bytes at the end of what was given that wait for the next piece. */
  get pending(): number {
    return this.encoding === "utf-8" ? Number(this.previous >= 0xc0) : this.rest.length;
  }

  /** Call it after the last piece. Throws FormatError when the text ends inside a character. */
  finish(out: Uint8Array, at: number): number {
    if (this.pending === 0) return at;
    // Backslashes that escape nothing.
    return this.checked(this.encoding === "utf-8" ? -1 : fromEscapes(this.rest, this.rest.length, out, at));
  }

  /** By the kernel, a piece at a time, as far as it goes. */
  private quickly(text: Uint8Array, out: Uint8Array, at: number): number {
    const kernel = simdKernel();
    let from = 0;
    let stop = at;
    let previous = this.previous;
    if (kernel !== undefined) {
      const { memory, source, target, capacity } = kernel;
      while (from + 16 <= text.length) {
        const length = Math.min(capacity, (text.length - from) & ~15);
        memory[source - 1] = previous;
        memory.set(text.subarray(from, from + length), source);
        const end = kernel.run(length);
        if (end < 0 || stop + end - target > out.length) return -1;
        out.set(memory.subarray(target, end), stop);
        stop += end - target;
        from += length;
        previous = text[from - 1] as number;
      }
    }
    return fromUtf8(text, from, out, stop, previous);
  }

  private checked(stop: number): number {
    if (stop >= 0) return stop;
    throw new FormatError(
      "FORMAT_MALFORMED",
      this.format,
      "a text that stands for bytes is malformed, too long, or has characters beyond latin-1",
      { offset: this.offset },
    );
  }
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

/** Bytes of latin-1 characters in UTF-8, behind the byte `previous`. Nothing branches on the data. Returns the end in `out`, or -1. */
function fromUtf8(from: Uint8Array, start: number, out: Uint8Array, at: number, previous: number): number {
  const end = from.length;
  let lead = previous >= 0xc0 ? 1 : 0;
  let high = previous === 0xc3 ? 0x40 : 0;
  let bad = 0;
  let i = start;
  let j = at;
  // A lead is written before it is known to be one, so this goes no further than `out` would if there were none.
  for (const stop = Math.min(end, i + out.length - j); i < stop; i++) {
    const b = from[i] as number;
    out[j] = b + high;
    const top = b >>> 7;
    const next = top & (b >>> 6);
    bad |= (top ^ next ^ lead) | (-next & ((b ^ 0xc2) >>> 1));
    high = (next & b) << 6;
    lead = next;
    j += 1 - next;
  }
  for (; i < end; i++) {
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
  return bad === 0 ? j : -1;
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
