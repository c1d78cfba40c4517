/**
 * The shortest decimals that read back as the same float64 or float32, written as ASCII bytes.
 *
 * The number is scaled to an integer of 17 (or 9) digits in arithmetic that is exact to far more than half a unit; whichever
 * multiple of the largest power of ten lies within half a gap of it is the shortest (G. L. Steele and J. L. White, 1990). Where rounding could
 * decide, and for powers of two, whose lower gap is half the upper, the engine's own exact printing does it.
 */
import { hostIsLittleEndian } from "../dtype/elements.ts";
import { shortestFloat32 } from "../print/shortest.ts";
import { layOut, putFour, writeExponential, writeInteger } from "./digits-out.ts";
import { LARGEST, powersOfTen, SPLITTER } from "./powers.ts";

/** Bytes that {@link writeFloat64} and {@link writeFloat32} may touch. */
export const FLOAT_ROOM = 40;

const double = /* @__PURE__ */ new Float64Array(1);
const words = /* @__PURE__ */ new Uint32Array(double.buffer);
const TOP = hostIsLittleEndian ? 1 : 0;
const LOW_WORD = 1 - TOP;

/** How near to a decision a value may come before exact arithmetic is asked. Errors here are below 1e-7. */
const NEAR = 1e-5;

/** Writes a finite float64 and returns where it ends; -0 is `-0.0`. */
export function writeFloat64(out: Uint8Array, start: number, value: number): number {
  let at = start;
  let v = value;
  if (v <= 0) {
    if (v === 0) return writeZero(out, at, v);
    out[at++] = 45;
    v = -v;
  }
  if (v < 1e15 && v === Math.floor(v)) return writeInteger(out, at, v);
  double[0] = v;
  const top = words[TOP] as number;
  if (v < 1e-270 || v > 1e270 || ((top & 0xfffff) === 0 && words[LOW_WORD] === 0))
    return writeExponential(out, at, v.toExponential());
  const { high, low, highUpper, highLower } = powersOfTen();
  const binary = (top >>> 20) - 1023;
  let e = Math.floor(binary * 0.30102999566398114);
  if (v >= (high[LARGEST + e + 1] as number)) e++;
  const t = LARGEST + 16 - e;
  // v * 10 ** (16 - e) = p + rest, between 1e16 and 1e17.
  const p = v * (high[t] as number);
  const c = SPLITTER * v;
  const vu = c - (c - v);
  const vl = v - vu;
  const hu = highUpper[t] as number;
  const hl = highLower[t] as number;
  const rest = vu * hu - p + vu * hl + vl * hu + vl * hl + v * (low[t] as number);
  words[TOP] = (binary - 53 + 1023) << 20;
  words[LOW_WORD] = 0;
  const half = (double[0] as number) * (high[t] as number);
  let q = Math.floor(p / 1e8);
  const r = p - q * 1e8 + rest;
  let n = Math.round(r / 100) * 100;
  let off = Math.abs(n - r);
  let sure = Math.abs(off - half) > NEAR;
  if (off > half) {
    n = Math.round(r / 10) * 10;
    off = Math.abs(n - r);
    sure = sure && Math.abs(off - half) > NEAR && Math.abs(off - 5) > NEAR;
    if (off > half) {
      n = Math.round(r);
      sure = sure && Math.abs(Math.abs(n - r) - 0.5) > NEAR;
    }
  }
  if (!sure) return writeExponential(out, at, v.toExponential());
  if (n < 0) {
    n += 1e8;
    q--;
  } else if (n >= 1e8) {
    n -= 1e8;
    q++;
  }
  if (q >= 1e9) {
    q = 1e8;
    e++;
  } else if (q < 1e8) return writeExponential(out, at, v.toExponential());
  return writeNineAndEight(out, at, q, n, e);
}

/** Nine digits and eight more, zeros at the end left out. */
function writeNineAndEight(out: Uint8Array, at: number, nine: number, eight: number, exponent: number): number {
  const from = at + 1;
  const upper = Math.floor(nine / 10000);
  let q = putFour(out, from + 9, nine - upper * 10000);
  const first = Math.floor(upper / 10000);
  q = putFour(out, q, upper - first * 10000);
  out[q - 1] = 48 + first;
  let end = from + 9;
  if (eight !== 0) {
    const above = Math.floor(eight / 10000);
    putFour(out, from + 17, eight - above * 10000);
    putFour(out, from + 13, above);
    end = from + 17;
  }
  while (out[end - 1] === 48) end--;
  return layOut(out, at, end - from, exponent);
}

function writeZero(out: Uint8Array, start: number, value: number): number {
  let at = start;
  if (1 / value > 0) {
    out[at] = 48;
    return at + 1;
  }
  out[at++] = 45;
  out[at++] = 48;
  out[at++] = 46;
  out[at++] = 48;
  return at;
}

/** Writes a finite float32 (given as the number it is) shortest for its own width and returns where it ends; -0 is `-0.0`. */
export function writeFloat32(out: Uint8Array, start: number, value: number): number {
  let at = start;
  let v = value;
  if (v <= 0) {
    if (v === 0) return writeZero(out, at, v);
    out[at++] = 45;
    v = -v;
  }
  if (v < 16777216 && v === Math.floor(v)) return writeInteger(out, at, v);
  double[0] = v;
  const top = words[TOP] as number;
  const binary = (top >>> 20) - 1023;
  const mantissa = (top & 0xfffff) | (words[LOW_WORD] as number);
  if (mantissa === 0 || binary < -126) return exactly(out, at, v);
  const { high } = powersOfTen();
  let e = Math.floor(binary * 0.30102999566398114);
  if (v >= (high[LARGEST + e + 1] as number)) e++;
  const ten = high[LARGEST + 8 - e] as number;
  const r = v * ten;
  words[TOP] = (binary - 24 + 1023) << 20;
  words[LOW_WORD] = 0;
  const half = (double[0] as number) * ten;
  let n = 0;
  let sure = true;
  for (let unit = 1000; ; unit /= 10) {
    n = Math.round(r / unit) * unit;
    const off = Math.abs(n - r);
    if (Math.abs(off - half) < NEAR || Math.abs(off - unit / 2) < NEAR) sure = false;
    if (off < half || unit === 1) break;
  }
  if (!sure) return exactly(out, at, v);
  if (n >= 1e9) {
    n = 1e8;
    e++;
  } else if (n < 1e8) return exactly(out, at, v);
  return writeNineAndEight(out, at, n, 0, e);
}

function exactly(out: Uint8Array, at: number, value: number): number {
  return writeExponential(out, at, Number(shortestFloat32(value)).toExponential());
}
