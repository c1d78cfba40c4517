import { FormatError } from "@masquerade/core";
import type { MaskEncoding } from "./tables.ts";

/** A mask's bools (bytes, non-zero: masked) as a buffer holds them. */
export function encodeMask(bools: Uint8Array, encoding: MaskEncoding): Uint8Array {
  if (encoding === "packed") return pack(bools);
  if (encoding === "run-length") return runs(bools);
  for (let i = 0; i < bools.length; i++) if ((bools[i] as number) > 1) return bools.map((b) => (b === 0 ? 0 : 1));
  return bools;
}

function pack(bools: Uint8Array): Uint8Array {
  const out = new Uint8Array((bools.length + 7) >> 3);
  const whole = bools.length >> 3;
  let at = 0;
  for (let i = 0; i < whole; i++, at += 8) {
    let byte = bools[at] === 0 ? 0 : 1;
    if (bools[at + 1] !== 0) byte |= 2;
    if (bools[at + 2] !== 0) byte |= 4;
    if (bools[at + 3] !== 0) byte |= 8;
    if (bools[at + 4] !== 0) byte |= 16;
    if (bools[at + 5] !== 0) byte |= 32;
    if (bools[at + 6] !== 0) byte |= 64;
    if (bools[at + 7] !== 0) byte |= 128;
    out[i] = byte;
  }
  for (; at < bools.length; at++) if (bools[at] !== 0) out[whole] = (out[whole] as number) | (1 << (at & 7));
  return out;
}

function runs(bools: Uint8Array): Uint8Array {
  let out = new Uint8Array(64);
  let used = 0;
  let masked = false;
  for (let at = 0; at < bools.length; ) {
    const start = at;
    while (at < bools.length && (bools[at] !== 0) === masked) at++;
    if (used + 8 > out.length) {
      const larger = new Uint8Array(out.length * 2);
      larger.set(out);
      out = larger;
    }
    let length = at - start;
    for (; length > 127; length = Math.floor(length / 128)) out[used++] = (length % 128) | 128;
    out[used++] = length;
    masked = !masked;
  }
  return out.slice(0, used);
}

/** What {@link decodeMask} needs to know about where it is. */
export interface MaskPlace {
  readonly format: string;
  readonly offset: number;
}

/** {@link decodeMask} into a larger mask, from bool `at` on, where there is room for them. */
export function decodeMaskInto(
  out: Uint8Array,
  at: number,
  from: Uint8Array,
  encoding: MaskEncoding,
  count: number,
  place: MaskPlace,
): void {
  const words = encoding === "packed" && (out.byteOffset + at) % 4 === 0;
  if (words) unpackInto(out.subarray(at, at + count), from, count, place);
  else out.set(decodeMask(from, encoding, count, place), at);
}

/** The bools (bytes of 0 and 1) of a buffer. Throws FormatError unless the buffer holds exactly `count` of them. */
export function decodeMask(from: Uint8Array, encoding: MaskEncoding, count: number, place: MaskPlace): Uint8Array {
  if (encoding === "packed") return unpack(from, count, place);
  if (encoding === "run-length") return fromRuns(from, count, place);
  if (from.length !== count) throw wrong(`${count} bools take ${count} bytes, there are ${from.length}`, place);
  for (let i = 0; i < count; i++) if ((from[i] as number) > 1) throw wrong("a bool is neither 0 nor 1", place);
  return from;
}

/** Eight bools for each byte, as two 32-bit words in host order. */
let expanded: Uint32Array | undefined;

function expansion(): Uint32Array {
  const bytes = new Uint8Array(256 * 8);
  for (let b = 0; b < 256; b++) for (let k = 0; k < 8; k++) bytes[b * 8 + k] = (b >> k) & 1;
  return new Uint32Array(bytes.buffer);
}

function unpack(from: Uint8Array, count: number, place: MaskPlace): Uint8Array {
  const out = new Uint8Array(count);
  unpackInto(out, from, count, place);
  return out;
}

/** `out` has `count` bytes and begins at a multiple of four. */
function unpackInto(out: Uint8Array, from: Uint8Array, count: number, place: MaskPlace): void {
  const need = Math.ceil(count / 8);
  if (from.length !== need) throw wrong(`${count} bools take ${need} bytes, there are ${from.length}`, place);
  expanded ??= expansion();
  const whole = count >> 3;
  const words = new Uint32Array(out.buffer, out.byteOffset, whole * 2);
  for (let i = 0, w = 0; i < whole; i++, w += 2) {
    const at = (from[i] as number) * 2;
    words[w] = expanded[at] as number;
    words[w + 1] = expanded[at + 1] as number;
  }
  if (whole === need) return;
  const last = from[whole] as number;
  if (last >> (count & 7) !== 0) throw wrong("bits after the last bool are not 0", place);
  for (let i = whole * 8; i < count; i++) out[i] = (last >> (i & 7)) & 1;
}

function fromRuns(from: Uint8Array, count: number, place: MaskPlace): Uint8Array {
  const out = new Uint8Array(count);
  let filled = 0;
  let masked = false;
  for (let at = 0; at < from.length; ) {
    const first = at === 0;
    let length = 0;
    let scale = 1;
    let byte: number;
    do {
      if (at >= from.length || scale > 2 ** 49) throw wrong("a run's length is cut off or too long", place);
      byte = from[at++] as number;
      length += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127);
    if (length === 0 && !first) throw wrong("a run has no length", place);
    if (length > count - filled) throw wrong(`the runs are longer than the ${count} bools`, place);
    if (masked) out.fill(1, filled, filled + length);
    filled += length;
    masked = !masked;
  }
  if (filled !== count) throw wrong(`the runs end after ${filled} of ${count} bools`, place);
  return out;
}

function wrong(message: string, place: MaskPlace): FormatError {
  return new FormatError("FORMAT_MALFORMED", place.format, `a mask: ${message}`, { offset: place.offset });
}
