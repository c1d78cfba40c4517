/** A prefix code as a lookup table: index by the next `bits` bits; the entry is `symbol << 4 | length`, 0 where no code is. */
export interface PrefixCode {
  readonly table: Uint16Array;
  readonly bits: number;
}

/**
 * The canonical code of these lengths (RFC 1951, 3.2.2), or undefined when no such code exists: over-subscribed, or incomplete
 * where zlib does not allow it (it allows no codes at all, and a single one of one bit unless `complete`).
 */
export function prefixCode(lengths: Uint8Array, complete: boolean): PrefixCode | undefined {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] = (counts[length] as number) + 1;
  counts[0] = 0;
  let bits = 15;
  while (bits > 0 && counts[bits] === 0) bits--;
  if (bits === 0) return complete ? undefined : { table: new Uint16Array(2), bits: 1 };
  const next = new Uint16Array(16);
  let left = 1;
  let code = 0;
  for (let length = 1; length <= 15; length++) {
    const count = counts[length] as number;
    left = left * 2 - count;
    if (left < 0) return undefined;
    next[length] = code = (code + (counts[length - 1] as number)) << 1;
  }
  if (left > 0 && (complete || bits !== 1)) return undefined;
  const table = new Uint16Array(1 << bits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] as number;
    if (length === 0) continue;
    const own = next[length] as number;
    next[length] = own + 1;
    let reversed = 0;
    for (let i = 0; i < length; i++) reversed |= ((own >> i) & 1) << (length - 1 - i);
    const entry = (symbol << 4) | length;
    for (let at = reversed; at < table.length; at += 1 << length) table[at] = entry;
  }
  return { table, bits };
}

function lengthsOf(spans: readonly (readonly [count: number, length: number])[]): Uint8Array {
  const out: number[] = [];
  for (const [count, length] of spans) for (let i = 0; i < count; i++) out.push(length);
  return Uint8Array.from(out);
}

let fixed: readonly [literals: PrefixCode, distances: PrefixCode] | undefined;

/** The code of blocks of type 1 (RFC 1951, 3.2.6), made on first use. */
export function fixedCodes(): readonly [literals: PrefixCode, distances: PrefixCode] {
  fixed ??= [
    prefixCode(
      lengthsOf([
        [144, 8],
        [112, 9],
        [24, 7],
        [8, 8],
      ]),
      true,
    ) as PrefixCode,
    prefixCode(lengthsOf([[32, 5]]), true) as PrefixCode,
  ];
  return fixed;
}
