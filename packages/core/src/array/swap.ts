/**
 * Reverses the bytes of every `unit`-byte group of `from` into `to` (which may be `from` itself) and returns `to`.
 * Bits are moved as integers: float getters may quieten NaN payloads.
 */
export function swapLanes(from: Uint8Array, unit: number, to: Uint8Array): Uint8Array {
  if (unit <= 1) {
    if (to !== from) to.set(from);
    return to;
  }
  if ((unit === 2 || unit === 4 || unit === 8) && to.byteOffset % 4 === 0 && to.length % 4 === 0) {
    if (to !== from) to.set(from);
    swapWords(new Uint32Array(to.buffer, to.byteOffset, to.length >> 2), unit);
    return to;
  }
  if (to === from) {
    for (let i = 0; i + unit <= to.length; i += unit) to.subarray(i, i + unit).reverse();
    return to;
  }
  for (let i = 0; i + unit <= from.length; i += unit)
    for (let j = 0; j < unit; j++) to[i + j] = from[i + unit - 1 - j] as number;
  return to;
}

function swapWords(words: Uint32Array, unit: 2 | 4 | 8): void {
  const n = words.length;
  if (unit === 2) {
    for (let i = 0; i < n; i++) {
      const w = words[i] as number;
      words[i] = ((w & 0x00ff00ff) << 8) | ((w >>> 8) & 0x00ff00ff);
    }
  } else if (unit === 4) {
    for (let i = 0; i < n; i++) {
      const w = words[i] as number;
      const r = ((w & 0x00ff00ff) << 8) | ((w >>> 8) & 0x00ff00ff);
      words[i] = (r << 16) | (r >>> 16);
    }
  } else {
    for (let i = 0; i + 1 < n; i += 2) {
      const a = words[i] as number;
      const b = words[i + 1] as number;
      const ra = ((a & 0x00ff00ff) << 8) | ((a >>> 8) & 0x00ff00ff);
      const rb = ((b & 0x00ff00ff) << 8) | ((b >>> 8) & 0x00ff00ff);
      words[i] = (rb << 16) | (rb >>> 16);
      words[i + 1] = (ra << 16) | (ra >>> 16);
    }
  }
}
