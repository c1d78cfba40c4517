import { arrayFromBytes, type Codec, dtypes, type NdArray, shortestFloat32 } from "@masquerade/core";

/** Seeded bytes (xorshift32). */
export function randomBytes(seed: number, count: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(count / 4);
  let x = seed | 1;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  return new Uint8Array(words.buffer);
}

/** Seeded float64 of usual sizes, 1e-7 to 1e16: random bits, few bits, many ones, decimals of few digits and their neighbours. */
export function usualFloats(seed: number, count: number): Uint8Array<ArrayBuffer> {
  const bytes = randomBytes(seed, count * 8);
  const words = new Uint32Array(bytes.buffer);
  const values = new Float64Array(bytes.buffer);
  for (let i = 0; i < count; i++) {
    const low = words[i * 2] as number;
    const high = words[i * 2 + 1] as number;
    words[i * 2 + 1] = (high & 0x800fffff) | ((999 + ((low >>> 8) % 77)) << 20);
    if (i % 4 === 1) words[i * 2] = low & (low << 7) & (low << 13) & (low >>> 5);
    else if (i % 4 === 2) words[i * 2] = -(low % 9);
    else if (i % 4 === 3) {
      values[i] = Number(`${high % 10 ** (1 + (low % 9))}e${(low % 22) - 15}`);
      words[i * 2] = (words[i * 2] as number) + (high % 3) - 1;
    }
  }
  return bytes;
}

/** Significant digits of a decimal, without what its notation adds. */
const digitsOf = (text: string): string =>
  text.replace(/e.*/, "").replace(/[-.]/g, "").replace(/^0+/, "").replace(/0+$/, "");

/** Writes floats, reads them back, and lists (at most five of) those whose bits changed or that are not the engine's shortest digits. */
export function shortestProblems(
  codec: Codec<"sync">,
  kind: "float64" | "float32",
  raw: Uint8Array<ArrayBuffer>,
): readonly string[] {
  const size = raw.length / (kind === "float64" ? 8 : 4);
  const array = arrayFromBytes(raw, dtypes.simple(kind), [size]) as NdArray;
  const bytes = codec.encode(array, { indent: 0 } as object);
  const back = codec.decode(bytes) as NdArray;
  const problems: string[] = [];
  const note = (what: string): void => {
    if (problems.length < 5) problems.push(what);
  };
  const after = back.toBytes();
  if (after.length !== raw.length || after.some((byte, i) => byte !== raw[i])) {
    let at = 0;
    while (after[at] === raw[at]) at++;
    note(`element ${Math.floor((at * size) / raw.length)} came back with other bits`);
  }
  const text = new TextDecoder().decode(bytes);
  const literals = text.slice(text.indexOf("[", text.indexOf('"data"')) + 1, text.lastIndexOf("]")).split(",");
  const values = array.toC() as Float64Array | Float32Array;
  for (let i = 0; i < size; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    const want = kind === "float64" ? String(value) : shortestFloat32(value);
    const got = literals[i] as string;
    if (digitsOf(got) !== digitsOf(want) || Number(got) !== Number(want)) note(`${want} was written as ${got}`);
  }
  return problems;
}
