import type { ByteOut } from "./byte-out.ts";

const hex = "0123456789abcdef";

/** Escapes RFC 8259 (section 7) has a letter for. */
const letters: { readonly [code: number]: number | undefined } = {
  8: 0x62,
  9: 0x74,
  10: 0x6e,
  12: 0x66,
  13: 0x72,
  34: 0x22,
  92: 0x5c,
};

/** Writes a JSON string: UTF-8, with control characters, U+007F, line separators and lone surrogates escaped. */
export function writeText(out: ByteOut, text: string): void {
  out.byte(34);
  for (let i = 0; i < text.length; i++) {
    let point = text.charCodeAt(i);
    if (point >= 0xd800 && point < 0xdc00) {
      const next = text.charCodeAt(i + 1);
      if (next >= 0xdc00 && next < 0xe000) {
        point = 0x10000 + ((point - 0xd800) << 10) + (next - 0xdc00);
        i++;
      }
    }
    writePoint(out, point);
  }
  out.byte(34);
}

/** One code point inside a JSON string. */
export function writePoint(out: ByteOut, point: number): void {
  out.room(6);
  const { bytes } = out;
  if (point < 0x80) {
    const letter = letters[point];
    if (letter !== undefined) {
      bytes[out.at++] = 92;
      bytes[out.at++] = letter;
    } else if (point < 0x20 || point === 0x7f) writeEscape(out, point);
    else bytes[out.at++] = point;
  } else if (point < 0x800) {
    bytes[out.at++] = 0xc0 | (point >> 6);
    bytes[out.at++] = 0x80 | (point & 63);
  } else if ((point >= 0xd800 && point < 0xe000) || point === 0x2028 || point === 0x2029) writeEscape(out, point);
  else if (point < 0x10000) {
    bytes[out.at++] = 0xe0 | (point >> 12);
    bytes[out.at++] = 0x80 | ((point >> 6) & 63);
    bytes[out.at++] = 0x80 | (point & 63);
  } else {
    bytes[out.at++] = 0xf0 | (point >> 18);
    bytes[out.at++] = 0x80 | ((point >> 12) & 63);
    bytes[out.at++] = 0x80 | ((point >> 6) & 63);
    bytes[out.at++] = 0x80 | (point & 63);
  }
}

function writeEscape(out: ByteOut, unit: number): void {
  out.bytes[out.at++] = 92;
  out.bytes[out.at++] = 0x75;
  for (let shift = 12; shift >= 0; shift -= 4) out.bytes[out.at++] = hex.charCodeAt((unit >> shift) & 15);
}

/** Bytes as hexadecimal digits in quotes. */
export function writeHex(out: ByteOut, raw: Uint8Array, from: number, to: number): void {
  out.room((to - from) * 2 + 2);
  out.bytes[out.at++] = 34;
  for (let i = from; i < to; i++) {
    const byte = raw[i] as number;
    out.bytes[out.at++] = hex.charCodeAt(byte >> 4);
    out.bytes[out.at++] = hex.charCodeAt(byte & 15);
  }
  out.bytes[out.at++] = 34;
}

const RADIX64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Bytes as base64 (RFC 4648, with padding) in quotes. */
export function writeBase64(out: ByteOut, raw: Uint8Array): void {
  out.room(Math.ceil(raw.length / 3) * 4 + 2);
  out.bytes[out.at++] = 34;
  for (let i = 0; i < raw.length; i += 3) {
    const three = ((raw[i] as number) << 16) | ((raw[i + 1] ?? 0) << 8) | (raw[i + 2] ?? 0);
    for (let k = 0; k < 4; k++)
      out.bytes[out.at++] = i + k > raw.length ? 61 : RADIX64.charCodeAt((three >> (18 - 6 * k)) & 63);
  }
  out.bytes[out.at++] = 34;
}
