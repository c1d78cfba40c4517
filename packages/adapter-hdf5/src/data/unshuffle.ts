import { hostIsLittleEndian } from "@masquerade/core";

/** Bytes put back in order: first all first bytes of the elements, then all second ones, … What is left over stays at the end. */
export function unshuffle(bytes: Uint8Array, size: number): Uint8Array {
  const count = size > 1 ? Math.floor(bytes.length / size) : 0;
  if (count <= 1) return bytes;
  const out = new Uint8Array(bytes.length);
  if (size === 8 && hostIsLittleEndian) unshuffle8(bytes, out, count);
  else if (size === 4 && hostIsLittleEndian) unshuffle4(bytes, out, count);
  else
    for (let k = 0; k < size; k++) {
      const from = k * count;
      for (let i = 0, to = k; i < count; i++, to += size) out[to] = bytes[from + i] as number;
    }
  out.set(bytes.subarray(count * size), count * size);
  return out;
}

function unshuffle4(bytes: Uint8Array, out: Uint8Array, count: number): void {
  const words = new Uint32Array(out.buffer, 0, count);
  const [b, c, d] = [count, 2 * count, 3 * count];
  for (let i = 0; i < count; i++)
    words[i] =
      (bytes[i] as number) |
      ((bytes[b + i] as number) << 8) |
      ((bytes[c + i] as number) << 16) |
      ((bytes[d + i] as number) << 24);
}

function unshuffle8(bytes: Uint8Array, out: Uint8Array, count: number): void {
  const words = new Uint32Array(out.buffer, 0, 2 * count);
  for (let i = 0, to = 0; i < count; i++, to += 2) {
    words[to] =
      (bytes[i] as number) |
      ((bytes[count + i] as number) << 8) |
      ((bytes[2 * count + i] as number) << 16) |
      ((bytes[3 * count + i] as number) << 24);
    words[to + 1] =
      (bytes[4 * count + i] as number) |
      ((bytes[5 * count + i] as number) << 8) |
      ((bytes[6 * count + i] as number) << 16) |
      ((bytes[7 * count + i] as number) << 24);
  }
}
