import { crc32 } from "@masquerade/compression";
import type { ChecksumKind } from "./tables.ts";

/** Reflected polynomial of CRC-32C (RFC 3720, appendix B.4). */
const CASTAGNOLI = 0x82f63b78;

/** Eight tables of 256: a table for each of the eight bytes taken at a time. */
let tables: readonly Int32Array[] | undefined;

function makeTables(): readonly Int32Array[] {
  const made = Array.from({ length: 8 }, () => new Int32Array(256));
  const first = made[0] as Int32Array;
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = (c & 1) === 0 ? c >>> 1 : (c >>> 1) ^ CASTAGNOLI;
    first[n] = c;
  }
  for (let t = 1; t < 8; t++) {
    const before = made[t - 1] as Int32Array;
    const table = made[t] as Int32Array;
    for (let n = 0; n < 256; n++) {
      const c = before[n] as number;
      table[n] = (first[c & 255] as number) ^ (c >>> 8);
    }
  }
  return made;
}

/** CRC-32C, as an unsigned number, continued from `seed`. */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  tables ??= makeTables();
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as unknown as readonly [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  let c = ~seed;
  let i = 0;
  for (const stop = bytes.length - 7; i < stop; i += 8) {
    const low =
      c ^
      ((bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24));
    c =
      (t7[low & 255] as number) ^
      (t6[(low >>> 8) & 255] as number) ^
      (t5[(low >>> 16) & 255] as number) ^
      (t4[low >>> 24] as number) ^
      (t3[bytes[i + 4] as number] as number) ^
      (t2[bytes[i + 5] as number] as number) ^
      (t1[bytes[i + 6] as number] as number) ^
      (t0[bytes[i + 7] as number] as number);
  }
  for (; i < bytes.length; i++) c = (t0[(c ^ (bytes[i] as number)) & 255] as number) ^ (c >>> 8);
  return ~c >>> 0;
}

/** Checksum of bytes, as an unsigned 32-bit number, continued from `seed`. */
export function checksum(kind: ChecksumKind, bytes: Uint8Array, seed = 0): number {
  return kind === "crc32" ? crc32(bytes, seed) : crc32c(bytes, seed);
}
