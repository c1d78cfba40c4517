/** The low and the high half of each entry for one byte (ECMA-182, reflected). */
const TABLE: { readonly low: Uint32Array; readonly high: Uint32Array } = /* @__PURE__ */ (() => {
  const low = new Uint32Array(256);
  const high = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let l = byte;
    let h = 0;
    for (let k = 0; k < 8; k++) {
      const odd = l & 1;
      l = ((l >>> 1) | (h << 31)) ^ (odd ? 0xd7870f42 : 0);
      h = (h >>> 1) ^ (odd ? 0xc96c5795 : 0);
    }
    low[byte] = l;
    high[byte] = h;
  }
  return { low, high };
})();

/** CRC-64 of `bytes` as in xz files. */
export function crc64(bytes: Uint8Array): bigint {
  const { low, high } = TABLE;
  let l = -1;
  let h = -1;
  for (const byte of bytes) {
    const index = (l ^ byte) & 0xff;
    l = ((l >>> 8) | (h << 24)) ^ (low[index] as number);
    h = (h >>> 8) ^ (high[index] as number);
  }
  return (BigInt(~h >>> 0) << 32n) | BigInt(~l >>> 0);
}
