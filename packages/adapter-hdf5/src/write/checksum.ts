import { hostIsLittleEndian } from "@masquerade/core";

const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** Bob Jenkins's lookup3 (`hashlittle`) with an initial value of 0: the checksum of HDF5's newer metadata. Specification, section "Checksums". */
export function lookup3(bytes: Uint8Array): number {
  let a = (0xdeadbeef + bytes.length) | 0;
  let b = a;
  let c = a;
  let at = 0;
  let left = bytes.length;
  const word = (i: number): number =>
    (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24);
  for (; left > 12; left -= 12, at += 12) {
    a = (a + word(at)) | 0;
    b = (b + word(at + 4)) | 0;
    c = (c + word(at + 8)) | 0;
    a = ((a - c) ^ rotate(c, 4)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 6)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 8)) | 0;
    b = (b + a) | 0;
    a = ((a - c) ^ rotate(c, 16)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 19)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 4)) | 0;
    b = (b + a) | 0;
  }
  if (left === 0) return c >>> 0;
  // Bytes past the end count as zero.
  a = (a + word(at)) | 0;
  b = (b + word(at + 4)) | 0;
  c = (c + word(at + 8)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}

/** Words whose sums stay below 2^32. */
const RUN = 352;
const halves = (sum: number): number => (sum & 0xffff) + (sum >>> 16);
const turned = (word: number): number => ((word & 0xff) << 8) | (word >>> 8);

/**
 * HDF5's Fletcher-32 (filter 3): sums over big-endian 16-bit words, an odd last byte counting as a high one. Summed in host order: sums
 * modulo 65535 of turned words are turned sums.
 */
export function fletcher32(given: Uint8Array): number {
  const bytes = given.byteOffset % 2 === 0 ? given : given.slice();
  const words = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
  let low = 0;
  let high = 0;
  let at = 0;
  while (at + RUN <= words.length) {
    for (const stop = at + RUN; at < stop; at += 8) {
      const a = words[at] as number;
      const b = words[at + 1] as number;
      const c = words[at + 2] as number;
      const d = words[at + 3] as number;
      const e = words[at + 4] as number;
      const f = words[at + 5] as number;
      const g = words[at + 6] as number;
      const h = words[at + 7] as number;
      high = (high + 8 * (low + a) + 7 * b + 6 * c + 5 * d + 4 * e + 3 * f + 2 * g + h) | 0;
      low = (low + a + b + c + d + e + f + g + h) | 0;
    }
    low = halves(low);
    high = halves(high);
  }
  for (; at < words.length; at++) {
    low += words[at] as number;
    high += low;
  }
  if (bytes.length % 2 === 1) {
    const last = bytes[bytes.length - 1] as number;
    low += hostIsLittleEndian ? last : last << 8;
    high += low;
  }
  low = halves(halves(low));
  high = halves(halves(high));
  if (hostIsLittleEndian) [low, high] = [turned(low), turned(high)];
  return ((high << 16) | low) >>> 0;
}
