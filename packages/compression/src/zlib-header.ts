/** Whether two bytes begin a zlib stream (RFC 1950, 2.2): method 8, window up to 32 KiB, check bits right, no preset dictionary. */
export function isZlibHeader(cmf: number | undefined, flg: number | undefined): boolean {
  if (cmf === undefined || flg === undefined) return false;
  return (cmf & 15) === 8 && cmf >> 4 <= 7 && (cmf * 256 + flg) % 31 === 0 && (flg & 32) === 0;
}
