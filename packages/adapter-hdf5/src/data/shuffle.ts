import { hostIsLittleEndian } from "@masquerade/core";

/** HDF5's filter 2: first all first bytes of the elements, then all second ones, … What is left over stays at the end. */
export function shuffle(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const count = size > 1 ? Math.floor(bytes.length / size) : 0;
  const whole = count * size;
  out.set(bytes.subarray(whole), whole);
  const done = inWords(bytes, out, { size, count, wanted: count, back: false });
  for (let k = 0; k < size; k++) {
    const to = k * count;
    for (let i = done, from = done * size + k; i < count; i++, from += size) out[to + i] = bytes[from] as number;
  }
  return out;
}

/** What {@link shuffle} has done, undone. `into`: where the first bytes go, as many as fit, instead of fresh memory. */
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
  const done = inWords(bytes, into, { size, count, wanted, back: true });
  for (let k = 0; k < size; k++) {
    const from = k * count;
    for (let i = done, to = done * size + k; i < wanted; i++, to += size) into[to] = bytes[from + i] as number;
  }
  return into;
}

interface Elements {
  /** Bytes of an element, how many elements there are, and how many of them are wanted. */
  readonly size: number;
  readonly count: number;
  readonly wanted: number;
  /** From planes to elements, not from elements to planes. */
  readonly back: boolean;
}

/** Does whole words, four elements at a time, where they lie so; how many elements are done. */
function inWords(bytes: Uint8Array, into: Uint8Array, { size, count, wanted, back }: Elements): number {
  const aligned = ((bytes.byteOffset | into.byteOffset | count) & 3) === 0;
  if (!hostIsLittleEndian || !aligned || size === 0 || (size !== 2 && (size & 3) !== 0)) return 0;
  const from = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const to = new Int32Array(into.buffer, into.byteOffset, into.length >> 2);
  const plane = count >> 2;
  const fours = wanted >> 2;
  if (size === 2) (back ? unpairs : pairs)(from, to, plane, fours);
  else
    for (let word = 0, words = size >> 2; word < words; word++) {
      const planes = { at: word * count, step: plane, next: 1 };
      const elements = { at: word, step: words, next: 4 * words };
      if (back) quads(from, planes, to, elements, fours);
      else quads(from, elements, to, planes, fours);
    }
  return fours * 4;
}

/** Two planes from two words of four elements. */
function pairs(from: Int32Array, to: Int32Array, plane: number, fours: number): void {
  for (let i = 0; i < fours; i++) {
    const a = from[2 * i] as number;
    const b = from[2 * i + 1] as number;
    to[i] = (a & 0xff) | ((a >>> 8) & 0xff00) | ((b & 0xff) << 16) | ((b & 0xff0000) << 8);
    to[plane + i] = ((a >>> 8) & 0xff) | ((a >>> 16) & 0xff00) | ((b << 8) & 0xff0000) | (b & 0xff000000);
  }
}

/** The other way. */
function unpairs(from: Int32Array, to: Int32Array, plane: number, fours: number): void {
  for (let i = 0; i < fours; i++) {
    const a = from[i] as number;
    const b = from[plane + i] as number;
    to[2 * i] = (a & 0xff) | ((a & 0xff00) << 8) | ((b & 0xff) << 8) | ((b & 0xff00) << 16);
    to[2 * i + 1] = ((a >>> 16) & 0xff) | ((a >>> 8) & 0xff0000) | ((b >>> 8) & 0xff00) | (b & 0xff000000);
  }
}

/** Four words: where the first is, how far from one to the next, and from four to the next four. */
interface Fours {
  readonly at: number;
  readonly step: number;
  readonly next: number;
}

/** Matrices of 4 by 4 bytes transposed. */
function quads(from: Int32Array, source: Fours, to: Int32Array, target: Fours, fours: number): void {
  const { step: s, next } = source;
  const { step: t, next: toNext } = target;
  for (let i = 0, f = source.at, o = target.at; i < fours; i++, f += next, o += toNext) {
    const a = from[f] as number;
    const b = from[f + s] as number;
    const c = from[f + 2 * s] as number;
    const d = from[f + 3 * s] as number;
    const even = (a & 0x00ff00ff) | ((b & 0x00ff00ff) << 8);
    const odd = ((a >>> 8) & 0x00ff00ff) | (b & 0xff00ff00);
    const evenHigh = (c & 0x00ff00ff) | ((d & 0x00ff00ff) << 8);
    const oddHigh = ((c >>> 8) & 0x00ff00ff) | (d & 0xff00ff00);
    to[o] = (even & 0xffff) | (evenHigh << 16);
    to[o + t] = (odd & 0xffff) | (oddHigh << 16);
    to[o + 2 * t] = (even >>> 16) | (evenHigh & 0xffff0000);
    to[o + 3 * t] = (odd >>> 16) | (oddHigh & 0xffff0000);
  }
}
