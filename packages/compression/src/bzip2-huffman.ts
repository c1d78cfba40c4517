import { FormatError, type FormatErrorCode } from "@masquerade/core";

/** Longest code of bzip2. */
const LONGEST = 20;

/** Canonical codes, to be matched length by length: for each length the largest code, and where its symbols begin. */
export interface HuffmanTable {
  readonly shortest: number;
  readonly limits: Int32Array;
  readonly bases: Int32Array;
  readonly symbols: Uint16Array;
}

/** The table of codes with these lengths, one for each symbol, 1 to 20. Throws FormatError when there are more than fit. */
export function huffmanTable(lengths: Uint8Array, bits: BitReader): HuffmanTable {
  const counts = new Uint16Array(LONGEST + 1);
  for (const length of lengths) counts[length] = (counts[length] as number) + 1;
  const symbols = new Uint16Array(lengths.length);
  let next = 0;
  for (let length = 1; length <= LONGEST; length++)
    for (let s = 0; s < lengths.length; s++) if (lengths[s] === length) symbols[next++] = s;
  const limits = new Int32Array(LONGEST + 1).fill(-1);
  const bases = new Int32Array(LONGEST + 1);
  let code = 0;
  let before = 0;
  let shortest = LONGEST;
  for (let length = 1; length <= LONGEST; length++) {
    const count = counts[length] as number;
    if (count > 0 && length < shortest) shortest = length;
    bases[length] = before - code;
    code += count;
    if (code > 1 << length) throw bits.bad("more Huffman codes than fit");
    limits[length] = count > 0 ? code - 1 : -1;
    before += count;
    code <<= 1;
  }
  return { shortest, limits, bases, symbols };
}

/** Bits from the most significant one on. */
export class BitReader {
  private readonly bytes: Uint8Array;
  private readonly format: string;
  private readonly base: number;
  private at = 0;
  /** Bits not used yet, in the low end; at most 32 of them. */
  private held = 0;
  private count = 0;

  constructor(bytes: Uint8Array, format: string, base: number) {
    this.bytes = bytes;
    this.format = format;
    this.base = base;
  }

  /** The next `n` bits, 1 to 24. Throws FormatError FORMAT_TRUNCATED. */
  take(n: number): number {
    while (this.count < n) {
      if (this.at >= this.bytes.length) throw this.bad("the file ends too early", "FORMAT_TRUNCATED");
      this.held = (this.held << 8) | (this.bytes[this.at++] as number);
      this.count += 8;
    }
    this.count -= n;
    return (this.held >>> this.count) & ((1 << n) - 1);
  }

  /** The next symbol of a Huffman code. Throws FormatError. */
  symbol(table: HuffmanTable): number {
    const { limits, bases, symbols } = table;
    let length = table.shortest;
    let code = this.take(length);
    // Codes of a length are all below or equal to its limit; a code above belongs to a longer one.
    while (code > (limits[length] as number)) {
      if (++length > LONGEST) throw this.bad("a Huffman code that stands for nothing");
      code = (code << 1) | this.take(1);
    }
    const index = code + (bases[length] as number);
    if (index < 0 || index >= symbols.length) throw this.bad("a Huffman code that stands for nothing");
    return symbols[index] as number;
  }

  /** Steps over the rest of a byte. */
  align(): void {
    this.count -= this.count % 8;
  }

  atEnd(): boolean {
    return this.at - (this.count >> 3) >= this.bytes.length;
  }

  bad(message: string, code: FormatErrorCode = "FORMAT_MALFORMED"): FormatError {
    return new FormatError(code, this.format, message, { offset: this.base + this.at - (this.count >> 3) });
  }
}
