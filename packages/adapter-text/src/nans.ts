import type { NdArray } from "@masquerade/core";

/** The bits of an ordinary quiet NaN, by width in bytes. */
const usual: { readonly [width: number]: bigint } = { 2: 0x7e00n, 4: 0x7fc00000n, 8: 0x7ff8000000000000n };

type Lanes = Uint16Array | Uint32Array | BigUint64Array;

/** Floating-point storage as integers of the same width; undefined for other storage. */
function lanesOf(array: NdArray): Lanes | undefined {
  const storage = array.toC();
  if (array.dtype.kind === "float16") return storage as Uint16Array;
  if (storage instanceof Float32Array) return new Uint32Array(storage.buffer, storage.byteOffset, storage.length);
  if (storage instanceof Float64Array) return new BigUint64Array(storage.buffer, storage.byteOffset, storage.length);
  return undefined;
}

function isNaNBits(bits: bigint, width: number): boolean {
  const infinity = width === 8 ? 0x7ffn << 52n : width === 4 ? 0xffn << 23n : 0x1fn << 10n;
  return (bits & ((1n << BigInt(width * 8 - 1)) - 1n)) > infinity;
}

/** A NaN that the word "nan" would not bring back. */
export interface OddNaN {
  readonly element: number;
  /** `element.column.part=bits` (part 1: imaginary). */
  readonly note: string;
}

/** All of an array, as notes. */
export function oddNaNs(array: NdArray, mask: Uint8Array | undefined, column: number): string[] {
  return findOddNaNs(array, mask, column, 0, array.size, 0).map(({ note }) => note);
}

/** Notes as lines of a comment. */
export function noteLines(notes: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < notes.length; i += 20) lines.push(`nan: ${notes.slice(i, i + 20).join(" ")}`);
  return lines;
}

/** Those among the elements `from` to `until`, before which there are `base` elements of the whole. */
export function findOddNaNs(
  array: NdArray,
  mask: Uint8Array | undefined,
  column: number,
  from: number,
  until: number,
  base: number,
): OddNaN[] {
  const lanes = lanesOf(array);
  if (lanes === undefined) return [];
  const floats = array.dtype.kind === "float16" ? undefined : (array.toC() as Float64Array);
  const parts = array.dtype.kind.startsWith("complex") ? 2 : 1;
  const width = lanes.BYTES_PER_ELEMENT;
  if (floats !== undefined && allFinite(floats, from * parts, until * parts)) return [];
  const found: OddNaN[] = [];
  for (let at = from * parts; at < until * parts; at++) {
    if (floats === undefined ? ((lanes[at] as number) & 0x7c00) !== 0x7c00 : !Number.isNaN(floats[at])) continue;
    const bits = BigInt(lanes[at] as number | bigint);
    const element = Math.floor(at / parts);
    if (bits === usual[width] || !isNaNBits(bits, width) || (mask !== undefined && mask[element] !== 0)) continue;
    const whole = base + element;
    found.push({ element: whole, note: `${whole}.${column}.${at % parts}=${bits.toString(16)}` });
  }
  return found;
}

/** Whether there is neither a NaN nor an infinity among them: with no branch for each. */
function allFinite(values: Float64Array, from: number, until: number): boolean {
  let zero = 0;
  for (let i = from; i < until; i++) zero += (values[i] as number) * 0;
  return zero === 0;
}

/** Which element a note is about; undefined for what is no note. */
export function elementOfNote(note: string): number | undefined {
  const found = /^(\d{1,15})\./.exec(note);
  return found === null ? undefined : Number(found[1]);
}

/** Puts one of the notes of {@link oddNaNs} back; `base`: elements before those of the columns. False when the note cannot be. */
export function restoreNaN(
  note: string,
  columns: readonly ({ readonly array: NdArray } | undefined)[],
  base = 0,
): boolean {
  const found = /^(\d{1,15})\.(\d{1,5})\.([01])=([0-9a-f]{1,16})$/.exec(note);
  if (found === null) return false;
  const [element, column, part] = found.slice(1, 4).map(Number) as [number, number, number];
  const array = columns[column]?.array;
  const lanes = array === undefined ? undefined : lanesOf(array);
  if (array === undefined || lanes === undefined) return false;
  const parts = array.dtype.kind.startsWith("complex") ? 2 : 1;
  const at = (element - base) * parts + part;
  const width = lanes.BYTES_PER_ELEMENT;
  const bits = BigInt(`0x${found[4]}`);
  if (part >= parts || at < 0 || at >= lanes.length || bits >= 1n << BigInt(width * 8) || !isNaNBits(bits, width))
    return false;
  if (!isNaNBits(BigInt(lanes[at] as number | bigint), width)) return false;
  if (lanes instanceof BigUint64Array) lanes[at] = bits;
  else lanes[at] = Number(bits);
  return true;
}
