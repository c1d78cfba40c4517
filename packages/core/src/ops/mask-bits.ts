import { OptionError } from "../errors.ts";

/** Four mask bytes at a time where they are aligned; undefined where not. */
function wordsOf(bytes: Uint8Array): Uint32Array | undefined {
  return bytes.byteOffset % 4 === 0 ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : undefined;
}

/** Number of non-zero bytes. */
export function countTrue(bytes: Uint8Array): number {
  const words = wordsOf(bytes);
  let count = 0;
  let i = 0;
  if (words !== undefined) {
    for (let w = words.length; w-- > 0; ) {
      let t = words[w] as number;
      if (t === 0) continue;
      t |= (t >>> 4) & 0x0f0f0f0f;
      t |= (t >>> 2) & 0x03030303;
      t |= (t >>> 1) & 0x01010101;
      count += Math.imul(t & 0x01010101, 0x01010101) >>> 24;
    }
    i = words.length * 4;
  }
  for (; i < bytes.length; i++) if (bytes[i] !== 0) count++;
  return count;
}

/** Whether any byte is non-zero. */
export function anyTrue(bytes: Uint8Array): boolean {
  const words = wordsOf(bytes);
  let i = 0;
  if (words !== undefined) {
    for (let w = words.length; w-- > 0; ) if (words[w] !== 0) return true;
    i = words.length * 4;
  }
  for (; i < bytes.length; i++) if (bytes[i] !== 0) return true;
  return false;
}

/** ORs `other` into `into`, byte by byte. Throws OptionError SHAPE_MISMATCH for unequal lengths. */
export function orInto(into: Uint8Array, other: Uint8Array): Uint8Array {
  if (into.length !== other.length)
    throw new OptionError("SHAPE_MISMATCH", `masks of ${into.length} and ${other.length} elements`);
  const a = wordsOf(into);
  const b = wordsOf(other);
  let i = 0;
  if (a !== undefined && b !== undefined) {
    for (let w = 0; w < a.length; w++) a[w] = (a[w] as number) | (b[w] as number);
    i = a.length * 4;
  }
  for (; i < into.length; i++) into[i] = (into[i] as number) | (other[i] as number);
  return into;
}
