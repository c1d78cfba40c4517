const view = new DataView(new ArrayBuffer(8));

/** The bits of a float64. */
export function bitsOf(value: number): bigint {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

/** The float64 of some bits. */
export function numberOf(bits: bigint): number {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** Big-endian two's complement in as few bytes as hold the sign. */
export function twosComplement(value: bigint): Uint8Array {
  const digits = (value < 0n ? ~value : value).toString(2).length + 1;
  const bytes = Math.ceil(digits / 8);
  const hex = BigInt.asUintN(bytes * 8, value)
    .toString(16)
    .padStart(bytes * 2, "0");
  return Uint8Array.from({ length: bytes }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16));
}

/** The integer of big-endian two's complement bytes. */
export function integerOf(bytes: Uint8Array): bigint {
  let hex = "0x0";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return BigInt.asIntN(bytes.length * 8, BigInt(hex));
}
