/** Sums of at most this many bytes stay below 2^31, where JavaScript engines count in integers. */
const RUN = 3800;

/** Adler-32 (RFC 1950) of `bytes` continued from `seed`. */
export function adler32(bytes: Uint8Array, seed = 1): number {
  let a = seed & 0xffff;
  let b = seed >>> 16;
  for (let i = 0; i < bytes.length; ) {
    const end = Math.min(i + RUN, bytes.length);
    for (const whole = end - 7; i < whole; i += 8) {
      a += bytes[i] as number;
      b += a;
      a += bytes[i + 1] as number;
      b += a;
      a += bytes[i + 2] as number;
      b += a;
      a += bytes[i + 3] as number;
      b += a;
      a += bytes[i + 4] as number;
      b += a;
      a += bytes[i + 5] as number;
      b += a;
      a += bytes[i + 6] as number;
      b += a;
      a += bytes[i + 7] as number;
      b += a;
    }
    for (; i < end; i++) {
      a += bytes[i] as number;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}
