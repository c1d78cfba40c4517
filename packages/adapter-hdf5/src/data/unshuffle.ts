import { hostIsLittleEndian } from "@masquerade/core";

/**
 * Bytes put back in order: first all first bytes of the elements, then all second ones, … What is left over stays at the end. `into`: where the
 * first of them go, as many as fit, instead of fresh memory.
 */
export function unshuffle(
  bytes: Uint8Array,
  size: number,
  into: Uint8Array = new Uint8Array(bytes.length),
): Uint8Array {
  const count = size > 1 ? Math.floor(bytes.length / size) : 0;
  if (count <= 1) {
    into.set(bytes.subarray(0, into.length));
    return into;
  }
  const wanted = Math.min(count, Math.floor(into.length / size));
  const whole = count * size;
  if (into.length > whole) into.set(bytes.subarray(whole, into.length), whole);
  else if (into.length > wanted * size) {
    // The end of what is wanted lies within an element.
    const all = unshuffle(bytes, size);
    into.set(all.subarray(0, into.length));
    return into;
  }
  const done = inWords(bytes, size, count, into, wanted);
  for (let k = 0; k < size; k++) {
    const from = k * count;
    for (let i = done, to = done * size + k; i < wanted; i++, to += size) into[to] = bytes[from + i] as number;
  }
  return into;
}

/** Elements of some whole words, four at a time; how many of them are done. */
function inWords(bytes: Uint8Array, size: number, count: number, into: Uint8Array, wanted: number): number {
  const aligned = ((bytes.byteOffset | into.byteOffset | count) & 3) === 0;
  if (!hostIsLittleEndian || !aligned || (size !== 2 && (size & 3) !== 0)) return 0;
  const planes = new Int32Array(bytes.buffer, bytes.byteOffset, (count * size) >> 2);
  const fours = wanted >> 2;
  const out = new Int32Array(into.buffer, into.byteOffset, fours * size);
  if (size === 2) pairs(planes, out, count >> 2, fours);
  else for (let word = 0; word < size >> 2; word++) quads(planes, out, { count, fours, word, words: size >> 2 });
  return fours * 4;
}

/** Four elements of two bytes from a word of each of the two planes. */
function pairs(planes: Int32Array, out: Int32Array, plane: number, fours: number): void {
  for (let i = 0, to = 0; i < fours; i++, to += 2) {
    const a = planes[i] as number;
    const b = planes[plane + i] as number;
    out[to] = (a & 0xff) | ((a & 0xff00) << 8) | ((b & 0xff) << 8) | ((b & 0xff00) << 16);
    out[to + 1] = ((a >>> 16) & 0xff) | ((a >>> 8) & 0xff0000) | ((b >>> 8) & 0xff00) | (b & 0xff000000);
  }
}

interface Quads {
  /** Elements in all. */
  readonly count: number;
  /** Groups of four elements that are wanted. */
  readonly fours: number;
  /** Which word of each element, and how many it has. */
  readonly word: number;
  readonly words: number;
}

/** One word of four elements at a time, from a word of each of its four planes: a matrix of 4 by 4 bytes transposed. */
function quads(planes: Int32Array, out: Int32Array, { count, fours, word, words }: Quads): void {
  const plane = count >> 2;
  const [first, step] = [word * count, 4 * words];
  const [second, third, fourth] = [first + plane, first + 2 * plane, first + 3 * plane];
  for (let i = 0, to = word; i < fours; i++, to += step) {
    const a = planes[first + i] as number;
    const b = planes[second + i] as number;
    const c = planes[third + i] as number;
    const d = planes[fourth + i] as number;
    const even = (a & 0x00ff00ff) | ((b & 0x00ff00ff) << 8);
    const odd = ((a >>> 8) & 0x00ff00ff) | (b & 0xff00ff00);
    const evenHigh = (c & 0x00ff00ff) | ((d & 0x00ff00ff) << 8);
    const oddHigh = ((c >>> 8) & 0x00ff00ff) | (d & 0xff00ff00);
    out[to] = (even & 0xffff) | (evenHigh << 16);
    out[to + words] = (odd & 0xffff) | (oddHigh << 16);
    out[to + 2 * words] = (even >>> 16) | (evenHigh & 0xffff0000);
    out[to + 3 * words] = (odd >>> 16) | (oddHigh & 0xffff0000);
  }
}
