/**
 * NumPy's mask (true: masked) as a validity bitmap, as Arrow has it (1: valid, least significant bit first).
 * @param {Uint8Array} mask
 */
export function toValidity(mask) {
  const bits = new Uint8Array((mask.length + 7) >> 3);
  for (let i = 0; i < mask.length; i++) if (mask[i] === 0) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
  return bits;
}

/**
 * The way back.
 * @param {Uint8Array} bits
 * @param {number} length
 */
export function toMask(bits, length) {
  const mask = new Uint8Array(length);
  for (let i = 0; i < length; i++) mask[i] = ((bits[i >> 3] ?? 0) >> (i & 7)) & 1 ? 0 : 1;
  return mask;
}
