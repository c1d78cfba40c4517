/** The fewest little-endian two's-complement bytes of an int other than 0, as LONG1 and LONG4 hold them. */
export function longBytes(value: bigint): Uint8Array {
  const magnitude = value < 0n ? ~value : value;
  const hex = magnitude.toString(16);
  const bits = magnitude === 0n ? 0 : (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0] as string, 16)));
  const size = (bits >> 3) + 1;
  const digits = BigInt.asUintN(size * 8, value)
    .toString(16)
    .padStart(size * 2, "0");
  const out = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const from = (size - 1 - i) * 2;
    out[i] = Number.parseInt(digits.slice(from, from + 2), 16);
  }
  return out;
}
