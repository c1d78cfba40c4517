/**
 * Bytes as the text in which protocols 0–2 carry them: each byte is the latin-1 character of its value, written as UTF-8
 * (protocols 1 and 2) or in Python's raw-unicode-escape (protocol 0). These are the hot loops of the old protocols.
 */

/** How a payload is written. */
export type PayloadForm = "raw" | "utf8" | "escaped";

/** Python 3.11's pickler escapes these in protocol 0 (Modules/_pickle.c, raw_unicode_escape). */
const ESCAPED: ReadonlySet<number> = new Set([0x00, 0x0a, 0x0d, 0x1a, 0x5c]);

/** Bytes of input expanded at a time when the result is not joined. */
const BLOCK = 1 << 20;

/** Bytes that `bytes` take in `form`. */
export function expandedSize(bytes: Uint8Array, form: PayloadForm): number {
  if (form === "raw") return bytes.length;
  return form === "utf8" ? bytes.length + countHigh(bytes) : escapedSize(bytes);
}

/** Writes `bytes` in `form` into `out` from `at`; returns the position after them. */
export function expandInto(bytes: Uint8Array, form: PayloadForm, out: Uint8Array, at: number): number {
  if (form === "utf8") return expandUtf8(bytes, out, at);
  if (form === "escaped") return expandEscaped(bytes, out, at);
  out.set(bytes, at);
  return at + bytes.length;
}

/** `bytes` in `form`, in blocks; the bytes themselves where the form changes nothing. */
export function* expandParts(bytes: Uint8Array, form: PayloadForm): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += BLOCK) {
    const block = form === "raw" ? bytes : bytes.subarray(from, from + BLOCK);
    const size = expandedSize(block, form);
    if (size === block.length) yield block;
    else {
      const out = new Uint8Array(size);
      expandInto(block, form, out, 0);
      yield out;
    }
    if (form === "raw") return;
  }
}

/** The bytes that become two: those of 0x80 and above. */
function countHigh(bytes: Uint8Array): number {
  let count = 0;
  let i = 0;
  const end = bytes.length;
  for (; i < end && (bytes.byteOffset + i) % 4 !== 0; i++) count += (bytes[i] as number) >> 7;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + i, (end - i) >> 2);
  const whole = words.length & ~127;
  let w = 0;
  while (w < whole) {
    // Each byte of `sum` counts its own column; 128 words cannot overflow it.
    let sum = 0;
    for (const stop = w + 128; w < stop; w++) sum += ((words[w] as number) >>> 7) & 0x01010101;
    count += (sum & 0xff) + ((sum >>> 8) & 0xff) + ((sum >>> 16) & 0xff) + (sum >>> 24);
  }
  for (i += whole * 4; i < end; i++) count += (bytes[i] as number) >> 7;
  return count;
}

function expandUtf8(bytes: Uint8Array, out: Uint8Array, at: number): number {
  const pairs = bytes.length >= TABLE_FROM ? pairTable() : undefined;
  let i = 0;
  let j = at;
  if (pairs !== undefined) {
    // Two bytes become two to four, written as four: the last pairs go byte by byte, so that nothing is written past the end.
    const from = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const to = new DataView(out.buffer, out.byteOffset, out.byteLength);
    const end = bytes.length - 4;
    for (; i < end; i += 2) {
      const pair = from.getUint16(i, true);
      to.setUint32(j, pairs[pair] as number, true);
      j += 2 + ((pair >> 7) & 1) + (pair >> 15);
    }
  }
  for (; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte < 0x80) out[j++] = byte;
    else {
      out[j++] = 0xc0 | (byte >> 6);
      out[j++] = 0x80 | (byte & 0x3f);
    }
  }
  return j;
}

/** From this many bytes on the table (256 KiB) is worth making. */
const TABLE_FROM = 16_384;
let table: Uint32Array | undefined;

/** The UTF-8 of each pair of latin-1 characters, both little-endian. */
function pairTable(): Uint32Array {
  if (table !== undefined) return table;
  const one = (byte: number): number => (byte < 0x80 ? byte : 0xc0 | (byte >> 6) | ((0x80 | (byte & 0x3f)) << 8));
  const made = new Uint32Array(65_536);
  for (let pair = 0; pair < made.length; pair++) {
    const low = pair & 0xff;
    made[pair] = one(low) | (one(pair >> 8) << (low < 0x80 ? 8 : 16));
  }
  table = made;
  return made;
}

/** 5 for the bytes written as a backslash, `u` and four digits, else 0. */
const EXTRA: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, byte) => (ESCAPED.has(byte) ? 5 : 0));

function escapedSize(bytes: Uint8Array): number {
  let size = bytes.length;
  let i = bytes.length;
  while (i > 0) size += EXTRA[bytes[--i] as number] as number;
  return size;
}

function expandEscaped(bytes: Uint8Array, out: Uint8Array, at: number): number {
  let i = 0;
  let j = at;
  while (i < bytes.length) {
    const byte = bytes[i++] as number;
    if (EXTRA[byte] === 0) out[j++] = byte;
    else {
      out[j] = 0x5c;
      out[j + 1] = 0x75;
      out[j + 2] = out[j + 3] = 0x30;
      out[j + 4] = HEX.charCodeAt(byte >> 4);
      out[j + 5] = HEX.charCodeAt(byte & 15);
      j += 6;
    }
  }
  return j;
}

const HEX = "0123456789abcdef";

function writeEscape(point: number, digits: 4 | 8, out: Uint8Array, at: number): number {
  out[at++] = 0x5c;
  out[at++] = digits === 4 ? 0x75 : 0x55;
  for (let shift = (digits - 1) * 4; shift >= 0; shift -= 4) out[at++] = HEX.charCodeAt((point >>> shift) & 15);
  return at;
}

/** A str in raw-unicode-escape, as protocol 0 writes it. */
export function escapeText(value: string): Uint8Array {
  const out = new Uint8Array(value.length * 6);
  let at = 0;
  for (const character of value) {
    const point = character.codePointAt(0) as number;
    if (point >= 0x10000) at = writeEscape(point, 8, out, at);
    else if (point >= 0x100 || ESCAPED.has(point)) at = writeEscape(point, 4, out, at);
    else out[at++] = point;
  }
  return out.subarray(0, at);
}

/** Whether a str is short and ASCII, as names are. */
export function isShortAscii(value: string): boolean {
  if (value.length > 0xff) return false;
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) >= 0x80) return false;
  return true;
}

const LONE = /[\ud800-\udfff]/u;

/** A str in UTF-8; lone surrogates are encoded like other characters (Python's "surrogatepass"). */
export function utf8Of(value: string): Uint8Array {
  if (!LONE.test(value)) return new TextEncoder().encode(value);
  const out = new Uint8Array(value.length * 3);
  const encoder = new TextEncoder();
  let at = 0;
  for (const character of value) {
    const point = character.codePointAt(0) as number;
    if (point >= 0xd800 && point <= 0xdfff) {
      out[at++] = 0xe0 | (point >> 12);
      out[at++] = 0x80 | ((point >> 6) & 0x3f);
      out[at++] = 0x80 | (point & 0x3f);
    } else at += encoder.encodeInto(character, out.subarray(at)).written;
  }
  return out.subarray(0, at);
}
