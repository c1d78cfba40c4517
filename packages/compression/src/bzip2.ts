import { ByteOutput } from "./byte-output.ts";
import { BitReader, type HuffmanTable, huffmanTable } from "./bzip2-huffman.ts";
import type { InflateOptions } from "./inflate.ts";

/** Symbols coded by one Huffman table before the next is chosen; most tables; longest code. */
const GROUP = 50;
const MOST_TABLES = 6;
/** Room for a block at first. */
const FIRST = 4096;
/** The two symbols that count repetitions. */
const RUN_B = 1;

const CRC: Uint32Array = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, i) => {
  let c = i << 24;
  for (let k = 0; k < 8; k++) c = c < 0 ? (c << 1) ^ 0x04c11db7 : c << 1;
  return c;
});

/**
 * The bytes in a bzip2 file: all its streams joined, the CRC of each block and of each stream verified. Throws FormatError and LimitError.
 * Source: the files that bzip2 1.0.8 writes and reads.
 */
export function bunzip2(
  bytes: Uint8Array,
  options: Omit<InflateOptions, "format" | "size"> & { readonly format?: string },
): Uint8Array {
  const where = { format: options.format ?? "bzip2", offset: options.offset };
  const out = new ByteOutput(options.maxBytes, where);
  const bits = new BitReader(bytes, where.format, options.offset ?? 0);
  const decoder = new BlockDecoder(bits, out);
  do stream(bits, decoder);
  while (!bits.atEnd());
  return out.take();
}

function stream(bits: BitReader, decoder: BlockDecoder): void {
  const level = bits.take(8) === 0x42 && bits.take(8) === 0x5a && bits.take(8) === 0x68 ? bits.take(8) - 0x30 : 0;
  if (level < 1 || level > 9) throw bits.bad("does not begin as a bzip2 stream does");
  decoder.begin(level * 100_000);
  let combined = 0;
  for (;;) {
    const high = bits.take(24);
    const low = bits.take(24);
    const crc = ((bits.take(16) << 16) | bits.take(16)) >>> 0;
    if (high === 0x177245 && low === 0x385090) {
      if (combined >>> 0 !== crc) throw bits.bad("the CRC of the stream does not match", "FORMAT_CHECKSUM");
      bits.align();
      return;
    }
    if (high !== 0x314159 || low !== 0x265359) throw bits.bad("neither a block nor the end of the stream");
    if (decoder.block() !== crc) throw bits.bad("the CRC of a block does not match the data", "FORMAT_CHECKSUM");
    combined = ((combined << 1) | (combined >>> 31)) ^ crc;
  }
}

class BlockDecoder {
  private readonly bits: BitReader;
  private readonly out: ByteOutput;
  /** Bytes of the transformed block in the low 8 bits; then the links of its inverse in the others. */
  #links: Uint32Array = new Uint32Array(0);
  #most = 0;

  constructor(bits: BitReader, out: ByteOutput) {
    this.bits = bits;
    this.out = out;
  }

  /** A stream begins whose blocks have at most `size` bytes. */
  begin(size: number): void {
    this.#most = size;
  }

  /** Decodes one block into the output and returns its CRC. */
  block(): number {
    const { bits } = this;
    if (bits.take(1) === 1)
      throw bits.bad("a randomised block, which no bzip2 of this century writes", "FORMAT_VERSION");
    const origin = bits.take(24);
    const count = this.symbols();
    if (origin >= count) throw bits.bad("a block begins outside of itself");
    return this.invert(origin, count);
  }

  /** Huffman codes, then move-to-front and the counted repetitions: fills the block and returns its length. */
  private symbols(): number {
    const { bits } = this;
    let block = this.#links;
    const used = this.alphabet();
    const { tables, selectors } = this.tables(used.length + 2);
    const histogram = new Uint32Array(256);
    const end = used.length + 1;
    let count = 0;
    let run = 0;
    let weight = 1;
    let group = 0;
    let left = 0;
    let table: HuffmanTable | undefined;
    for (;;) {
      if (left === 0) {
        table = tables[selectors[group++] ?? -1];
        if (table === undefined) throw bits.bad("a block has more symbols than tables chosen for them");
        left = GROUP;
      }
      left--;
      const symbol = bits.symbol(table as HuffmanTable);
      if (symbol <= RUN_B) {
        run += weight << symbol;
        weight *= 2;
        if (run > this.#most) throw bits.bad("a block is longer than its stream allows");
        continue;
      }
      if (run > 0) {
        const byte = used[0] as number;
        block = this.#room(count, run);
        block.fill(byte, count, count + run);
        histogram[byte] = (histogram[byte] as number) + run;
        count += run;
        run = 0;
        weight = 1;
      }
      if (symbol === end) break;
      if (count === block.length || count === this.#most) block = this.#room(count, 1);
      const index = symbol - 1;
      const byte = used[index] as number;
      used.copyWithin(1, 0, index);
      used[0] = byte;
      block[count++] = byte;
      histogram[byte] = (histogram[byte] as number) + 1;
    }
    let sum = 0;
    for (let byte = 0; byte < 256; byte++) {
      const n = histogram[byte] as number;
      histogram[byte] = sum;
      sum += n;
    }
    for (let i = 0; i < count; i++) {
      const byte = (block[i] as number) & 0xff;
      const to = histogram[byte] as number;
      histogram[byte] = to + 1;
      block[to] = (block[to] as number) | (i << 8);
    }
    return count;
  }

  /** The block with room for `more` bytes behind `count`. Throws FormatError beyond what the stream allows. */
  #room(count: number, more: number): Uint32Array {
    const need = count + more;
    if (need > this.#most) throw this.bits.bad("a block is longer than its stream allows");
    if (need > this.#links.length) {
      const larger = new Uint32Array(Math.min(this.#most, Math.max(need, this.#links.length * 2, FIRST)));
      larger.set(this.#links.subarray(0, count));
      this.#links = larger;
    }
    return this.#links;
  }

  private alphabet(): Uint8Array {
    const { bits } = this;
    const groups = bits.take(16);
    const used: number[] = [];
    for (let i = 0; i < 16; i++) {
      if (((groups >> (15 - i)) & 1) === 0) continue;
      const members = bits.take(16);
      for (let j = 0; j < 16; j++) if (((members >> (15 - j)) & 1) === 1) used.push(i * 16 + j);
    }
    if (used.length === 0) throw bits.bad("a block without bytes");
    return Uint8Array.from(used);
  }

  private tables(size: number): { readonly tables: readonly HuffmanTable[]; readonly selectors: Uint8Array } {
    const { bits } = this;
    const n = bits.take(3);
    const chosen = bits.take(15);
    if (n < 2 || n > MOST_TABLES || chosen === 0) throw bits.bad("an impossible number of Huffman tables");
    const order = Array.from({ length: n }, (_, i) => i);
    const selectors = new Uint8Array(chosen);
    for (let i = 0; i < chosen; i++) {
      let j = 0;
      while (bits.take(1) === 1) if (++j >= n) throw bits.bad("a Huffman table that does not exist");
      const [table] = order.splice(j, 1) as [number];
      order.unshift(table);
      selectors[i] = table;
    }
    const tables = Array.from({ length: n }, () => {
      const lengths = new Uint8Array(size);
      let length = bits.take(5);
      for (let i = 0; i < size; i++) {
        while (bits.take(1) === 1) length += bits.take(1) === 1 ? -1 : 1;
        if (length < 1 || length > 20) throw bits.bad("a Huffman code of an impossible length");
        lengths[i] = length;
      }
      return huffmanTable(lengths, bits);
    });
    return { tables, selectors };
  }

  /** The inverse Burrows-Wheeler transform, and the first run-length code: four equal bytes and a count. */
  private invert(origin: number, count: number): number {
    const { out } = this;
    const block = this.#links;
    let crc = -1;
    let place = (block[origin] as number) >>> 8;
    let same = 0;
    let last = -1;
    for (let i = 0; i < count; i++) {
      const entry = block[place] as number;
      const byte = entry & 0xff;
      place = entry >>> 8;
      if (same === 4) {
        out.reserve(byte);
        for (let n = byte; n > 0; n--) {
          out.bytes[out.length++] = last;
          crc = (crc << 8) ^ (CRC[(crc >>> 24) ^ last] as number);
        }
        same = 0;
        last = -1;
        continue;
      }
      same = byte === last ? same + 1 : 1;
      last = byte;
      if (out.length === out.bytes.length) out.reserve(1);
      out.bytes[out.length++] = byte;
      crc = (crc << 8) ^ (CRC[(crc >>> 24) ^ byte] as number);
    }
    return ~crc >>> 0;
  }
}
